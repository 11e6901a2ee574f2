"""SQL for competitions that Kaggle renamed: finding them by their teams, and moving them."""

from __future__ import annotations

from datetime import datetime

import aiosqlite

from storage.database import Database
from storage.news import competition_threads, former_threads, live_boards, outbox
from storage.news.direct_messages import move_watch_events
from storage.timestamps import to_seconds

# Team ids are unique on Kaggle: boards of two competitions share none.
_FIND_BOARDS_WITH_SAME_TEAMS = (
    "SELECT c.slug FROM boards mine CROSS JOIN follows f ON f.guild_id = ?2"
    " JOIN boards theirs ON theirs.competition_id = f.competition_id AND theirs.kind = 'public'"
    " JOIN competitions c ON c.id = f.competition_id"
    " WHERE mine.competition_id = ?1 AND mine.kind = 'public' AND theirs.id <> mine.id"
    " AND 2 * (SELECT count(*) FROM ranks team JOIN ranks same"
    "  ON same.board_id = theirs.id AND same.team_id = team.team_id WHERE team.board_id = mine.id)"
    " > min(mine.team_count, theirs.team_count) ORDER BY f.followed_at"
)
_CHILDREN_OF_FOLLOWS = (
    "news_baselines",
    "deferred_news",
    "deadlines",
    "reminders",
    "live_boards",
    "competition_threads",
    "watches",
    "watch_baselines",
    "watch_reminders",
)
# Of servers that follow both, what a member has under both slugs is kept once.
_KEPT_ONCE = ("watch_baselines", "watch_reminders", "teammate_searches", "teammate_notes")
TABLES_OF_FOLLOWS = frozenset({*_CHILDREN_OF_FOLLOWS, *_KEPT_ONCE})
"""Whose rows refer to a follow: they move with it, or SQLite refuses the rename."""
_MOVE_WATCHES = (
    "UPDATE watches SET competition_id = ?1"
    " WHERE guild_id IN (SELECT guild_id FROM follows WHERE competition_id = ?2)"
    " AND competition_id = ?2 AND NOT EXISTS (SELECT 1 FROM watches same"
    "  WHERE same.guild_id = watches.guild_id AND same.user_id = watches.user_id"
    "  AND same.competition_id = ?1 AND same.kind = watches.kind AND same.rank IS watches.rank"
    "  AND same.rival_user_name IS watches.rival_user_name"
    "  AND same.rival_team_id IS watches.rival_team_id)"
)
TABLES_OF_COMPETITION = (
    "follows",
    "season_competitions",
    "outbox",
    "deferred_feed_messages",
    "scheduled_events",
)
"""Whose rows go over to the competition that is kept. What else is stored of the dropped one, such
as its board, is deleted with it."""


class CompetitionRenames:
    """Finds and moves competitions that have another slug now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_slugs_with_same_teams(self, competition_id: int, guild_id: int) -> list[str]:
        """Return other competitions that a server follows with the same teams on their boards."""
        rows = await self._database.query(_FIND_BOARDS_WITH_SAME_TEAMS, (competition_id, guild_id))
        return [slug for (slug,) in rows]

    async def rename(self, competition_id: int, new_slug: str, now: datetime) -> int:
        """Change the slug of a competition; its history and all that servers have set stay.

        One transaction. If another competition is stored under the new slug, that one is dropped,
        or this one if it never had a board; the followers of both follow the one that is kept.
        Returns the id of the one that is kept.
        """
        kept_id = competition_id
        async with self._database.write() as connection:
            # A follow and the rows that refer to it move one after the other.
            await connection.execute("PRAGMA defer_foreign_keys = ON")
            old_slugs = await connection.execute_fetchall(
                "SELECT slug FROM competitions WHERE id = ?", (competition_id,)
            )
            for other_id, keeps_other in await connection.execute_fetchall(
                "SELECT id, NOT EXISTS (SELECT 1 FROM boards WHERE competition_id = ?2)"
                " FROM competitions WHERE slug = ?1 AND id <> ?2",
                (new_slug, competition_id),
            ):
                dropped_id = other_id
                if keeps_other:
                    kept_id, dropped_id = other_id, competition_id
                ids = (kept_id, dropped_id)
                await _leave_threads(connection, kept_id, dropped_id, now)
                for table in _CHILDREN_OF_FOLLOWS:
                    await connection.execute(
                        f"UPDATE {table} SET competition_id = ?1 WHERE guild_id IN ("  # noqa: S608
                        " SELECT guild_id FROM follows WHERE competition_id = ?2 AND guild_id"
                        "  NOT IN (SELECT guild_id FROM follows WHERE competition_id = ?1))"
                        " AND competition_id = ?2",
                        ids,
                    )
                await connection.execute(_MOVE_WATCHES, ids)
                for table in _KEPT_ONCE:
                    await connection.execute(
                        f"UPDATE OR IGNORE {table} SET competition_id = ?1 WHERE"  # noqa: S608
                        " guild_id IN (SELECT guild_id FROM follows WHERE competition_id = ?2)"
                        " AND competition_id = ?2",
                        ids,
                    )
                await move_watch_events(connection, dropped_id, kept_id)
                # They move to a board that may be older: what changed since is no news to them.
                await connection.execute(
                    "UPDATE follows SET skip_next_news = 1, leader_team_id = NULL,"
                    " leader_announced_at = NULL WHERE competition_id = ?",
                    (dropped_id,),
                )
                for table in TABLES_OF_COMPETITION:
                    await connection.execute(
                        f"UPDATE OR IGNORE {table} SET competition_id = ?1"  # noqa: S608
                        " WHERE competition_id = ?2",
                        ids,
                    )
                await connection.execute("DELETE FROM competitions WHERE id = ?", (dropped_id,))
                await connection.execute(
                    "DELETE FROM unfollowed_competitions WHERE competition_id = ?", (kept_id,)
                )
            for (old_slug,) in old_slugs:
                await outbox.rename_competition(connection, old_slug, new_slug)
            await connection.execute(
                "UPDATE competitions SET slug = ?, first_slug = coalesce(first_slug, slug),"
                " failures = 0, error = NULL, error_at = NULL, next_sync_at = ?, info_due_at = 0"
                " WHERE id = ?",
                (new_slug, to_seconds(now), kept_id),
            )
        return kept_id


async def _leave_threads(
    connection: aiosqlite.Connection, kept_id: int, dropped_id: int, now: datetime
) -> None:
    """End the thread and the live board of the dropped one where a server follows both.

    Its waiting messages move to the channel of the kept one.
    """
    for guild_id, channel_id in await connection.execute_fetchall(
        "SELECT kept.guild_id, kept.channel_id FROM follow_channels kept"
        " JOIN follows dropped ON dropped.guild_id = kept.guild_id AND dropped.competition_id = ?"
        " WHERE kept.competition_id = ?",
        (dropped_id, kept_id),
    ):
        await competition_threads.cancel_requests(
            connection, guild_id, "competition_id", dropped_id
        )
        await former_threads.leave_thread(connection, guild_id, dropped_id, channel_id, now)
        await live_boards.remove_live_board(connection, guild_id, dropped_id)
        if channel_id is not None:
            await former_threads.delete_by_channel(connection, guild_id, channel_id)
            await outbox.move_competition(connection, guild_id, dropped_id, channel_id)
