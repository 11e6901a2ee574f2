"""News deferred until the end of a server's quiet hours."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import aiosqlite

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.items import NewsMessage
from leaderboards.news.messages import (
    Message,
    merge_by_kind,
    message_from_json,
    message_to_json,
)
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.news.outbox import add_all
from storage.timestamps import to_seconds

logger = logging.getLogger(__name__)


async def add_or_defer(
    connection: aiosqlite.Connection,
    competition_id: int,
    announcements: Sequence[Announcement],
    now: datetime,
) -> int:
    """Add announcements of a competition to the outbox, or defer them during quiet hours.

    Return how many were put in the outbox. What was deferred earlier and is due comes before them.
    """
    await release(connection, now)
    quiet = await _quiet_guilds(connection, competition_id, now)
    due: list[Announcement] = []
    deferred: list[Announcement] = []
    for each in announcements:
        waits = each.guild_id in quiet and each.message.is_deferrable()
        (deferred if waits else due).append(each)
    await _defer(connection, deferred, now)
    await add_all(connection, due, now)
    return len(due)


async def _quiet_guilds(
    connection: aiosqlite.Connection, competition_id: int, now: datetime
) -> set[int]:
    """Return the servers that follow a competition and have quiet hours now."""
    return {
        guild_id
        for guild_id, *hours in await connection.execute_fetchall(
            "SELECT g.guild_id, g.time_zone, g.quiet_from, g.quiet_to"
            " FROM active_follows f JOIN guilds g ON g.guild_id = f.guild_id"
            " WHERE f.competition_id = ? AND g.quiet_from IS NOT NULL",
            (competition_id,),
        )
        if QuietHours(*hours).is_quiet(now)
    }


async def _defer(
    connection: aiosqlite.Connection, announcements: Iterable[Announcement], now: datetime
) -> None:
    """Store announcements until the quiet hours end; the channel is chosen then."""
    await connection.executemany(
        "INSERT INTO deferred_news (guild_id, competition_id, message, created_at) VALUES (?,"
        " ?, ?, ?)",
        (
            (each.guild_id, each.competition_id, message_to_json(each.message), to_seconds(now))
            for each in announcements
        ),
    )


async def release(connection: aiosqlite.Connection, now: datetime) -> int:
    """Add deferred messages to the outbox when quiet hours ended; return how many.

    Those of one competition are merged and filtered for the channel in which it is announced now.
    They are dropped if the server no longer announces, has no channel for the competition now or
    has paused it.
    """
    if not await _can_release(connection, now):
        return 0
    released: list[Announcement] = []
    for (
        guild_id,
        competition_id,
        channel_id,
        announces,
        mode,
        *hours,
    ) in await connection.execute_fetchall(
        "SELECT f.guild_id, f.competition_id, c.channel_id, c.announce AND NOT f.paused, c.mode,"
        " g.time_zone, g.quiet_from, g.quiet_to"
        " FROM (SELECT DISTINCT guild_id, competition_id FROM deferred_news)"
        " JOIN follows f USING (guild_id, competition_id) JOIN guilds g USING (guild_id)"
        " JOIN follow_channels c USING (guild_id, competition_id)"
        " WHERE g.left_at IS NULL"
    ):
        if QuietHours(*hours).is_quiet(now):
            continue
        for message in merge_by_kind(await _pop(connection, guild_id, competition_id)):
            suited = message.filter_for_mode(ChannelMode(mode))
            left = None if suited is None else suited.filter_for_time(now)
            if isinstance(left, NewsMessage) and left.since is None:
                left = replace(left, since=left.taken_at)  # Shows readers that it waited.
            if left is not None and announces and channel_id is not None:
                released.append(Announcement(guild_id, channel_id, competition_id, left))
    await add_all(connection, released, now)
    return len(released)


async def _can_release(connection: aiosqlite.Connection, now: datetime) -> bool:
    """Return whether quiet hours are over in at least one server with deferred messages.

    Runs at every sync, so it checks each distinct set of hours only once.
    """
    different = await connection.execute_fetchall(
        "SELECT DISTINCT g.time_zone, g.quiet_from, g.quiet_to"
        " FROM (SELECT DISTINCT guild_id FROM deferred_news) JOIN guilds g USING (guild_id)"
    )
    return any(not QuietHours(*hours).is_quiet(now) for hours in different)


async def _pop(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> list[Message]:
    """Remove the deferred messages of a competition in a server and return them, oldest first."""
    key = (guild_id, competition_id)
    rows = await connection.execute_fetchall(
        "SELECT message FROM deferred_news WHERE guild_id = ? AND competition_id = ? ORDER BY id",
        key,
    )
    await connection.execute(
        "DELETE FROM deferred_news WHERE guild_id = ? AND competition_id = ?", key
    )
    messages = []
    for (text,) in rows:
        try:
            messages.append(message_from_json(text))
        except ValueError:  # Otherwise no board of this competition could be stored any more.
            logger.exception(
                "Server %s: a deferred message cannot be read and is dropped", guild_id
            )
    return messages


class DeferredNews:
    """Releases news at the end of quiet hours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, guild_id: int) -> int:
        """Return how many announcements of a server, also of its feeds, are deferred."""
        rows = await self._database.query(
            "SELECT (SELECT count(*) FROM deferred_news WHERE guild_id = ?1)"
            " + (SELECT count(*) FROM deferred_feed_messages WHERE guild_id = ?1)",
            (guild_id,),
        )
        return int(rows[0][0])

    async def release(self, now: datetime) -> int:
        """Add deferred messages to the outbox when quiet hours ended; return how many."""
        async with self._database.read() as connection:
            if not await _can_release(connection, now):
                return 0
        async with self._database.write() as connection:
            return await release(connection, now)
