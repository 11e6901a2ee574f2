"""Live boards: messages that show a board and are edited with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.news.messages import LiveBoardMessage
from records.guilds import LiveBoard
from records.outbox import Announcement
from storage.boards.competitions import competition_from_row
from storage.database import Database
from storage.news import former_live_boards, outbox

_SELECT = (
    "SELECT l.guild_id, l.channel_id, l.outbox_id, coalesce(l.message_id, o.message_id),"
    " l.fingerprint, l.error, o.id IS NOT NULL AND o.delivered_at IS NULL, f.name, c.*"
    " FROM live_boards l JOIN competitions c ON c.id = l.competition_id"
    " JOIN follows f ON f.guild_id = l.guild_id AND f.competition_id = l.competition_id"
    " LEFT JOIN outbox o ON o.id = l.outbox_id"
)


class LiveBoards:
    """Reads and writes live boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, guild_id: int, competition_id: int, channel_id: int, now: datetime
    ) -> None:
        """Create a live board in a channel in place of the one before.

        The message of that is deleted; where a forum post begins with it, it is edited instead.
        """
        async with self._database.write() as connection:
            await create_live_board(connection, guild_id, competition_id, channel_id, now)

    async def recreate(self, board: LiveBoard, now: datetime) -> None:
        """Create a live board again whose message was deleted, unless it was replaced meanwhile."""
        guild_id, competition_id = board.guild_id, board.competition.id
        async with self._database.write() as connection:
            current = await _find(connection, guild_id, competition_id)
            if current is not None and current.outbox_id == board.outbox_id:
                await _insert(connection, guild_id, competition_id, board.channel_id, now)

    async def remove(self, guild_id: int, competition_id: int) -> bool:
        """Delete a live board, and then its message; return False if there is none."""
        async with self._database.write() as connection:
            return await remove_live_board(connection, guild_id, competition_id)

    async def load_by_competition(self, competition_id: int) -> list[LiveBoard]:
        """Return a competition's live boards in all servers in which the bot is."""
        return await self._select(
            f"{_SELECT} JOIN guilds g ON g.guild_id = l.guild_id AND g.left_at IS NULL"
            " WHERE l.competition_id = ? ORDER BY l.guild_id",
            competition_id,
        )

    async def load_by_guild(self, guild_id: int) -> list[LiveBoard]:
        """Return a server's live boards, by slug."""
        return await self._select(f"{_SELECT} WHERE l.guild_id = ? ORDER BY c.slug", guild_id)

    async def find(self, guild_id: int, competition_id: int) -> LiveBoard | None:
        """Return a server's live board of a competition; None if there is none."""
        async with self._database.read() as connection:
            return await _find(connection, guild_id, competition_id)

    async def record_edit(self, board: LiveBoard, fingerprint: str) -> None:
        """Record what a live board shows now, unless it was replaced meanwhile."""
        await self._change(
            "UPDATE live_boards SET message_id = ?, fingerprint = ?, error = NULL",
            board,
            board.message_id,
            fingerprint,
        )

    async def record_failure(self, board: LiveBoard, error: str) -> None:
        """Record why a live board could not be edited; the next sync tries again."""
        await self._change(
            "UPDATE live_boards SET message_id = ?, error = ?", board, board.message_id, error
        )

    async def delete(self, board: LiveBoard) -> None:
        """Delete a live board whose channel is gone, unless it was replaced meanwhile."""
        await self._change("DELETE FROM live_boards", board)

    async def _select(self, sql: str, *parameters: object) -> list[LiveBoard]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(sql, parameters)
        return [_live_board_from_row(row) for row in rows]

    async def _change(self, sql: str, board: LiveBoard, *values: object) -> None:
        await self._database.change(
            f"{sql} WHERE guild_id = ? AND competition_id = ? AND outbox_id = ?",
            (*values, board.guild_id, board.competition.id, board.outbox_id),
        )


async def create_live_board(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    guild_id: int,
    competition_id: int,
    channel_id: int,
    now: datetime,
    outbox_id: int | None = None,
) -> None:
    """Create a live board in place of the one before, in the caller's transaction.

    `outbox_id` is the row of a message that is there already and becomes the board.
    """
    await former_live_boards.add_former(connection, guild_id, competition_id, channel_id)
    await _insert(connection, guild_id, competition_id, channel_id, now, outbox_id)


async def remove_live_board(
    connection: aiosqlite.Connection,
    guild_id: int,
    competition_id: int,
    *,
    keep_message: bool = False,
) -> bool:
    """Delete a live board, in the caller's transaction; return False if there is none.

    Its message is deleted, too, unless it is to be kept.
    """
    if not keep_message:
        await former_live_boards.add_former(connection, guild_id, competition_id, None)
    await _delete_waiting(connection, guild_id, competition_id)
    cursor = await connection.execute(
        "DELETE FROM live_boards WHERE guild_id = ? AND competition_id = ?",
        (guild_id, competition_id),
    )
    return cursor.rowcount > 0


async def delete_by_channel(
    connection: aiosqlite.Connection, guild_id: int, channel_id: int
) -> None:
    """Delete the boards of a deleted channel, in the caller's transaction."""
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL AND id IN (SELECT outbox_id"
        " FROM live_boards WHERE guild_id = ? AND channel_id = ?)",
        (guild_id, channel_id),
    )
    await connection.execute(
        "DELETE FROM live_boards WHERE guild_id = ? AND channel_id = ?", (guild_id, channel_id)
    )


async def _find(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> LiveBoard | None:
    for row in await connection.execute_fetchall(
        f"{_SELECT} WHERE l.guild_id = ? AND l.competition_id = ?", (guild_id, competition_id)
    ):
        return _live_board_from_row(row)
    return None


async def _insert(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    guild_id: int,
    competition_id: int,
    channel_id: int,
    now: datetime,
    outbox_id: int | None = None,
) -> None:
    slug = await _find_slug(connection, competition_id)
    await _delete_waiting(connection, guild_id, competition_id)
    if outbox_id is None:
        outbox_id = await outbox.add(
            connection,
            Announcement(guild_id, channel_id, competition_id, LiveBoardMessage(slug)),
            now,
        )
    await connection.execute(
        "INSERT INTO live_boards (guild_id, competition_id, channel_id, outbox_id)"
        " VALUES (?, ?, ?, ?) ON CONFLICT (guild_id, competition_id) DO UPDATE SET"
        " channel_id = excluded.channel_id, outbox_id = excluded.outbox_id,"
        " message_id = NULL, fingerprint = NULL, error = NULL",
        (guild_id, competition_id, channel_id, outbox_id),
    )


async def _delete_waiting(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> None:
    """Delete the waiting row of a board, unless its message may have been sent."""
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL"
        " AND (attempted_at IS NULL OR abandoned_at IS NOT NULL)"
        " AND id = (SELECT outbox_id FROM live_boards WHERE guild_id = ? AND competition_id = ?)",
        (guild_id, competition_id),
    )


async def _find_slug(connection: aiosqlite.Connection, competition_id: int) -> str:
    ((slug,),) = await connection.execute_fetchall(
        "SELECT slug FROM competitions WHERE id = ?", (competition_id,)
    )
    return str(slug)


def _live_board_from_row(row: Iterable[Any]) -> LiveBoard:
    guild_id, channel_id, outbox_id, message_id, fingerprint, error, is_undelivered, *named = row
    own_name, *competition = named
    return LiveBoard(
        guild_id=guild_id,
        competition=competition_from_row(competition, own_name),
        channel_id=channel_id,
        outbox_id=outbox_id,
        message_id=message_id,
        fingerprint=fingerprint,
        error=error,
        is_undelivered=bool(is_undelivered),
    )
