"""SQL for the Scheduled Events that servers want for deadlines, and for those created."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from leaderboards.news.deadlines import SAME_DEADLINE, DeadlineKind
from records.scheduled_events import EventDeadline, ServerEvents, StoredEvent
from storage.database import Database
from storage.servers.guild_settings import update_settings
from storage.timestamps import from_seconds, to_seconds

_MAX_AHEAD = timedelta(days=365)
"""Discord takes no event that is years ahead, as deadlines of Getting Started competitions are."""

_KINDS = (DeadlineKind.FINAL, DeadlineKind.MERGER, DeadlineKind.ENTRY)
"""If several are at the same time, the event has the name of the first of these."""

_STORED_COLUMNS = "guild_id, competition_id, kind, at, event_id, fingerprint, left_alone"
_WANTED = (
    "SELECT f.guild_id, c.id, c.slug, coalesce(f.name, c.title),"
    " c.deadline, c.merger_deadline, c.entry_deadline, final.at, merger.at, entry.at"
    " FROM guilds g INDEXED BY guilds_with_events"
    " JOIN follows f ON f.guild_id = g.guild_id AND NOT f.paused"
    " JOIN competitions c ON c.id = f.competition_id AND c.ended_at IS NULL"
    " LEFT JOIN deadlines final ON final.guild_id = f.guild_id"
    "  AND final.competition_id = f.competition_id AND final.kind = 'final'"
    " LEFT JOIN deadlines merger ON merger.guild_id = f.guild_id"
    "  AND merger.competition_id = f.competition_id AND merger.kind = 'merger'"
    " LEFT JOIN deadlines entry ON entry.guild_id = f.guild_id"
    "  AND entry.competition_id = f.competition_id AND entry.kind = 'entry'"
    " WHERE g.scheduled_events AND g.left_at IS NULL"
)


class ScheduledEvents:
    """Reads which deadlines want an event, and reads and writes those that were created."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_all(
        self, now: datetime, select: Callable[[ServerEvents], bool] = lambda _server: True
    ) -> list[ServerEvents]:
        """Load the servers that want events or still have some, if the bot has not left them.

        `select` is called in a thread, and returns whether a server is to be among them.
        """
        async with self._database.read() as connection:
            wanted = await connection.execute_fetchall(_WANTED)
            stored = await connection.execute_fetchall(
                f"SELECT {_STORED_COLUMNS} FROM scheduled_events"  # noqa: S608
                " JOIN guilds USING (guild_id) WHERE left_at IS NULL"
            )
        # Of thousands of servers there are tens of thousands of rows.
        return await asyncio.to_thread(
            lambda: list(filter(select, _build_servers(wanted, stored, now)))
        )

    async def load_by_guild(self, guild_id: int) -> list[StoredEvent]:
        """Load the stored events of a server."""
        rows = await self._database.query(
            f"SELECT {_STORED_COLUMNS} FROM scheduled_events WHERE guild_id = ?",  # noqa: S608
            (guild_id,),
        )
        return [_event_from_row(row) for row in rows]

    async def save(self, event: StoredEvent) -> bool:
        """Store an event; return False if the server wants no events any more."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                f"INSERT INTO scheduled_events ({_STORED_COLUMNS})"  # noqa: S608
                " SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS"
                "  (SELECT 1 FROM guilds WHERE guild_id = ? AND scheduled_events)"
                " ON CONFLICT (guild_id, competition_id, kind) DO UPDATE SET at = excluded.at,"
                " event_id = excluded.event_id, fingerprint = excluded.fingerprint,"
                " left_alone = excluded.left_alone",
                (
                    event.guild_id,
                    event.competition_id,
                    event.kind,
                    to_seconds(event.at),
                    event.event_id,
                    event.fingerprint,
                    event.left_alone,
                    event.guild_id,
                ),
            )
        return cursor.rowcount > 0

    async def delete(self, event: StoredEvent) -> None:
        """Delete a stored event."""
        await self._database.change(
            "DELETE FROM scheduled_events WHERE guild_id = ? AND competition_id = ? AND kind = ?",
            (event.guild_id, event.competition_id, event.kind),
        )

    async def delete_passed(self, now: datetime) -> None:
        """Delete the events whose deadline has passed: Discord ends them by itself."""
        await self._database.change(
            "DELETE FROM scheduled_events WHERE at <= ?", (to_seconds(now),)
        )

    async def delete_left_alone(self, guild_id: int) -> None:
        """Delete the rows of events that are left alone: their deadlines want events again."""
        await self._database.change(
            "DELETE FROM scheduled_events WHERE guild_id = ? AND left_alone", (guild_id,)
        )

    async def turn_off_and_keep(self, guild_id: int) -> None:
        """Store that a server wants no events any more, and that those it has stay."""
        async with self._database.write() as connection:
            await update_settings(connection, guild_id, scheduled_events=False)
            await connection.execute("DELETE FROM scheduled_events WHERE guild_id = ?", (guild_id,))


def _build_servers(
    wanted_rows: Iterable[Iterable[Any]], stored_rows: Iterable[Sequence[Any]], now: datetime
) -> Iterator[ServerEvents]:
    """Yield the servers of the rows, by id.

    The events of a server are built when it is its turn: of all servers at once they would be so
    many objects that garbage collection stops the event loop.
    """
    wanted: defaultdict[int, list[EventDeadline]] = defaultdict(list)
    stored: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
    # Most servers want the same deadlines of a competition.
    deadlines_by_row: dict[tuple[Any, ...], list[EventDeadline]] = {}
    for guild_id, *row in wanted_rows:
        key = tuple(row)
        if key not in deadlines_by_row:
            deadlines_by_row[key] = list(_find_deadlines(row, now))
        wanted[guild_id] += deadlines_by_row[key]
    for stored_row in stored_rows:
        stored[stored_row[0]].append(stored_row)
    for id_ in sorted(wanted.keys() | stored.keys()):
        events = [_event_from_row(stored_row) for stored_row in stored[id_]]
        yield ServerEvents(id_, sorted(wanted[id_], key=lambda one: one.at), events)


def _find_deadlines(row: Sequence[Any], now: datetime) -> Iterator[EventDeadline]:
    """Yield the deadlines ahead of a followed competition; those at the same time are one."""
    competition_id, slug, name, *times = row
    listed, given = times[:3], times[3:]
    found: list[EventDeadline] = []
    for kind, listed_at, given_at in zip(_KINDS, listed, given, strict=True):
        at = from_seconds(given_at if listed_at is None else listed_at)
        if at is None or not now < at <= now + _MAX_AHEAD:
            continue
        for number, other in enumerate(found):
            if abs(other.at - at) < SAME_DEADLINE:
                found[number] = replace(other, kinds=(*other.kinds, kind))
                break
        else:
            is_given = listed_at is None
            found.append(EventDeadline(competition_id, slug, name, (kind,), at, is_given))
    yield from found


def _event_from_row(row: Iterable[Any]) -> StoredEvent:
    guild_id, competition_id, kind, at, event_id, fingerprint, left_alone = row
    return StoredEvent(
        guild_id,
        competition_id,
        DeadlineKind(kind),
        from_seconds(at),
        event_id,
        fingerprint,
        bool(left_alone),
    )
