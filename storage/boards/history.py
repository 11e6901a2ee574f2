"""Reads and writes of the history log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import aiosqlite

from leaderboards.board import Board
from leaderboards.feeds.post_effect import USUAL_TIME, PostEffect, find_effects
from leaderboards.feeds.post_effect import WINDOW as POST_WINDOW
from leaderboards.forecast.forecast_board import ForecastBoard
from leaderboards.forecast.rhythm import RHYTHM_WINDOW
from leaderboards.forecast.rush import RushedDeadline
from leaderboards.history.moves import Moves
from leaderboards.history.past_board import PastBoard
from leaderboards.history.past_continuations import PastContinuation, PastContinuations
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment, Snapshot, decode_keyframe
from leaderboards.history.team_history import TeamHistory, TeamTrace, continue_history
from records.competitions import BoardInfo
from storage.boards.board_rows import read_numbers
from storage.boards.continuations import (
    load_continuations,
    load_joined_members,
    load_successors,
)
from storage.database import Database
from storage.timestamps import from_seconds, to_seconds


class Keyframe(NamedTuple):
    """An encoded whole board."""

    taken_at: int
    """The Unix second of its sync."""
    board: bytes


class History:
    """Reads rank histories and past boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def trace_teams(
        self, info: BoardInfo, since: datetime, ranks_now: Mapping[int, int]
    ) -> TeamTrace:
        """Trace teams back from their ranks on a board to the last sync at or before a moment.

        Their ranks go on across continuations.
        """
        until = to_seconds(info.taken_at)
        async with self._database.read() as connection:
            continuations = await load_continuations(
                connection, info.board_id, ranks_now, info.taken_at
            )
            log = await load_moves(connection, info.board_id, to_seconds(since), until)
        return await asyncio.to_thread(_trace_teams, log, ranks_now, until, continuations)

    async def load_forecast_board(
        self, board_id: int, seen_at: datetime, deadline: RushedDeadline | None = None
    ) -> ForecastBoard | None:
        """Return a current board with its log of the last seven days; None if it was deleted.

        `seen_at` is when the board was last seen, as the log has no sync in which nothing changed.
        """
        async with self._database.read() as connection:
            boards = await connection.execute_fetchall(
                "SELECT taken_at, rescored_at FROM boards WHERE id = ?", (board_id,)
            )
            for taken_at, rescored_at in boards:
                since = to_seconds(seen_at - RHYTHM_WINDOW)
                log = await load_moves(connection, board_id, since, taken_at)
                return ForecastBoard(
                    log=await asyncio.to_thread(decode_log, log, taken_at),
                    ranks=await read_numbers(connection, board_id, "rank"),
                    scores=await read_numbers(connection, board_id, "score"),
                    seen_at=max(to_seconds(seen_at), taken_at),
                    rescored_at=rescored_at,
                    rushed_deadline=deadline,
                )
        return None

    async def find_post_effects(
        self, info: BoardInfo, published_at: Sequence[datetime]
    ) -> list[PostEffect]:
        """Return what came after some notebooks of one period, those with the most votes first."""
        moments = [to_seconds(moment) for moment in published_at]
        since = to_seconds(min(published_at) - USUAL_TIME)
        until = to_seconds(max(published_at) + POST_WINDOW)
        rescored_at = None if info.rescored_at is None else to_seconds(info.rescored_at)
        async with self._database.read() as connection:
            log = await load_moves(connection, info.board_id, since, until)
        return await asyncio.to_thread(
            lambda: find_effects(decode_log(log, until), moments, rescored_at)
        )

    async def load_histories(
        self, board_id: int, team_ids: Iterable[int]
    ) -> dict[int, TeamHistory]:
        """Return the histories of teams, also of teams that are gone, by team id."""
        async with self._database.read() as connection:
            return await load_histories(connection, board_id, team_ids)

    async def load_continued_histories(
        self, board_id: int, team_ids: Iterable[int]
    ) -> dict[int, TeamHistory]:
        """Return the histories of teams across the continuations that led to them, by team id."""
        async with self._database.read() as connection:
            return await load_continued_histories(connection, board_id, team_ids)

    async def load_continuations(self, board_id: int, team_ids: Iterable[int]) -> PastContinuations:
        """Return all continuations that led to some teams."""
        async with self._database.read() as connection:
            return await load_continuations(connection, board_id, team_ids)

    async def load_successors(
        self, board_id: int, team_ids: Iterable[int]
    ) -> dict[int, PastContinuation]:
        """Return the continuation in which each of some teams left the board, by team id."""
        async with self._database.read() as connection:
            return await load_successors(connection, board_id, team_ids)

    async def load_joined_members(
        self, board_id: int, user_names: Iterable[str], since: datetime
    ) -> set[str]:
        """Return which of some users joined an existing team after a moment, casefolded."""
        async with self._database.read() as connection:
            return await load_joined_members(connection, board_id, user_names, since)

    async def load_board_at(self, info: BoardInfo, slug: str, moment: datetime) -> Board | None:
        """Return a board as it was at a moment; None before the first sync."""
        until = to_seconds(moment)
        async with self._database.read() as connection:
            keyframe = await load_keyframe_before(connection, info.board_id, until)
            if keyframe is None:
                return None
            segments = await load_segments(connection, info.board_id, keyframe.taken_at, until)
        past = await asyncio.to_thread(apply_segments, keyframe, segments, until)
        return await asyncio.to_thread(
            lambda: past.build_board(
                slug=slug, kind=info.kind, order=info.order, ranks_derived=info.ranks_derived
            )
        )

    async def find_start(self, board_id: int) -> datetime | None:
        """Return the time of a board's first sync; None before it."""
        rows = await self._database.query(
            "SELECT min(taken_at) FROM log_segments WHERE board_id = ?", (board_id,)
        )
        first: int | None = rows[0][0]
        return from_seconds(first)


async def append(connection: aiosqlite.Connection, board_id: int, snapshot: Snapshot) -> None:
    """Append a snapshot to a board's log."""
    taken_at = to_seconds(snapshot.taken_at)
    await connection.execute(
        "INSERT INTO log_segments (board_id, taken_at, team_count, moves, row_changes)"
        " VALUES (?, ?, ?, ?, ?)",
        (board_id, taken_at, snapshot.team_count, snapshot.moves, snapshot.row_changes),
    )
    if snapshot.keyframe is not None:
        await connection.execute(
            "INSERT INTO keyframes (board_id, taken_at, board) VALUES (?, ?, ?)",
            (board_id, taken_at, snapshot.keyframe),
        )


async def load_continued_histories(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, TeamHistory]:
    """Return the histories of teams across the continuations that led to them, by team id."""
    wanted = list(dict.fromkeys(team_ids))
    if not wanted:
        return {}
    continuations = await load_continuations(connection, board_id, wanted)
    contributors = {one: None for id_ in wanted for one in continuations.find_contributors(id_)}
    histories = await load_histories(connection, board_id, contributors)
    return {team_id: continue_history(team_id, histories, continuations) for team_id in wanted}


async def load_histories(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, TeamHistory]:
    """Return the histories of teams, also of teams that are gone, by team id."""
    wanted = list(dict.fromkeys(team_ids))
    ranks_now = {
        int(team_id): int(rank)
        for team_id, rank in await connection.execute_fetchall(
            "SELECT team_id, rank FROM ranks WHERE board_id = ?"
            " AND team_id IN (SELECT value FROM json_each(?))",
            (board_id, json.dumps(wanted)),
        )
    }
    ranks = {team_id: ranks_now.get(team_id) for team_id in wanted}
    # A plain column is copied while the GIL is held; `substr` is evaluated without it.
    rows = list(
        await connection.execute_fetchall(
            "SELECT id, substr(moves, 1) FROM log_segments WHERE board_id = ? ORDER BY taken_at",
            (board_id,),
        )
    )
    trace = await asyncio.to_thread(_trace_teams, [moves for _, moves in rows], ranks)
    segment_by_id = {
        rows[segment][0]: segment for segment in trace.find_segments_with_own_changes()
    }
    row_changes = {
        segment_by_id[id_]: data
        for id_, data in await connection.execute_fetchall(
            "SELECT id, substr(row_changes, 1) FROM log_segments"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(segment_by_id)),),
        )
    }
    keyframes = await connection.execute_fetchall(
        "SELECT board FROM keyframes WHERE board_id = ? ORDER BY taken_at LIMIT 1",
        (board_id,),
    )
    return await asyncio.to_thread(
        _decode_histories, trace, [board for (board,) in keyframes], row_changes
    )


async def load_keyframe_before(
    connection: aiosqlite.Connection, board_id: int, moment: int
) -> Keyframe | None:
    """Return the last keyframe at or before a Unix second."""
    for taken_at, board in await connection.execute_fetchall(
        "SELECT taken_at, board FROM keyframes WHERE board_id = ? AND taken_at <= ?"
        " ORDER BY taken_at DESC LIMIT 1",
        (board_id, moment),
    ):
        return Keyframe(taken_at, board)
    return None


async def load_segments(
    connection: aiosqlite.Connection, board_id: int, since: int, until: int
) -> list[tuple[bytes, bytes]]:
    """Return the encoded moves and row changes of the log segments between two Unix seconds.

    The first segment may begin earlier, and the last may end later.
    """
    rows = await connection.execute_fetchall(
        "SELECT moves, row_changes FROM log_segments WHERE board_id = ?1"
        " AND taken_at BETWEEN ifnull((SELECT max(taken_at) FROM log_segments"
        "  WHERE board_id = ?1 AND taken_at <= ?2), 0) AND ?3 ORDER BY taken_at",
        (board_id, since, until),
    )
    return [(moves, row_changes) for moves, row_changes in rows]


async def load_moves(
    connection: aiosqlite.Connection, board_id: int, since: int, until: int
) -> list[bytes]:
    """Return the encoded moves of the log segments between two Unix seconds.

    The first segment may begin earlier, and the last may end later.
    """
    rows = await connection.execute_fetchall(
        "SELECT moves FROM log_segments WHERE board_id = ?1"
        " AND taken_at BETWEEN ifnull((SELECT max(taken_at) FROM log_segments"
        "  WHERE board_id = ?1 AND taken_at <= ?2), 0) AND ?3 ORDER BY taken_at",
        (board_id, since, until),
    )
    return [moves for (moves,) in rows]


def apply_segments(
    keyframe: Keyframe, segments: Sequence[tuple[bytes, bytes]], until: int
) -> PastBoard:
    """Apply log segments to a keyframe, up to the last sync at or before a Unix second."""
    past = PastBoard(decode_keyframe(keyframe.board), keyframe.taken_at)
    for moves, row_changes in segments:
        past.apply(LogSegment.decode(moves, row_changes), until)
    return past


def _trace_teams(
    log: Sequence[bytes],
    ranks_now: Mapping[int, int | None],
    until: int | None = None,
    continuations: PastContinuations | None = None,
) -> TeamTrace:
    """Decode moves and trace teams back; `until` is the second of the sync of `ranks_now`."""
    return TeamTrace(decode_log(log, until), ranks_now, continuations)


def decode_log(log: Sequence[bytes], until: int | None) -> list[Moves]:
    """Decode moves, up to the sync of a Unix second."""
    segments = [Moves.decode(data) for data in log]
    if segments and until is not None:
        segments[-1] = segments[-1].truncate(until)
    return segments


def _decode_histories(
    trace: TeamTrace, keyframes: Sequence[bytes], row_changes: Mapping[int, bytes]
) -> dict[int, TeamHistory]:
    first = decode_keyframe(keyframes[0]) if keyframes else None
    decoded = {segment: RowChanges.decode(data) for segment, data in row_changes.items()}
    return {history.team_id: history for history in trace.histories(first, decoded)}
