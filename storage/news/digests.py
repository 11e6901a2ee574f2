"""The digests of each server: which was written last, and which is due."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

import aiosqlite

from leaderboards.news.digest import DigestKind, DigestMessage
from leaderboards.news.schedules import QuietHours, Schedule
from records.guilds import GuildSettings
from records.outbox import Announcement
from storage.database import Database
from storage.key_values import load_restored_at
from storage.news.outbox import add_all
from storage.timestamps import from_seconds, to_seconds

logger = logging.getLogger(__name__)

MAX_DELAY = {DigestKind.DAILY: timedelta(hours=12), DigestKind.WEEKLY: timedelta(days=2)}
"""How late a digest may be, from its hour or the end of the quiet hours that it falls in."""


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest to write now."""

    guild_id: int
    kind: DigestKind
    schedule: Schedule
    day: date
    """Its day in the server's time zone."""
    since: datetime
    """The start of its period."""


@dataclass(frozen=True, slots=True)
class _WantedDigest:
    """A digest that a server wants, and the last one written."""

    guild_id: int
    kind: DigestKind
    schedule: Schedule
    quiet: QuietHours
    last_schedule: str | None
    last_day: date | None
    written_at: datetime | None

    @classmethod
    def parse(
        cls,
        guild_id: int,
        kind: DigestKind,
        schedule: Schedule,
        quiet: QuietHours,
        last: Sequence[Any],
    ) -> Self:
        """Parse `last`, the columns schedule, local_date and written_at."""
        text, day, written_at = last
        last_day = None if day is None else date.fromisoformat(day)
        return cls(guild_id, kind, schedule, quiet, text, last_day, from_seconds(written_at))

    @property
    def is_new(self) -> bool:
        """Whether it was just turned on, or rescheduled."""
        return self.last_day is None or self.last_schedule != str(self.schedule)

    @property
    def last_written_day(self) -> date | None:
        """The day of the last one that was written; None if none was since it was turned on."""
        if self.written_at is None or self.last_day is None:
            return None
        # `last_day` can be one that was skipped since, and what quiet hours deferred was written
        # on the day after its own.
        return min(self.last_day, self.schedule.day_of(self.written_at))


class Digests:
    """Finds the digests that are due, and puts them in the outbox, each exactly once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_due(self, now: datetime) -> list[DueDigest]:
        """Return the digests that are due; those that are too late are skipped and logged.

        What was due before it was turned on, or before a restore, is skipped too; what is skipped
        is recorded as done. Where both are due on a day, the weekly one replaces the daily one.
        """
        due: list[DueDigest] = []
        done: list[tuple[_WantedDigest, date]] = []
        async with self._database.read() as connection:
            wanted = await _load_wanted(connection, now)
            restored_at = await load_restored_at(connection)
        for one in wanted:
            day = one.schedule.last_due(now)
            begins_at = one.quiet.end_after(one.schedule.due_at(day))
            late = now - begins_at
            if one.is_new:
                # It begins with its next digest; a day that has one gets no second one.
                done.append((one, max(day, one.last_written_day or day)))
            elif one.last_day is not None and day <= one.last_day:
                continue
            elif restored_at is not None and begins_at <= restored_at:
                done.append((one, day))  # It was written before the restore.
            elif late > MAX_DELAY[one.kind]:
                logger.warning(
                    "Server %d: the %s digest of %s is skipped, being %s late",
                    one.guild_id,
                    one.kind,
                    day,
                    late,
                )
                done.append((one, day))
            else:
                begin = one.schedule.due_at(day - timedelta(days=one.schedule.days))
                since = max(begin, one.written_at or begin)
                due.append(DueDigest(one.guild_id, one.kind, one.schedule, day, since))
        if done:
            async with self._database.write() as connection:
                await _mark_done(connection, done)
        weekly = {(one.guild_id, one.day) for one in due if one.kind is DigestKind.WEEKLY}
        return [
            one
            for one in due
            if one.kind is DigestKind.WEEKLY or (one.guild_id, one.day) not in weekly
        ]

    async def write(
        self, due: DueDigest, messages: Mapping[int, DigestMessage], now: datetime
    ) -> bool:
        """Add a digest to the outbox, one message for each channel.

        Return False if that was done before. Without messages, the digest of that day is recorded
        as done. So is the daily digest of the day of a weekly one.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE digests SET local_date = ?1, written_at = ?2 WHERE guild_id = ?3"
                " AND kind = ?4 AND schedule = ?5 AND local_date < ?1",
                (
                    due.day.isoformat(),
                    to_seconds(now),
                    due.guild_id,
                    due.kind,
                    str(due.schedule),
                ),
            )
            if cursor.rowcount == 0:
                return False
            if due.kind is DigestKind.WEEKLY:
                await connection.execute(
                    "UPDATE digests SET local_date = ?1, written_at = ?2 WHERE guild_id = ?3"
                    " AND kind = 'daily' AND local_date < ?1",
                    (due.day.isoformat(), to_seconds(now), due.guild_id),
                )
            await add_all(
                connection,
                (
                    Announcement(due.guild_id, channel_id, None, message)
                    for channel_id, message in messages.items()
                ),
                now,
            )
        return True


async def delete_unwanted_digests(
    connection: aiosqlite.Connection, settings: GuildSettings
) -> None:
    """Delete the state of digests that a server no longer wants."""
    await connection.execute(
        "DELETE FROM digests WHERE guild_id = ?"
        " AND CASE kind WHEN 'daily' THEN NOT ? ELSE ? IS NULL END",
        (settings.guild_id, settings.daily_digest, settings.weekly_digest_day),
    )


async def _load_wanted(connection: aiosqlite.Connection, now: datetime) -> list[_WantedDigest]:
    """Load the digests that servers want, except where it is quiet now."""
    found: list[_WantedDigest] = []
    for (
        guild_id,
        daily,
        weekday,
        hour,
        time_zone,
        quiet_from,
        quiet_to,
        *last,
    ) in await connection.execute_fetchall(
        "SELECT g.guild_id, g.daily_digest, g.weekly_digest_day, g.digest_hour, g.time_zone,"
        " g.quiet_from, g.quiet_to, d.schedule, d.local_date, d.written_at,"
        " w.schedule, w.local_date, w.written_at FROM guilds g INDEXED BY guilds_with_digests"
        " LEFT JOIN digests d ON d.guild_id = g.guild_id AND d.kind = 'daily'"
        " LEFT JOIN digests w ON w.guild_id = g.guild_id AND w.kind = 'weekly'"
        " WHERE (g.daily_digest OR g.weekly_digest_day IS NOT NULL)"
        " AND g.announce AND g.left_at IS NULL"
    ):
        quiet = QuietHours(time_zone, quiet_from, quiet_to)
        if quiet.is_quiet(now):
            continue
        if daily:
            schedule = Schedule(time_zone, hour)
            found.append(_WantedDigest.parse(guild_id, DigestKind.DAILY, schedule, quiet, last[:3]))
        if weekday is not None:
            schedule = Schedule(time_zone, hour, weekday)
            found.append(
                _WantedDigest.parse(guild_id, DigestKind.WEEKLY, schedule, quiet, last[3:])
            )
    return found


async def _mark_done(
    connection: aiosqlite.Connection, done: Iterable[tuple[_WantedDigest, date]]
) -> None:
    """Record that the digests up to a day are done."""
    await connection.executemany(
        "INSERT INTO digests (guild_id, kind, schedule, local_date) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (guild_id, kind) DO UPDATE SET"
        " schedule = excluded.schedule, local_date = excluded.local_date",
        [(one.guild_id, one.kind, str(one.schedule), day.isoformat()) for one, day in done],
    )
