"""Introductions: the announcements that a competition is followed from now on."""

from __future__ import annotations

from datetime import datetime

import aiosqlite

from leaderboards.news.messages import FollowedMessage
from records.outbox import Announcement
from storage.news import outbox
from storage.timestamps import to_seconds


async def queue_introductions(
    connection: aiosqlite.Connection, guild_id: int, now: datetime
) -> None:
    """Queue an introduction of each followed competition that has a channel only now.

    In the caller's transaction.
    """
    rows = await connection.execute_fetchall(
        "SELECT f.competition_id, n.channel_id, c.slug, c.deadline <= ?2,"
        " coalesce(b.team_count, 0),"
        " (SELECT count(DISTINCT l.user_id) FROM counted_links l"
        "  JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
        "  WHERE l.guild_id = f.guild_id),"
        " (SELECT count(DISTINCT l.user_id) FROM links l"
        "  JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
        "  WHERE l.guild_id = f.guild_id)"
        " FROM active_follows f JOIN competitions c ON c.id = f.competition_id"
        " JOIN follow_channels n ON n.guild_id = f.guild_id AND n.competition_id = f.competition_id"
        " LEFT JOIN boards b ON b.competition_id = f.competition_id AND b.kind = 'public'"
        " WHERE f.guild_id = ?1 AND NOT f.introduced AND n.announce AND n.channel_id IS NOT NULL"
        " ORDER BY f.followed_at, c.slug",
        (guild_id, to_seconds(now)),
    )
    await outbox.add_all(
        connection,
        [
            Announcement(
                guild_id,
                channel_id,
                competition_id,
                FollowedMessage(slug, team_count, counted, linked - counted, bool(has_ended)),
            )
            for competition_id, channel_id, slug, has_ended, team_count, counted, linked in rows
        ],
        now,
    )
    for competition_id, *_ in rows:
        await mark_introduced(connection, guild_id, competition_id)


async def mark_introduced(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> None:
    """Record that it was announced that a server follows a competition."""
    await connection.execute(
        "UPDATE follows SET introduced = 1 WHERE guild_id = ? AND competition_id = ?",
        (guild_id, competition_id),
    )
