"""Writes of a sync: the board, its history and its news in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime

import aiosqlite

from leaderboards.board import Board, BoardKind, ScoreOrder
from leaderboards.board_store import StoredBoard
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import NO_DRIFT, ScoreDrift
from leaderboards.history import Snapshot
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.results.competition_end import find_next_recheck
from storage.boards.board_rows import read_benchmarks, read_teams, write_rows
from storage.boards.continuations import delete_former_members, write_continuations
from storage.boards.history import append
from storage.boards.rushes import record_rush
from storage.database import Database
from storage.errors import CompetitionDeleted, StaleBoardDiff
from storage.members.link_verification import verify_by_teams_on_board
from storage.news.news_baselines import reset_baselines
from storage.news.news_writer import write_news
from storage.timestamps import from_seconds, to_seconds

_SELECT_STORED_BOARD = (
    "SELECT b.id, b.checksum, b.taken_at, b.score_order, b.team_count, b.held_checksum,"
    " b.score_drift, b.corrected_share, c.synced_at FROM competitions c"
    " JOIN boards b ON b.competition_id = c.id WHERE c.slug = ? AND b.kind = ?"
)


class BoardWriter:
    """Implements `leaderboards.board_store.BoardStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_stored(self, slug: str, kind: BoardKind) -> StoredBoard | None:
        """Return the facts about the stored board; None before the first."""
        return _parse_stored_board(await self._database.query(_SELECT_STORED_BOARD, (slug, kind)))

    async def find_anomaly(self, slug: str) -> str | None:
        """Return why the last board was held; None if it was not."""
        for (anomaly,) in await self._database.query(
            "SELECT anomaly FROM competitions WHERE slug = ?", (slug,)
        ):
            return None if anomaly is None else str(anomaly)
        return None

    async def load_board(self, slug: str, kind: BoardKind) -> Board | None:
        """Return the whole current board, None before the first."""
        async with self._database.read() as connection:
            for board_id, score_order, ranks_derived, taken_at in await connection.execute_fetchall(
                "SELECT b.id, b.score_order, b.ranks_derived, b.taken_at FROM competitions c"
                " JOIN boards b ON b.competition_id = c.id WHERE c.slug = ? AND b.kind = ?",
                (slug, kind),
            ):
                benchmarks, teams_above = await read_benchmarks(connection, board_id)
                return Board(
                    slug=slug,
                    kind=kind,
                    taken_at=from_seconds(taken_at),
                    order=ScoreOrder(score_order) if score_order else None,
                    teams=await read_teams(connection, board_id),
                    benchmarks=benchmarks,
                    teams_above=teams_above,
                    ranks_derived=bool(ranks_derived),
                )
        return None

    async def record_unchanged(self, slug: str, now: datetime) -> None:
        """Record a successful sync that changed nothing; raise `CompetitionDeleted`."""
        async with self._database.write() as connection:
            competition_id = await _record_sync(connection, slug, now)
            await verify_by_teams_on_board(connection, competition_id, now)
            await connection.execute(
                "UPDATE follows SET skip_next_news = 0 WHERE competition_id = ? AND skip_next_news",
                (competition_id,),
            )

    async def record_anomaly(
        self, slug: str, kind: BoardKind, anomaly: str, checksum: bytes
    ) -> None:
        """Record the anomaly and the checksum of the file of a held board; the stored board stays.

        Raises `CompetitionDeleted`.
        """
        async with self._database.write() as connection:
            competition_id = await _update(
                connection,
                slug,
                "UPDATE competitions SET anomaly = ?2, failures = 0, error = NULL, error_at = NULL"
                " WHERE slug = ?1 RETURNING id",
                anomaly,
            )
            await connection.execute(
                "UPDATE boards SET held_checksum = ? WHERE kind = ? AND competition_id = ?",
                (checksum, kind, competition_id),
            )

    async def delete_former_members(self, before: datetime, limit: int = 1000) -> bool:
        """Delete some of those who left a board before a moment; return False if none is left."""
        async with self._database.write() as connection:
            return await delete_former_members(connection, before, limit)

    async def commit(
        self,
        slug: str,
        changes: BoardDiff,
        snapshot: Snapshot,
        *,
        checksum: bytes,
        decide: Callable[[Follower], NewsDecision] | None,
        now: datetime,
        drift: ScoreDrift = NO_DRIFT,
    ) -> int:
        """Write a board, its history and its announcements in one transaction.

        A private board also archives its competition. Returns the number of announcements; 0
        without `decide`. Raises `StaleBoardDiff` if another process stored a board meanwhile, and
        `CompetitionDeleted`.
        """
        async with self._database.write() as connection:
            await _require_current(connection, slug, changes)
            competition_id = await _record_sync(connection, slug, now)
            board_id = await _write_info(
                connection, competition_id, changes.new, snapshot.taken_at, checksum, now
            )
            await _write_drift(connection, competition_id, board_id, drift)
            await write_rows(connection, board_id, changes)
            await append(connection, board_id, snapshot)
            await write_continuations(connection, board_id, changes, snapshot.taken_at)
            await verify_by_teams_on_board(connection, competition_id, now)
            if changes.new.kind is BoardKind.PRIVATE:
                cursor = await connection.execute(
                    "UPDATE competitions SET archived_at = ?, recheck_at = ?"
                    " WHERE id = ? AND archived_at IS NULL",
                    (to_seconds(now), to_seconds(find_next_recheck(now, now)), competition_id),
                )
                if cursor.rowcount:
                    await record_rush(connection, competition_id)
            elif changes.submissions_changed.any():
                await _allow_unlisted_end(connection, competition_id)
            if decide is None:
                return 0
            return await write_news(connection, competition_id, board_id, decide, now, changes)


async def _write_drift(
    connection: aiosqlite.Connection, competition_id: int, board_id: int, drift: ScoreDrift
) -> None:
    """Record how scores drift; after a rescored board, forget what was announced."""
    await connection.execute(
        "UPDATE boards SET score_drift = ?2, corrected_share = ?3,"
        " rescored_at = iif(?4, taken_at, rescored_at) WHERE id = ?1",
        (board_id, drift.usual, drift.corrected, drift.is_step),
    )
    if drift.is_step:
        await reset_baselines(
            connection,
            "competition_id = ?1 AND guild_id IN"
            " (SELECT guild_id FROM follows WHERE competition_id = ?1)",
            (competition_id,),
            skip_next_news=False,
        )


async def _allow_unlisted_end(connection: aiosqlite.Connection, competition_id: int) -> None:
    """Allow the end of a competition of unknown deadline to be announced after a restore.

    Called when it has new submissions: it had not ended before them. On the first board after the
    restore they show nothing, as they may have been made between the backup and the restore.
    """
    await connection.execute(
        "DELETE FROM ends_without_announcement WHERE competition_id = ?1"
        " AND EXISTS (SELECT 1 FROM competitions WHERE id = ?1 AND deadline IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM active_follows"
        "  WHERE competition_id = ?1 AND skip_next_news)",
        (competition_id,),
    )


async def _require_current(connection: aiosqlite.Connection, slug: str, changes: BoardDiff) -> None:
    """Raise `StaleBoardDiff` if the diff is not from the stored board."""
    stored = _parse_stored_board(
        await connection.execute_fetchall(_SELECT_STORED_BOARD, (slug, changes.new.kind))
    )
    old = changes.old
    if (stored and stored.taken_at) != (old and old.taken_at):
        raise StaleBoardDiff(
            f"Another process stored a board of {slug} meanwhile; this one is dropped."
        )


def _parse_stored_board(rows: Iterable[sqlite3.Row]) -> StoredBoard | None:
    for (
        board_id,
        checksum,
        taken_at,
        score_order,
        team_count,
        held_checksum,
        score_drift,
        corrected_share,
        synced_at,
    ) in rows:
        return StoredBoard(
            board_id=board_id,
            checksum=checksum,
            taken_at=from_seconds(taken_at),
            order=ScoreOrder(score_order) if score_order else None,
            team_count=team_count,
            held_checksum=held_checksum,
            score_drift=ScoreDrift(score_drift, corrected_share),
            seen_at=from_seconds(synced_at),
        )
    return None


async def _record_sync(connection: aiosqlite.Connection, slug: str, now: datetime) -> int:
    return await _update(
        connection,
        slug,
        "UPDATE competitions SET synced_at = ?2, failures = 0, error = NULL, error_at = NULL,"
        " anomaly = NULL WHERE slug = ?1 RETURNING id",
        to_seconds(now),
    )


async def _update(connection: aiosqlite.Connection, slug: str, sql: str, value: object) -> int:
    """Update a competition and return its id; raise `CompetitionDeleted` if it is not stored."""
    for (competition_id,) in await connection.execute_fetchall(sql, (slug, value)):
        return int(competition_id)
    raise CompetitionDeleted(slug)


async def _write_info(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    competition_id: int,
    board: Board,
    taken_at: datetime,
    checksum: bytes,
    now: datetime,
) -> int:
    ((board_id,),) = await connection.execute_fetchall(
        "INSERT INTO boards (competition_id, kind, score_order, ranks_derived, taken_at, checksum,"
        " team_count, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (competition_id, kind) DO UPDATE SET stored_at = excluded.stored_at,"
        " score_order = excluded.score_order, ranks_derived = excluded.ranks_derived,"
        " taken_at = excluded.taken_at, checksum = excluded.checksum,"
        " team_count = excluded.team_count"
        " RETURNING id",
        (
            competition_id,
            board.kind,
            board.order,
            board.ranks_derived,
            to_seconds(taken_at),
            checksum,
            len(board.teams),
            to_seconds(now),
        ),
    )
    return int(board_id)
