"""Channels of servers: how much of the news each gets, and whether it is published."""

from __future__ import annotations

from itertools import groupby

from leaderboards.kaggle_ids import readable_slug
from leaderboards.news.channel_mode import ChannelMode
from records.guilds import NewsChannel
from storage.database import Database
from storage.servers.guild_settings import ensure_guild


class Channels:
    """Loads and stores what is set for channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_news_channels(self, guild_id: int) -> list[NewsChannel]:
        """Load the channels in which a server's running competitions are announced.

        Without a running competition that is the server's own channel.
        """
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT f.channel_id, f.mode, coalesce(f.name, c.title), c.slug"
                " FROM follow_channels f JOIN competitions c ON c.id = f.competition_id"
                " WHERE f.guild_id = ? AND f.channel_id IS NOT NULL AND c.archived_at IS NULL"
                " ORDER BY f.channel_id, c.slug",
                (guild_id,),
            )
            channels = [
                NewsChannel(
                    channel_id,
                    ChannelMode(mode),
                    tuple(name or readable_slug(slug) for *_, name, slug in group),
                )
                for (channel_id, mode), group in groupby(rows, key=lambda row: (row[0], row[1]))
            ]
            if not channels:
                rows = await connection.execute_fetchall(
                    "SELECT g.channel_id, coalesce(c.mode, 'everything') FROM guilds g"
                    " LEFT JOIN channels c USING (guild_id, channel_id)"
                    " WHERE g.guild_id = ? AND g.channel_id IS NOT NULL",
                    (guild_id,),
                )
                channels = [
                    NewsChannel(channel_id, ChannelMode(mode), ()) for channel_id, mode in rows
                ]
        return channels

    async def load_mode(self, guild_id: int, channel_id: int) -> ChannelMode:
        """Load the mode of a channel; `EVERYTHING` until one is chosen."""
        rows = await self._database.query(
            "SELECT mode FROM channels WHERE guild_id = ? AND channel_id = ?",
            (guild_id, channel_id),
        )
        return ChannelMode(rows[0][0]) if rows else ChannelMode.EVERYTHING

    async def set_mode(self, guild_id: int, channel_id: int, mode: ChannelMode) -> None:
        """Store the mode of a channel."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await connection.execute(
                "INSERT INTO channels (guild_id, channel_id, mode) VALUES (?, ?, ?)"
                " ON CONFLICT (guild_id, channel_id) DO UPDATE SET mode = excluded.mode",
                (guild_id, channel_id, mode),
            )

    async def load_published(self, guild_id: int) -> frozenset[int]:
        """Load the channels of a server whose announcements are published."""
        rows = await self._database.query(
            "SELECT channel_id FROM channels WHERE guild_id = ? AND publish", (guild_id,)
        )
        return frozenset(channel_id for (channel_id,) in rows)

    async def set_publish(self, guild_id: int, channel_id: int, *, publish: bool) -> None:
        """Store whether what is announced in a channel from now on is published.

        If it is not, what still waits to be published there is not published either.
        """
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await connection.execute(
                "INSERT INTO channels (guild_id, channel_id, publish) VALUES (?, ?, ?)"
                " ON CONFLICT (guild_id, channel_id) DO UPDATE SET publish = excluded.publish",
                (guild_id, channel_id, publish),
            )
            if not publish:
                await connection.execute(
                    "UPDATE outbox SET unpublished = 0, error = NULL"
                    " WHERE channel_id = ? AND guild_id = ? AND unpublished",
                    (channel_id, guild_id),
                )
