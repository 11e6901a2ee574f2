"""Takes in a board, its history and what servers are told of it, all in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

import aiosqlite
import numpy as np

from leaderboards.board import Board, Columns, Kind, Order, split_members
from leaderboards.changes import Changes
from leaderboards.history import Snapshot
from leaderboards.store import Stored
from leaderboards.telling import Follower, Telling
from storage.announcing import announce
from storage.database import Database
from storage.errors import BoardMoved
from storage.history import append
from storage.proofs import prove_by_teams
from storage.times import from_seconds, to_seconds

Parameters = tuple[str | int | float, ...]


class BoardWriter:
    """What `leaderboards.sync` needs of storage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored(self, slug: str, kind: Kind) -> Stored | None:
        """Tell which board is kept, None before the first."""
        async with self._database.read() as connection:
            return await _stored(connection, slug, kind)

    async def held(self, slug: str) -> str | None:
        """Tell why the last board was held, None if it was not."""
        async with self._database.read() as connection:
            for (doubt,) in await connection.execute_fetchall(
                "SELECT doubt FROM competitions WHERE slug = ?", (slug,)
            ):
                return None if doubt is None else str(doubt)
        return None

    async def current(self, slug: str, kind: Kind) -> Board | None:
        """Give the whole current board."""
        async with self._database.read() as connection:
            for board_id, score_order, ranks_derived, taken_at in await connection.execute_fetchall(
                "SELECT b.id, b.score_order, b.ranks_derived, b.taken_at FROM competitions c"
                " JOIN boards b ON b.competition_id = c.id WHERE c.slug = ? AND b.kind = ?",
                (slug, kind),
            ):
                standings = await connection.execute_fetchall(
                    "SELECT rank, team_id, team_name, score, score_text, ifnull(submissions, -1),"
                    " ifnull(last_submission_at, -1) FROM standings WHERE board_id = ?",
                    (board_id,),
                )
                members = await connection.execute_fetchall(
                    "SELECT team_id, user_name FROM members WHERE board_id = ?"
                    " ORDER BY team_id, position",
                    (board_id,),
                )
                benchmarks = await connection.execute_fetchall(
                    "SELECT 0, team_id, team_name, score, score_text, ifnull(submissions, -1),"
                    " ifnull(last_submission_at, -1), members, teams_above"
                    " FROM benchmarks WHERE board_id = ? ORDER BY position",
                    (board_id,),
                )
                return Board(
                    slug=slug,
                    kind=kind,
                    taken_at=from_seconds(taken_at),
                    order=Order(score_order) if score_order else None,
                    teams=await asyncio.to_thread(_teams, standings, members),
                    benchmarks=_columns(list(benchmarks), [row[7] for row in benchmarks]),
                    teams_above=np.array([row[8] for row in benchmarks], dtype=np.int64),
                    ranks_derived=bool(ranks_derived),
                )
        return None

    async def unchanged(self, slug: str, now: datetime) -> None:
        """Record a good sync that found nothing new."""
        async with self._database.write() as connection:
            competition_id = await _synced(connection, slug, now)
            await prove_by_teams(connection, competition_id, now)
            await connection.execute(
                "UPDATE follows SET silent = 0 WHERE competition_id = ? AND silent",
                (competition_id,),
            )

    async def hold(self, slug: str, doubt: str, now: datetime) -> None:  # noqa: ARG002
        """Record that a board looked wrong; everything else stays as it is."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET doubt = ?, failures = 0, error = NULL, error_at = NULL"
                " WHERE slug = ?",
                (doubt, slug),
            )

    async def commit(
        self,
        slug: str,
        changes: Changes,
        snapshot: Snapshot,
        *,
        digest: bytes,
        tell: Callable[[Follower], Telling] | None,
        now: datetime,
    ) -> int:
        """Write a board, its history and its announcements in one transaction.

        With its private board a competition goes to the archive.
        Returns how many announcements were put in the outbox. Without `tell` there are none.
        """
        async with self._database.write() as connection:
            await _refuse_if_moved(connection, slug, changes)
            competition_id = await _synced(connection, slug, now)
            board_id = await _write_info(
                connection, competition_id, changes.new, snapshot.taken_at, digest, now
            )
            await _write_rows(connection, board_id, changes)
            await append(connection, board_id, snapshot)
            await prove_by_teams(connection, competition_id, now)
            if changes.new.kind is Kind.PRIVATE:
                await connection.execute(
                    "UPDATE competitions SET archived_at = ? WHERE id = ?",
                    (to_seconds(now), competition_id),
                )
            if tell is None:
                return 0
            return await announce(connection, competition_id, board_id, tell, now)


async def _refuse_if_moved(connection: aiosqlite.Connection, slug: str, changes: Changes) -> None:
    """Refuse changes that lead from another board than the one that is stored."""
    stored = await _stored(connection, slug, changes.new.kind)
    old = changes.old
    if (stored and stored.taken_at) != (old and old.taken_at):
        raise BoardMoved(
            f"Another process stored a board of {slug} meanwhile; this one is dropped."
        )


async def _stored(connection: aiosqlite.Connection, slug: str, kind: Kind) -> Stored | None:
    for board_id, digest, taken_at, score_order, team_count in await connection.execute_fetchall(
        "SELECT b.id, b.digest, b.taken_at, b.score_order, b.team_count FROM competitions c"
        " JOIN boards b ON b.competition_id = c.id WHERE c.slug = ? AND b.kind = ?",
        (slug, kind),
    ):
        return Stored(
            board_id=board_id,
            digest=digest,
            taken_at=from_seconds(taken_at),
            order=Order(score_order) if score_order else None,
            team_count=team_count,
        )
    return None


async def _synced(connection: aiosqlite.Connection, slug: str, now: datetime) -> int:
    ((competition_id,),) = await connection.execute_fetchall(
        "INSERT INTO competitions (slug, synced_at) VALUES (?, ?) ON CONFLICT (slug) DO UPDATE SET"
        " synced_at = excluded.synced_at, failures = 0, error = NULL, error_at = NULL, doubt = NULL"
        " RETURNING id",
        (slug, to_seconds(now)),
    )
    return int(competition_id)


async def _write_info(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    competition_id: int,
    board: Board,
    taken_at: datetime,
    digest: bytes,
    now: datetime,
) -> int:
    ((board_id,),) = await connection.execute_fetchall(
        "INSERT INTO boards (competition_id, kind, score_order, ranks_derived, taken_at, digest,"
        " team_count, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (competition_id, kind) DO UPDATE SET stored_at = excluded.stored_at,"
        " score_order = excluded.score_order, ranks_derived = excluded.ranks_derived,"
        " taken_at = excluded.taken_at, digest = excluded.digest, team_count = excluded.team_count"
        " RETURNING id",
        (
            competition_id,
            board.kind,
            board.order,
            board.ranks_derived,
            to_seconds(taken_at),
            digest,
            len(board.teams),
            to_seconds(now),
        ),
    )
    return int(board_id)


async def _write_rows(connection: aiosqlite.Connection, board_id: int, changes: Changes) -> None:
    """Write what differs. The rows are generators: they are made in SQLite's thread."""
    await connection.executemany(
        "DELETE FROM standings WHERE board_id = ? AND team_id = ?",
        ((board_id, team_id) for team_id in changes.gone_ids),
    )
    await connection.executemany(
        "INSERT INTO standings (board_id, team_id, rank, team_name, score, score_text, submissions,"
        " last_submission_at) VALUES (?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1))"
        " ON CONFLICT (board_id, team_id) DO UPDATE SET"
        " rank = excluded.rank, team_name = excluded.team_name, score = excluded.score,"
        " score_text = excluded.score_text, submissions = excluded.submissions,"
        " last_submission_at = excluded.last_submission_at",
        _standings(board_id, changes),
    )
    if changes.old is not None:
        await connection.executemany(
            "DELETE FROM members WHERE board_id = ? AND team_id = ?",
            _teams_with_other_members(board_id, changes),
        )
    await connection.executemany(
        "INSERT INTO members (board_id, team_id, position, user_name) VALUES (?, ?, ?, ?)",
        _members(board_id, changes),
    )
    if changes.benchmarks_changed:
        await connection.execute("DELETE FROM benchmarks WHERE board_id = ?", (board_id,))
        await connection.executemany(
            "INSERT INTO benchmarks (board_id, position, teams_above, team_id, team_name, score,"
            " score_text, submissions, last_submission_at, members)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?)",
            _benchmarks(board_id, changes.new),
        )


def _standings(board_id: int, changes: Changes) -> Iterator[Parameters]:
    rows = changes.written
    yield from zip(
        repeat(board_id, len(rows)),
        rows.team_id.tolist(),
        rows.rank.tolist(),
        rows.team_name,
        rows.score.tolist(),
        rows.score_text,
        rows.submissions.tolist(),
        rows.last_submission_at.tolist(),
        strict=True,
    )


def _teams_with_other_members(board_id: int, changes: Changes) -> Iterator[Parameters]:
    for team_id, _ in changes.members_changed:
        yield board_id, team_id


def _members(board_id: int, changes: Changes) -> Iterator[Parameters]:
    for team_id, joined in changes.members_changed:
        for position, user_name in enumerate(split_members(joined)):
            yield board_id, team_id, position, user_name


def _benchmarks(board_id: int, board: Board) -> Iterator[Parameters]:
    rows = board.benchmarks
    yield from zip(
        repeat(board_id, len(rows)),
        range(len(rows)),
        board.teams_above.tolist(),
        rows.team_id.tolist(),
        rows.team_name,
        rows.score.tolist(),
        rows.score_text,
        rows.submissions.tolist(),
        rows.last_submission_at.tolist(),
        rows.members,
        strict=True,
    )


def _teams(standings: Iterable[Sequence[Any]], members: Iterable[Sequence[Any]]) -> Columns:
    joined: dict[int, str] = {}
    for team_id, user_name in members:
        before = joined.get(team_id)
        joined[team_id] = user_name if before is None else f"{before},{user_name}"
    rows = list(standings)
    teams = _columns(rows, [joined.get(row[1], "") for row in rows])
    # Sorting here takes half of the time that SQLite needs to find each row by its rank.
    return teams.take(np.argsort(teams.rank, kind="stable"))


def _columns(rows: Sequence[Sequence[Any]], members: list[str]) -> Columns:
    return Columns(
        rank=np.array([row[0] for row in rows], dtype=np.int64),
        team_id=np.array([row[1] for row in rows], dtype=np.int64),
        team_name=[row[2] for row in rows],
        score=np.array([row[3] for row in rows], dtype=np.float64),
        score_text=[row[4] for row in rows],
        submissions=np.array([row[5] for row in rows], dtype=np.int64),
        last_submission_at=np.array([row[6] for row in rows], dtype=np.int64),
        members=members,
    )
