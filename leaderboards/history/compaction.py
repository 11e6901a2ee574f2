"""Fewer syncs in old parts of the log, each that remains as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leaderboards.board_diff import Changes
from leaderboards.history.moves import Moves
from leaderboards.history.replay import PastBoard
from leaderboards.history.row_changes import Details
from leaderboards.history.snapshot import Part

HOUR = 3600
DAY = 24 * HOUR


def put_together(parts: Sequence[Part]) -> Part:
    """Make one part of several in a row, oldest first."""
    return Part(
        Moves.joined([part.moves for part in parts]),
        Details.put_together([part.details for part in parts], [len(part.moves) for part in parts]),
    )


def last_of_each(seconds: int, taken_at: Iterable[int]) -> list[int]:
    """Give the last sync of each stretch of so many seconds; the stretches begin at 1970."""
    return list({moment // seconds: moment for moment in taken_at}.values())


def folded(board: PastBoard, parts: Sequence[Part], kept: Iterable[int]) -> Part:
    """Lead a board on through parts of a log, and tell only of the syncs that are kept."""
    steps: list[Part] = []
    before = board.board()
    for moment in kept:
        for part in parts:
            board.lead_on(part, moment)
        after = board.board()
        changes = Changes.between(before, after)
        steps.append(Part(Moves.of(changes, moment), Details.of(changes)))
        before = after
    return put_together(steps)
