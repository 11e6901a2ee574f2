"""Compaction of the log: segments are concatenated, and some of their syncs are dropped.

Which syncs are kept for how long is decided in `storage/boards/history_compaction.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history.moves import Moves
from leaderboards.history.past_board import PastBoard
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment

HOUR = 3600
DAY = 24 * HOUR


def concatenate(segments: Sequence[LogSegment]) -> LogSegment:
    """Return one segment with all syncs of consecutive segments, oldest first."""
    return LogSegment(
        Moves.concatenate([segment.moves for segment in segments]),
        RowChanges.concatenate(
            [segment.row_changes for segment in segments],
            [len(segment.moves) for segment in segments],
        ),
    )


def select_last_of_each_period(seconds: int, taken_at: Iterable[int]) -> list[int]:
    """Return the last sync of each period of `seconds`; periods count from 1970."""
    return list({moment // seconds: moment for moment in taken_at}.values())


def thin(board: PastBoard, segments: Sequence[LogSegment], kept: Iterable[int]) -> LogSegment:
    """Return one segment with only the syncs at the Unix seconds `kept`.

    `board` is the board before the first segment; the segments are applied to it.
    """
    compacted: list[LogSegment] = []
    before = board.build_board()
    for moment in kept:
        for segment in segments:
            board.apply(segment, moment)
        after = board.build_board()
        changes = BoardDiff.between(before, after)
        compacted.append(
            LogSegment(Moves.from_diff(changes, moment), RowChanges.from_diff(changes))
        )
        before = after
    return concatenate(compacted)
