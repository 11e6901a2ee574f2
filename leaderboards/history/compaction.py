"""Fewer syncs in old parts of the log, each that remains as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leaderboards.board_diff import BoardDiff
from leaderboards.history.moves import Moves
from leaderboards.history.replay import PastBoard
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment

HOUR = 3600
DAY = 24 * HOUR


def concatenate(parts: Sequence[LogSegment]) -> LogSegment:
    """Make one part of several in a row, oldest first."""
    return LogSegment(
        Moves.joined([part.moves for part in parts]),
        RowChanges.put_together(
            [part.details for part in parts], [len(part.moves) for part in parts]
        ),
    )


def last_of_each(seconds: int, taken_at: Iterable[int]) -> list[int]:
    """Give the last sync of each stretch of so many seconds; the stretches begin at 1970."""
    return list({moment // seconds: moment for moment in taken_at}.values())


def compact(board: PastBoard, parts: Sequence[LogSegment], kept: Iterable[int]) -> LogSegment:
    """Lead a board on through parts of a log, and tell only of the syncs that are kept."""
    steps: list[LogSegment] = []
    before = board.board()
    for moment in kept:
        for part in parts:
            board.lead_on(part, moment)
        after = board.board()
        changes = BoardDiff.between(before, after)
        steps.append(LogSegment(Moves.of(changes, moment), RowChanges.of(changes)))
        before = after
    return concatenate(steps)
