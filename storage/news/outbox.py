"""The outbox: messages for channels, each delivered once."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.news.messages import (
    FIXED_TYPES,
    NEWS_TYPES,
    Message,
    merge_waiting,
    message_from_json,
    message_to_json,
)
from leaderboards.news.news_summary import NewsSummaryMessage
from records.outbox import Announcement, OutboxMessage, OutboxRow
from storage.batching import RequestBatcher
from storage.database import Database
from storage.timestamps import from_seconds, to_seconds

_COLUMNS = (
    "id, guild_id, channel_id, competition_id,"
    " CASE WHEN json_valid(message) THEN message ->> '$.type' END, created_at, failures,"
    " attempted_at, after_id, error, suspect_failures, abandoned_at"
)
_ADD = (
    "INSERT INTO outbox (guild_id, channel_id, competition_id, nonce, message, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_WAITS = "delivered_at IS NULL AND abandoned_at IS NULL"
_MAY_MOVE = (
    "coalesce(CASE WHEN json_valid(message) THEN message ->> '$.type' END, '')"
    f" NOT IN ({', '.join(repr(name) for name in FIXED_TYPES)})"
)
_PRESENT = (
    "NOT EXISTS (SELECT 1 FROM guilds g WHERE g.guild_id = outbox.guild_id"
    " AND g.left_at IS NOT NULL)"
)
_WAITING_CHANNELS = (
    "SELECT DISTINCT channel_id FROM outbox INDEXED BY outbox_waiting"  # noqa: S608
    f" WHERE {_WAITS} AND {_PRESENT}"
)
_COUNT_WAITING = f"SELECT count(*) FROM outbox INDEXED BY outbox_waiting WHERE {_WAITS}"  # noqa: S608
_COUNT_WAITING_BY_GUILD = f"SELECT count(*) FROM outbox WHERE guild_id = ? AND {_WAITS}"  # noqa: S608
_OLDEST_DELIVERABLE = (
    "SELECT min(created_at) FROM outbox INDEXED BY outbox_waiting"  # noqa: S608
    f" WHERE {_WAITS} AND {_PRESENT} AND NOT EXISTS (SELECT 1 FROM outbox stuck"
    "  WHERE stuck.channel_id = outbox.channel_id AND stuck.delivered_at IS NULL"
    "  AND stuck.abandoned_at IS NULL AND (stuck.channel_closed OR stuck.suspect_failures > 0))"
)
_FIND_NEXT = (
    f"SELECT {_COLUMNS} FROM outbox WHERE id IN ("  # noqa: S608
    f"SELECT (SELECT id FROM outbox WHERE channel_id = request.value AND {_WAITS} AND {_PRESENT}"
    " ORDER BY id LIMIT 1) FROM json_each(?) request)"
)
_FAILING = (
    f"SELECT {_COLUMNS} FROM outbox WHERE guild_id = ? AND {_WAITS} AND error IS NOT NULL"  # noqa: S608
    " ORDER BY id"
)
_CERTAINLY_NOT_SENT = (
    f"SELECT {_COLUMNS} FROM outbox WHERE channel_id = ? AND {_WAITS} AND attempted_at IS NULL"  # noqa: S608
    " ORDER BY id"
)
_CERTAINLY_NOT_SENT_MESSAGES = (
    "SELECT outbox.id, outbox.message FROM json_each(?) chosen"  # noqa: S608
    f" CROSS JOIN outbox ON outbox.id = chosen.value WHERE {_WAITS} AND attempted_at IS NULL"
    " ORDER BY outbox.id"
)
_ABANDONED = (
    f"SELECT {_COLUMNS} FROM outbox"  # noqa: S608
    " WHERE guild_id = ? AND delivered_at IS NULL AND abandoned_at >= ? ORDER BY id"
)

# Message ids hold milliseconds above bit 22; the clocks of Discord's machines may differ a little.
_MINUTE_BEFORE_NEWEST = (
    "(SELECT max(message_id) FROM outbox WHERE message_id IS NOT NULL) - (60000 << 22)"
)
_MARK_ATTEMPT = (
    "UPDATE outbox SET attempted_at = coalesce(attempted_at, begun_at),"  # noqa: S608
    f" after_id = coalesce(after_id, max(known_id, coalesce({_MINUTE_BEFORE_NEWEST}, 0)))"
    " FROM (SELECT value ->> 0 AS row_id, value ->> 1 AS in_channel, value ->> 2 AS begun_at,"
    "  value ->> 3 AS known_id FROM json_each(?))"
    f" WHERE id = row_id AND channel_id = in_channel AND {_WAITS}"
    " RETURNING nonce, message, (SELECT json_group_object(slug, coalesce((SELECT name FROM follows"
    "   WHERE guild_id = outbox.guild_id AND competition_id = competitions.id), title))"
    "  FROM competitions WHERE competitions.id IN (SELECT outbox.competition_id"
    "   UNION ALL SELECT competition_id FROM follows"
    "   WHERE guild_id = outbox.guild_id AND outbox.competition_id IS NULL)),"
    f" {_COLUMNS}"
)
_MARK_DELIVERED = (
    "UPDATE outbox SET delivered_at = made_at, message_id = made_id, error = NULL,"
    " unpublished = made_id IS NOT NULL AND EXISTS (SELECT 1 FROM channels c"
    "  WHERE c.guild_id = outbox.guild_id AND c.channel_id = outbox.channel_id AND c.publish)"
    " AND NOT EXISTS (SELECT 1 FROM live_boards l"
    "  WHERE l.guild_id = outbox.guild_id AND l.outbox_id = outbox.id)"
    " FROM (SELECT value ->> 0 AS made_at, value ->> 1 AS made_id, value ->> 2 AS row_id"
    "  FROM json_each(?)) WHERE id = row_id RETURNING id, EXISTS (SELECT 1 FROM outbox other"
    "   WHERE other.channel_id = outbox.channel_id AND other.id <> outbox.id"
    "   AND other.delivered_at IS NULL AND other.abandoned_at IS NULL)"
)


async def add(connection: aiosqlite.Connection, announcement: Announcement, now: datetime) -> int:
    """Add an announcement in the transaction of what it announces; return the id of its row."""
    cursor = await connection.execute(_ADD, _values(announcement, now))
    if cursor.lastrowid is None:
        raise RuntimeError("SQLite gave the new row no id")
    return cursor.lastrowid


async def add_all(
    connection: aiosqlite.Connection, announcements: Iterable[Announcement], now: datetime
) -> None:
    """Add announcements, in their order, in the transaction of what they announce."""
    # An iterator, so that they are serialised in the connection's thread.
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


async def _merge_rows(connection: aiosqlite.Connection, ids: list[int], now: datetime) -> None:
    """Merge the messages of rows that still wait: news, or one type of one competition."""
    rows = await connection.execute_fetchall(_CERTAINLY_NOT_SENT_MESSAGES, (json.dumps(ids),))

    def merge() -> list[tuple[str, bool]]:
        messages = merge_waiting([message_from_json(text) for _, text in rows], now)
        return [
            (message_to_json(message), isinstance(message, NewsSummaryMessage))
            for message in messages
        ]

    try:
        merged = await asyncio.to_thread(merge)  # There may be thousands.
    except ValueError:
        return  # A form that is not known here; it is abandoned when it is sent.
    waiting = [id_ for id_, _ in rows]
    replaced = waiting[: len(waiting) - len(merged)]
    if [text for text, _ in merged] == [text for _, text in rows]:
        return
    await connection.executemany(
        # With the time of the oldest, so that what is written later is merged with it.
        "UPDATE outbox SET message = ?, competition_id = iif(?, NULL, competition_id),"
        " (created_at, channel_closed) = (SELECT created_at, channel_closed FROM outbox"
        "  WHERE id = ?) WHERE id = ?",
        [
            (*each, waiting[0], id_)
            for each, id_ in zip(merged, waiting[len(replaced) :], strict=True)
        ],
    )
    await connection.executemany("DELETE FROM outbox WHERE id = ?", [(id_,) for id_ in replaced])


def parse_known(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Message]]:
    """Parse rows of an id and a message as JSON.

    A message whose form is not known here is left out; it is abandoned when it is sent.
    """
    for id_, text in rows:
        with suppress(ValueError):
            yield id_, message_from_json(text)


async def drop_from_summaries(connection: aiosqlite.Connection, guild_id: int, slug: str) -> None:
    """Remove the news of a competition from the summaries that wait for a server's channels."""
    rows = await connection.execute_fetchall(
        f"SELECT id, message FROM outbox WHERE guild_id = ? AND {_WAITS}"  # noqa: S608
        " AND attempted_at IS NULL AND competition_id IS NULL"
        " AND CASE WHEN json_valid(message) THEN message ->> '$.type' END = 'news_summary'",
        (guild_id,),
    )
    for id_, message in parse_known(rows):
        if not isinstance(message, NewsSummaryMessage):
            continue
        left = message.remove_competition(slug)
        if left is None:
            await connection.execute("DELETE FROM outbox WHERE id = ?", (id_,))
        else:
            await connection.execute(
                "UPDATE outbox SET message = ? WHERE id = ?", (message_to_json(left), id_)
            )


async def rename_competition(
    connection: aiosqlite.Connection, old_slug: str, new_slug: str
) -> None:
    """Change the slug of a competition in all messages that wait, whatever their kind."""
    for table, waiting in (
        ("outbox", f"INDEXED BY outbox_waiting WHERE {_WAITS} AND"),
        ("deferred_news", "WHERE"),
        ("deferred_feed_messages", "WHERE"),
        ("direct_messages", "WHERE"),
    ):
        rows = await connection.execute_fetchall(
            f"SELECT id, message FROM {table} {waiting} instr(message, ?) AND json_valid(message)",  # noqa: S608
            (json.dumps(old_slug),),
        )
        await connection.executemany(
            f"UPDATE {table} SET message = ? WHERE id = ?",  # noqa: S608
            [(_replace_slug(text, old_slug, new_slug), id_) for id_, text in rows],
        )


def _replace_slug(text: str, old_slug: str, new_slug: str) -> str:
    """Change a slug in the JSON of a message, at any depth."""

    def replace(inner: dict[str, Any]) -> dict[str, Any]:
        return inner | {"slug": new_slug} if inner.get("slug") == old_slug else inner

    return json.dumps(json.loads(text, object_hook=replace), ensure_ascii=False)


async def move_waiting(
    connection: aiosqlite.Connection, guild_id: int, deleted_channel_id: int | None = None
) -> None:
    """Move to the server's own channel what waits for channels that are no longer chosen.

    A row that may have been sent stays in its channel, unless that channel was deleted.
    """
    await connection.execute(
        "UPDATE outbox SET attempted_at = NULL, after_id = NULL, error = NULL, channel_closed = 0,"  # noqa: S608
        " channel_id = (SELECT channel_id FROM guilds WHERE guild_id = ?1)"
        " WHERE guild_id = ?1 AND delivered_at IS NULL AND abandoned_at IS NULL"
        " AND (attempted_at IS NULL OR channel_id = ?2)"
        " AND EXISTS (SELECT 1 FROM guilds WHERE guild_id = ?1 AND channel_id IS NOT NULL"
        "  AND channel_id <> outbox.channel_id)"
        " AND NOT EXISTS (SELECT 1 FROM follows WHERE guild_id = ?1"
        "  AND channel_id = outbox.channel_id)"
        " AND NOT EXISTS (SELECT 1 FROM live_boards WHERE guild_id = ?1 AND outbox_id = outbox.id)"
        f" AND {_MAY_MOVE}",
        (guild_id, deleted_channel_id),
    )


async def move_competition(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int, channel_id: int
) -> None:
    """Move what waits of a competition to another channel, unless it may have been sent."""
    await connection.execute(
        "UPDATE outbox SET error = NULL, channel_closed = 0, channel_id = ?3"  # noqa: S608
        " WHERE guild_id = ?1 AND competition_id = ?2 AND delivered_at IS NULL"
        " AND abandoned_at IS NULL AND attempted_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM live_boards WHERE guild_id = ?1 AND outbox_id = outbox.id)"
        f" AND {_MAY_MOVE}",
        (guild_id, competition_id, channel_id),
    )


def _outbox_row_from_columns(row: Iterable[Any]) -> OutboxRow:
    """Build the value from the columns of `_COLUMNS`."""
    (
        id_,
        guild_id,
        channel_id,
        competition_id,
        kind,
        created_at,
        failures,
        attempted_at,
        after_id,
        error,
        suspect_failures,
        abandoned_at,
    ) = row
    return OutboxRow(
        id=id_,
        guild_id=guild_id,
        channel_id=channel_id,
        competition_id=competition_id,
        kind=kind or "",
        created_at=from_seconds(created_at),
        failures=failures,
        attempted_at=from_seconds(attempted_at),
        after_id=after_id,
        error=error,
        suspect_failures=suspect_failures,
        abandoned_at=from_seconds(abandoned_at),
    )


class Outbox:
    """Reads what waits for delivery, and records what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # After a sync, thousands of channels ask for these at once.
        self._next_rows = RequestBatcher(self._find_next_rows)
        self._marked_attempts = RequestBatcher(self._mark_attempts)
        self._marked_deliveries = RequestBatcher(self._mark_deliveries)

    async def load_waiting_channels(self) -> list[int]:
        """Return the channels for which rows wait, in servers in which the bot is."""
        rows = await self._database.query(_WAITING_CHANNELS)
        return [channel_id for (channel_id,) in rows]

    async def find_next(self, channel_id: int) -> OutboxRow | None:
        """Return the oldest waiting row of a channel."""
        return await self._next_rows(channel_id)

    async def load_failing(self, guild_id: int) -> list[OutboxRow]:
        """Return a server's waiting rows whose last attempt failed, oldest first."""
        return await self._select(_FAILING, guild_id)

    async def load_abandoned(self, guild_id: int, since: datetime) -> list[OutboxRow]:
        """Return a server's rows that were abandoned since a moment, oldest first."""
        return await self._select(_ABANDONED, guild_id, to_seconds(since))

    async def find_oldest_deliverable(self) -> datetime | None:
        """Return since when the oldest row waits in a channel that can be written to.

        Rows of a channel that is closed, or whose oldest message is suspect, wait for good reason.
        """
        rows = await self._database.query(_OLDEST_DELIVERABLE)
        oldest: int | None = rows[0][0]
        return from_seconds(oldest)

    async def count_waiting(self) -> int:
        """Return how many rows wait."""
        return await self._count(_COUNT_WAITING)

    async def count_waiting_by_guild(self, guild_id: int) -> int:
        """Return how many rows wait for one server."""
        return await self._count(_COUNT_WAITING_BY_GUILD, guild_id)

    async def merge_waiting(self, channel_id: int, now: datetime) -> None:
        """Merge what waits for a channel and was certainly not sent.

        All news becomes one message; other kinds are merged for each competition. What is merged
        takes the place of the newest of the messages that it is made of.
        """
        groups: defaultdict[tuple[int | None, str], list[int]] = defaultdict(list)
        for row in await self._select(_CERTAINLY_NOT_SENT, channel_id):
            competition_id, kind = row.competition_id, row.kind
            groups[(None, "news") if kind in NEWS_TYPES else (competition_id, kind)].append(row.id)
        for ids in groups.values():
            async with self._database.write() as connection:
                await _merge_rows(connection, ids, now)

    async def mark_attempt(
        self, row: OutboxRow, now: datetime, known_id: int
    ) -> OutboxMessage | None:
        """Record that an attempt to send a row begins, so that a crash in it is noticed.

        `known_id` is lower than the id of any message that the attempt can make. The search for
        that message begins after it, or after a minute before the newest message that was sent in
        any channel if that is later; an earlier attempt without an answer keeps its beginning.
        Return the message as it is now; None if the row no longer
        waits for this channel.
        """
        return await self._marked_attempts((row.id, row.channel_id, to_seconds(now), known_id))

    async def mark_delivered(self, id_: int, message_id: int | None, now: datetime) -> bool:
        """Record that a row was delivered; no message id if the message was deleted since.

        Return whether another row waits for the same channel.
        """
        return await self._marked_deliveries((to_seconds(now), message_id, id_))

    async def record_failure(
        self,
        id_: int,
        error: str,
        *,
        not_sent: bool,
        message_suspect: bool = False,
        channel_closed: bool = False,
    ) -> None:
        """Record why an attempt failed; the row goes on waiting.

        `not_sent` means that Discord answered and certainly made no message, `message_suspect` that
        the message itself may be at fault, `channel_closed` that the channel is gone or closed.
        """
        await self._update(
            "UPDATE outbox SET error = ?1, failures = failures + 1,"
            " attempted_at = iif(?2, NULL, attempted_at), after_id = iif(?2, NULL, after_id),"
            " suspect_failures = iif(?3, suspect_failures + 1, 0), channel_closed = ?4"
            " WHERE id = ?5",
            error,
            not_sent,
            message_suspect,
            channel_closed,
            id_,
        )

    async def abandon(self, id_: int, error: str, now: datetime) -> None:
        """Abandon a row, with the reason, so that the next ones of its channel are sent."""
        await self._update(
            "UPDATE outbox SET error = ?, abandoned_at = ? WHERE id = ?",
            error,
            to_seconds(now),
            id_,
        )

    async def delete(self, id_: int) -> None:
        """Delete a row that was not sent and is not worth sending any more."""
        await self._update("DELETE FROM outbox WHERE id = ?", id_)

    async def delete_settled(self, before: datetime, limit: int = 500) -> bool:
        """Delete some rows delivered or abandoned before a moment; return False if none is left.

        The row of the newest message stays, which bounds the search for later ones, and so do
        those that a live board still needs.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
                " WHERE coalesce(delivered_at, abandoned_at) < ?"
                " AND (message_id IS NULL OR message_id <> (SELECT max(message_id) FROM outbox"
                "  WHERE message_id IS NOT NULL))"
                " AND id NOT IN (SELECT outbox_id FROM live_boards"
                "  WHERE outbox_id IS NOT NULL AND message_id IS NULL) LIMIT ?)",
                (to_seconds(before), limit),
            )
        return cursor.rowcount > 0

    async def _find_next_rows(self, channel_ids: list[int]) -> Sequence[OutboxRow | None]:
        rows = await self._select(_FIND_NEXT, json.dumps(channel_ids))
        by_channel = {row.channel_id: row for row in rows}
        return [by_channel.get(channel_id) for channel_id in channel_ids]

    async def _mark_attempts(
        self, attempts: list[tuple[int, int, int, int]]
    ) -> Sequence[OutboxMessage | None]:
        by_id = {}
        for nonce, text, names, *columns in await self._database.change(
            _MARK_ATTEMPT, (json.dumps(attempts),)
        ):
            row = _outbox_row_from_columns(columns)
            by_id[row.id] = OutboxMessage(row, nonce, text, json.loads(names))
        return [by_id.get(id_) for id_, *_ in attempts]

    async def _mark_deliveries(
        self, deliveries: list[tuple[int, int | None, int]]
    ) -> Sequence[bool]:
        rows = await self._database.change(_MARK_DELIVERED, (json.dumps(deliveries),))
        others_wait = {id_: bool(others) for id_, others in rows}
        return [others_wait.get(id_, False) for _, _, id_ in deliveries]

    async def _select(self, sql: str, *parameters: object) -> list[OutboxRow]:
        rows = await self._database.query(sql, parameters)
        return [_outbox_row_from_columns(row) for row in rows]

    async def _count(self, sql: str, *parameters: object) -> int:
        ((count,),) = await self._database.query(sql, parameters)
        return int(count)

    async def _update(self, sql: str, *parameters: object) -> None:
        await self._database.change(sql, parameters)
