"""Topics and notebooks that Kaggle has listed, and what channels are told of them."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

import aiosqlite

from leaderboards.feeds.posts import Post, PostChange, PostKind
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.new_posts import NewPostsMessage, PostSummary, ShownPost
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.database import Database
from storage.feeds.feed_messages import add_or_defer
from storage.timestamps import from_seconds, to_seconds

_SAVE_POST = (
    "INSERT INTO posts (competition_id, kind, post_id, title, author, url, votes, found_at,"
    " posted_at, is_new, is_by_host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (competition_id, kind, post_id) DO UPDATE SET title = excluded.title,"
    " author = excluded.author, url = excluded.url, votes = max(votes, excluded.votes)"
    " WHERE excluded.votes > votes OR title <> excluded.title OR author IS NOT excluded.author"
    " OR url <> excluded.url"
)


class Posts:
    """Records topics and notebooks, and puts what feeds tell of them in the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(
        self,
        competition_id: int,
        kind: PostKind,
        listed: Sequence[Post],
        now: datetime,
        due_at: datetime,
    ) -> int:
        """Record what Kaggle lists of a kind, and queue what each channel is to be told of it.

        One transaction. The first list queues nothing: what is in it is told later only if it
        reaches the votes that a feed wants. Return how many messages were queued.
        """
        key = competition_id, kind
        async with self._database.write() as connection:
            rows = await connection.execute_fetchall(
                "INSERT INTO post_reads (competition_id, kind, first_read_at, read_at, due_at)"
                " VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (competition_id, kind) DO UPDATE SET"
                " first_read_at = coalesce(first_read_at, excluded.first_read_at),"
                " read_at = excluded.read_at, due_at = excluded.due_at, failures = 0, error = NULL"
                " RETURNING first_read_at",
                (*key, to_seconds(now), to_seconds(due_at)),
            )
            ((first_read_at,),) = rows
            votes = await _load_votes(connection, key, listed)
            # What was there before the first read can be listed for the first time later, when
            # others are deleted.
            new = {
                post.id
                for post in listed
                if post.id not in votes
                and to_seconds(now) > first_read_at
                and (post.posted_at is None or to_seconds(post.posted_at) >= first_read_at)
            }
            await connection.executemany(
                _SAVE_POST,
                [_to_row(key, post, now, is_new=post.id in new) for post in listed],
            )
            changes = [
                PostChange(post, post.id in new, votes.get(post.id, 0))
                for post in listed
                if post.id in new or post.votes > votes.get(post.id, post.votes)
            ]
            return await _queue_messages(connection, key, changes, now) if changes else 0

    async def load_most_voted(
        self, guild_id: int, competition_id: int, since: datetime, until: datetime, limit: int
    ) -> tuple[list[Post], int]:
        """Load the posts of a period with the most votes, oldest first, and how many there are.

        Only the kinds of which the server has a feed: others would tell that another server reads
        them. If Kaggle gave no time, that at which the post was first listed counts.
        """
        rows = await self._database.query(
            "SELECT p.kind, p.post_id, p.title, p.author, p.votes, p.url,"
            " ifnull(p.posted_at, p.found_at), p.is_by_host, count(*) OVER ()"
            " FROM active_follows f JOIN posts p ON p.competition_id = f.competition_id"
            " WHERE f.guild_id = ?1 AND f.competition_id = ?2"
            " AND p.kind IN (SELECT kind FROM post_feeds WHERE guild_id = ?1)"
            " AND ifnull(p.posted_at, p.found_at) BETWEEN ?3 AND ?4"
            " ORDER BY p.votes DESC, p.id LIMIT ?5",
            (guild_id, competition_id, to_seconds(since), to_seconds(until), limit),
        )
        posts = []
        for kind, number, title, author, votes, url, seconds, is_by_host, _ in rows:
            post = Post(PostKind(kind), number, title, author, votes, url, from_seconds(seconds))
            posts.append(replace(post, is_by_host=bool(is_by_host)))
        posts.sort(key=attrgetter("posted_at"))
        return posts, rows[0][-1] if rows else 0

    async def load_published_notebooks(
        self, guild_id: int, since: datetime, until: datetime, known_within: timedelta
    ) -> dict[int, list[Post]]:
        """Load the new notebooks of a period by competition, those with the most votes first.

        Empty if the server has no feed of notebooks. A notebook that Kaggle listed only after
        `known_within` is left out: it had run before it was published.
        """
        rows = await self._database.query(
            "SELECT f.competition_id, p.post_id, p.title, p.author, p.votes, p.url, p.posted_at"
            " FROM active_follows f JOIN posts p ON p.competition_id = f.competition_id"
            "  AND p.found_at > ?2 AND p.found_at <= ?3 + ?4"
            " WHERE f.guild_id = ?1 AND p.is_new AND p.kind = ?5"
            " AND p.posted_at > ?2 AND p.posted_at <= ?3 AND p.found_at <= p.posted_at + ?4"
            " AND EXISTS (SELECT 1 FROM post_feeds WHERE guild_id = ?1 AND kind = ?5)"
            " ORDER BY p.votes DESC, p.id",
            (
                guild_id,
                to_seconds(since),
                to_seconds(until),
                int(known_within.total_seconds()),
                PostKind.NOTEBOOK,
            ),
        )
        found: defaultdict[int, list[Post]] = defaultdict(list)
        for competition_id, number, title, author, votes, url, seconds in rows:
            post = Post(PostKind.NOTEBOOK, number, title, author, votes, url, from_seconds(seconds))
            found[competition_id].append(post)
        return found

    async def load_untold(
        self, guild_id: int, since: datetime, until: datetime
    ) -> dict[int, PostSummary]:
        """Load what is new in a period, by competition, without what the server was told of.

        Only the kinds of which it has a feed; those with the most votes are shown.
        """
        rows = await self._database.query(
            "SELECT f.competition_id, c.slug, p.kind, p.post_id, p.title, p.author, p.votes, p.url,"
            " p.is_by_host FROM active_follows f JOIN competitions c ON c.id = f.competition_id"
            " JOIN posts p ON p.competition_id = f.competition_id"
            "  AND p.found_at > ?2 AND p.found_at <= ?3"
            " WHERE f.guild_id = ?1 AND p.is_new"
            " AND p.kind IN (SELECT kind FROM post_feeds WHERE guild_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM told_posts t"
            "  WHERE t.post_id = p.id AND t.guild_id = ?1)"
            " ORDER BY p.kind DESC, p.is_by_host DESC, p.votes DESC, p.id",
            (guild_id, to_seconds(since), to_seconds(until)),
        )
        found: defaultdict[tuple[int, str], list[ShownPost]] = defaultdict(list)
        for competition_id, slug, kind, *values in rows:
            number, title, author, votes, url, is_by_host = values
            post = ShownPost(PostKind(kind), number, title, author, votes, url, bool(is_by_host))
            found[competition_id, slug].append(post)
        return {
            competition_id: PostSummary.from_list(slug, posts)
            for (competition_id, slug), posts in found.items()
        }


async def _load_votes(
    connection: aiosqlite.Connection, key: tuple[int, PostKind], listed: Sequence[Post]
) -> dict[str, int]:
    """Return the most votes that each known one of some posts has had, by Kaggle's number."""
    rows = await connection.execute_fetchall(
        "SELECT post_id, votes FROM posts WHERE competition_id = ? AND kind = ?"
        " AND post_id IN (SELECT value FROM json_each(?))",
        (*key, json.dumps([post.id for post in listed])),
    )
    return {row[0]: row[1] for row in rows}


def _to_row(
    key: tuple[int, PostKind], post: Post, now: datetime, *, is_new: bool
) -> tuple[object, ...]:
    """Return the parameters of `_SAVE_POST`."""
    values = post.id, post.title, post.author, post.url, post.votes
    posted_at = None if post.posted_at is None else to_seconds(post.posted_at)
    return (*key, *values, to_seconds(now), posted_at, is_new, post.is_by_host)


async def _queue_messages(
    connection: aiosqlite.Connection,
    key: tuple[int, PostKind],
    changes: Sequence[PostChange],
    now: datetime,
) -> int:
    """Queue or defer a message for each feed that is to tell of some of the posts."""
    rows = await connection.execute_fetchall(
        "SELECT post_id, id FROM posts WHERE competition_id = ? AND kind = ?"
        " AND post_id IN (SELECT value FROM json_each(?))",
        (*key, json.dumps([change.post.id for change in changes])),
    )
    ids: dict[str, int] = {row[0]: row[1] for row in rows}
    told_before = {
        tuple(row)
        for row in await connection.execute_fetchall(
            "SELECT guild_id, channel_id, post_id FROM told_posts"
            " WHERE post_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids.values())),),
        )
    }
    feeds = await connection.execute_fetchall(
        "SELECT p.guild_id, p.channel_id, p.min_votes, coalesce(m.mode, 'everything'), c.slug,"
        " g.time_zone, g.quiet_from, g.quiet_to"
        " FROM active_follows f JOIN post_feeds p ON p.guild_id = f.guild_id AND p.kind = ?2"
        " JOIN guilds g ON g.guild_id = f.guild_id JOIN competitions c ON c.id = f.competition_id"
        " LEFT JOIN channels m ON m.guild_id = p.guild_id AND m.channel_id = p.channel_id"
        " WHERE f.competition_id = ?1 AND g.announce",
        key,
    )
    told: list[tuple[int, int, int]] = []
    announcements: list[tuple[Announcement, QuietHours]] = []

    def choose() -> None:
        for guild_id, channel_id, min_votes, mode, slug, *hours in feeds:
            chosen = [
                change.post
                for change in changes
                if change.is_announced(min_votes)
                and (guild_id, channel_id, ids[change.post.id]) not in told_before
            ]
            if not chosen or not NewPostsMessage.is_sent_in(ChannelMode(mode)):
                continue
            told.extend((guild_id, channel_id, ids[post.id]) for post in chosen)
            message = NewPostsMessage.from_list(
                slug, [ShownPost.from_post(post) for post in chosen]
            )
            announcement = Announcement(guild_id, channel_id, key[0], message)
            announcements.append((announcement, QuietHours(*hours)))

    await asyncio.to_thread(choose)  # There may be thousands.
    await connection.executemany(
        "INSERT INTO told_posts (guild_id, channel_id, post_id) VALUES (?, ?, ?)", told
    )
    return await add_or_defer(connection, announcements, now)
