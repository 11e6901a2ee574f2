"""Messages that are decided but perhaps not sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.messages import Message, message_from_json, message_to_json
from storage.database import Database
from storage.times import from_seconds, to_seconds


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits for its delivery."""

    id: int
    guild_id: int
    channel_id: int
    competition_id: int | None
    nonce: str
    """Tells Discord that a second attempt is the same message."""
    message: Message
    created_at: datetime
    attempts: int
    attempted_at: datetime | None
    """When the first attempt began of which it is not known whether it made a message."""
    error: str | None

    @classmethod
    def from_row(cls, row: Iterable[Any]) -> OutboxRow:
        """Read a row with the columns of the table up to the error."""
        (
            id_,
            guild_id,
            channel_id,
            competition_id,
            nonce,
            message,
            created_at,
            attempts,
            attempted_at,
            error,
        ) = row
        return cls(
            id=id_,
            guild_id=guild_id,
            channel_id=channel_id,
            competition_id=competition_id,
            nonce=nonce,
            message=message_from_json(message),
            created_at=from_seconds(created_at),
            attempts=attempts,
            attempted_at=from_seconds(attempted_at),
            error=error,
        )


async def add(
    connection: aiosqlite.Connection,
    *,
    guild_id: int,
    channel_id: int,
    competition_id: int | None,
    message: Message,
    now: datetime,
) -> None:
    """Put a message in the outbox, within the transaction of what it tells of."""
    await connection.execute(
        "INSERT INTO outbox (guild_id, channel_id, competition_id, nonce, message, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            guild_id,
            channel_id,
            competition_id,
            secrets.token_urlsafe(16),
            message_to_json(message),
            to_seconds(now),
        ),
    )


class Outbox:
    """Reads what is to be delivered, and keeps what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def channels(self) -> list[int]:
        """Give the channels for which something waits."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT DISTINCT channel_id FROM outbox INDEXED BY outbox_waiting"
                " WHERE delivered_at IS NULL"
            )
        return [channel_id for (channel_id,) in rows]

    async def next(self, channel_id: int) -> OutboxRow | None:
        """Give the oldest waiting row of a channel."""
        found = await self._select(
            "SELECT id, guild_id, channel_id, competition_id, nonce, message, created_at,"
            " attempts, attempted_at, error FROM outbox"
            " WHERE channel_id = ? AND delivered_at IS NULL ORDER BY id LIMIT 1",
            channel_id,
        )
        return found[0] if found else None

    async def last_errors(self, guild_id: int) -> list[OutboxRow]:
        """Give a server's waiting rows whose last attempt failed, oldest first."""
        return await self._select(
            "SELECT id, guild_id, channel_id, competition_id, nonce, message, created_at,"
            " attempts, attempted_at, error FROM outbox"
            " WHERE guild_id = ? AND delivered_at IS NULL AND error IS NOT NULL ORDER BY id",
            guild_id,
        )

    async def depth(self) -> int:
        """Count what waits."""
        return await self._count(
            "SELECT count(*) FROM outbox INDEXED BY outbox_waiting WHERE delivered_at IS NULL"
        )

    async def depth_of(self, guild_id: int) -> int:
        """Count what waits for one server."""
        return await self._count(
            "SELECT count(*) FROM outbox WHERE guild_id = ? AND delivered_at IS NULL", guild_id
        )

    async def attempting(self, id_: int, now: datetime) -> None:
        """Keep that a row is about to be sent; known even if the process dies in between."""
        await self._update(
            "UPDATE outbox SET attempts = attempts + 1, attempted_at = coalesce(attempted_at, ?)"
            " WHERE id = ?",
            to_seconds(now),
            id_,
        )

    async def delivered(self, id_: int, message_id: int | None, now: datetime) -> None:
        """Keep that a row stands in its channel, or stood there and was deleted (no id)."""
        await self._update(
            "UPDATE outbox SET delivered_at = ?, message_id = ?, error = NULL WHERE id = ?",
            to_seconds(now),
            message_id,
            id_,
        )

    async def failed(self, id_: int, error: str, *, refused: bool) -> None:
        """Keep why an attempt failed; the row goes on waiting.

        `refused` says that Discord answered, and that no message was made.
        """
        await self._update(
            "UPDATE outbox SET error = ?, attempted_at = iif(?, NULL, attempted_at) WHERE id = ?",
            error,
            refused,
            id_,
        )

    async def _select(self, sql: str, *parameters: object) -> list[OutboxRow]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(sql, parameters)
        return [OutboxRow.from_row(row) for row in rows]

    async def _count(self, sql: str, *parameters: object) -> int:
        async with self._database.read() as connection:
            ((count,),) = await connection.execute_fetchall(sql, parameters)
        return int(count)

    async def _update(self, sql: str, *parameters: object) -> None:
        async with self._database.write() as connection:
            await connection.execute(sql, parameters)
