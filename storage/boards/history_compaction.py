"""Puts the syncs of a day together, and keeps fewer of them as time passes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiosqlite

from leaderboards.history.compaction import DAY, HOUR, compact, concatenate, last_of_each
from leaderboards.history.snapshot import LogSegment, build_keyframe, compress_keyframe
from storage.boards.history import Keyframe, keyframe_before, led_on, parts_between
from storage.database import Database
from storage.timestamps import to_seconds

SYNCS = 24
"""So many syncs are kept in a row each before they are put together."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the history is kept in which detail; days remain for good."""

    every_sync: timedelta
    hourly: timedelta


DEFAULT_RETENTION = Retention(every_sync=timedelta(days=30), hourly=timedelta(days=365))
"""No picture of months shows minutes, and none of years hours."""


@dataclass(frozen=True, slots=True)
class _Day:
    """What a log holds of one day, UTC."""

    board_id: int
    begins: int
    """The Unix second."""
    rows: Sequence[tuple[int, int, bytes, bytes]]
    """Time of the first sync, teams after the last, moves, details."""

    @property
    def parts(self) -> list[LogSegment]:
        return [LogSegment.decode(moves, details) for _, _, moves, details in self.rows]


class HistoryCompaction:
    """Makes old history smaller, a day of one board at a time.

    What a step reads is whole and over; while it works others write. Nothing is lost when the
    process ends in between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self, now: datetime, keep: Retention) -> bool:
        """Do the next piece of work; False when there is none."""
        return (
            await self._put_together()
            or await self._fold(HOUR, "hourly_until", now - keep.every_sync)
            or await self._fold(DAY, "daily_until", now - max(keep.hourly, keep.every_sync))
        )

    async def _put_together(self) -> bool:
        """Make one part of the syncs of a day, as far as they have come."""
        async with self._database.read() as connection:
            for board_id, until in await connection.execute_fetchall(
                "SELECT id, concatenated_until FROM boards WHERE ? <= (SELECT count(*) FROM"
                " log_segments"
                " WHERE board_id = boards.id AND taken_at > concatenated_until) LIMIT 1",
                (SYNCS,),
            ):
                ((first,),) = await connection.execute_fetchall(
                    "SELECT min(taken_at) FROM log_segments WHERE board_id = ? AND taken_at > ?",
                    (board_id, until),
                )
                day = await _day(connection, board_id, first)
                break
            else:
                return False
        if not until:
            await self._squeeze_keyframe(board_id)
        elif until < day.begins:
            await self._add_keyframe(board_id, until)
        part = await asyncio.to_thread(lambda: concatenate(day.parts))
        await self._replace(day, part, "concatenated_until", part.moves.taken_at[-1])
        return True

    async def _squeeze_keyframe(self, board_id: int) -> None:
        """Make the keyframe smaller with which a log begins."""
        for taken_at, board in await self._database.query(
            "SELECT taken_at, board FROM keyframes WHERE board_id = ? ORDER BY taken_at LIMIT 1",
            (board_id,),
        ):
            await self._database.change(
                "UPDATE keyframes SET board = ? WHERE board_id = ? AND taken_at = ?",
                (await asyncio.to_thread(compress_keyframe, board), board_id, taken_at),
            )

    async def _add_keyframe(self, board_id: int, until: int) -> None:
        """Keep a day's last board whole where the way from the one before has become long."""
        async with self._database.read() as connection:
            keyframe = await keyframe_before(connection, board_id, until)
            if keyframe is None or not await _is_far(connection, board_id, keyframe, until):
                return
            parts = await parts_between(connection, board_id, keyframe.taken_at, until)
        board = await asyncio.to_thread(
            lambda: build_keyframe(led_on(keyframe, parts, until).board())
        )
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO keyframes (board_id, taken_at, board)"
                " SELECT id, ?, ? FROM boards WHERE id = ? ON CONFLICT DO NOTHING",
                (until, board, board_id),
            )

    async def _fold(self, seconds: int, column: str, before: datetime) -> bool:
        """Keep fewer syncs of the oldest day that is due."""
        limit = to_seconds(before) // DAY * DAY
        async with self._database.read() as connection:
            for board_id, first in await connection.execute_fetchall(
                "SELECT id, (SELECT min(taken_at) FROM log_segments WHERE board_id = boards.id"  # noqa: S608
                f" AND taken_at >= {column}) AS first FROM boards WHERE first < ? LIMIT 1",
                (limit,),
            ):
                day = await _day(connection, board_id, first)
                begins_with = await keyframe_before(connection, board_id, day.begins - 1)
                keyframe = begins_with or await keyframe_before(connection, board_id, first)
                if keyframe is None:
                    raise LookupError(f"the log of board {board_id} has no keyframe")
                way = await parts_between(connection, board_id, keyframe.taken_at, first - 1)
                break
            else:
                return False
        part = await asyncio.to_thread(_folded, day, keyframe, way, seconds)
        await self._replace(day, part, column, day.begins + DAY)
        if seconds == DAY:
            await self._thin_keyframes(day)
        return True

    async def _replace(self, day: _Day, part: LogSegment, column: str, until: int) -> None:
        """Write a day anew, and how far the work has come."""
        moves, details = await asyncio.to_thread(
            lambda: (part.moves.encode(), part.details.encode())
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
                raise LookupError(f"the log of board {day.board_id} changed under the work on it")
            await connection.execute(
                "INSERT INTO log_segments (board_id, taken_at, team_count, moves, row_changes)"
                " VALUES (?, ?, ?, ?, ?)",
                (day.board_id, part.moves.taken_at[0], day.rows[-1][1], moves, details),
            )
            await connection.execute(
                "UPDATE boards SET concatenated_until = max(concatenated_until, ?) WHERE id = ?",
                (part.moves.taken_at[-1], day.board_id),
            )
            await connection.execute(
                f"UPDATE boards SET {column} = ? WHERE id = ?",  # noqa: S608
                (until, day.board_id),
            )

    async def _thin_keyframes(self, day: _Day) -> None:
        """Let a keyframe go to which the way from the one before has become short."""
        async with self._database.write() as connection:
            keyframe = await keyframe_before(connection, day.board_id, day.begins + DAY - 1)
            if keyframe is None or keyframe.taken_at < day.begins:
                return
            before = await keyframe_before(connection, day.board_id, keyframe.taken_at - 1)
            if before is not None and not await _is_far(
                connection, day.board_id, before, keyframe.taken_at
            ):
                await connection.execute(
                    "DELETE FROM keyframes WHERE board_id = ? AND taken_at = ?",
                    (day.board_id, keyframe.taken_at),
                )


async def _day(connection: aiosqlite.Connection, board_id: int, moment: int) -> _Day:
    """Read what a log holds of the day of a second."""
    begins = moment // DAY * DAY
    rows = await connection.execute_fetchall(
        "SELECT taken_at, team_count, moves, row_changes FROM log_segments"
        " WHERE board_id = ? AND taken_at BETWEEN ? AND ? ORDER BY taken_at",
        (board_id, begins, begins + DAY - 1),
    )
    return _Day(board_id, begins, [tuple(row) for row in rows])


async def _is_far(
    connection: aiosqlite.Connection, board_id: int, keyframe: Keyframe, until: int
) -> bool:
    """Tell whether the log since a keyframe is as long as a keyframe itself.

    So keyframes never take more room than the log, and no way from one is long.
    """
    ((length,),) = await connection.execute_fetchall(
        "SELECT total(length(moves) + length(row_changes)) FROM log_segments"
        " WHERE board_id = ? AND taken_at BETWEEN ? AND ?",
        (board_id, keyframe.taken_at, until),
    )
    return bool(length >= len(keyframe.board))


def _folded(
    day: _Day, keyframe: Keyframe, way: Sequence[tuple[bytes, bytes]], seconds: int
) -> LogSegment:
    parts = day.parts
    syncs = [moment for part in parts for moment in part.moves.taken_at]
    kept = last_of_each(seconds, syncs)
    if keyframe.taken_at == syncs[0]:
        # The sync with which the log begins: what follows is told from it on.
        kept = list(dict.fromkeys([syncs[0], *kept]))
    if kept == syncs:
        return concatenate(parts)
    return compact(led_on(keyframe, way, day.begins - 1), parts, kept)
