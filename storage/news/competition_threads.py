"""Threads and forum posts that the bot opens for competitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.news.messages import ThreadMessage
from records.guilds import CompetitionThread
from records.outbox import Announcement
from storage.boards.competitions import competition_from_row
from storage.database import Database
from storage.news import live_boards, outbox
from storage.news.former_threads import leave_thread
from storage.news.introductions import mark_introduced

_SELECT = (
    "SELECT t.guild_id, t.parent_id, t.outbox_id, t.thread_id, o.message_id,"
    " coalesce(l.message_id, lo.message_id) AS live_board_id, t.pinned_id, t.closed, t.error,"
    " EXISTS (SELECT 1 FROM outbox w WHERE w.channel_id = t.thread_id AND w.delivered_at IS NULL"
    "  AND w.abandoned_at IS NULL) AS has_waiting, f.name, c.*"
    " FROM competition_threads t JOIN competitions c ON c.id = t.competition_id"
    " JOIN follows f ON f.guild_id = t.guild_id AND f.competition_id = t.competition_id"
    " LEFT JOIN outbox o ON o.id = t.outbox_id"
    " LEFT JOIN live_boards l ON l.guild_id = t.guild_id"
    "  AND l.competition_id = t.competition_id AND l.channel_id = t.thread_id"
    " LEFT JOIN outbox lo ON lo.id = l.outbox_id"
)
_IS_UNFINISHED = (
    "CASE WHEN t.thread_id IS NULL"
    " THEN o.id IS NULL OR o.delivered_at IS NOT NULL OR o.abandoned_at IS NOT NULL"
    " WHEN t.closed THEN 0"
    " ELSE (live_board_id IS NOT NULL AND live_board_id IS NOT t.pinned_id)"
    "  OR (c.archived_at IS NOT NULL AND NOT has_waiting) END"
)
"""Whether a thread is to be opened or closed, or its board to be pinned."""


class CompetitionThreads:
    """Reads and writes the threads of competitions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, guild_id: int, competition_id: int) -> CompetitionThread | None:
        """Return the thread of a server's competition; None if it has none."""
        rows = await self._database.query(
            f"{_SELECT} WHERE t.guild_id = ? AND t.competition_id = ?", (guild_id, competition_id)
        )
        return _thread_from_row(rows[0]) if rows else None

    async def load_unfinished(self) -> list[CompetitionThread]:
        """Return the threads that are to be opened or closed, or whose board is to be pinned.

        A thread is opened once its first message is delivered, or given up if that is abandoned or
        deleted. It is closed when the competition is archived and nothing more waits for it.
        """
        rows = await self._database.query(
            f"{_SELECT} JOIN guilds g ON g.guild_id = t.guild_id AND g.left_at IS NULL"
            f" WHERE {_IS_UNFINISHED}",
            (),
        )
        return [_thread_from_row(row) for row in rows]

    async def is_any_requested_in(self, guild_id: int, parent_id: int) -> bool:
        """Return whether a thread is still to be opened in a channel."""
        rows = await self._database.query(
            "SELECT 1 FROM competition_threads"
            " WHERE guild_id = ? AND parent_id = ? AND thread_id IS NULL LIMIT 1",
            (guild_id, parent_id),
        )
        return bool(rows)

    async def load_failing(self, guild_id: int) -> list[CompetitionThread]:
        """Return a server's threads that could not be opened, pinned in or closed, by slug.

        One whose live board has moved elsewhere meanwhile has nothing left to be pinned.
        """
        rows = await self._database.query(
            f"{_SELECT} WHERE t.guild_id = ? AND t.error IS NOT NULL AND {_IS_UNFINISHED}"
            " ORDER BY c.slug",
            (guild_id,),
        )
        return [_thread_from_row(row) for row in rows]

    async def request(
        self,
        guild_id: int,
        competition_id: int,
        parent_id: int,
        first: ThreadMessage,
        now: datetime,
    ) -> None:
        """Queue a thread for a followed competition, whose news is announced there once it is open.

        If the competition already has a thread, that gets a last message and is closed.
        """
        async with self._database.write() as connection:
            await cancel_requests(connection, guild_id, "competition_id", competition_id)
            await leave_thread(connection, guild_id, competition_id, parent_id, now)
            await request_thread(connection, guild_id, competition_id, parent_id, first, now)

    async def mark_opened(
        self, thread: CompetitionThread, thread_id: int, *, is_forum_post: bool, now: datetime
    ) -> None:
        """Record that a thread is open: the competition is announced there, with its live board.

        In a forum post the live board is the first message.
        """
        guild_id, competition_id = thread.guild_id, thread.competition.id
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE competition_threads SET thread_id = ?, error = NULL"
                " WHERE guild_id = ? AND competition_id = ? AND outbox_id = ?"
                " AND thread_id IS NULL",
                (thread_id, guild_id, competition_id, thread.outbox_id),
            )
            if cursor.rowcount == 0:
                return
            await connection.execute(
                "UPDATE follows SET channel_id = ? WHERE guild_id = ? AND competition_id = ?",
                (thread_id, guild_id, competition_id),
            )
            await outbox.move_competition(connection, guild_id, competition_id, thread_id)
            if is_forum_post:  # In the forum itself there can be no messages.
                await connection.execute(
                    "UPDATE outbox SET channel_id = ? WHERE guild_id = ? AND channel_id = ?"
                    " AND competition_id IS NULL AND delivered_at IS NULL"
                    " AND abandoned_at IS NULL",
                    (thread_id, guild_id, thread.parent_id),
                )
            await live_boards.create_live_board(
                connection,
                guild_id,
                competition_id,
                thread_id,
                now,
                outbox_id=thread.outbox_id if is_forum_post else None,
            )

    async def give_up(self, thread: CompetitionThread, *, is_forum: bool) -> None:
        """Delete a thread that cannot be opened.

        Its news is then posted in the text channel; as a forum takes no messages, that of a forum
        post is posted in the server's own channel.
        """
        guild_id, competition_id = thread.guild_id, thread.competition.id
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM competition_threads WHERE guild_id = ? AND competition_id = ?"
                " AND outbox_id = ?",
                (guild_id, competition_id, thread.outbox_id),
            )
            if is_forum:
                await connection.execute(
                    "UPDATE follows SET channel_id = NULL"
                    " WHERE guild_id = ? AND competition_id = ? AND channel_id = ?",
                    (guild_id, competition_id, thread.parent_id),
                )
                await outbox.move_waiting(connection, guild_id)

    async def mark_pinned(self, thread: CompetitionThread) -> None:
        """Record that the live board of a thread is pinned."""
        await self._update(
            "UPDATE competition_threads SET error = NULL, pinned_id = ?",
            thread,
            thread.live_board_id,
        )

    async def mark_closed(self, thread: CompetitionThread) -> None:
        """Record that a thread was closed after the end."""
        await self._update("UPDATE competition_threads SET error = NULL, closed = 1", thread)

    async def mark_reopened(self, guild_id: int, thread_id: int) -> None:
        """Record that the bot itself has opened a closed thread again."""
        await self._database.change(
            "UPDATE competition_threads SET closed = 0 WHERE guild_id = ? AND thread_id = ?",
            (guild_id, thread_id),
        )

    async def allow_closing_again(self, competition_id: int) -> None:
        """Mark the threads of a competition as open: each is closed again after its messages."""
        await self._database.change(
            "UPDATE competition_threads SET closed = 0 WHERE competition_id = ?", (competition_id,)
        )

    async def record_failure(self, thread: CompetitionThread, error: str) -> None:
        """Record why something could not be done; it is tried again."""
        await self._update("UPDATE competition_threads SET error = ?", thread, error)

    async def _update(self, sql: str, thread: CompetitionThread, *values: object) -> None:
        await self._database.change(
            f"{sql} WHERE guild_id = ? AND competition_id = ? AND outbox_id = ?",
            (*values, thread.guild_id, thread.competition.id, thread.outbox_id),
        )


async def request_thread(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    guild_id: int,
    competition_id: int,
    parent_id: int,
    first: ThreadMessage,
    now: datetime,
) -> None:
    """Queue the first message of a thread, in the caller's transaction.

    What is announced of the competition until the thread is open waits for that message.
    """
    rows = await connection.execute_fetchall(
        "SELECT introduced FROM follows WHERE guild_id = ? AND competition_id = ?",
        (guild_id, competition_id),
    )
    introduced = any(bool(introduced) for (introduced,) in rows)
    first = replace(first, introduced=introduced)
    announcement = Announcement(guild_id, parent_id, competition_id, first)
    outbox_id = await outbox.add(connection, announcement, now)
    await connection.execute(
        "INSERT INTO competition_threads (guild_id, competition_id, parent_id, outbox_id)"
        " VALUES (?, ?, ?, ?)",
        (guild_id, competition_id, parent_id, outbox_id),
    )
    await connection.execute(
        "UPDATE follows SET channel_id = ? WHERE guild_id = ? AND competition_id = ?",
        (parent_id, guild_id, competition_id),
    )
    await mark_introduced(connection, guild_id, competition_id)


async def cancel_requests(
    connection: aiosqlite.Connection, guild_id: int, condition: str, value: int
) -> None:
    """Delete the threads of a server that are not open yet, in the caller's transaction.

    `condition` names the column that has `value`.
    """
    chosen = f"guild_id = ? AND thread_id IS NULL AND {condition} = ?"
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL AND id IN"  # noqa: S608 - own names
        f" (SELECT outbox_id FROM competition_threads WHERE {chosen})",
        (guild_id, value),
    )
    await connection.execute(
        f"DELETE FROM competition_threads WHERE {chosen}",  # noqa: S608
        (guild_id, value),
    )


async def delete_by_channel(
    connection: aiosqlite.Connection, guild_id: int, channel_id: int
) -> None:
    """Delete what is stored of a deleted thread, and of those to be opened in a deleted channel."""
    await cancel_requests(connection, guild_id, "parent_id", channel_id)
    await connection.execute(
        "DELETE FROM competition_threads WHERE guild_id = ? AND thread_id = ?",
        (guild_id, channel_id),
    )


def _thread_from_row(row: Iterable[Any]) -> CompetitionThread:
    (
        guild_id,
        parent_id,
        outbox_id,
        thread_id,
        first_message_id,
        live_board_id,
        pinned_id,
        closed,
        error,
        has_waiting,
        own_name,
        *competition,
    ) = row
    return CompetitionThread(
        guild_id=guild_id,
        competition=competition_from_row(competition, own_name),
        parent_id=parent_id,
        outbox_id=outbox_id,
        thread_id=thread_id,
        first_message_id=first_message_id,
        live_board_id=live_board_id,
        pinned_id=pinned_id,
        closed=bool(closed),
        error=error,
        has_waiting=bool(has_waiting),
    )
