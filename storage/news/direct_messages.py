"""Direct messages that wait until they are sent or shown."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import aiosqlite

from leaderboards.news.schedules import QuietHours
from leaderboards.news.watches import Watch, WatchEvent, WatchMessage
from records.direct_messages import (
    DirectMessage,
    DirectMessageContent,
    content_from_json,
    content_to_json,
)
from storage.database import Database
from storage.timestamps import from_seconds, to_seconds

logger = logging.getLogger(__name__)

_RETENTION = timedelta(days=30)
_SELECT = "SELECT id, guild_id, user_id, message, created_at, attempted FROM direct_messages"

_LINK = (
    "SELECT 1 FROM links WHERE links.guild_id = direct_messages.guild_id"
    " AND links.user_id = direct_messages.user_id"
    " AND links.user_name = json_extract(message, '$.user_name')"
)
_NOTE = "SELECT 1 FROM teammate_notes WHERE teammate_notes.id = json_extract(message, '$.note_id')"
_IS_TRUE = (
    "CASE json_extract(message, '$.type')"
    f" WHEN 'link_verified' THEN EXISTS ({_LINK} AND verification IS NOT NULL)"
    f" WHEN 'link_displaced' THEN NOT EXISTS ({_LINK})"
    f" WHEN 'teammate_note' THEN EXISTS ({_NOTE} AND state = 'open')"
    f" WHEN 'teammates_agreed' THEN EXISTS ({_NOTE} AND state = 'agreed')"
    " ELSE 1 END"
)
"""Whether what the message says is still so."""


async def add_direct_message(
    connection: aiosqlite.Connection,
    guild_id: int,
    user_id: int,
    content: DirectMessageContent,
    now: datetime,
) -> None:
    """Add a message in the transaction of the event that it is about."""
    await connection.execute(
        "INSERT INTO direct_messages (guild_id, user_id, message, created_at) VALUES (?, ?, ?, ?)",
        (guild_id, user_id, content_to_json(content), to_seconds(now)),
    )


async def add_watch_events(
    connection: aiosqlite.Connection,
    guild_id: int,
    user_id: int,
    events: Sequence[WatchEvent],
    now: datetime,
) -> set[tuple[int, int]]:
    """Add what watches tell to the member's open message, in the caller's transaction.

    Return the pairs of watch id and competition id whose waiting events were all undone by these.
    """
    id_, waiting = None, WatchMessage(())
    for stored in await _select(
        connection, "WHERE guild_id = ? AND user_id = ? AND is_open", guild_id, user_id
    ):
        if isinstance(stored.content, WatchMessage):
            id_, waiting = stored.id, stored.content
    message = waiting.add(events)
    if not message.events:
        await connection.execute("DELETE FROM direct_messages WHERE id = ?", (id_,))
    elif id_ is not None:
        await connection.execute(
            "UPDATE direct_messages SET message = ?, created_at = ? WHERE id = ?",
            (content_to_json(message), to_seconds(now), id_),
        )
    else:
        await connection.execute(
            "INSERT INTO direct_messages (guild_id, user_id, message, created_at, is_open)"
            " VALUES (?, ?, ?, ?, 1)",
            (guild_id, user_id, content_to_json(message), to_seconds(now)),
        )
    return _list_watches(waiting) - _list_watches(message)


async def move_watch_events(
    connection: aiosqlite.Connection, old_competition_id: int, new_competition_id: int
) -> None:
    """Move the waiting events about a competition to another one that replaces it."""
    for stored in await _select(connection, "WHERE message ->> '$.type' = 'watch'"):
        if not isinstance(stored.content, WatchMessage):
            continue
        events = tuple(
            replace(event, competition_id=new_competition_id)
            if event.competition_id == old_competition_id
            else event
            for event in stored.content.events
        )
        if events != stored.content.events:
            await connection.execute(
                "UPDATE direct_messages SET message = ? WHERE id = ?",
                (content_to_json(WatchMessage(events)), stored.id),
            )


async def transfer_watch_events(
    connection: aiosqlite.Connection, removed: Watch, other: Watch
) -> None:
    """Move what a removed watch is still to tell to another watch of its member."""
    for stored in await _select(
        connection,
        "WHERE guild_id = ? AND user_id = ? AND message ->> '$.type' = 'watch'",
        removed.guild_id,
        removed.user_id,
    ):
        if not isinstance(stored.content, WatchMessage):
            continue
        message = stored.content.transfer_events(removed, other)
        await connection.execute(
            "UPDATE direct_messages SET message = ? WHERE id = ?",
            (content_to_json(message), stored.id),
        )


def _list_watches(message: WatchMessage) -> set[tuple[int, int]]:
    return {(event.watch_id, event.competition_id) for event in message.events}


async def load_direct_messages(
    connection: aiosqlite.Connection, user_id: int
) -> list[DirectMessage]:
    """Return the messages that wait for a member in all servers, in the caller's transaction."""
    return await _select(connection, "WHERE user_id = ? ORDER BY id", user_id)


class DirectMessages:
    """Reads the waiting messages, and records what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_waiting(
        self, now: datetime, limit: int, after_id: int = 0
    ) -> list[DirectMessage]:
        """Return the oldest messages to send, after deleting those too old or no longer true.

        Open messages are not among them, nor in quiet hours what watches tell. Only messages with
        an id above `after_id` are returned.
        """
        async with self._database.write() as connection:
            await connection.execute(
                f"DELETE FROM direct_messages WHERE created_at < ? OR NOT ({_IS_TRUE})",  # noqa: S608
                (to_seconds(now - _RETENTION),),
            )
            return await _select(
                connection,
                "JOIN guilds USING (guild_id) WHERE NOT is_open AND NOT show_in_server"
                " AND left_at IS NULL AND NOT (message ->> '$.type' = 'watch'"
                "  AND guild_id IN (SELECT value FROM json_each(?)))"
                " AND id > ? ORDER BY id LIMIT ?",
                json.dumps(await _load_quiet_servers(connection, now)),
                after_id,
                limit,
            )

    async def load_open(self, now: datetime, limit: int, after_id: int = 0) -> list[DirectMessage]:
        """Return the oldest open messages to send, except those of servers with quiet hours now."""
        async with self._database.read() as connection:
            return await _select(
                connection,
                "JOIN guilds USING (guild_id) WHERE is_open AND NOT show_in_server"
                " AND left_at IS NULL AND guild_id NOT IN (SELECT value FROM json_each(?))"
                " AND id > ? ORDER BY id LIMIT ?",
                json.dumps(await _load_quiet_servers(connection, now)),
                after_id,
                limit,
            )

    async def load_waiting_in_server(
        self, guild_id: int, user_id: int, limit: int
    ) -> list[DirectMessage]:
        """Return what to show with a member's next command, as they accept no direct messages.

        Oldest first, at most `limit`. Nothing more is added to them.
        """
        if not await self._database.query(
            "SELECT 1 FROM direct_messages WHERE guild_id = ? AND user_id = ? AND show_in_server",
            (guild_id, user_id),
        ):
            return []
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE direct_messages SET is_open = 0 WHERE guild_id = ? AND user_id = ?"
                " AND show_in_server",
                (guild_id, user_id),
            )
            return await _select(
                connection,
                f"WHERE guild_id = ? AND user_id = ? AND show_in_server AND {_IS_TRUE}"
                " ORDER BY id LIMIT ?",
                guild_id,
                user_id,
                limit,
            )

    async def mark_attempt(self, id_: int) -> DirectMessage | None:
        """Record that an attempt to send begins, and close the message.

        Return it as it is now; None if it no longer waits.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE direct_messages SET attempted = 1, is_open = 0 WHERE id = ?", (id_,)
            )
            found = await _select(connection, "WHERE id = ?", id_)
        return found[0] if found else None

    async def show_in_server(self, message: DirectMessage) -> None:
        """Show a message with the member's next command: they accept no direct messages.

        Until then what their watches tell is added to it, instead of trying again.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE direct_messages SET show_in_server = 1, is_open = ? WHERE id = ?",
                (isinstance(message.content, WatchMessage), message.id),
            )

    async def delete(self, id_: int) -> None:
        """Delete a message that was sent or shown."""
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM direct_messages WHERE id = ?", (id_,))


async def _load_quiet_servers(connection: aiosqlite.Connection, now: datetime) -> list[int]:
    """Return the servers with waiting messages that have quiet hours now."""
    rows = await connection.execute_fetchall(
        "SELECT DISTINCT guild_id, time_zone, quiet_from, quiet_to"
        " FROM direct_messages JOIN guilds USING (guild_id) WHERE quiet_from IS NOT NULL"
    )
    return [guild_id for guild_id, *hours in rows if QuietHours(*hours).is_quiet(now)]


async def _select(
    connection: aiosqlite.Connection, rest: str, *parameters: object
) -> list[DirectMessage]:
    messages = []
    for id_, guild_id, user_id, text, at, attempted in await connection.execute_fetchall(
        f"{_SELECT} {rest}", parameters
    ):
        try:
            content = content_from_json(text)
        except ValueError:
            # If this were raised, no direct message could be sent, and no watched board be stored.
            logger.exception("Server %s: a direct message cannot be read", guild_id)
            continue
        messages.append(
            DirectMessage(id_, guild_id, user_id, content, from_seconds(at), bool(attempted))
        )
    return messages
