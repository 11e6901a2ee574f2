"""Channels that are told of new competitions, and the competitions that are known."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.competition_filter import CompetitionFilter, FeedCategory
from leaderboards.news.new_competitions import NewCompetitionsMessage
from leaderboards.news.schedules import QuietHours
from records.feeds import MAX_FEEDS, CompetitionFeed
from records.outbox import Announcement
from storage.database import Database
from storage.feeds.feed_messages import add_or_defer, delete_waiting
from storage.key_values import load_restored_at
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_LISTED_AT = "competitions_listed_at"
"""The key of when the list of competitions was last read, in Unix seconds."""


class CompetitionFeeds:
    """Reads and writes feeds of new competitions, and puts what they tell in the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_by_guild(self, guild_id: int) -> list[CompetitionFeed]:
        """Load the feeds of a server, by channel."""
        rows = await self._database.query(
            "SELECT guild_id, channel_id, categories, words FROM competition_feeds"
            " WHERE guild_id = ? ORDER BY channel_id",
            (guild_id,),
        )
        return [_feed_from_row(row) for row in rows]

    async def find(self, guild_id: int, channel_id: int) -> CompetitionFeed | None:
        """Find the feed of a channel."""
        feeds = await self.load_by_guild(guild_id)
        return next((feed for feed in feeds if feed.channel_id == channel_id), None)

    async def save(
        self, feed: CompetitionFeed, *, changes_words: bool = True
    ) -> CompetitionFeed | None:
        """Store a feed, or its new words if they change; return it as it is stored now.

        None if the server has `MAX_FEEDS` others. The categories of a stored feed stay, and so do
        words that do not change, as somebody may change them at the same time.
        What Kaggle lists before any server has a feed is never announced.
        """
        key = feed.guild_id, feed.channel_id
        async with self._database.write() as connection:
            await ensure_guild(connection, feed.guild_id)
            await connection.execute(
                "DELETE FROM key_values WHERE key = ?"
                " AND NOT EXISTS (SELECT 1 FROM competition_feeds)",
                (_LISTED_AT,),
            )
            rows = await connection.execute_fetchall(
                "INSERT INTO competition_feeds (guild_id, channel_id, categories, words)"
                " SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM competition_feeds"
                "  WHERE guild_id = ?1 AND channel_id <> ?2) < ?5"
                " ON CONFLICT (guild_id, channel_id) DO UPDATE SET"
                " words = iif(?6, excluded.words, words)"
                " RETURNING guild_id, channel_id, categories, words",
                (
                    *key,
                    json.dumps(sorted(feed.filter.categories)),
                    json.dumps(feed.filter.words),
                    MAX_FEEDS,
                    changes_words,
                ),
            )
        return next((_feed_from_row(row) for row in rows), None)

    async def change_categories(
        self, guild_id: int, channel_id: int, categories: Collection[FeedCategory]
    ) -> CompetitionFeed | None:
        """Store the categories of a channel's feed; return the feed, None if there is none."""
        await self._database.change(
            "UPDATE competition_feeds SET categories = ? WHERE guild_id = ? AND channel_id = ?",
            (json.dumps(sorted(categories)), guild_id, channel_id),
        )
        return await self.find(guild_id, channel_id)

    async def remove(self, guild_id: int, channel_id: int) -> bool:
        """Remove the feed of a channel with what waits of it; return False if it has none."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM competition_feeds WHERE guild_id = ? AND channel_id = ?",
                (guild_id, channel_id),
            )
            await delete_waiting(connection, guild_id, channel_id, ["new_competitions"])
        return cursor.rowcount > 0

    async def exist(self) -> bool:
        """Return whether any channel has a feed."""
        rows = await self._database.query("SELECT EXISTS (SELECT 1 FROM competition_feeds)")
        return bool(rows[0][0])

    async def find_listed_at(self) -> datetime | None:
        """Return when the list was last read.

        None if it was not read since the first feed was made, or since a backup was restored.
        """
        async with self._database.read() as connection:
            return await _find_listed_at(connection)

    async def find_unknown(self, slugs: Collection[str]) -> set[str]:
        """Return those slugs that Kaggle's list has not had before."""
        rows = await self._database.query(
            "SELECT value FROM json_each(?)"
            " WHERE NOT EXISTS (SELECT 1 FROM known_competitions WHERE slug = value)",
            (json.dumps(list(slugs)),),
        )
        return {slug for (slug,) in rows}

    async def write_list(self, listed: Sequence[CompetitionInfo], now: datetime) -> int:
        """Record competitions as known, and queue what each channel is to be told of new ones.

        One transaction. The first list is not announced. Return how many messages were queued.
        """
        by_slug: dict[str, CompetitionInfo] = {}
        for info in listed:
            by_slug.setdefault(info.slug, info)
        async with self._database.write() as connection:
            is_first = await _find_listed_at(connection) is None
            rows = await connection.execute_fetchall(
                "INSERT INTO known_competitions (slug, known_at)"
                " SELECT value, ?2 FROM json_each(?1) WHERE true"
                " ON CONFLICT DO NOTHING RETURNING slug",
                (json.dumps(list(by_slug)), to_seconds(now)),
            )
            unknown = {slug for (slug,) in rows}
            await connection.execute(
                "INSERT OR REPLACE INTO key_values (key, value) VALUES (?, ?)",
                (_LISTED_AT, str(to_seconds(now))),
            )
            new = [
                info
                for slug, info in by_slug.items()
                if slug in unknown and (info.deadline is None or info.deadline > now)
            ]
            return 0 if is_first or not new else await _queue_messages(connection, new, now)


async def _find_listed_at(connection: aiosqlite.Connection) -> datetime | None:
    restored_at = await load_restored_at(connection)
    for (value,) in await connection.execute_fetchall(
        "SELECT value FROM key_values WHERE key = ?", (_LISTED_AT,)
    ):
        listed_at = from_seconds(int(value))
        # What is new since the backup may have been announced before the restore.
        return listed_at if restored_at is None or listed_at > restored_at else None
    return None


async def _queue_messages(
    connection: aiosqlite.Connection, new: Sequence[CompetitionInfo], now: datetime
) -> int:
    """Queue or defer a message for each feed whose filter some new competitions pass."""
    rows = await connection.execute_fetchall(
        "SELECT f.guild_id, f.channel_id, f.categories, f.words,"
        " g.time_zone, g.quiet_from, g.quiet_to"
        " FROM competition_feeds f JOIN guilds g USING (guild_id)"
        " WHERE g.announce AND g.left_at IS NULL"
    )
    # There may be thousands.
    announcements = await asyncio.to_thread(lambda: list(_build_announcements(rows, new)))
    return await add_or_defer(connection, announcements, now)


def _build_announcements(
    rows: Iterable[Iterable[Any]], new: Sequence[CompetitionInfo]
) -> Iterator[tuple[Announcement, QuietHours]]:
    """Yield what is announced in the channels of feeds, with the server's quiet hours."""
    messages: dict[CompetitionFilter, NewCompetitionsMessage | None] = {}
    for guild_id, channel_id, categories, words, *hours in rows:
        feed = _feed_from_row((guild_id, channel_id, categories, words))
        if feed.filter not in messages:
            passing = feed.filter.select(new)
            messages[feed.filter] = NewCompetitionsMessage.from_list(passing) if passing else None
        message = messages[feed.filter]
        if message is not None:
            yield Announcement(guild_id, channel_id, None, message), QuietHours(*hours)


def _feed_from_row(row: Iterable[Any]) -> CompetitionFeed:
    guild_id, channel_id, categories, words = row
    known = {category.value for category in FeedCategory}
    chosen = frozenset(FeedCategory(one) for one in json.loads(categories) if one in known)
    return CompetitionFeed(
        guild_id, channel_id, CompetitionFilter(chosen, tuple(json.loads(words)))
    )
