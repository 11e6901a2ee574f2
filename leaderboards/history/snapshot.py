"""Snapshots, which syncs append to the log, and keyframes, encoded and decoded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from leaderboards.board import Board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history.column_codec import ZLIB_PREFIX, pack, unpack
from leaderboards.history.moves import Moves
from leaderboards.history.row_changes import RowChanges


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The encoded log segment of one sync, as it is stored."""

    taken_at: datetime
    team_count: int
    moves: bytes
    row_changes: bytes
    keyframe: bytes | None
    """The whole board, at the first sync of a log; else None."""


@dataclass(frozen=True, slots=True)
class LogSegment:
    """One or more consecutive syncs of the log, decoded."""

    moves: Moves
    row_changes: RowChanges

    @classmethod
    def decode(cls, moves: bytes, row_changes: bytes) -> LogSegment:
        """Return the segment that is stored as these two columns."""
        return cls(Moves.decode(moves), RowChanges.decode(row_changes))


def build_snapshot(changes: BoardDiff, taken_at: datetime) -> Snapshot:
    """Encode the difference between two boards, with a keyframe if there was no board before.

    The keyframe is not compressed, which would take a tenth of the sync's time; compaction does it.
    """
    teams, seconds = changes.new.teams, int(taken_at.timestamp())
    if changes.old is None:
        moves, row_changes = Moves.empty(seconds, teams.rank), RowChanges.empty()
        keyframe = _pack_keyframe(
            LogSegment(Moves.from_diff(changes, 0), RowChanges.from_diff(changes))
        )
    else:
        moves, row_changes, keyframe = (
            Moves.from_diff(changes, seconds),
            RowChanges.from_diff(changes),
            None,
        )
    return Snapshot(taken_at, len(teams), moves.encode(), row_changes.encode(), keyframe)


def build_keyframe(board: Board) -> bytes:
    """Encode a whole board as a compressed keyframe."""
    changes = BoardDiff.between(None, board)
    return encode_keyframe(LogSegment(Moves.from_diff(changes, 0), RowChanges.from_diff(changes)))


def encode_keyframe(whole: LogSegment) -> bytes:
    """Encode the segment that leads from an empty board to a whole one."""
    return compress_keyframe(_pack_keyframe(whole))


def compress_keyframe(keyframe: bytes) -> bytes:
    """Return a keyframe compressed."""
    if _is_compressed(keyframe):
        return keyframe
    # Higher levels save a tenth of the space and take five times as long.
    return zlib.compress(keyframe, level=1)


def decode_keyframe(data: bytes) -> LogSegment:
    """Decode a keyframe, compressed or not."""
    moves, row_changes = unpack(zlib.decompress(data) if _is_compressed(data) else data)
    return LogSegment.decode(moves.tobytes(), row_changes.tobytes())


def _pack_keyframe(segment: LogSegment) -> bytes:
    return pack((segment.moves.encode(), segment.row_changes.encode(compress=False)))


def _is_compressed(keyframe: bytes) -> bool:
    return keyframe.startswith(ZLIB_PREFIX)
