"""SQL for the end of competitions: which ended ones to check, and moving them to the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from leaderboards.forecast.rush import Rush
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.results.competition_end import find_next_recheck
from records.competitions import Competition
from storage.boards.competitions import select_competitions
from storage.boards.rushes import delete_rush, load_rush, record_rush
from storage.database import Database
from storage.key_values import load_restored_at
from storage.news.news_writer import write_news
from storage.timestamps import from_seconds, to_seconds


class CompetitionEnds:
    """Reads and writes the end of competitions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_past_deadline(self, now: datetime) -> list[Competition]:
        """Return followed competitions with a board whose final deadline has passed.

        Where Kaggle's list has none, that of `load_given_deadline` counts.
        """
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE ended_at IS NULL AND deadline <= ?1 AND EXISTS ("
            " SELECT 1 FROM boards WHERE competition_id = competitions.id) AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id)"
            " UNION ALL"
            " SELECT * FROM competitions WHERE ended_at IS NULL AND deadline IS NULL"
            " AND id IN (SELECT competition_id FROM deadlines WHERE at <= ?1 AND kind = 'final')"
            " AND EXISTS (SELECT 1 FROM boards WHERE competition_id = competitions.id)"
            " AND EXISTS (SELECT 1 FROM active_follows WHERE competition_id = competitions.id)"
            " AND NOT EXISTS (SELECT 1 FROM active_follows f"
            "  WHERE f.competition_id = competitions.id AND NOT EXISTS (SELECT 1 FROM deadlines d"
            "   WHERE d.guild_id = f.guild_id AND d.competition_id = f.competition_id"
            "   AND d.kind = 'final' AND d.at <= ?1))"
            " ORDER BY deadline, id",
            to_seconds(now),
        )

    async def load_without_deadline(self, unchanged_since: datetime) -> list[Competition]:
        """Return followed, running competitions of unknown deadline whose board stands still."""
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE deadline IS NULL AND ended_at IS NULL AND EXISTS ("
            " SELECT 1 FROM boards WHERE competition_id = competitions.id AND kind = 'public'"
            "  AND stored_at <= ?) AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id"
            ") ORDER BY id",
            to_seconds(unchanged_since),
        )

    async def load_given_deadline(self, competition_id: int) -> datetime | None:
        """Return the latest final deadline that servers set; None unless all followers set one."""
        rows = await self._database.query(
            "SELECT max(d.at) FROM active_follows f LEFT JOIN deadlines d"
            " ON d.guild_id = f.guild_id AND d.competition_id = f.competition_id"
            " AND d.kind = 'final' WHERE f.competition_id = ?"
            " GROUP BY f.competition_id HAVING count(*) = count(d.at)",
            (competition_id,),
        )
        return from_seconds(rows[0][0]) if rows else None

    async def load_due(self, now: datetime) -> list[Competition]:
        """Return ended competitions whose next check for a private board is due.

        If the last check lies in the future, the system clock was set back, and it is due.
        """
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE ended_at IS NOT NULL AND archived_at IS NULL"
            " AND (next_sync_at <= ?1 OR next_sync_at > ?1"
            "  AND iif(failures, error_at, synced_at) > ?1) AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id"
            ") ORDER BY +next_sync_at, id",
            to_seconds(now),
        )

    async def load_rechecks(self, now: datetime) -> list[Competition]:
        """Return archived competitions whose final board is to be checked again."""
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE recheck_at <= ? AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id"
            ") ORDER BY recheck_at, id",
            to_seconds(now),
        )

    async def schedule_recheck(self, competition_id: int, at: datetime | None) -> None:
        """Record when to check the final board again; None for never."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET recheck_at = ? WHERE id = ? AND archived_at IS NOT NULL",
                (to_seconds(at), competition_id),
            )

    async def load_rush(self) -> Rush | None:
        """Return how many more teams come in on the last day, as archived competitions show it."""
        return await load_rush(self._database)

    async def may_be_announced_before_restore(self, competition_id: int) -> bool:
        """Return whether the end may have been announced between a backup and its restore.

        It was not if the deadline is later than the restore: it was moved or became known since.
        """
        rows = await self._database.query(
            "SELECT deadline FROM competitions WHERE id = (SELECT competition_id"
            " FROM ends_without_announcement WHERE competition_id = ?)",
            (competition_id,),
        )
        if not rows:
            return False
        listed: datetime | None = from_seconds(rows[0][0])
        deadline = listed or await self.load_given_deadline(competition_id)
        async with self._database.read() as connection:
            restored_at = await load_restored_at(connection)
        return deadline is None or restored_at is None or deadline <= restored_at

    async def record_check_after_restore(self, competition_id: int) -> None:
        """Record a check after a restore: an end that a later one finds was not announced."""
        await self._database.change(
            "DELETE FROM ends_without_announcement WHERE competition_id = ?", (competition_id,)
        )

    async def record_end(self, competition_id: int, deadline: datetime) -> None:
        """Record that a competition ended; its syncs stop."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET ended_at = ? WHERE id = ?",
                (to_seconds(deadline), competition_id),
            )

    async def archive(
        self,
        competition_id: int,
        board_id: int,
        decide: Callable[[Follower], NewsDecision] | None,
        now: datetime,
    ) -> int:
        """Archive a competition with its public board as the final one, and announce that.

        One transaction. Returns the number of announcements; 0 if it was archived already, or
        without `decide`.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE competitions SET archived_at = ?, recheck_at = ?, failures = 0,"
                " error = NULL, error_at = NULL, anomaly = NULL"
                " WHERE id = ? AND archived_at IS NULL",
                (to_seconds(now), to_seconds(find_next_recheck(now, now)), competition_id),
            )
            if cursor.rowcount == 0:
                return 0
            await record_rush(connection, competition_id)
            if decide is None:
                return 0
            return await write_news(connection, competition_id, board_id, decide, now)

    async def reopen(self, competition_id: int, now: datetime) -> None:
        """Resume the syncs after the deadline was moved; delete the private board."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM boards WHERE competition_id = ? AND kind = 'private'",
                (competition_id,),
            )
            await connection.execute(
                "UPDATE competitions SET ended_at = NULL, archived_at = NULL, recheck_at = NULL,"
                " next_sync_at = ? WHERE id = ?",
                (to_seconds(now), competition_id),
            )
            await delete_rush(connection, competition_id)

    async def load_ranks(self, competition_id: int) -> list[tuple[int, int]]:
        """Return public and private rank of every team that is on both boards."""
        rows = await self._database.query(
            "SELECT before.rank, after.rank FROM boards public"
            " JOIN boards private USING (competition_id)"
            " JOIN ranks before ON before.board_id = public.id"
            " JOIN ranks after ON after.board_id = private.id AND after.team_id = before.team_id"
            " WHERE competition_id = ? AND public.kind = 'public' AND private.kind = 'private'"
            " ORDER BY before.rank",
            (competition_id,),
        )
        return [(public, private) for public, private in rows]
