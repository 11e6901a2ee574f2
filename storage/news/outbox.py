"""Messages that are decided but perhaps not sent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.news.messages import message_to_json
from records.outbox import Announcement, OutboxRow
from storage.batching import RequestBatcher
from storage.database import Database
from storage.timestamps import from_seconds, to_seconds

_COLUMNS = (
    "id, guild_id, channel_id, competition_id, nonce, message, created_at, attempts, attempted_at,"
    " after_id, error, doubtful_attempts, set_aside_at"
)
_ADD = (
    "INSERT INTO outbox (guild_id, channel_id, competition_id, nonce, message, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_WAITS = "delivered_at IS NULL AND set_aside_at IS NULL"

_PRESENT = (
    "NOT EXISTS (SELECT 1 FROM guilds g WHERE g.guild_id = outbox.guild_id"
    " AND g.left_at IS NOT NULL)"
)

_CHANNELS = (
    "SELECT DISTINCT channel_id FROM outbox INDEXED BY outbox_waiting"  # noqa: S608
    f" WHERE {_WAITS} AND {_PRESENT}"
)
_DEPTH = f"SELECT count(*) FROM outbox INDEXED BY outbox_waiting WHERE {_WAITS}"  # noqa: S608
_DEPTH_OF = f"SELECT count(*) FROM outbox WHERE guild_id = ? AND {_WAITS}"  # noqa: S608
_NEXT = (
    f"SELECT {_COLUMNS} FROM outbox WHERE id IN ("  # noqa: S608
    f"SELECT (SELECT id FROM outbox WHERE channel_id = asked.value AND {_WAITS} AND {_PRESENT}"
    " ORDER BY id LIMIT 1) FROM json_each(?) asked)"
)
_LAST_ERRORS = (
    f"SELECT {_COLUMNS} FROM outbox WHERE guild_id = ? AND {_WAITS} AND error IS NOT NULL"  # noqa: S608
    " ORDER BY id"
)
_SET_ASIDE = (
    f"SELECT {_COLUMNS} FROM outbox"  # noqa: S608
    " WHERE guild_id = ? AND delivered_at IS NULL AND set_aside_at >= ? ORDER BY id"
)

# Discord's machines number messages by their own clocks, which may differ by a little.
_NEWEST = "(SELECT max(message_id) FROM outbox WHERE message_id IS NOT NULL) - (60000 << 22)"
_ATTEMPTING = (
    "UPDATE outbox SET attempts = attempts + 1, attempted_at = coalesce(attempted_at, begun_at),"  # noqa: S608
    f" after_id = coalesce(after_id, max(known_id, coalesce({_NEWEST}, 0)))"
    " FROM (SELECT value ->> 0 AS row_id, value ->> 1 AS in_channel, value ->> 2 AS begun_at,"
    "  value ->> 3 AS known_id FROM json_each(?))"
    f" WHERE id = row_id AND channel_id = in_channel AND {_WAITS} RETURNING {_COLUMNS}"
)
_DELIVERED = (
    "UPDATE outbox SET delivered_at = made_at, message_id = made_id, error = NULL"
    " FROM (SELECT value ->> 0 AS made_at, value ->> 1 AS made_id, value ->> 2 AS row_id"
    "  FROM json_each(?)) WHERE id = row_id RETURNING id, EXISTS (SELECT 1 FROM outbox other"
    "   WHERE other.channel_id = outbox.channel_id AND other.id <> outbox.id"
    "   AND other.delivered_at IS NULL AND other.set_aside_at IS NULL)"
)


async def add(connection: aiosqlite.Connection, announcement: Announcement, now: datetime) -> int:
    """Put a message in the outbox, within the transaction of what it tells of; gives its number."""
    cursor = await connection.execute(_ADD, _values(announcement, now))
    if cursor.lastrowid is None:
        raise RuntimeError("SQLite gave the new row no number")
    return cursor.lastrowid


async def add_all(
    connection: aiosqlite.Connection, announcements: Iterable[Announcement], now: datetime
) -> None:
    """Put messages in the outbox in their order, within the transaction of what they tell of."""
    # An iterator, so that they become text in the connection's thread.
    await connection.executemany(_ADD, (_values(each, now) for each in announcements))


def _values(announcement: Announcement, now: datetime) -> tuple[object, ...]:
    return (
        announcement.guild_id,
        announcement.channel_id,
        announcement.competition_id,
        secrets.token_urlsafe(16),
        message_to_json(announcement.message),
        to_seconds(now),
    )


async def move(
    connection: aiosqlite.Connection, guild_id: int, gone_channel_id: int | None = None
) -> None:
    """Let what waits for a channel in which nothing is announced any more be told elsewhere.

    What may stand there already is settled there, unless the channel is gone and all in it.
    """
    await connection.execute(
        "UPDATE outbox SET attempted_at = NULL, after_id = NULL, error = NULL,"
        " channel_id = (SELECT channel_id FROM guilds WHERE guild_id = ?1)"
        " WHERE guild_id = ?1 AND delivered_at IS NULL AND set_aside_at IS NULL"
        " AND (attempted_at IS NULL OR channel_id = ?2)"
        " AND EXISTS (SELECT 1 FROM guilds WHERE guild_id = ?1 AND channel_id IS NOT NULL"
        "  AND channel_id <> outbox.channel_id)"
        " AND NOT EXISTS (SELECT 1 FROM follows WHERE guild_id = ?1"
        "  AND channel_id = outbox.channel_id)"
        " AND NOT EXISTS (SELECT 1 FROM live_boards WHERE guild_id = ?1 AND outbox_id = outbox.id)",
        (guild_id, gone_channel_id),
    )


def outbox_row_from_row(row: Iterable[Any]) -> OutboxRow:
    """Read a row with the columns of `_COLUMNS`."""
    (
        id_,
        guild_id,
        channel_id,
        competition_id,
        nonce,
        text,
        created_at,
        attempts,
        attempted_at,
        after_id,
        error,
        doubtful_tries,
        set_aside_at,
    ) = row
    return OutboxRow(
        id=id_,
        guild_id=guild_id,
        channel_id=channel_id,
        competition_id=competition_id,
        nonce=nonce,
        text=text,
        created_at=from_seconds(created_at),
        attempts=attempts,
        attempted_at=from_seconds(attempted_at),
        after_id=after_id,
        error=error,
        doubtful_tries=doubtful_tries,
        set_aside_at=from_seconds(set_aside_at),
    )


class Outbox:
    """Reads what is to be delivered, and keeps what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Thousands of channels ask for these at once after a sync.
        self._next_of = RequestBatcher(self._nexts)
        self._attempting_of = RequestBatcher(self._attempts)
        self._delivered_of = RequestBatcher(self._deliveries)

    async def channels(self) -> list[int]:
        """Give the channels for which something waits, of servers in which the bot is."""
        rows = await self._database.query(_CHANNELS)
        return [channel_id for (channel_id,) in rows]

    async def next(self, channel_id: int) -> OutboxRow | None:
        """Give the oldest waiting row of a channel."""
        return await self._next_of(channel_id)

    async def last_errors(self, guild_id: int) -> list[OutboxRow]:
        """Give a server's waiting rows whose last attempt failed, oldest first."""
        return await self._select(_LAST_ERRORS, guild_id)

    async def given_up(self, guild_id: int, since: datetime) -> list[OutboxRow]:
        """Give a server's rows that were set aside since a moment, oldest first."""
        return await self._select(_SET_ASIDE, guild_id, to_seconds(since))

    async def depth(self) -> int:
        """Count what waits."""
        return await self._count(_DEPTH)

    async def depth_of(self, guild_id: int) -> int:
        """Count what waits for one server."""
        return await self._count(_DEPTH_OF, guild_id)

    async def attempting(self, row: OutboxRow, now: datetime, known_id: int) -> OutboxRow | None:
        """Keep that a row is about to be sent; known even if the process dies in between.

        `known_id` is that of a message older than any that this attempt can make. Gives the row as
        it is now; None where it waits for this channel no longer.
        """
        return await self._attempting_of((row.id, row.channel_id, to_seconds(now), known_id))

    async def delivered(self, id_: int, message_id: int | None, now: datetime) -> bool:
        """Keep that a row stands in its channel, or stood there and was deleted (no id).

        Tells whether another one waits for its channel.
        """
        return await self._delivered_of((to_seconds(now), message_id, id_))

    async def failed(self, id_: int, error: str, *, refused: bool, doubtful: bool = False) -> None:
        """Keep why an attempt failed; the row goes on waiting.

        `refused` says that Discord answered, and that no message was made; `doubtful` that the row
        itself may be at fault.
        """
        await self._update(
            "UPDATE outbox SET error = ?1, attempted_at = iif(?2, NULL, attempted_at),"
            " after_id = iif(?2, NULL, after_id),"
            " doubtful_attempts = iif(?3, doubtful_attempts + 1, 0) WHERE id = ?4",
            error,
            refused,
            doubtful,
            id_,
        )

    async def set_aside(self, id_: int, error: str, now: datetime) -> None:
        """Give a row up, with the reason, so that the next ones of its channel go on."""
        await self._update(
            "UPDATE outbox SET error = ?, set_aside_at = ? WHERE id = ?",
            error,
            to_seconds(now),
            id_,
        )

    async def clear(self, before: datetime, limit: int = 500) -> bool:
        """Forget some of what was delivered or set aside before a moment; False when none is left.

        The newest message stays, by which later ones are known, and those that live boards await.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
                " WHERE coalesce(delivered_at, set_aside_at) < ?"
                " AND message_id IS NOT (SELECT max(message_id) FROM outbox"
                "  WHERE message_id IS NOT NULL)"
                " AND id NOT IN (SELECT outbox_id FROM live_boards"
                "  WHERE outbox_id IS NOT NULL AND message_id IS NULL) LIMIT ?)",
                (to_seconds(before), limit),
            )
        return cursor.rowcount > 0

    async def _nexts(self, channel_ids: list[int]) -> Sequence[OutboxRow | None]:
        rows = await self._select(_NEXT, json.dumps(channel_ids))
        by_channel = {row.channel_id: row for row in rows}
        return [by_channel.get(channel_id) for channel_id in channel_ids]

    async def _attempts(self, asked: list[tuple[int, int, int, int]]) -> Sequence[OutboxRow | None]:
        rows = await self._database.change(_ATTEMPTING, (json.dumps(asked),))
        by_id = {row.id: row for row in map(outbox_row_from_row, rows)}
        return [by_id.get(id_) for id_, *_ in asked]

    async def _deliveries(self, asked: list[tuple[int, int | None, int]]) -> Sequence[bool]:
        rows = await self._database.change(_DELIVERED, (json.dumps(asked),))
        waits = {id_: bool(another) for id_, another in rows}
        return [waits.get(id_, False) for _, _, id_ in asked]

    async def _select(self, sql: str, *parameters: object) -> list[OutboxRow]:
        rows = await self._database.query(sql, parameters)
        return [outbox_row_from_row(row) for row in rows]

    async def _count(self, sql: str, *parameters: object) -> int:
        ((count,),) = await self._database.query(sql, parameters)
        return int(count)

    async def _update(self, sql: str, *parameters: object) -> None:
        await self._database.change(sql, parameters)
