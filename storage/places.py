"""Which team has which rank on a current board, in pieces of a hundred places.

Most ranks change with each sync: a row for each would be written anew each time.
"""

from __future__ import annotations

import aiosqlite
import numpy as np

from leaderboards.board import Columns
from leaderboards.changes import Changes
from storage.whole_numbers import as_json

PIECE = 100
"""Places of a piece; the last of a board has fewer."""

_LAST_RANK = 2**62


async def write_places(connection: aiosqlite.Connection, board_id: int, changes: Changes) -> None:
    """Write the pieces from the first place that differs to the last."""
    teams, old = changes.new.teams, changes.old
    differs = _range_that_differs(old.teams, teams) if old is not None else (0, len(teams))
    if differs is None:
        return
    first = differs[0] // PIECE * PIECE
    last = min(-(-differs[1] // PIECE) * PIECE, len(teams))
    lowest = int(teams.rank[first - 1]) + 1 if first else 1
    highest = int(teams.rank[last - 1]) if last < len(teams) else _LAST_RANK
    await connection.execute(
        "DELETE FROM places WHERE board_id = ? AND first_rank BETWEEN ? AND ?",
        (board_id, lowest, highest),
    )
    first_ranks = teams.rank[first:last:PIECE].tolist()
    team_ids = teams.team_id[first:last]
    await connection.executemany(
        "INSERT INTO places (board_id, first_rank, teams) VALUES (?, ?, ?)",
        [
            (board_id, first_rank, as_json(team_ids[begin : begin + PIECE]))
            for first_rank, begin in zip(first_ranks, range(0, last - first, PIECE), strict=True)
        ],
    )


def _range_that_differs(old: Columns, new: Columns) -> tuple[int, int] | None:
    """Give the first row whose team or rank differs, and the one after the last."""
    common = min(len(old), len(new))
    rows = np.flatnonzero(
        (old.team_id[:common] != new.team_id[:common]) | (old.rank[:common] != new.rank[:common])
    )
    first = int(rows[0]) if rows.size else common
    if len(old) != len(new):
        return first, len(new)
    return (first, int(rows[-1]) + 1) if rows.size else None
