"""Competitions and the results of their syncs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.competition_info import CompetitionInfo
from records.competitions import Competition
from storage.database import Database
from storage.errors import CompetitionDeleted
from storage.timestamps import from_seconds, to_seconds


def competition_from_row(row: Iterable[Any], own_name: str | None = None) -> Competition:
    """Return the competition of a row with all columns of the table, in their order.

    `own_name` is that of the server for which it is loaded.
    """
    (
        id_,
        slug,
        category,
        deadline,
        reward,
        synced_at,
        failures,
        error,
        error_at,
        next_sync_at,
        anomaly,
        info_due_at,
        ended_at,
        archived_at,
        recheck_at,
        title,
        merger_deadline,
        entry_deadline,
        awards_points,
        metric,
        daily_submissions,
        team_size,
        host,
        renamed_to,
        first_slug,
    ) = row
    return Competition(
        id=id_,
        slug=slug,
        category=category,
        deadline=from_seconds(deadline),
        reward=reward,
        synced_at=from_seconds(synced_at),
        failures=failures,
        error=error,
        error_at=from_seconds(error_at),
        next_sync_at=from_seconds(next_sync_at),
        anomaly=anomaly,
        info_due_at=from_seconds(info_due_at),
        ended_at=from_seconds(ended_at),
        archived_at=from_seconds(archived_at),
        recheck_at=from_seconds(recheck_at),
        title=title,
        merger_deadline=from_seconds(merger_deadline),
        entry_deadline=from_seconds(entry_deadline),
        awards_points=None if awards_points is None else bool(awards_points),
        metric=metric,
        daily_submissions=daily_submissions,
        team_size=team_size,
        host=host,
        renamed_to=renamed_to if error is not None else None,
        first_slug=first_slug,
        own_name=own_name,
    )


async def select_competitions(
    database: Database, sql: str, *parameters: object
) -> list[Competition]:
    """Return the competitions that a query selects with all columns."""
    return [competition_from_row(row) for row in await database.query(sql, parameters)]


async def mark_unfollowed(
    connection: aiosqlite.Connection, competition_ids: Iterable[int], now: datetime
) -> None:
    """Record which of some competitions no server follows any more, in the caller's transaction."""
    await connection.execute(
        "INSERT INTO unfollowed_competitions (competition_id, since)"
        " SELECT value, ? FROM json_each(?) WHERE NOT EXISTS"
        " (SELECT 1 FROM follows WHERE competition_id = value) ON CONFLICT DO NOTHING",
        (to_seconds(now), json.dumps(list(competition_ids))),
    )


async def _update_info(connection: aiosqlite.Connection, info: CompetitionInfo) -> Competition:
    for row in await connection.execute_fetchall(
        "UPDATE competitions SET category = coalesce(?, category),"
        " deadline = coalesce(?, deadline), reward = coalesce(?, reward),"
        " title = coalesce(?, title), merger_deadline = coalesce(?, merger_deadline),"
        " entry_deadline = coalesce(?, entry_deadline),"
        " awards_points = coalesce(?, awards_points), metric = coalesce(?, metric),"
        " daily_submissions = coalesce(?, daily_submissions),"
        " team_size = coalesce(?, team_size), host = coalesce(?, host)"
        " WHERE slug = ? RETURNING *",
        (
            info.category,
            to_seconds(info.deadline),
            info.reward,
            info.title,
            to_seconds(info.merger_deadline),
            to_seconds(info.entry_deadline),
            info.awards_points,
            info.metric,
            info.daily_submissions,
            info.team_size,
            info.host,
            info.slug,
        ),
    ):
        return competition_from_row(row)
    raise CompetitionDeleted(info.slug)


class Competitions:
    """Reads and writes competitions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, slug: str) -> Competition | None:
        """Return a competition by its slug; None if unknown."""
        found = await select_competitions(
            self._database, "SELECT * FROM competitions WHERE slug = ?", slug
        )
        return found[0] if found else None

    async def find_by_id(self, id_: int) -> Competition | None:
        """Return a competition by its id; None if unknown."""
        found = await select_competitions(
            self._database, "SELECT * FROM competitions WHERE id = ?", id_
        )
        return found[0] if found else None

    async def load_due(self, now: datetime) -> list[Competition]:
        """Return the competitions whose sync is due, the longest overdue first.

        Only competitions that have not ended and that a server follows without a pause. If the last
        sync lies in the future, the system clock was set back, and the competition is due.
        """
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE (next_sync_at <= ?1 OR next_sync_at > ?1"
            " AND iif(failures, error_at, synced_at) > ?1) AND ended_at IS NULL AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id"
            ") ORDER BY +next_sync_at, id",
            to_seconds(now),
        )

    async def load_late(self, due_before: datetime) -> list[Competition]:
        """Return competitions whose sync was due before a time, the longest overdue first."""
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE next_sync_at < ? AND ended_at IS NULL AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id"
            ") ORDER BY next_sync_at",
            to_seconds(due_before),
        )

    async def find_oldest_sync(self) -> datetime | None:
        """Return the oldest last sync of all competitions that are synced; None for none."""
        rows = await self._database.query(
            "SELECT min(synced_at) FROM competitions WHERE ended_at IS NULL AND EXISTS ("
            " SELECT 1 FROM active_follows WHERE competition_id = competitions.id)"
        )
        (oldest,) = (None if seconds is None else int(seconds) for (seconds,) in rows)
        return from_seconds(oldest)

    async def load_followed(self) -> list[Competition]:
        """Return all followed competitions, paused or not, by slug."""
        return await select_competitions(
            self._database,
            "SELECT * FROM competitions WHERE EXISTS ("
            " SELECT 1 FROM follows WHERE competition_id = competitions.id"
            ") ORDER BY slug",
        )

    async def add_for_owner(self, slug: str) -> Competition:
        """Insert a competition that the bot's owner asked for if it is new, and return it.

        It is kept even if no server follows it.
        """
        return await self.add_info_for_owner(CompetitionInfo(slug))

    async def add_to_follow(self, slug: str, now: datetime) -> Competition:
        """Return a competition that a server is about to follow; insert it if it is new.

        It counts as unfollowed since now, so that what was read is deleted after some days if the
        follow is refused or the bot is killed. Boards that the owner imported are kept.
        """
        async with self._database.write() as connection:
            (row,) = await connection.execute_fetchall(
                "INSERT INTO competitions (slug) VALUES (?)"
                " ON CONFLICT (slug) DO UPDATE SET slug = slug RETURNING *",
                (slug,),
            )
            competition = competition_from_row(row)
            await connection.execute(
                "INSERT INTO unfollowed_competitions (competition_id, since) SELECT ?1, ?2"
                " WHERE NOT EXISTS (SELECT 1 FROM follows WHERE competition_id = ?1)"
                " AND (NOT EXISTS (SELECT 1 FROM boards WHERE competition_id = ?1)"
                "  OR EXISTS (SELECT 1 FROM unfollowed_competitions WHERE competition_id = ?1))"
                " ON CONFLICT DO UPDATE SET since = excluded.since",
                (competition.id, to_seconds(now)),
            )
        return competition

    async def add_info_for_owner(self, info: CompetitionInfo) -> Competition:
        """Insert or update a competition of `add_for_owner` with all that Kaggle's list says."""
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO competitions (slug) VALUES (?) ON CONFLICT DO NOTHING", (info.slug,)
            )
            await connection.execute(
                "DELETE FROM unfollowed_competitions WHERE competition_id ="
                " (SELECT id FROM competitions WHERE slug = ?)",
                (info.slug,),
            )
            return await _update_info(connection, info)

    async def update_info(self, info: CompetitionInfo) -> Competition:
        """Update a competition with all that Kaggle's list says; raise `CompetitionDeleted`."""
        async with self._database.write() as connection:
            return await _update_info(connection, info)

    async def record_failure(
        self,
        id_: int,
        error: str,
        at: datetime,
        next_sync_at: datetime,
        renamed_to: str | None = None,
    ) -> None:
        """Record a failed sync, the time of the next one, and the new slug if one was found."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET failures = failures + 1, error = ?, error_at = ?,"
                " next_sync_at = ?, renamed_to = ? WHERE id = ?",
                (error, to_seconds(at), to_seconds(next_sync_at), renamed_to, id_),
            )

    async def record_no_teams(self, id_: int) -> None:
        """Record that a competition which never had a board has no teams yet: it did not fail."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET failures = 0, error = NULL, error_at = NULL WHERE id = ?",
                (id_,),
            )

    async def schedule(self, id_: int, next_sync_at: datetime) -> None:
        """Record when the next sync is due."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET next_sync_at = ? WHERE id = ?",
                (to_seconds(next_sync_at), id_),
            )

    async def schedule_info(self, id_: int, due_at: datetime) -> None:
        """Record when to look the competition up in Kaggle's list again."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET info_due_at = ? WHERE id = ?",
                (to_seconds(due_at), id_),
            )

    async def delete_unused(self, slug: str) -> bool:
        """Delete a competition that no server follows and that has no board."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM competitions WHERE slug = ?"
                " AND NOT EXISTS (SELECT 1 FROM follows WHERE competition_id = competitions.id)"
                " AND NOT EXISTS (SELECT 1 FROM boards WHERE competition_id = competitions.id)",
                (slug,),
            )
        return cursor.rowcount > 0

    async def count(self) -> int:
        """Return how many competitions are kept, whether or not a server follows them."""
        ((count,),) = await self._database.query("SELECT count(*) FROM competitions")
        return int(count)

    async def delete_one_unfollowed_before(self, before: datetime) -> str | None:
        """Delete one competition, with its boards and history, unfollowed since before a time.

        Return its slug; None if there is none. Those of seasons are kept.
        """
        rows = await self._database.change(
            "DELETE FROM competitions WHERE id = (SELECT competition_id"
            " FROM unfollowed_competitions u WHERE since < ?"
            " AND NOT EXISTS (SELECT 1 FROM season_competitions s"
            "  WHERE s.competition_id = u.competition_id)"
            " AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.competition_id = u.competition_id)"
            " ORDER BY since LIMIT 1) RETURNING slug",
            (to_seconds(before),),
        )
        return rows[0][0] if rows else None
