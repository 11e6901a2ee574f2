"""Servers: their settings, the competitions that they follow, joining and leaving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from leaderboards.news.messages import Message, ThreadMessage, WelcomeMessage
from records.guilds import Follow, GuildSettings, SettingValue
from records.outbox import Announcement
from storage.boards.competitions import competition_from_row, mark_unfollowed
from storage.database import Database
from storage.feeds.feed_messages import delete_feeds
from storage.members.links import delete_stale_news_baselines
from storage.news import (
    competition_threads,
    former_live_boards,
    former_threads,
    live_boards,
    outbox,
)
from storage.news.digests import delete_unwanted_digests
from storage.news.introductions import mark_introduced, queue_introductions
from storage.news.news_baselines import reset_baselines
from storage.servers.guild_settings import ensure_guild, load_settings, update_settings
from storage.timestamps import to_seconds


class Guilds:
    """Loads and stores servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_settings(self, guild_id: int) -> GuildSettings:
        """Load a server's settings; the defaults before the first change."""
        async with self._database.read() as connection:
            return await load_settings(connection, guild_id)

    async def change_settings(self, guild_id: int, **changes: SettingValue) -> GuildSettings:
        """Store new values of settings, by field name; return all settings.

        What waits in the outbox moves to the new channel. Raises `TypeError` for an unknown
        setting.
        """
        return await self.change_settings_by(guild_id, lambda _settings: changes)

    async def change_settings_by(
        self,
        guild_id: int,
        build_changes: Callable[[GuildSettings], Mapping[str, SettingValue]],
        now: datetime | None = None,
    ) -> GuildSettings:
        """Change settings as `change_settings` does, by values computed from the present ones.

        One transaction, so that two changes at the same time follow each other. If the function
        raises an error, nothing is stored. With `now`, competitions that have a channel
        only since this change are announced as followed, each once.
        """
        async with self._database.write() as connection:
            changes = build_changes(await load_settings(connection, guild_id))
            settings = await update_settings(connection, guild_id, **changes)
            await delete_unwanted_digests(connection, settings)
            if "require_verified" in changes:
                await delete_stale_news_baselines(connection, guild_id)
            await outbox.move_waiting(connection, guild_id)
            if now is not None:
                await queue_introductions(connection, guild_id, now)
        return settings

    async def queue_welcome(self, guild_id: int, channel_id: int, now: datetime) -> bool:
        """Insert a server and queue its welcome message; return False if it is known already."""
        async with self._database.write() as connection:
            if not await ensure_guild(connection, guild_id):
                return False
            await outbox.add(
                connection,
                Announcement(guild_id, channel_id, None, WelcomeMessage()),
                now,
            )
        return True

    async def remove_channel(self, guild_id: int, channel_id: int) -> None:
        """Remove a deleted channel from settings and follows.

        What waits for it moves to the server's own channel, or waits until the server has one. Its
        feeds, live boards and threads of competitions are deleted: they were of this channel only.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE follows SET channel_id = NULL WHERE guild_id = ? AND channel_id = ?",
                (guild_id, channel_id),
            )
            await connection.execute(
                "UPDATE guilds SET channel_id = NULL WHERE guild_id = ? AND channel_id = ?",
                (guild_id, channel_id),
            )
            await live_boards.delete_by_channel(connection, guild_id, channel_id)
            await former_live_boards.delete_by_channel(connection, guild_id, channel_id)
            await former_threads.delete_by_channel(connection, guild_id, channel_id)
            await delete_feeds(connection, guild_id, channel_id)
            await competition_threads.delete_by_channel(connection, guild_id, channel_id)
            await outbox.move_waiting(connection, guild_id, channel_id)

    async def follow(  # noqa: PLR0917
        self,
        guild_id: int,
        competition_id: int,
        channel_id: int | None,
        user_id: int,
        now: datetime,
        message: Message | None,
        *,
        skip_next_news: bool = False,
        max_running: int | None = None,
    ) -> bool:
        """Follow a competition.

        Return False if the server follows it already, or follows `max_running` unarchived
        competitions.

        The message is queued if the server announces and has a channel; a `ThreadMessage` always,
        and then `channel_id` is the text channel or forum in which the thread is opened. With
        `skip_next_news` the next board is no news: the one that is stored may be old.
        """
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            cursor = await connection.execute(
                "INSERT INTO follows (guild_id, competition_id, channel_id, followed_by,"
                " followed_at, skip_next_news) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?7 IS NULL"
                " OR (SELECT count(*) FROM follows f JOIN competitions c ON c.id = f.competition_id"
                "  WHERE f.guild_id = ?1 AND c.archived_at IS NULL) < ?7 ON CONFLICT DO NOTHING",
                (
                    guild_id,
                    competition_id,
                    channel_id,
                    user_id,
                    to_seconds(now),
                    skip_next_news,
                    max_running,
                ),
            )
            if cursor.rowcount == 0:
                return False
            if channel_id is not None:
                await former_threads.delete_by_channel(connection, guild_id, channel_id)
            await connection.execute(
                "DELETE FROM unfollowed_competitions WHERE competition_id = ?", (competition_id,)
            )
            if isinstance(message, ThreadMessage) and channel_id is not None:
                await competition_threads.request_thread(
                    connection, guild_id, competition_id, channel_id, message, now
                )
                return True
            settings = await load_settings(connection, guild_id)
            channel_id = channel_id or settings.channel_id
            if message is not None and settings.announce and channel_id is not None:
                await outbox.add(
                    connection,
                    Announcement(guild_id, channel_id, competition_id, message),
                    now,
                )
                await mark_introduced(connection, guild_id, competition_id)
        return True

    async def unfollow(self, guild_id: int, slug: str, now: datetime) -> bool:
        """Stop following and delete what waits in the outbox; return False if not followed.

        The live board is deleted, and the thread gets a last message and is closed.
        """
        async with self._database.write() as connection:
            for (competition_id,) in await connection.execute_fetchall(
                "SELECT f.competition_id FROM competitions c"
                " CROSS JOIN follows f ON f.competition_id = c.id"
                " WHERE c.slug = ? AND f.guild_id = ?",
                (slug, guild_id),
            ):
                await former_threads.leave_thread(connection, guild_id, competition_id, None, now)
                await live_boards.remove_live_board(connection, guild_id, competition_id)
            await connection.execute(
                "DELETE FROM outbox WHERE guild_id = ?1 AND delivered_at IS NULL"
                " AND competition_id = (SELECT id FROM competitions WHERE slug = ?2)"
                " AND id NOT IN (SELECT outbox_id FROM former_live_boards WHERE guild_id = ?1"
                "  UNION ALL SELECT outbox_id FROM former_threads WHERE guild_id = ?1)",
                (guild_id, slug),
            )
            await outbox.drop_from_summaries(connection, guild_id, slug)
            rows = await connection.execute_fetchall(
                "DELETE FROM follows WHERE guild_id = ?"
                " AND competition_id = (SELECT id FROM competitions WHERE slug = ?)"
                " RETURNING competition_id",
                (guild_id, slug),
            )
            unfollowed = [competition_id for (competition_id,) in rows]
            await mark_unfollowed(connection, unfollowed, now)
        return bool(unfollowed)

    async def change_channel(
        self, guild_id: int, competition_id: int, channel_id: int, now: datetime
    ) -> None:
        """Announce a followed competition in a channel of its own from now on.

        What waits to be announced of it moves there; a thread that is not open yet is not opened,
        and one that is open gets a last message and is closed. If it had no channel so far, it is
        announced there that it is followed.
        """
        async with self._database.write() as connection:
            await former_threads.delete_by_channel(connection, guild_id, channel_id)
            await former_threads.leave_thread(connection, guild_id, competition_id, channel_id, now)
            await competition_threads.cancel_requests(
                connection, guild_id, "competition_id", competition_id
            )
            await connection.execute(
                "UPDATE follows SET channel_id = ? WHERE guild_id = ? AND competition_id = ?",
                (channel_id, guild_id, competition_id),
            )
            await outbox.move_competition(connection, guild_id, competition_id, channel_id)
            await queue_introductions(connection, guild_id, now)

    async def set_own_name(self, guild_id: int, competition_id: int, name: str | None) -> None:
        """Store the server's own name for a competition that it follows; None for no own name."""
        await self._database.change(
            "UPDATE follows SET name = ? WHERE guild_id = ? AND competition_id = ?",
            (name, guild_id, competition_id),
        )

    async def pause(self, guild_id: int, slug: str) -> bool:
        """Pause a competition for this server; return False if not active."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE follows SET paused = 1 WHERE guild_id = ? AND NOT paused"
                " AND competition_id = (SELECT id FROM competitions WHERE slug = ?)",
                (guild_id, slug),
            )
        return cursor.rowcount > 0

    async def resume(self, guild_id: int, slug: str) -> bool:
        """Resume a paused competition, silently; return False if it was not paused.

        What happened meanwhile is not announced.
        """
        async with self._database.write() as connection:
            resumed = list(
                await connection.execute_fetchall(
                    "UPDATE follows SET paused = 0 WHERE guild_id = ? AND paused"
                    " AND competition_id = (SELECT id FROM competitions WHERE slug = ?)"
                    " RETURNING guild_id, competition_id",
                    (guild_id, slug),
                )
            )
            for key in resumed:
                await reset_baselines(connection, "guild_id = ? AND competition_id = ?", key)
        return bool(resumed)

    async def load_follows(self, guild_id: int) -> list[Follow]:
        """Load what a server follows, by slug, with archived competitions last."""
        rows = await self._database.query(
            "SELECT f.guild_id, f.channel_id, f.paused, f.name, c.*"
            " FROM follows f JOIN competitions c ON c.id = f.competition_id"
            " WHERE f.guild_id = ? ORDER BY c.archived_at IS NOT NULL, c.slug",
            (guild_id,),
        )
        return [_follow_from_row(row) for row in rows]

    async def find_follow(self, guild_id: int, slug: str) -> Follow | None:
        """Find a competition that a server follows, by slug."""
        rows = await self._database.query(
            "SELECT f.guild_id, f.channel_id, f.paused, f.name, c.*"
            " FROM competitions c JOIN follows f ON f.competition_id = c.id"
            " WHERE c.slug = ? AND f.guild_id = ?",
            (slug, guild_id),
        )
        return _follow_from_row(rows[0]) if rows else None

    async def load_present_ids(self) -> set[int]:
        """Load the ids of stored servers that the bot has not left."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT guild_id FROM guilds WHERE left_at IS NULL"
            )
        return {guild_id for (guild_id,) in rows}

    async def load_left_ids(self) -> set[int]:
        """Load the ids of stored servers that the bot has left."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT guild_id FROM guilds WHERE left_at IS NOT NULL"
            )
        return {guild_id for (guild_id,) in rows}

    async def mark_left(self, guild_id: int, now: datetime) -> None:
        """Store that the bot left a server; nothing is synced or announced for it."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE guilds SET left_at = ? WHERE guild_id = ? AND left_at IS NULL",
                (to_seconds(now), guild_id),
            )

    async def mark_rejoined(self, guild_id: int) -> bool:
        """Store that the bot is back in a server; return False if it had not left it.

        What happened meanwhile is not announced.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE guilds SET left_at = NULL WHERE guild_id = ? AND left_at IS NOT NULL",
                (guild_id,),
            )
            if cursor.rowcount == 0:
                return False
            await reset_baselines(connection, "guild_id = ?", (guild_id,))
        return True

    async def delete_left(self, before: datetime, now: datetime) -> list[int]:
        """Delete all data of servers that the bot left before a time; return their ids.

        The foreign keys delete what belongs to a server.
        """
        async with self._database.write() as connection:
            followed = await connection.execute_fetchall(
                "SELECT DISTINCT competition_id FROM follows"
                " WHERE guild_id IN (SELECT guild_id FROM guilds WHERE left_at < ?)",
                (to_seconds(before),),
            )
            rows = await connection.execute_fetchall(
                "DELETE FROM guilds WHERE left_at < ? RETURNING guild_id", (to_seconds(before),)
            )
            await mark_unfollowed(connection, [id_ for (id_,) in followed], now)
        return [guild_id for (guild_id,) in rows]


def _follow_from_row(row: Iterable[Any]) -> Follow:
    guild_id, channel_id, paused, own_name, *competition = row
    return Follow(
        guild_id=guild_id,
        competition=competition_from_row(competition, own_name),
        channel_id=channel_id,
        paused=bool(paused),
    )
