"""What is to be told to one member alone: what happened to their link while they were away."""

from __future__ import annotations

from datetime import datetime, timedelta

import aiosqlite

from records.members import DirectMessage, LinkEvent
from storage.database import Database
from storage.timestamps import from_seconds, to_seconds

_KEPT = timedelta(days=30)
_NOTES = (
    "SELECT id, guild_id, user_id, event, user_name, created_at, attempted FROM direct_messages"
)


async def add_note(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    guild_id: int,
    user_id: int,
    event: LinkEvent,
    user_name: str,
    now: datetime,
) -> None:
    """Keep what a member is to be told, in the transaction of what it tells of."""
    await connection.execute(
        "INSERT INTO direct_messages (guild_id, user_id, event, user_name, created_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (guild_id, user_id, event, user_name, to_seconds(now)),
    )


async def notes_of_member(connection: aiosqlite.Connection, user_id: int) -> list[DirectMessage]:
    """Give what a member is still to be told in all servers, within the transaction of who asks."""
    return await _select(connection, "WHERE user_id = ? ORDER BY id", user_id)


class DirectMessages:
    """Reads and removes notes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def to_send(self, now: datetime, limit: int) -> list[DirectMessage]:
        """Give the oldest notes that may yet reach their member; drop those that never did."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM direct_messages WHERE created_at < ?", (to_seconds(now - _KEPT),)
            )
            return await _select(
                connection,
                "JOIN guilds USING (guild_id) WHERE NOT show_in_server AND left_at IS NULL"
                " ORDER BY id LIMIT ?",
                limit,
            )

    async def to_show(self, guild_id: int, user_id: int) -> list[DirectMessage]:
        """Give what a member takes no direct message for: it is shown with the next answer."""
        async with self._database.read() as connection:
            return await _select(
                connection,
                "WHERE guild_id = ? AND user_id = ? AND show_in_server ORDER BY id",
                guild_id,
                user_id,
            )

    async def attempting(self, id_: int) -> bool:
        """Keep that a note is about to be sent; False when it is not to be told any more."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE direct_messages SET attempted = 1 WHERE id = ?", (id_,)
            )
        return cursor.rowcount > 0

    async def keep_for_server(self, id_: int) -> None:
        """Keep a note for the member's next command: Discord takes no direct message for them."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE direct_messages SET show_in_server = 1 WHERE id = ?", (id_,)
            )

    async def told(self, id_: int) -> None:
        """Remove a note that was told."""
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM direct_messages WHERE id = ?", (id_,))


async def _select(
    connection: aiosqlite.Connection, rest: str, *parameters: object
) -> list[DirectMessage]:
    rows = await connection.execute_fetchall(f"{_NOTES} {rest}", parameters)
    return [
        DirectMessage(
            id_, guild_id, user_id, LinkEvent(event), user_name, from_seconds(at), bool(attempted)
        )
        for id_, guild_id, user_id, event, user_name, at, attempted in rows
    ]
