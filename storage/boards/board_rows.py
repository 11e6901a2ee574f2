"""The rows of a current board, of which only those that differ are written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

import aiosqlite
import numpy as np
import orjson
from numpy.typing import NDArray

from leaderboards.board import Board, Columns, split_members
from leaderboards.board_diff import BoardDiff

Parameters = tuple[str | int | float, ...]

_CONTENT = (
    "team_id, team_name, score, score_text, ifnull(submissions, -1), ifnull(last_submission_at, -1)"
)


async def read_teams(connection: aiosqlite.Connection, board_id: int) -> Columns:
    """Return a stored board's teams by rank."""
    rows = await connection.execute_fetchall(
        f"SELECT {_CONTENT}, members, rank FROM board_rows WHERE board_id = ? ORDER BY rank",  # noqa: S608
        (board_id,),
    )
    return await asyncio.to_thread(_columns, list(rows))


async def read_benchmarks(
    connection: aiosqlite.Connection, board_id: int
) -> tuple[Columns, NDArray[np.int64]]:
    """Give the benchmarks of a stored board, best first, and how many teams are above each."""
    rows = list(
        await connection.execute_fetchall(
            f"SELECT {_CONTENT}, members, 0, teams_above FROM benchmarks"  # noqa: S608
            " WHERE board_id = ? ORDER BY position",
            (board_id,),
        )
    )
    return _columns(rows), np.array([row[8] for row in rows], dtype=np.int64)


async def write_rows(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    """Write what differs."""
    await _write_teams(connection, board_id, changes)
    await _write_members(connection, board_id, changes)
    await _write_ranks(connection, board_id, changes)
    if changes.benchmarks_changed:
        await _write_benchmarks(connection, board_id, changes.new)


async def _write_teams(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    if changes.gone_ids:
        await connection.executemany(
            "DELETE FROM teams WHERE board_id = ? AND team_id = ?",
            zip(repeat(board_id), changes.gone_ids),
        )
    await connection.executemany(
        "INSERT OR REPLACE INTO teams (board_id, team_id, team_name, score, score_text,"
        " submissions, last_submission_at, members)"
        " VALUES (?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?)",
        await asyncio.to_thread(_teams, board_id, changes),
    )


def _teams(board_id: int, changes: BoardDiff) -> Iterable[Parameters]:
    teams = changes.new.teams
    differing = np.flatnonzero(changes.rewritten)
    # In the table's own order, each next to the one before.
    rows = teams.take(differing[np.argsort(teams.team_id[differing])])
    return zip(
        repeat(board_id, len(rows)),
        rows.team_id.tolist(),
        rows.team_name,
        rows.score.tolist(),
        rows.score_text,
        rows.submissions.tolist(),
        rows.last_submission_at.tolist(),
        rows.members,
        strict=True,
    )


async def _write_ranks(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    """Write ranks anew from the first that differs on."""
    first = _first_differing(changes)
    if first is None:
        return
    teams = changes.new.teams
    ranks = teams.rank[first:].tolist()
    await connection.execute(
        "DELETE FROM ranks WHERE board_id = ? AND rank >= ?",
        (board_id, int(teams.rank[first - 1]) + 1 if first else 0),
    )
    await connection.executemany(
        "INSERT INTO ranks (board_id, rank, team_id) VALUES (?, ?, ?)",
        zip(repeat(board_id, len(ranks)), ranks, teams.team_id[first:].tolist(), strict=True),
    )


def _first_differing(changes: BoardDiff) -> int | None:
    """Return the first row, in the order of ranks, whose team or rank differs."""
    if changes.old is None:
        return 0
    old, new = changes.old.teams, changes.new.teams
    common = min(len(old), len(new))
    rows = np.flatnonzero(
        (old.team_id[:common] != new.team_id[:common]) | (old.rank[:common] != new.rank[:common])
    )
    if rows.size:
        return int(rows[0])
    return None if len(old) == len(new) else common


async def _write_members(
    connection: aiosqlite.Connection, board_id: int, changes: BoardDiff
) -> None:
    left = changes.members_before
    if left:
        await connection.executemany(
            "DELETE FROM members WHERE board_id = ? AND user_name = ? AND team_id = ?",
            (
                (board_id, user_name, team_id)
                for team_id, joined in left
                for user_name in split_members(joined)
            ),
        )
    rows = np.flatnonzero(changes.regrouped).tolist()
    if changes.old is None:
        await connection.execute(
            "INSERT INTO members (board_id, user_name, team_id) SELECT board_id, members, team_id"
            " FROM teams WHERE board_id = ? AND members <> '' AND instr(members, ',') = 0"
            " ORDER BY members COLLATE NOCASE",
            (board_id,),
        )
        rows = [row for row in rows if "," in changes.new.teams.members[row]]
    if rows:
        # SQLite itself splits them: of the commas in a text as JSON none belongs to an escape.
        await connection.execute(
            "INSERT OR IGNORE INTO members (board_id, user_name, team_id)"
            " SELECT t.board_id, m.value, t.team_id FROM teams t"
            " JOIN json_each('[' || replace(json_quote(t.members), ',', '\",\"') || ']') m"
            " WHERE t.board_id = ? AND t.team_id IN (SELECT value FROM json_each(?))"
            " AND m.value <> ''",
            (board_id, _to_json(changes.new.teams.team_id[rows])),
        )


async def _write_benchmarks(connection: aiosqlite.Connection, board_id: int, board: Board) -> None:
    await connection.execute("DELETE FROM benchmarks WHERE board_id = ?", (board_id,))
    await connection.executemany(
        "INSERT INTO benchmarks (board_id, position, teams_above, team_id, team_name, score,"
        " score_text, submissions, last_submission_at, members)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?)",
        _benchmarks(board_id, board),
    )


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


def _to_json(numbers: NDArray[np.int64]) -> str:
    return orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _columns(rows: Sequence[Sequence[Any]]) -> Columns:
    """Make columns of rows: what `_CONTENT` names, the members, and where it was read the rank."""
    team_id, name, score, text, submissions, date, members, *rank = (
        zip(*rows, strict=True) if rows else repeat((), 7)
    )
    return Columns(
        rank=np.array(rank[0] if rank else np.zeros(len(rows)), dtype=np.int64),
        team_id=np.array(team_id, dtype=np.int64),
        team_name=list(name),
        score=np.array(score, dtype=np.float64),
        score_text=list(text),
        submissions=np.array(submissions, dtype=np.int64),
        last_submission_at=np.array(date, dtype=np.int64),
        members=list(members),
    )
