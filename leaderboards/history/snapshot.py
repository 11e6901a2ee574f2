"""What a sync adds to the log."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff
from leaderboards.history.column_codec import SQUEEZED, pack, unpack
from leaderboards.history.moves import Moves
from leaderboards.history.row_changes import RowChanges


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One sync's part of the log, as it is stored."""

    taken_at: datetime
    team_count: int
    moves: bytes
    details: bytes
    keyframe: bytes | None
    """The whole board, for the first sync of a log: it tells what nothing was known of before."""


@dataclass(frozen=True, slots=True)
class LogSegment:
    """One or more syncs in a row of the log, decoded."""

    moves: Moves
    details: RowChanges

    @classmethod
    def decode(cls, moves: bytes, details: bytes) -> LogSegment:
        """Read a part as it is stored."""
        return cls(Moves.decode(moves), RowChanges.decode(details))


def build_snapshot(changes: BoardDiff, taken_at: datetime) -> Snapshot:
    """Encode the difference between two boards; the first one is kept whole, as it is.

    Squeezing it would be a tenth of the whole sync: `compress_keyframe` is for a quiet hour.
    """
    teams, seconds = changes.new.teams, int(taken_at.timestamp())
    if changes.old is None:
        moves, details = Moves.none(seconds, teams.rank), RowChanges.none()
        keyframe = _whole(LogSegment(Moves.of(changes, 0), RowChanges.of(changes)))
    else:
        moves, details, keyframe = Moves.of(changes, seconds), RowChanges.of(changes), None
    return Snapshot(taken_at, len(teams), moves.encode(), details.encode(), keyframe)


def build_keyframe(board: Board) -> bytes:
    """Encode a whole board."""
    changes = BoardDiff.between(None, board)
    return write_keyframe(LogSegment(Moves.of(changes, 0), RowChanges.of(changes)))


def write_keyframe(whole: LogSegment) -> bytes:
    """Encode the part of a log that brings a whole board about from nothing."""
    return compress_keyframe(_whole(whole))


def compress_keyframe(keyframe: bytes) -> bytes:
    """Make a keyframe smaller that is not yet."""
    if _is_squeezed(keyframe):
        return keyframe
    # More effort would spare a tenth of the room for five times the time.
    return zlib.compress(keyframe, level=1)


def read_keyframe(data: bytes) -> LogSegment:
    """Decode a keyframe, squeezed or not."""
    moves, details = unpack(zlib.decompress(data) if _is_squeezed(data) else data)
    return LogSegment.decode(moves.tobytes(), details.tobytes())


def _whole(part: LogSegment) -> bytes:
    return pack((part.moves.encode(), part.details.encode(squeeze=False)))


def _is_squeezed(keyframe: bytes) -> bool:
    return keyframe.startswith(SQUEEZED)
