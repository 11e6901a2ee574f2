"""Reads and writes of the teams that merged into others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import aiosqlite

from leaderboards.board_diff import BoardDiff
from leaderboards.history.mergers import PastMerger, PastMergers
from storage.timestamps import to_seconds


async def write_continuations(
    connection: aiosqlite.Connection, board_id: int, changes: BoardDiff, taken_at: datetime
) -> None:
    """Write the mergers between two boards, and delete those of teams that are back."""
    if changes.old is None:
        return
    if changes.new_rows.size:
        await connection.execute(
            "DELETE FROM continuations WHERE board_id = ?"
            " AND team_id IN (SELECT value FROM json_each(?))",
            (board_id, json.dumps(changes.new.teams.team_id[changes.new_rows].tolist())),
        )
    await connection.executemany(
        "INSERT OR REPLACE INTO continuations (board_id, team_id, team_name, into_team_id,"
        " taken_at, takes_place) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                board_id,
                source.team_id,
                source.team_name,
                team_id,
                to_seconds(taken_at),
                source is continuation.predecessor,
            )
            for team_id, continuation in changes.continuations.items()
            for source in continuation.sources
            if changes.successors.get(source.team_id) == team_id
        ],
    )


async def load_mergers(
    connection: aiosqlite.Connection,
    board_id: int,
    team_ids: Iterable[int],
    until: datetime | None = None,
) -> PastMergers:
    """Return all mergers that led to some teams, by default up to now."""
    found: dict[int, PastMerger] = {}
    wanted = set(team_ids)
    while wanted:
        sources = await _select(connection, "into_team_id", board_id, wanted)
        wanted = sources.keys() - found.keys()
        found |= sources
    moment = None if until is None else to_seconds(until)
    return PastMergers(
        merger for merger in found.values() if moment is None or merger.taken_at <= moment
    )


async def load_successors(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, PastMerger]:
    """Return the merger in which each of some teams left the board, by team id."""
    return await _select(connection, "team_id", board_id, team_ids)


async def _select(
    connection: aiosqlite.Connection, column: str, board_id: int, team_ids: Iterable[int]
) -> dict[int, PastMerger]:
    rows = await connection.execute_fetchall(
        "SELECT team_id, team_name, into_team_id, taken_at, takes_place FROM continuations"  # noqa: S608
        f" WHERE board_id = ? AND {column} IN (SELECT value FROM json_each(?))",
        (board_id, json.dumps(list(team_ids))),
    )
    return {
        team_id: PastMerger(team_id, team_name, into_team_id, taken_at, bool(takes_place))
        for team_id, team_name, into_team_id, taken_at, takes_place in rows
    }
