"""What a sync adds to the log."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from leaderboards.board import Board
from leaderboards.board_diff import Changes
from leaderboards.history.column_codec import SQUEEZED, pack, unpack
from leaderboards.history.moves import Moves
from leaderboards.history.row_changes import Details


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
class Part:
    """One or more syncs in a row of the log, decoded."""

    moves: Moves
    details: Details

    @classmethod
    def decode(cls, moves: bytes, details: bytes) -> Part:
        """Read a part as it is stored."""
        return cls(Moves.decode(moves), Details.decode(details))


def snapshot_of(changes: Changes, taken_at: datetime) -> Snapshot:
    """Encode the difference between two boards; the first one is kept whole, as it is.

    Squeezing it would be a tenth of the whole sync: `squeezed` is for a quiet hour.
    """
    teams, seconds = changes.new.teams, int(taken_at.timestamp())
    if changes.old is None:
        moves, details = Moves.none(seconds, teams.rank), Details.none()
        keyframe = _whole(Part(Moves.of(changes, 0), Details.of(changes)))
    else:
        moves, details, keyframe = Moves.of(changes, seconds), Details.of(changes), None
    return Snapshot(taken_at, len(teams), moves.encode(), details.encode(), keyframe)


def keyframe_of(board: Board) -> bytes:
    """Encode a whole board."""
    changes = Changes.between(None, board)
    return write_keyframe(Part(Moves.of(changes, 0), Details.of(changes)))


def write_keyframe(whole: Part) -> bytes:
    """Encode the part of a log that brings a whole board about from nothing."""
    return squeezed(_whole(whole))


def squeezed(keyframe: bytes) -> bytes:
    """Make a keyframe smaller that is not yet."""
    if _is_squeezed(keyframe):
        return keyframe
    # More effort would spare a tenth of the room for five times the time.
    return zlib.compress(keyframe, level=1)


def read_keyframe(data: bytes) -> Part:
    """Decode a keyframe, squeezed or not."""
    moves, details = unpack(zlib.decompress(data) if _is_squeezed(data) else data)
    return Part.decode(moves.tobytes(), details.tobytes())


def _whole(part: Part) -> bytes:
    return pack((part.moves.encode(), part.details.encode(squeeze=False)))


def _is_squeezed(keyframe: bytes) -> bool:
    return keyframe.startswith(SQUEEZED)
