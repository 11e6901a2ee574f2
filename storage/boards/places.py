"""Which team has which rank on a current board, in pieces of a hundred, to be found by either.

Most ranks change with each sync: a row for each would be written anew each time.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any, NamedTuple

import aiosqlite
import numpy as np
import orjson
from numpy.typing import NDArray

from leaderboards.board import Columns
from leaderboards.board_diff import BoardDiff
from storage.boards.whole_numbers import as_json

PIECE = 100
"""Teams of a piece; the last of a board has fewer, and so has one of places before a rank that
nobody has."""


class Places(NamedTuple):
    """All teams of a board with their ranks, best first."""

    team_id: NDArray[np.int64]
    rank: NDArray[np.int64]


async def read_places(connection: aiosqlite.Connection, board_id: int) -> Places:
    """Give who stands where on a whole board."""
    rows = await connection.execute_fetchall(
        "SELECT first_rank, teams FROM places WHERE board_id = ? ORDER BY first_rank", (board_id,)
    )
    return await asyncio.to_thread(_put_together, list(rows))


def _put_together(rows: list[Any]) -> Places:
    pieces = [(first_rank, orjson.loads(teams)) for first_rank, teams in rows]
    team_ids = [team_id for _, teams in pieces for team_id in teams]
    ranks = [np.arange(first, first + len(teams)) for first, teams in pieces]
    return Places(
        np.array(team_ids, dtype=np.int64), np.concatenate([np.empty(0, dtype=np.int64), *ranks])
    )


async def write_places(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    """Write who stands where, from the first place that differs on."""
    first = _first_that_differs(changes)
    if first is None:
        return
    teams = changes.new.teams
    await _write_by_rank(connection, board_id, teams, first)
    await _write_by_team(connection, board_id, teams)


async def _write_by_rank(
    connection: aiosqlite.Connection, board_id: int, teams: Columns, first: int
) -> None:
    begins = _piece_begins(teams.rank)
    # The piece before may be shorter than it was, or than it could be now.
    begins = begins[max(0, int(np.searchsorted(begins, first)) - 1) :]
    await connection.execute(
        "DELETE FROM places WHERE board_id = ? AND first_rank >= ?",
        (board_id, int(teams.rank[begins[0]]) if first else 0),
    )
    await connection.executemany(
        "INSERT INTO places (board_id, first_rank, teams) VALUES (?, ?, ?)",
        # An iterator, so that they become text in the connection's thread; so are the next ones.
        (
            (board_id, int(teams.rank[begin]), as_json(teams.team_id[begin:end]))
            for begin, end in pairwise([*begins.tolist(), len(teams)])
        ),
    )


async def _write_by_team(connection: aiosqlite.Connection, board_id: int, teams: Columns) -> None:
    by_id = np.argsort(teams.team_id)
    team_ids, ranks = teams.team_id[by_id], teams.rank[by_id]
    pieces = [slice(begin, begin + PIECE) for begin in range(0, len(teams), PIECE)]
    await connection.execute("DELETE FROM ranks WHERE board_id = ?", (board_id,))
    await connection.executemany(
        "INSERT INTO ranks (board_id, first_team_id, teams, ranks) VALUES (?, ?, ?, ?)",
        (
            (board_id, int(team_ids[piece.start]), as_json(team_ids[piece]), as_json(ranks[piece]))
            for piece in pieces
        ),
    )


def _piece_begins(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the rows with which pieces begin, none of which has a rank missing inside."""
    rows = np.arange(len(ranks))
    after_missing = np.diff(ranks, prepend=ranks[:1] - 1) != 1
    since = rows - np.maximum.accumulate(np.where(after_missing, rows, 0))
    return np.flatnonzero(since % PIECE == 0)


def _first_that_differs(changes: BoardDiff) -> int | None:
    """Give the first row whose team or rank differs."""
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
