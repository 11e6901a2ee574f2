"""SQL for deadlines of followed competitions, and for announcing their moves and reminders."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiosqlite

from leaderboards.competition_info import CompetitionInfo
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import (
    DAY,
    HOUR,
    SAME_DEADLINE,
    WEEK,
    DeadlineKind,
    DeadlineMove,
    DeadlineMovedMessage,
    ReminderMessage,
    find_due_lead,
    is_moved,
)
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.key_values import load_restored_at
from storage.news.deferred_news import add_or_defer
from storage.news.outbox import add_all, parse_known
from storage.timestamps import from_seconds, to_seconds


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of a competition that a server follows."""

    competition_id: int
    slug: str
    kind: DeadlineKind
    at: datetime


@dataclass(frozen=True, slots=True)
class _DueReminder:
    """A reminder of a deadline that is to be sent to a server now."""

    guild_id: int
    channel_id: int
    deadline: Deadline
    lead: timedelta


# One SELECT for each column of times, so that each uses its own index.
UPCOMING: Final = (
    "SELECT f.guild_id, f.competition_id, c.slug, 'final' AS kind, c.deadline AS at"
    " FROM competitions c JOIN active_follows f ON f.competition_id = c.id"
    " WHERE c.deadline > :now AND c.deadline <= :until"
    " UNION ALL"
    " SELECT f.guild_id, f.competition_id, c.slug, 'merger', c.merger_deadline"
    " FROM competitions c JOIN active_follows f ON f.competition_id = c.id"
    " WHERE c.merger_deadline > :now AND c.merger_deadline <= :until"
    " UNION ALL"
    " SELECT f.guild_id, f.competition_id, c.slug, 'entry', c.entry_deadline"
    " FROM competitions c JOIN active_follows f ON f.competition_id = c.id"
    " WHERE c.entry_deadline > :now AND c.entry_deadline <= :until"
    " UNION ALL"
    " SELECT f.guild_id, f.competition_id, c.slug, d.kind, d.at"
    " FROM deadlines d JOIN active_follows f USING (guild_id, competition_id)"
    " JOIN competitions c ON c.id = d.competition_id"
    " WHERE d.at > :now AND d.at <= :until AND CASE d.kind"
    "  WHEN 'final' THEN c.deadline WHEN 'merger' THEN c.merger_deadline"
    "  ELSE c.entry_deadline END IS NULL"
)
"""The deadlines of followed competitions after `:now`, up to `:until`."""


_SPANS = {
    name: int(span.total_seconds())
    for name, span in {"week": WEEK, "day": DAY, "hour": HOUR, "same": SAME_DEADLINE}.items()
}
_ADD_REMINDER = (
    "INSERT INTO reminders (guild_id, competition_id, kind, deadline, lead_seconds)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (guild_id, competition_id, kind) DO UPDATE SET"
    " deadline = excluded.deadline, lead_seconds = excluded.lead_seconds"
)


_NOT_SENT_OF_TYPE = (
    "FROM outbox INDEXED BY outbox_waiting WHERE delivered_at IS NULL AND abandoned_at IS NULL"
    " AND attempted_at IS NULL AND competition_id = ?"
    " AND CASE WHEN json_valid(message) THEN message ->> '$.type' END = ?"
)
"""The messages of a competition and of a type that were certainly not sent."""


class Deadlines:
    """Reads and writes deadlines, and puts reminders in the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(
        self, guild_id: int, competition_id: int, kind: DeadlineKind, at: datetime | None
    ) -> None:
        """Store a deadline given by a server's manager; None deletes it."""
        key = (guild_id, competition_id, kind)
        async with self._database.write() as connection:
            await _drop_waiting_reminders(connection, competition_id, kind, guild_id)
            if at is None:
                await connection.execute(
                    "DELETE FROM deadlines WHERE guild_id = ? AND competition_id = ? AND kind = ?",
                    key,
                )
            else:
                await connection.execute(
                    "INSERT INTO deadlines (guild_id, competition_id, kind, at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (guild_id, competition_id, kind) DO UPDATE SET at = excluded.at",
                    (*key, to_seconds(at)),
                )

    async def load_given(self, guild_id: int, competition_id: int) -> dict[DeadlineKind, datetime]:
        """Return the deadlines that a server's managers have given for a competition."""
        rows = await self._database.query(
            "SELECT kind, at FROM deadlines WHERE guild_id = ? AND competition_id = ?",
            (guild_id, competition_id),
        )
        return {DeadlineKind(kind): from_seconds(at) for kind, at in rows}

    async def load_all_given(self, guild_id: int) -> dict[int, dict[DeadlineKind, datetime]]:
        """Return the deadlines that a server's managers have given, by competition id."""
        rows = await self._database.query(
            "SELECT competition_id, kind, at FROM deadlines WHERE guild_id = ?", (guild_id,)
        )
        given: defaultdict[int, dict[DeadlineKind, datetime]] = defaultdict(dict)
        for competition_id, kind, at in rows:
            given[competition_id][DeadlineKind(kind)] = from_seconds(at)
        return given

    async def load_upcoming(
        self, guild_id: int, now: datetime, within: timedelta
    ) -> list[Deadline]:
        """Return upcoming deadlines of the competitions that a server follows, soonest first."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                f"SELECT * FROM ({UPCOMING}) WHERE guild_id = :guild ORDER BY at, slug",  # noqa: S608
                _times(now, now + within) | {"guild": guild_id},
            )
        return [_deadline_from_row(row) for row in rows]

    async def store_listed(self, competition_id: int, info: CompetitionInfo, now: datetime) -> int:
        """Store the deadlines of Kaggle's list, and announce those that moved.

        One transaction. A deadline that moved into the past is not announced: the end itself is.
        Nor is what the first reading after a follow or a restore finds: the move may be an old one.
        Return how many announcements were queued or deferred.
        """
        listed = {
            DeadlineKind.FINAL: info.deadline,
            DeadlineKind.ENTRY: info.entry_deadline,
            DeadlineKind.MERGER: info.merger_deadline,
        }
        async with self._database.write() as connection:
            rows = await connection.execute_fetchall(
                "SELECT info_due_at, deadline, entry_deadline, merger_deadline"
                " FROM competitions WHERE id = ?",
                (competition_id,),
            )
            await connection.execute(
                "UPDATE competitions SET deadline = coalesce(?, deadline),"
                " entry_deadline = coalesce(?, entry_deadline),"
                " merger_deadline = coalesce(?, merger_deadline) WHERE id = ?",
                (*map(to_seconds, listed.values()), competition_id),
            )
            moves = [
                DeadlineMove(kind, before, at)
                for info_due_at, *stored in rows
                if info_due_at
                for (kind, at), before in zip(
                    listed.items(), map(from_seconds, stored), strict=True
                )
                if at is not None and before is not None and is_moved(before, at)
            ]
            for move in moves:
                await _drop_waiting_reminders(connection, competition_id, move.kind)
            if not moves:
                return 0
            return await _announce_moves(connection, competition_id, info.slug, moves, now)

    async def find_due_competitions(self, now: datetime) -> list[int]:
        """Return the competitions that a reminder is due for."""
        async with self._database.read() as connection:
            due = await _find_due(connection, now)
        return list(dict.fromkeys(one.deadline.competition_id for one in due))

    async def queue_reminders(self, now: datetime, unconfirmed: Container[int] = ()) -> int:
        """Add due reminders to the outbox, each once; return how many.

        `unconfirmed` are the competitions whose deadlines could not be read again.
        """
        async with self._database.read() as connection:
            if not await _find_due(connection, now):
                return 0
        async with self._database.write() as connection:
            due = await _find_due(connection, now)
            await _add_reminders(connection, due, unconfirmed, now)
        return len(due)


async def _drop_waiting_reminders(
    connection: aiosqlite.Connection,
    competition_id: int,
    kind: DeadlineKind,
    guild_id: int | None = None,
) -> None:
    """Delete reminders of a changed deadline that wait for a channel, of one server or of all."""
    await connection.execute(
        f"DELETE {_NOT_SENT_OF_TYPE}"
        " AND CASE WHEN json_valid(message) THEN message ->> '$.kind' END = ?"
        " AND guild_id = coalesce(?, guild_id)",
        (competition_id, "reminder", kind, guild_id),
    )


async def _find_due(connection: aiosqlite.Connection, now: datetime) -> list[_DueReminder]:
    """Return the reminders that are due; where it is quiet now, none is."""
    found = []
    restored_at = await load_restored_at(connection)
    left = "upcoming.at - iif(g.quiet_from IS NULL, 0, :day) - :now"
    for (
        guild_id,
        competition_id,
        slug,
        kind,
        at,
        channel_id,
        followed_at,
        last,
        remind_week,
        remind_day,
        remind_hour,
        mode,
        *quiet,
    ) in await connection.execute_fetchall(
        "SELECT upcoming.*, c.channel_id, f.followed_at, r.lead_seconds,"  # noqa: S608
        " g.remind_week, g.remind_day, g.remind_hour, c.mode, g.time_zone, g.quiet_from, g.quiet_to"
        f" FROM ({UPCOMING}) upcoming"
        " JOIN guilds g ON g.guild_id = upcoming.guild_id"
        " JOIN follows f ON f.guild_id = upcoming.guild_id"
        "  AND f.competition_id = upcoming.competition_id"
        " LEFT JOIN reminders r ON r.guild_id = upcoming.guild_id"
        "  AND abs(r.deadline - upcoming.at) < :same AND r.competition_id = upcoming.competition_id"
        "  AND r.kind = upcoming.kind"
        " JOIN follow_channels c ON c.guild_id = upcoming.guild_id"
        "  AND c.competition_id = upcoming.competition_id"
        " WHERE c.announce AND c.channel_id IS NOT NULL"
        # After an earlier reminder, only if a shorter lead can be due by now: a reminder comes up
        # to a day early where it would fall into quiet hours.
        f"  AND (g.remind_week AND {left} <= :week OR g.remind_day AND {left} <= :day"
        f"   OR g.remind_hour AND {left} <= :hour)"
        "  AND (r.lead_seconds IS NULL OR r.lead_seconds > CASE"
        f"   WHEN {left} <= :hour THEN :hour WHEN {left} <= :day THEN :day ELSE :week END)"
        " ORDER BY upcoming.at, upcoming.guild_id",
        _times(now, now + WEEK + DAY) | _SPANS,
    ):
        if not ReminderMessage.is_sent_in(ChannelMode(mode)):
            continue
        deadline = _deadline_from_row((guild_id, competition_id, slug, kind, at))
        wanted = (remind_week, remind_day, remind_hour)
        leads = [
            lead for lead, is_wanted in zip((WEEK, DAY, HOUR), wanted, strict=True) if is_wanted
        ]
        lead = find_due_lead(
            deadline.at,
            now,
            leads,
            since=from_seconds(followed_at),
            last_lead=None if last is None else timedelta(seconds=last),
            restored_at=restored_at,
            quiet=QuietHours(*quiet),
        )
        if lead is not None:
            found.append(_DueReminder(guild_id, channel_id, deadline, lead))
    return found


async def _add_reminders(
    connection: aiosqlite.Connection,
    due: Sequence[_DueReminder],
    unconfirmed: Container[int],
    now: datetime,
) -> None:
    counts = await connection.execute_fetchall(
        "SELECT (SELECT count(DISTINCT l.user_id) FROM counted_links l"
        "  JOIN boards b ON b.competition_id = request.value ->> 1 AND b.kind = 'public'"
        "  JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
        "  WHERE l.guild_id = request.value ->> 0) FROM json_each(?) request ORDER BY request.key",
        (json.dumps([(one.guild_id, one.deadline.competition_id) for one in due]),),
    )
    await add_all(
        connection,
        (
            Announcement(
                one.guild_id,
                one.channel_id,
                one.deadline.competition_id,
                ReminderMessage(
                    one.deadline.slug,
                    one.deadline.kind,
                    one.deadline.at,
                    members,
                    confirmed=one.deadline.competition_id not in unconfirmed,
                ),
            )
            for one, (members,) in zip(due, counts, strict=True)
        ),
        now,
    )
    await connection.executemany(
        _ADD_REMINDER,
        [
            (
                one.guild_id,
                one.deadline.competition_id,
                one.deadline.kind,
                to_seconds(one.deadline.at),
                int(one.lead.total_seconds()),
            )
            for one in due
        ],
    )


async def _announce_moves(
    connection: aiosqlite.Connection,
    competition_id: int,
    slug: str,
    moves: Sequence[DeadlineMove],
    now: datetime,
) -> int:
    """Announce moved deadlines to followers, and record already due reminders as sent.

    A server that wants no reminders is told of the final deadline only. Earlier moves that wait for
    a channel become one message with these.
    """
    announcements: list[Announcement] = []
    reminded: list[tuple[int, int, DeadlineKind, int, int]] = []
    for (
        guild_id,
        channel_id,
        mode,
        wants_reminders,
        *hours,
    ) in await connection.execute_fetchall(
        "SELECT f.guild_id, c.channel_id, c.mode, g.remind_week OR g.remind_day OR g.remind_hour,"
        " g.time_zone, g.quiet_from, g.quiet_to"
        " FROM active_follows f JOIN guilds g USING (guild_id)"
        " JOIN follow_channels c USING (guild_id, competition_id)"
        " WHERE f.competition_id = ? AND c.announce AND c.channel_id IS NOT NULL"
        " ORDER BY f.guild_id",
        (competition_id,),
    ):
        told = [move for move in moves if wants_reminders or move.kind is DeadlineKind.FINAL]
        if not told or not DeadlineMovedMessage.is_sent_in(ChannelMode(mode)):
            continue
        waiting = await _pop_waiting_moves(connection, competition_id, guild_id)
        message = DeadlineMovedMessage(slug, tuple(told))
        announcements += [
            Announcement(guild_id, channel_id, competition_id, merged)
            for every in DeadlineMovedMessage.merge([*waiting, message])
            if (merged := every.filter_for_time(now)) is not None
        ]
        quiet = QuietHours(*hours)
        for move in told:
            passed = [
                lead
                for lead in (HOUR, DAY, WEEK)
                if quiet.move_before_quiet_hours(move.at - lead) <= now
            ]
            if passed and move.at > now:
                lead_seconds = int(passed[0].total_seconds())
                reminded.append(
                    (guild_id, competition_id, move.kind, to_seconds(move.at), lead_seconds)
                )
    await add_or_defer(connection, competition_id, announcements, now)
    await connection.executemany(_ADD_REMINDER, reminded)
    return len(announcements)


async def _pop_waiting_moves(
    connection: aiosqlite.Connection, competition_id: int, guild_id: int
) -> list[DeadlineMovedMessage]:
    """Delete the announced moves that wait for a server's channel; return them, oldest first."""
    rows = await connection.execute_fetchall(
        f"SELECT id, message {_NOT_SENT_OF_TYPE} AND guild_id = ? ORDER BY id",
        (competition_id, "deadline_moved", guild_id),
    )
    taken = {
        id_: message
        for id_, message in parse_known(rows)
        if isinstance(message, DeadlineMovedMessage)
    }
    await connection.executemany("DELETE FROM outbox WHERE id = ?", [(id_,) for id_ in taken])
    return [*taken.values()]


def _times(now: datetime, until: datetime) -> dict[str, Any]:
    return {"now": to_seconds(now), "until": to_seconds(until)}


def _deadline_from_row(row: Iterable[Any]) -> Deadline:
    _, competition_id, slug, kind, at = row
    return Deadline(competition_id, slug, DeadlineKind(kind), from_seconds(at))
