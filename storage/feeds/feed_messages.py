"""Messages of feeds: put in the outbox, or deferred until a server's quiet hours end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import aiosqlite

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.messages import FEED_TYPES, Message, merge_by_kind, message_to_json
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.news import outbox

_OF_FEED = (
    "guild_id = ?1 AND channel_id = ?2 AND json_valid(message)"
    " AND message ->> '$.type' IN (SELECT value FROM json_each(?3))"
    " AND coalesce(message ->> '$.posts[0].kind' = ?4, true)"
)


class FeedMessages:
    """Releases what feeds tell at the end of quiet hours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def release(self, now: datetime) -> int:
        """Add deferred messages to the outbox where quiet hours ended; return how many.

        Those of one channel and competition become one message. They are dropped where
        announcements are off, and where the competition is paused or not followed any more.
        """
        async with self._database.read() as connection:
            if not await _load_deferred(connection, now):
                return 0
        async with self._database.write() as connection:
            released: list[Announcement] = []
            ids: list[int] = []
            for key, waiting in (await _load_deferred(connection, now)).items():
                guild_id, channel_id, competition_id, mode, is_wanted = key
                ids += [id_ for id_, _ in waiting]
                for message in merge_by_kind(message for _, message in waiting if message):
                    suited = message.filter_for_mode(mode)
                    left = None if suited is None else suited.filter_for_time(now)
                    if left is not None and is_wanted:
                        released.append(Announcement(guild_id, channel_id, competition_id, left))
            await outbox.add_all(connection, released, now)
            await connection.executemany(
                "DELETE FROM deferred_feed_messages WHERE id = ?", [(id_,) for id_ in ids]
            )
        return len(released)


async def add_or_defer(
    connection: aiosqlite.Connection,
    announcements: Iterable[tuple[Announcement, QuietHours]],
    now: datetime,
) -> int:
    """Add what feeds tell to the outbox, or defer it in quiet hours; return how many were added."""
    due: list[Announcement] = []
    deferred: list[Announcement] = []
    for announcement, hours in announcements:
        waits = hours.is_quiet(now) and announcement.message.is_deferrable()
        (deferred if waits else due).append(announcement)
    await outbox.add_all(connection, due, now)
    await connection.executemany(
        "INSERT INTO deferred_feed_messages (guild_id, channel_id, competition_id, message)"
        " VALUES (?, ?, ?, ?)",
        [
            (each.guild_id, each.channel_id, each.competition_id, message_to_json(each.message))
            for each in deferred
        ],
    )
    return len(due)


async def delete_waiting(
    connection: aiosqlite.Connection,
    guild_id: int,
    channel_id: int,
    types: Iterable[str] = FEED_TYPES,
    kind: str | None = None,
) -> None:
    """Delete the waiting messages of a channel's feeds that have one of some types.

    With a `kind`, those about posts only if they are about posts of that kind.
    """
    parameters = guild_id, channel_id, json.dumps(list(types)), kind
    await connection.execute(
        "DELETE FROM outbox WHERE delivered_at IS NULL AND abandoned_at IS NULL AND "  # noqa: S608
        + _OF_FEED,
        parameters,
    )
    await connection.execute(f"DELETE FROM deferred_feed_messages WHERE {_OF_FEED}", parameters)  # noqa: S608


async def delete_feeds(connection: aiosqlite.Connection, guild_id: int, channel_id: int) -> None:
    """Delete all feeds of a channel that is gone, and what waits of them.

    No other channel asked for them.
    """
    for table in ("competition_feeds", "post_feeds"):
        await connection.execute(
            f"DELETE FROM {table} WHERE guild_id = ? AND channel_id = ?",  # noqa: S608
            (guild_id, channel_id),
        )
    await delete_waiting(connection, guild_id, channel_id)


_Key = tuple[int, int, int | None, ChannelMode, bool]


async def _load_deferred(
    connection: aiosqlite.Connection, now: datetime
) -> dict[_Key, list[tuple[int, Message | None]]]:
    """Return ids and messages that are deferred where it is not quiet any more, oldest first.

    By server, channel, competition, the channel's mode, and whether they are still wanted. A
    message whose form is not known here is None.
    """
    found: defaultdict[_Key, list[tuple[int, Message | None]]] = defaultdict(list)
    for row in await connection.execute_fetchall(
        "SELECT d.id, d.message, d.guild_id, d.channel_id, d.competition_id,"
        " coalesce(c.mode, 'everything'), g.announce AND (d.competition_id IS NULL"
        "  OR EXISTS (SELECT 1 FROM active_follows f WHERE f.guild_id = d.guild_id"
        "   AND f.competition_id = d.competition_id)), g.time_zone, g.quiet_from, g.quiet_to"
        " FROM deferred_feed_messages d JOIN guilds g USING (guild_id)"
        " LEFT JOIN channels c ON c.guild_id = d.guild_id AND c.channel_id = d.channel_id"
        " WHERE g.left_at IS NULL ORDER BY d.id"
    ):
        id_, text, guild_id, channel_id, competition_id, mode, is_wanted, *hours = row
        if not QuietHours(*hours).is_quiet(now):
            key = guild_id, channel_id, competition_id, ChannelMode(mode), bool(is_wanted)
            message = next((parsed for _, parsed in outbox.parse_known([(id_, text)])), None)
            found[key].append((id_, message))
    return found
