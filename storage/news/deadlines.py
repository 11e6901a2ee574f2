"""SQL for deadlines of followed competitions, and for queueing the reminders of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiosqlite

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import (
    DAY,
    HOUR,
    WEEK,
    DeadlineKind,
    ReminderMessage,
    find_due_lead,
)
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.news.outbox import add_all
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


# Two selects with the same columns, so that each uses its own index of times.
_UPCOMING = (
    "SELECT f.guild_id, f.competition_id, c.slug, 'final' AS kind, c.deadline AS at"
    " FROM competitions c JOIN active_follows f ON f.competition_id = c.id"
    " WHERE c.deadline > :now AND c.deadline <= :until"
    " UNION ALL"
    " SELECT f.guild_id, f.competition_id, c.slug, d.kind, d.at"
    " FROM deadlines d JOIN active_follows f USING (guild_id, competition_id)"
    " JOIN competitions c ON c.id = d.competition_id"
    " WHERE d.at > :now AND d.at <= :until"
)


_LEADS = {
    name: int(lead.total_seconds())
    for name, lead in {"week": WEEK, "day": DAY, "hour": HOUR}.items()
}


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

    async def load_upcoming(
        self, guild_id: int, now: datetime, within: timedelta
    ) -> list[Deadline]:
        """Return upcoming deadlines of the competitions that a server follows, soonest first."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                f"SELECT * FROM ({_UPCOMING}) WHERE guild_id = :guild ORDER BY at, slug",  # noqa: S608
                _times(now, now + within) | {"guild": guild_id},
            )
        return [_deadline_from_row(row) for row in rows]

    async def queue_reminders(self, now: datetime) -> int:
        """Add due reminders to the outbox, each once; return how many."""
        async with self._database.read() as connection:
            if not await _find_due(connection, now):
                return 0
        async with self._database.write() as connection:
            due = await _find_due(connection, now)
            await _add_reminders(connection, due, now)
        return len(due)


async def _find_due(connection: aiosqlite.Connection, now: datetime) -> list[_DueReminder]:
    """Return the reminders that are due, except where it is quiet now."""
    found = []
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
        "SELECT upcoming.*, coalesce(f.channel_id, g.channel_id), f.followed_at, r.lead_seconds,"  # noqa: S608
        " g.remind_week, g.remind_day, g.remind_hour, m.mode, g.time_zone, g.quiet_from, g.quiet_to"
        f" FROM ({_UPCOMING}) upcoming"
        " JOIN guilds g ON g.guild_id = upcoming.guild_id"
        " JOIN follows f ON f.guild_id = upcoming.guild_id"
        "  AND f.competition_id = upcoming.competition_id"
        " LEFT JOIN reminders r ON r.guild_id = upcoming.guild_id AND r.deadline = upcoming.at"
        "  AND r.competition_id = upcoming.competition_id AND r.kind = upcoming.kind"
        " LEFT JOIN channels m ON m.guild_id = upcoming.guild_id"
        "  AND m.channel_id = coalesce(f.channel_id, g.channel_id)"
        " WHERE g.announce AND coalesce(f.channel_id, g.channel_id) IS NOT NULL"
        # After an earlier reminder, only if a shorter lead is due by now.
        "  AND (g.remind_week OR g.remind_day AND upcoming.at - :now <= :day"
        "   OR g.remind_hour AND upcoming.at - :now <= :hour)"
        "  AND (r.lead_seconds IS NULL OR r.lead_seconds > CASE WHEN upcoming.at - :now <= :hour"
        " THEN :hour"
        "   WHEN upcoming.at - :now <= :day THEN :day ELSE :week END)"
        " ORDER BY upcoming.at, upcoming.guild_id",
        _times(now, now + WEEK) | _LEADS,
    ):
        if not ReminderMessage.is_sent_in(ChannelMode(mode or ChannelMode.EVERYTHING)):
            continue
        if QuietHours(*quiet).is_quiet(now):
            continue  # Due when they end, unless the deadline has passed by then.
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
        )
        if lead is not None:
            found.append(_DueReminder(guild_id, channel_id, deadline, lead))
    return found


async def _add_reminders(
    connection: aiosqlite.Connection, due: Sequence[_DueReminder], now: datetime
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
                ReminderMessage(one.deadline.slug, one.deadline.kind, one.deadline.at, members),
            )
            for one, (members,) in zip(due, counts, strict=True)
        ),
        now,
    )
    await connection.executemany(
        "INSERT INTO reminders (guild_id, competition_id, kind, deadline, lead_seconds)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (guild_id, competition_id, kind) DO UPDATE SET"
        " deadline = excluded.deadline, lead_seconds = excluded.lead_seconds",
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


def _times(now: datetime, until: datetime) -> dict[str, Any]:
    return {"now": to_seconds(now), "until": to_seconds(until)}


def _deadline_from_row(row: Iterable[Any]) -> Deadline:
    _, competition_id, slug, kind, at = row
    return Deadline(competition_id, slug, DeadlineKind(kind), from_seconds(at))
