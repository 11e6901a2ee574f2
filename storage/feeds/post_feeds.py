"""Channels that are told of topics and notebooks, and when those are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from leaderboards.feeds.posts import PostKind
from records.feeds import MAX_FEEDS, POSTS_AFTER_END, DuePosts, PostFeed, PostRead
from storage.database import Database
from storage.feeds.feed_messages import delete_waiting
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_FEED = "guild_id, channel_id, kind, min_votes"
_WANTED = (
    "SELECT DISTINCT f.competition_id, c.slug, p.kind FROM post_feeds p"
    " JOIN guilds g USING (guild_id) JOIN active_follows f USING (guild_id)"
    " JOIN competitions c ON c.id = f.competition_id"
    " WHERE g.announce AND (c.ended_at IS NULL OR c.ended_at > ?)"
)


class PostFeeds:
    """Reads and writes feeds of topics and notebooks, and finds what is to be read for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_by_guild(self, guild_id: int) -> list[PostFeed]:
        """Load the feeds of a server, by channel."""
        rows = await self._database.query(
            f"SELECT {_FEED} FROM post_feeds WHERE guild_id = ? ORDER BY channel_id, kind DESC",  # noqa: S608
            (guild_id,),
        )
        return [_feed_from_row(row) for row in rows]

    async def save(self, feed: PostFeed, *, changes_votes: bool = True) -> PostFeed | None:
        """Store a feed, or its new number of votes if that changes; return it as it is stored now.

        None beyond `MAX_FEEDS` channels.
        """
        async with self._database.write() as connection:
            await ensure_guild(connection, feed.guild_id)
            rows = await connection.execute_fetchall(
                f"INSERT INTO post_feeds ({_FEED}) SELECT ?1, ?2, ?3, ?4"  # noqa: S608
                " WHERE (SELECT count(*) FROM post_feeds"
                "  WHERE guild_id = ?1 AND channel_id <> ?2 AND kind = ?3) < ?5"
                " ON CONFLICT (guild_id, channel_id, kind) DO UPDATE SET"
                f" min_votes = iif(?6, excluded.min_votes, min_votes) RETURNING {_FEED}",
                (
                    feed.guild_id,
                    feed.channel_id,
                    feed.kind,
                    feed.min_votes,
                    MAX_FEEDS,
                    changes_votes,
                ),
            )
        return next((_feed_from_row(row) for row in rows), None)

    async def remove(self, guild_id: int, channel_id: int, kind: PostKind) -> bool:
        """Remove a feed with what waits of it; return False if there is none."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM post_feeds WHERE guild_id = ? AND channel_id = ? AND kind = ?",
                (guild_id, channel_id, kind),
            )
            await delete_waiting(connection, guild_id, channel_id, ["new_posts"], kind)
        return cursor.rowcount > 0

    async def find_due(
        self, now: datetime, kinds: Collection[PostKind], limit: int
    ) -> list[DuePosts]:
        """Return competitions of which some kinds are due, those that wait longest first.

        If no feed wants a kind any more, its row in `post_reads` is deleted: what is posted until a
        feed wants it again is not new then.
        """
        wanted: dict[tuple[int, PostKind], str] = {}
        for competition_id, slug, kind in await self._database.query(
            _WANTED, (to_seconds(now - POSTS_AFTER_END),)
        ):
            wanted[competition_id, PostKind(kind)] = slug
        read_at: dict[tuple[int, PostKind], datetime] = {}
        waiting: dict[tuple[int, PostKind], int] = dict.fromkeys(wanted, 0)
        unwanted: list[tuple[int, PostKind]] = []
        for competition_id, kind, seconds, due_at in await self._database.query(
            "SELECT competition_id, kind, read_at, due_at FROM post_reads"
        ):
            key = competition_id, PostKind(kind)
            if key not in wanted:
                unwanted.append(key)
                continue
            waiting[key] = due_at
            read_at[key] = from_seconds(seconds) or now
        if unwanted:
            async with self._database.write() as connection:
                await connection.executemany(
                    "DELETE FROM post_reads WHERE competition_id = ? AND kind = ?", unwanted
                )
        due: defaultdict[int, list[PostKind]] = defaultdict(list)
        for key in sorted(waiting, key=lambda key: (waiting[key], key)):
            if waiting[key] <= to_seconds(now) and key[1] in kinds:
                due[key[0]].append(key[1])
        return [
            DuePosts(
                competition_id,
                wanted[competition_id, chosen[0]],
                tuple(chosen),
                min(read_at.get((competition_id, kind), now) for kind in chosen),
            )
            for competition_id, chosen in list(due.items())[:limit]
        ]

    async def record_failure(
        self, due: DuePosts, error: str, now: datetime, first_pause: timedelta, max_pause: timedelta
    ) -> None:
        """Record why a competition could not be read; each pause is twice as long."""
        async with self._database.write() as connection:
            await connection.executemany(
                "INSERT INTO post_reads (competition_id, kind, failures, error, due_at)"
                " VALUES (?1, ?2, 1, ?3, ?4 + ?5) ON CONFLICT (competition_id, kind) DO UPDATE SET"
                " error = ?3, failures = failures + 1,"
                " due_at = ?4 + min(?6, ?5 * (1 << min(failures, 12)))",
                [
                    (
                        due.competition_id,
                        kind,
                        error,
                        to_seconds(now),
                        int(first_pause.total_seconds()),
                        int(max_pause.total_seconds()),
                    )
                    for kind in due.kinds
                ],
            )

    async def load_reads(self, guild_id: int) -> list[PostRead]:
        """Load when the topics and notebooks of what a server follows were read."""
        rows = await self._database.query(
            "SELECT r.competition_id, r.kind, r.read_at, r.error FROM follows f"
            " JOIN post_reads r USING (competition_id) WHERE f.guild_id = ? AND NOT f.paused"
            " AND r.kind IN (SELECT kind FROM post_feeds WHERE guild_id = ?1)",
            (guild_id,),
        )
        return [
            PostRead(competition_id, PostKind(kind), from_seconds(read_at), error)
            for competition_id, kind, read_at, error in rows
        ]


def _feed_from_row(row: Iterable[Any]) -> PostFeed:
    guild_id, channel_id, kind, min_votes = row
    return PostFeed(guild_id, channel_id, PostKind(kind), min_votes)
