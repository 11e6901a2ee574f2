"""Channels of servers, each with a mode: how much of the news it gets."""

from __future__ import annotations

from leaderboards.news.channel_mode import ChannelMode
from storage.database import Database
from storage.servers.guild_settings import ensure_guild


class Channels:
    """Loads and stores channel modes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_modes(self, guild_id: int) -> dict[int, ChannelMode]:
        """Load the modes of a server by channel id; other channels get everything."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT channel_id, mode FROM channels WHERE guild_id = ?", (guild_id,)
            )
        return {channel_id: ChannelMode(mode) for channel_id, mode in rows}

    async def set_mode(self, guild_id: int, channel_id: int, mode: ChannelMode) -> None:
        """Store the mode of a channel."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await connection.execute(
                "INSERT INTO channels (guild_id, channel_id, mode) VALUES (?, ?, ?)"
                " ON CONFLICT (guild_id, channel_id) DO UPDATE SET mode = excluded.mode",
                (guild_id, channel_id, mode),
            )
