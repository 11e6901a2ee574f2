"""Threads that their competition has left, until they are closed."""

from __future__ import annotations

from datetime import datetime

import aiosqlite

from leaderboards.news.messages import ThreadLeftMessage
from records.guilds import FormerThread
from records.outbox import Announcement
from storage.database import Database
from storage.news import live_boards, outbox

_SELECT = (
    "SELECT t.guild_id, t.thread_id, t.outbox_id, coalesce(o.channel_closed, 0)"
    " AND o.delivered_at IS NULL AND o.abandoned_at IS NULL AS is_closed_to_bot, t.error"
    " FROM former_threads t LEFT JOIN outbox o ON o.id = t.outbox_id"
)
_IS_SETTLED = (
    "(is_closed_to_bot OR coalesce(o.delivered_at, o.abandoned_at, o.id IS NULL) <> 0)"
    " AND NOT EXISTS (SELECT 1 FROM former_live_boards b"
    "  WHERE b.guild_id = t.guild_id AND b.channel_id = t.thread_id)"
)
"""Whether a thread is to be closed: its live board is gone, and its last message is sent, or
abandoned, or waits because the channel is closed to the bot."""


class FormerThreads:
    """Reads and writes the threads that competitions have left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_settled(self) -> list[FormerThread]:
        """Return the threads to close, also those that are closed to the bot.

        Threads of servers that the bot has left are not among them.
        """
        return await self._select(
            f"{_SELECT} JOIN guilds g ON g.guild_id = t.guild_id AND g.left_at IS NULL"
            f" WHERE {_IS_SETTLED}"
        )

    async def load_failing(self, guild_id: int) -> list[FormerThread]:
        """Return the threads of a server that could not be closed."""
        return await self._select(
            f"{_SELECT} WHERE t.guild_id = ? AND t.error IS NOT NULL", guild_id
        )

    async def delete(self, thread: FormerThread) -> None:
        """Forget a thread that is closed, with its last message if that was not sent."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM former_threads WHERE guild_id = ? AND thread_id = ? AND outbox_id = ?",
                (thread.guild_id, thread.thread_id, thread.outbox_id),
            )
            await connection.execute(
                "DELETE FROM outbox WHERE id = ? AND delivered_at IS NULL AND abandoned_at IS NULL",
                (thread.outbox_id,),
            )

    async def record_failure(self, thread: FormerThread, error: str) -> None:
        """Record why a thread could not be closed; the next round tries again."""
        await self._database.change(
            "UPDATE former_threads SET error = ? WHERE guild_id = ? AND thread_id = ?",
            (error, thread.guild_id, thread.thread_id),
        )

    async def _select(self, sql: str, *parameters: object) -> list[FormerThread]:
        rows = await self._database.query(sql, parameters)
        return [
            FormerThread(
                guild_id, thread_id, outbox_id, is_closed_to_bot=bool(is_closed), error=error
            )
            for guild_id, thread_id, outbox_id, is_closed, error in rows
        ]


async def leave_thread(
    connection: aiosqlite.Connection,
    guild_id: int,
    competition_id: int,
    moved_to: int | None,
    now: datetime,
) -> None:
    """End the open thread of a competition, if it has one, in the caller's transaction.

    Its last message says where the news is posted from now on: in the channel `moved_to`, or
    nowhere. A thread that was closed after the end stays as it is.
    """
    for thread_id, closed, slug, has_live_board in await connection.execute_fetchall(
        "SELECT t.thread_id, t.closed, c.slug, EXISTS (SELECT 1 FROM live_boards l"
        "  WHERE l.guild_id = t.guild_id AND l.competition_id = t.competition_id"
        "  AND l.channel_id = t.thread_id)"
        " FROM competition_threads t CROSS JOIN competitions c ON c.id = t.competition_id"
        " WHERE t.guild_id = ? AND t.competition_id = ? AND t.thread_id IS NOT NULL",
        (guild_id, competition_id),
    ):
        await connection.execute(
            "DELETE FROM competition_threads WHERE guild_id = ? AND competition_id = ?",
            (guild_id, competition_id),
        )
        if has_live_board:
            await live_boards.remove_live_board(
                connection, guild_id, competition_id, keep_message=bool(closed)
            )
        if closed:
            continue
        last = Announcement(guild_id, thread_id, competition_id, ThreadLeftMessage(slug, moved_to))
        await connection.execute(
            "INSERT OR REPLACE INTO former_threads (guild_id, thread_id, outbox_id)"
            " VALUES (?, ?, ?)",
            (guild_id, thread_id, await outbox.add(connection, last, now)),
        )


async def delete_by_channel(
    connection: aiosqlite.Connection, guild_id: int, channel_id: int
) -> None:
    """Forget a thread that is gone, or that was chosen again, in the caller's transaction.

    Its last message is not sent any more.
    """
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL AND id IN"
        " (SELECT outbox_id FROM former_threads WHERE guild_id = ? AND thread_id = ?)",
        (guild_id, channel_id),
    )
    await connection.execute(
        "DELETE FROM former_threads WHERE guild_id = ? AND thread_id = ?", (guild_id, channel_id)
    )
