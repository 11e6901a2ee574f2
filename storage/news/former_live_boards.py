"""Messages of live boards that were moved or removed, until they are deleted."""

from __future__ import annotations

import aiosqlite

from records.guilds import FormerLiveBoard
from storage.database import Database

_SELECT = (
    "SELECT b.guild_id, b.channel_id, b.outbox_id, coalesce(b.message_id, o.message_id),"
    " b.moved_to, b.error FROM former_live_boards b LEFT JOIN outbox o ON o.id = b.outbox_id"
)
_IS_SETTLED = (
    "(b.message_id IS NOT NULL OR coalesce(o.delivered_at, o.abandoned_at, o.id IS NULL) <> 0)"
)
"""Whether the message is known, or it is certain that none was sent."""


class FormerLiveBoards:
    """Reads and writes former live boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_settled(self) -> list[FormerLiveBoard]:
        """Return the boards whose message can be deleted, in servers in which the bot is."""
        return await self._select(
            f"{_SELECT} JOIN guilds g ON g.guild_id = b.guild_id AND g.left_at IS NULL"
            f" WHERE {_IS_SETTLED} ORDER BY b.outbox_id"
        )

    async def load_failing(self, guild_id: int) -> list[FormerLiveBoard]:
        """Return the boards of a server whose message could not be deleted."""
        return await self._select(
            f"{_SELECT} WHERE b.guild_id = ? AND b.error IS NOT NULL ORDER BY b.outbox_id", guild_id
        )

    async def delete(self, board: FormerLiveBoard) -> None:
        """Forget a board whose message was deleted, or can no longer be deleted."""
        await self._database.change(
            "DELETE FROM former_live_boards WHERE outbox_id = ?", (board.outbox_id,)
        )

    async def record_failure(self, board: FormerLiveBoard, error: str) -> None:
        """Record why a message could not be deleted; the next round tries again."""
        await self._database.change(
            "UPDATE former_live_boards SET message_id = ?, error = ? WHERE outbox_id = ?",
            (board.message_id, error, board.outbox_id),
        )

    async def _select(self, sql: str, *parameters: object) -> list[FormerLiveBoard]:
        rows = await self._database.query(sql, parameters)
        return [FormerLiveBoard(*row) for row in rows]


async def add_former(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int, moved_to: int | None
) -> None:
    """Store the message of a live board to be deleted or edited, in the replacing transaction.

    Nothing is stored of a message that was certainly not sent.
    """
    await connection.execute(
        "INSERT INTO former_live_boards (outbox_id, guild_id, channel_id, message_id, moved_to)"
        " SELECT l.outbox_id, l.guild_id, l.channel_id, coalesce(l.message_id, o.message_id), ?"
        " FROM live_boards l LEFT JOIN outbox o ON o.id = l.outbox_id"
        " WHERE l.guild_id = ? AND l.competition_id = ?"
        " AND (l.message_id IS NOT NULL OR o.message_id IS NOT NULL OR (o.attempted_at IS NOT NULL"
        "  AND o.delivered_at IS NULL AND o.abandoned_at IS NULL)) ON CONFLICT DO NOTHING",
        (moved_to, guild_id, competition_id),
    )


async def delete_by_channel(
    connection: aiosqlite.Connection, guild_id: int, channel_id: int
) -> None:
    """Forget the boards of a deleted channel, in the caller's transaction."""
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL AND id IN (SELECT outbox_id"
        " FROM former_live_boards WHERE guild_id = ? AND channel_id = ?)",
        (guild_id, channel_id),
    )
    await connection.execute(
        "DELETE FROM former_live_boards WHERE guild_id = ? AND channel_id = ?",
        (guild_id, channel_id),
    )
