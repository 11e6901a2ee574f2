"""Compaction of the history log: one row a day, and fewer syncs in old days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiosqlite

from leaderboards.history.compaction import (
    DAY,
    HOUR,
    concatenate,
    select_last_of_each_period,
    thin,
)
from leaderboards.history.snapshot import LogSegment, build_keyframe, compress_keyframe
from storage.boards.history import Keyframe, apply_segments, load_keyframe_before, load_segments
from storage.database import Database
from storage.timestamps import to_seconds

MIN_SYNCS = 24
"""How many single syncs a log must have before those of its oldest day are concatenated."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long every sync is kept, and how long one an hour; after that one a day is kept."""

    every_sync: timedelta
    hourly: timedelta


DEFAULT_RETENTION = Retention(every_sync=timedelta(days=30), hourly=timedelta(days=365))
"""A plot of months shows no minutes, and one of years no hours."""


@dataclass(frozen=True, slots=True)
class _Day:
    """The log segments of one day, UTC."""

    board_id: int
    begins: int
    """The Unix second."""
    rows: Sequence[tuple[int, int, bytes, bytes]]
    """Time of the first sync, number of teams after the last, moves, row changes."""

    @property
    def segments(self) -> list[LogSegment]:
        return [LogSegment.decode(moves, row_changes) for _, _, moves, row_changes in self.rows]


class HistoryCompaction:
    """Compacts old history, one day of one board at a time.

    Thinning takes complete past days; concatenation takes any day once 24 single syncs wait. A step
    reads a day without a write lock, and replaces it in one short transaction. A killed process
    loses nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self, now: datetime, retention: Retention) -> bool:
        """Compact one day of one board; return False if there is nothing to do."""
        return (
            await self._concatenate_day()
            or await self._thin_day(HOUR, "hourly_until", now - retention.every_sync)
            or await self._thin_day(
                DAY, "daily_until", now - max(retention.hourly, retention.every_sync)
            )
        )

    async def _concatenate_day(self) -> bool:
        """Concatenate the syncs of a day into one segment."""
        async with self._database.read() as connection:
            for board_id, until in await connection.execute_fetchall(
                "SELECT id, concatenated_until FROM boards"
                " WHERE ? <= (SELECT count(*) FROM log_segments WHERE board_id = boards.id"
                "  AND taken_at > concatenated_until) LIMIT 1",
                (MIN_SYNCS,),
            ):
                ((first,),) = await connection.execute_fetchall(
                    "SELECT min(taken_at) FROM log_segments WHERE board_id = ? AND taken_at > ?",
                    (board_id, until),
                )
                day = await _load_day(connection, board_id, first)
                break
            else:
                return False
        if not until:  # Nothing of this board was concatenated before.
            await self._compress_first_keyframe(board_id)
        elif until < day.begins:
            await self._add_keyframe(board_id, until)
        segment = await asyncio.to_thread(lambda: concatenate(day.segments))
        await self._replace(day, segment, "concatenated_until", segment.moves.taken_at[-1])
        return True

    async def _compress_first_keyframe(self, board_id: int) -> None:
        """Compress the first keyframe of a log, which the sync stored uncompressed to save time."""
        for taken_at, board in await self._database.query(
            "SELECT taken_at, board FROM keyframes WHERE board_id = ? ORDER BY taken_at LIMIT 1",
            (board_id,),
        ):
            await self._database.change(
                "UPDATE keyframes SET board = ? WHERE board_id = ? AND taken_at = ?",
                (await asyncio.to_thread(compress_keyframe, board), board_id, taken_at),
            )

    async def _add_keyframe(self, board_id: int, until: int) -> None:
        """Add a keyframe if the log since the last one has become long."""
        async with self._database.read() as connection:
            keyframe = await load_keyframe_before(connection, board_id, until)
            if keyframe is None or not await _is_long(connection, board_id, keyframe, until):
                return
            segments = await load_segments(connection, board_id, keyframe.taken_at, until)
        board = await asyncio.to_thread(
            lambda: build_keyframe(apply_segments(keyframe, segments, until).build_board())
        )
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO keyframes (board_id, taken_at, board)"
                " SELECT id, ?, ? FROM boards WHERE id = ? ON CONFLICT DO NOTHING",
                (until, board, board_id),
            )

    async def _thin_day(self, seconds: int, column: str, before: datetime) -> bool:
        """Thin the oldest day of a board whose turn it is; return False if no day is due.

        Of each period of `seconds` its last sync is kept.
        """
        limit = to_seconds(before) // DAY * DAY
        async with self._database.read() as connection:
            for board_id, first in await connection.execute_fetchall(
                "SELECT id, (SELECT min(taken_at) FROM log_segments WHERE board_id = boards.id"  # noqa: S608
                f" AND taken_at >= {column}) AS first FROM boards WHERE first < ? LIMIT 1",
                (limit,),
            ):
                day = await _load_day(connection, board_id, first)
                # If the log begins on this day, its first keyframe is that of the day's first sync.
                before_day = await load_keyframe_before(connection, board_id, day.begins - 1)
                keyframe = before_day or await load_keyframe_before(connection, board_id, first)
                if keyframe is None:
                    raise LookupError(f"the log of board {board_id} has no keyframe")
                earlier = await load_segments(connection, board_id, keyframe.taken_at, first - 1)
                break
            else:
                return False
        segment = await asyncio.to_thread(_thin, day, keyframe, earlier, seconds)
        await self._replace(day, segment, column, day.begins + DAY)
        if seconds == DAY:
            await self._thin_keyframes(day)
        return True

    async def _replace(self, day: _Day, segment: LogSegment, column: str, until: int) -> None:
        """Replace the segments of a day, and record the progress."""
        moves, row_changes = await asyncio.to_thread(
            lambda: (segment.moves.encode(), segment.row_changes.encode())
        )
        first, last = day.rows[0][0], day.rows[-1][0]
        async with self._database.write() as connection:
            deleted = await connection.execute(
                "DELETE FROM log_segments WHERE board_id = ? AND taken_at BETWEEN ? AND ?",
                (day.board_id, first, last),
            )
            if not deleted.rowcount:
                return  # The competition was removed meanwhile.
            if deleted.rowcount != len(day.rows):
                raise LookupError(f"the log of board {day.board_id} was changed meanwhile")
            await connection.execute(
                "INSERT INTO log_segments (board_id, taken_at, team_count, moves, row_changes)"
                " VALUES (?, ?, ?, ?, ?)",
                (day.board_id, segment.moves.taken_at[0], day.rows[-1][1], moves, row_changes),
            )
            # A thinned day is concatenated, too.
            await connection.execute(
                "UPDATE boards SET concatenated_until = max(concatenated_until, ?) WHERE id = ?",
                (segment.moves.taken_at[-1], day.board_id),
            )
            # If `column` is `concatenated_until`, the statement above has set it already.
            await connection.execute(
                f"UPDATE boards SET {column} = ? WHERE id = ?",  # noqa: S608
                (until, day.board_id),
            )

    async def _thin_keyframes(self, day: _Day) -> None:
        """Delete a keyframe if the log since the one before has become short."""
        async with self._database.write() as connection:
            keyframe = await load_keyframe_before(connection, day.board_id, day.begins + DAY - 1)
            if keyframe is None or keyframe.taken_at < day.begins:
                return
            before = await load_keyframe_before(connection, day.board_id, keyframe.taken_at - 1)
            if before is not None and not await _is_long(
                connection, day.board_id, before, keyframe.taken_at
            ):
                await connection.execute(
                    "DELETE FROM keyframes WHERE board_id = ? AND taken_at = ?",
                    (day.board_id, keyframe.taken_at),
                )


async def _load_day(connection: aiosqlite.Connection, board_id: int, moment: int) -> _Day:
    """Load the segments of the day of a Unix second."""
    begins = moment // DAY * DAY
    rows = await connection.execute_fetchall(
        "SELECT taken_at, team_count, moves, row_changes FROM log_segments"
        " WHERE board_id = ? AND taken_at BETWEEN ? AND ? ORDER BY taken_at",
        (board_id, begins, begins + DAY - 1),
    )
    return _Day(board_id, begins, [tuple(row) for row in rows])


async def _is_long(
    connection: aiosqlite.Connection, board_id: int, keyframe: Keyframe, until: int
) -> bool:
    """Return whether the log since a keyframe has at least the keyframe's size.

    So keyframes never take more space than the log, and rebuilding a board stays fast.
    """
    ((length,),) = await connection.execute_fetchall(
        "SELECT total(length(moves) + length(row_changes)) FROM log_segments"
        " WHERE board_id = ? AND taken_at BETWEEN ? AND ?",
        (board_id, keyframe.taken_at, until),
    )
    return bool(length >= len(keyframe.board))


def _thin(
    day: _Day, keyframe: Keyframe, earlier: Sequence[tuple[bytes, bytes]], seconds: int
) -> LogSegment:
    segments = day.segments
    syncs = [moment for segment in segments for moment in segment.moves.taken_at]
    kept = select_last_of_each_period(seconds, syncs)
    if keyframe.taken_at == syncs[0]:
        # The log begins with this sync; later ones are relative to it.
        kept = list(dict.fromkeys([syncs[0], *kept]))
    if kept == syncs:
        return concatenate(segments)
    return thin(apply_segments(keyframe, earlier, day.begins - 1), segments, kept)
