"""Reads and writes of the teams that others continue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import aiosqlite

from leaderboards.board import Board, split_members
from leaderboards.comparison.board_diff import BoardDiff, ChangeKind
from leaderboards.history.past_continuations import PastContinuation, PastContinuations
from storage.timestamps import to_seconds

_JOINED_RETENTION: Final = timedelta(days=30)
"""Longer than the period of any digest."""


async def write_continuations(
    connection: aiosqlite.Connection, board_id: int, changes: BoardDiff, taken_at: datetime
) -> None:
    """Write continuations since the last board, and users who left or returned."""
    if changes.old is None:
        return
    if changes.new_rows.size:
        await connection.execute(
            "DELETE FROM continuations WHERE board_id = ?"
            " AND team_id IN (SELECT value FROM json_each(?))",
            (board_id, json.dumps(changes.new.teams.team_id[changes.new_rows].tolist())),
        )
    continuations = [
        PastContinuation(
            source_id=source.team_id,
            source_name=source.team_name,
            into_team_id=team_id,
            taken_at=to_seconds(taken_at),
            place_taken_over=source is continuation.predecessor,
        )
        for team_id, continuation in changes.continuations.items()
        for source in continuation.sources
        if changes.successors.get(source.team_id) == team_id
    ]
    await _write_rows(connection, board_id, continuations)
    team_by_user = {
        user_name.casefold(): team_id
        for team_id, member_list in changes.member_lists_after
        for user_name in split_members(member_list)
    }
    await _write_joined_members(connection, board_id, changes, taken_at)
    await _continue_returned(connection, board_id, changes, team_by_user, to_seconds(taken_at))
    await connection.executemany(
        "INSERT OR REPLACE INTO former_members (board_id, user_name, team_id, team_name, rank,"
        " seen_at, left_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        _build_former_members(board_id, changes.old, changes, team_by_user, to_seconds(taken_at)),
    )


async def _write_joined_members(
    connection: aiosqlite.Connection, board_id: int, changes: BoardDiff, taken_at: datetime
) -> None:
    """Write who joined an existing team, and delete the rows of those who did so long ago."""
    await connection.execute(
        "DELETE FROM joined_members WHERE board_id = ? AND joined_at < ?",
        (board_id, to_seconds(taken_at - _JOINED_RETENTION)),
    )
    await connection.executemany(
        "INSERT OR REPLACE INTO joined_members (board_id, user_name, joined_at) VALUES (?, ?, ?)",
        [
            (board_id, user_name, to_seconds(taken_at))
            for user_name in _find_joined_members(changes)
        ],
    )


def _find_joined_members(changes: BoardDiff) -> Iterator[str]:
    """Yield the users who joined an existing team, under its present id or an earlier one.

    In a team that did not grow, a new name is a renamed member. All members of a team whose id is
    new count as joined if the team with the earlier id is still on the board.
    """
    gone = set(changes.gone_ids)
    for team_id, member_list in changes.member_lists_after:
        change = changes.find_change(team_id)
        before = None if change is None else change.before
        if before is None:
            continue
        known, names = _fold(before.members), split_members(member_list)
        if before.team_id != team_id and before.team_id not in gone:
            yield from names
        elif 0 < len(known) < len(names):
            yield from (name for name in names if name.casefold() not in known)


def _fold(user_names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in user_names)


async def load_joined_members(
    connection: aiosqlite.Connection, board_id: int, user_names: Iterable[str], since: datetime
) -> set[str]:
    """Return which of some users joined an existing team after a moment, casefolded."""
    rows = await connection.execute_fetchall(
        "SELECT user_name FROM joined_members WHERE board_id = ? AND joined_at > ?"
        " AND user_name IN (SELECT value FROM json_each(?))",
        (board_id, to_seconds(since), json.dumps(list(user_names))),
    )
    return {user_name.casefold() for (user_name,) in rows}


async def delete_former_members(
    connection: aiosqlite.Connection, before: datetime, limit: int
) -> bool:
    """Delete some of those who left a board before a moment; return False if none is left."""
    cursor = await connection.execute(
        "DELETE FROM former_members WHERE (board_id, user_name) IN (SELECT board_id, user_name"
        " FROM former_members WHERE left_at < ? LIMIT ?)",
        (to_seconds(before), limit),
    )
    return cursor.rowcount > 0


async def _continue_returned(
    connection: aiosqlite.Connection,
    board_id: int,
    changes: BoardDiff,
    team_by_user: Mapping[str, int],
    taken_at: int,
) -> None:
    """Delete returned users from `former_members`; their new team continues the one they left."""
    if not team_by_user:
        return
    rows = await connection.execute_fetchall(
        "DELETE FROM former_members WHERE board_id = ?"
        " AND user_name IN (SELECT value FROM json_each(?)) RETURNING"
        " user_name, team_id, team_name, left_at",
        (board_id, json.dumps(list(team_by_user))),
    )
    continuations: dict[int, PastContinuation] = {}
    for user_name, former_id, team_name, _ in sorted(rows, key=lambda row: row[-1], reverse=True):
        team_id = team_by_user[user_name.casefold()]
        change = changes.find_change(team_id)
        is_new = change is not None and change.kind is ChangeKind.NEW
        if is_new and former_id != team_id and changes.find_change(former_id) is None:
            has_predecessor = any(one.into_team_id == team_id for one in continuations.values())
            continuations.setdefault(
                former_id,
                PastContinuation(
                    former_id, team_name, team_id, taken_at, place_taken_over=not has_predecessor
                ),
            )
    await _write_rows(connection, board_id, continuations.values())


def _build_former_members(
    board_id: int, old: Board, changes: BoardDiff, team_by_user: Mapping[str, int], left_at: int
) -> list[tuple[int | str, ...]]:
    teams, seen_at = old.teams, left_at if old.taken_at is None else to_seconds(old.taken_at)
    rows = teams.find_rows([team_id for team_id, _ in changes.member_lists_before])
    return [
        (
            board_id,
            user_name,
            team_id,
            teams.team_name[row],
            int(teams.rank[row]),
            seen_at,
            left_at,
        )
        for (team_id, member_list), row in zip(
            changes.member_lists_before, rows.tolist(), strict=True
        )
        for user_name in split_members(member_list)
        if user_name.casefold() not in team_by_user
    ]


async def _write_rows(
    connection: aiosqlite.Connection, board_id: int, continuations: Iterable[PastContinuation]
) -> None:
    await connection.executemany(
        "INSERT OR REPLACE INTO continuations (board_id, team_id, team_name, into_team_id,"
        " taken_at, place_taken_over) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                board_id,
                continuation.source_id,
                continuation.source_name,
                continuation.into_team_id,
                continuation.taken_at,
                continuation.place_taken_over,
            )
            for continuation in continuations
        ],
    )


async def load_continuations(
    connection: aiosqlite.Connection,
    board_id: int,
    team_ids: Iterable[int],
    until: datetime | None = None,
) -> PastContinuations:
    """Return all continuations that led to some teams, by default up to now."""
    found: dict[int, PastContinuation] = {}
    wanted = set(team_ids)
    while wanted:
        sources = await _select(connection, "into_team_id", board_id, wanted)
        wanted = sources.keys() - found.keys()
        found |= sources
    moment = None if until is None else to_seconds(until)
    return PastContinuations(
        continuation
        for continuation in found.values()
        if moment is None or continuation.taken_at <= moment
    )


async def load_successors(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, PastContinuation]:
    """Return the continuation in which each of some teams left the board, by team id."""
    return await _select(connection, "team_id", board_id, team_ids)


async def _select(
    connection: aiosqlite.Connection, column: str, board_id: int, team_ids: Iterable[int]
) -> dict[int, PastContinuation]:
    rows = await connection.execute_fetchall(
        "SELECT team_id, team_name, into_team_id, taken_at, place_taken_over FROM continuations"  # noqa: S608
        f" WHERE board_id = ? AND {column} IN (SELECT value FROM json_each(?))",
        (board_id, json.dumps(list(team_ids))),
    )
    return {
        team_id: PastContinuation(
            team_id, team_name, into_team_id, taken_at, bool(place_taken_over)
        )
        for team_id, team_name, into_team_id, taken_at, place_taken_over in rows
    }
