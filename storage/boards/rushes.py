"""The rush before the deadlines of archived competitions, which forecasts of others use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import aiosqlite

from leaderboards.comparison.rescoring import ScoreDrift
from leaderboards.forecast.past_rush import LOG_HOURS, measure_rush
from leaderboards.forecast.rush import Rush, combine_rushes
from storage.boards.history import decode_log, load_moves
from storage.database import Database

_USED = 50
"""How many archived competitions count at most."""


async def load_rush(database: Database) -> Rush | None:
    """Return what the last archived competitions show of the last day; None if they are too few."""
    rows = await database.query(
        "SELECT factors FROM rushes JOIN competitions c ON c.id = competition_id"
        " ORDER BY c.archived_at DESC LIMIT ?",
        (_USED,),
    )
    return combine_rushes([json.loads(factors) for (factors,) in rows])


async def record_rush(connection: aiosqlite.Connection, competition_id: int) -> None:
    """Record the rush of a competition that is being archived, if its log shows it.

    Nothing is recorded if its end is not in Kaggle's list, if it is a simulation, or if scores were
    corrected in these days.
    """
    for board_id, deadline, rescored_at, drift in await connection.execute_fetchall(
        "SELECT b.id, c.deadline, b.rescored_at, b.score_drift FROM competitions c"
        " JOIN boards b ON b.competition_id = c.id AND b.kind = 'public'"
        " WHERE c.id = ? AND c.ended_at = c.deadline",
        (competition_id,),
    ):
        since, until = deadline - LOG_HOURS * 3600, deadline + 3600
        if ScoreDrift(drift).moves_by_itself or (rescored_at or 0) > since:
            return
        log = await load_moves(connection, board_id, since, until)
        factors = await asyncio.to_thread(_measure_rush, log, deadline)
        if factors is not None:
            await connection.execute(
                "INSERT OR REPLACE INTO rushes (competition_id, factors) VALUES (?, ?)",
                (competition_id, json.dumps([round(factor, 3) for factor in factors])),
            )


async def delete_rush(connection: aiosqlite.Connection, competition_id: int) -> None:
    """Delete the rush of a competition whose deadline was moved."""
    await connection.execute("DELETE FROM rushes WHERE competition_id = ?", (competition_id,))


def _measure_rush(log: Sequence[bytes], deadline: int) -> tuple[float, ...] | None:
    return measure_rush(decode_log(log, None), deadline)
