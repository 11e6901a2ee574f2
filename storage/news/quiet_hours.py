"""News that wait for the end of a server's quiet hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import aiosqlite

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.ended import EndedMessage
from leaderboards.news.items import NewsMessage, filter_for_mode
from leaderboards.news.merge import merge_news
from leaderboards.news.messages import BoardMessage, message_from_json, message_to_json
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.news.outbox import add_all
from storage.timestamps import to_seconds


async def quiet_followers(
    connection: aiosqlite.Connection, competition_id: int, now: datetime
) -> set[int]:
    """Give the servers that follow a competition and have quiet hours now."""
    return {
        guild_id
        for guild_id, *hours in await connection.execute_fetchall(
            "SELECT g.guild_id, g.time_zone, g.quiet_from, g.quiet_to"
            " FROM active_follows f JOIN guilds g ON g.guild_id = f.guild_id"
            " WHERE f.competition_id = ? AND g.quiet_from IS NOT NULL",
            (competition_id,),
        )
        if QuietHours(*hours).hold(now)
    }


async def hold(
    connection: aiosqlite.Connection, announcements: Iterable[Announcement], now: datetime
) -> None:
    """Keep news until the quiet hours of their servers end; the channel is the one of then."""
    await connection.executemany(
        "INSERT INTO held (guild_id, competition_id, message, created_at) VALUES (?, ?, ?, ?)",
        (
            (each.guild_id, each.competition_id, message_to_json(each.message), to_seconds(now))
            for each in announcements
        ),
    )


async def release(connection: aiosqlite.Connection, now: datetime) -> int:
    """Put what was held in the outbox where it is no longer quiet; gives how many messages.

    All news of a competition become one message, before that of its end, as far as the server still
    wants to be told of it, for the channel in which the competition is announced now.
    """
    if not await _some_are_awake(connection, now):
        return 0
    released: list[Announcement] = []
    for (
        guild_id,
        competition_id,
        channel_id,
        wanted,
        mode,
        *hours,
    ) in await connection.execute_fetchall(
        "SELECT f.guild_id, f.competition_id, coalesce(f.channel_id, g.channel_id) AS channel,"
        " g.announce AND NOT f.paused, c.mode, g.time_zone, g.quiet_from, g.quiet_to"
        " FROM (SELECT DISTINCT guild_id, competition_id FROM held)"
        " JOIN follows f USING (guild_id, competition_id) JOIN guilds g USING (guild_id)"
        " LEFT JOIN channels c ON c.guild_id = f.guild_id"
        "  AND c.channel_id = coalesce(f.channel_id, g.channel_id)"
        " WHERE g.left_at IS NULL AND channel IS NOT NULL"
    ):
        if QuietHours(*hours).hold(now):
            continue
        for message in await _take(connection, guild_id, competition_id):
            told = _only_for(ChannelMode(mode or ChannelMode.EVERYTHING), message)
            if told is not None and wanted:
                released.append(Announcement(guild_id, channel_id, competition_id, told))
    await add_all(connection, released, now)
    return len(released)


async def _some_are_awake(connection: aiosqlite.Connection, now: datetime) -> bool:
    """Tell whether anywhere that something is held it is quiet no longer; many share their hours.

    Asked with every sync, while night is always somewhere.
    """
    different = await connection.execute_fetchall(
        "SELECT DISTINCT g.time_zone, g.quiet_from, g.quiet_to"
        " FROM (SELECT DISTINCT guild_id FROM held) JOIN guilds g USING (guild_id)"
    )
    return any(not QuietHours(*hours).hold(now) for hours in different)


def _only_for(mode: ChannelMode, message: BoardMessage) -> BoardMessage | None:
    if isinstance(message, NewsMessage):
        return filter_for_mode(mode, message)
    return None if mode is ChannelMode.DIGEST else message


async def _take(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> list[BoardMessage]:
    key = (guild_id, competition_id)
    rows = await connection.execute_fetchall(
        "SELECT message FROM held WHERE guild_id = ? AND competition_id = ? ORDER BY id", key
    )
    await connection.execute("DELETE FROM held WHERE guild_id = ? AND competition_id = ?", key)
    held = [message_from_json(text) for (text,) in rows]
    news = [message for message in held if isinstance(message, NewsMessage)]
    ended = [message for message in held if isinstance(message, EndedMessage)]
    return [*([merge_news(news)] if news else []), *ended]


class DeferredNews:
    """What waits for the end of quiet hours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def release(self, now: datetime) -> int:
        """Put what was held in the outbox where it is no longer quiet; gives how many messages."""
        async with self._database.read() as connection:
            if not await _some_are_awake(connection, now):
                return 0
        async with self._database.write() as connection:
            return await release(connection, now)
