"""Past boards: a keyframe to which the log after it is applied."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from leaderboards.board import UNKNOWN, Board, BoardKind, Columns, ScoreOrder
from leaderboards.history.moves import NEW_TEAM, Moves
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment

_MIN_MOVES_TO_REBUILD = 1000
"""For a sync with this many moves or more, rebuilding the whole order is faster."""


class PastBoard:
    """A board to which the segments of its log are applied.

    Each team has a number: the index of its values in `_ids`, `_scores` and the other lists.
    `_order` has the numbers of the teams on the board, best first. A team that comes back has a new
    number.
    """

    def __init__(self, keyframe: LogSegment, taken_at: int) -> None:
        """Start with the board of a keyframe; `taken_at` is in Unix seconds."""
        whole = keyframe.row_changes
        self._order = array("i", range(len(whole.new_ids)))
        self._ranks = keyframe.moves.ranks
        self._ids: list[int] = whole.new_ids.tolist()
        self._scores: list[bytes] = whole.scores.tolist()
        self._submissions: list[int] = whole.submissions.tolist()
        self._dates: list[int] = whole.dates.tolist()
        self._names = list(whole.names)
        self._members = list(whole.members)
        self._benchmarks = whole.benchmarks.get(0, [])
        self.taken_at = taken_at

    def apply(self, segment: LogSegment, until: int | None = None) -> None:
        """Apply the syncs of a segment that are newer than the board, up to a Unix second."""
        moves, row_changes = segment.moves, segment.row_changes
        first = bisect_right(moves.taken_at, self.taken_at)
        end = len(moves) if until is None else bisect_right(moves.taken_at, until)
        if first >= end:
            return
        rows = _RowReader.since(first, moves, row_changes)
        scores, benchmarks = row_changes.scores.tolist(), row_changes.benchmarks
        taken_starts, edited_starts = moves.taken_starts, moves.edited_starts
        for sync in range(first, end):
            taken_start, taken_end = taken_starts[sync], taken_starts[sync + 1]
            numbers = self._apply_moves(moves, sync, rows.new_ids)
            for number, score in zip(numbers, scores[taken_start:taken_end], strict=True):
                self._scores[number] = score
            for position in moves.edited[edited_starts[sync] : edited_starts[sync + 1]]:
                numbers.append(self._order[position])
            self._update_rows(numbers, rows)
            self._benchmarks = benchmarks.get(sync, self._benchmarks)
        self._ranks = moves.ranks[slice(*moves.rank_starts[end - 1 : end + 1])]
        self.taken_at = moves.taken_at[end - 1]

    def build_board(
        self,
        *,
        slug: str | None = None,
        kind: BoardKind = BoardKind.PUBLIC,
        order: ScoreOrder | None = None,
        ranks_derived: bool = False,
    ) -> Board:
        """Return the current state as a board, with the properties that the log does not store."""
        numbers, benchmarks = self._order, self._benchmarks
        scores = [self._scores[number] for number in numbers]
        return Board(
            slug=slug,
            kind=kind,
            taken_at=datetime.fromtimestamp(self.taken_at, UTC),
            order=order,
            teams=Columns.build(
                rank=self._ranks or range(1, len(numbers) + 1),
                team_id=[self._ids[number] for number in numbers],
                team_name=[self._names[number] for number in numbers],
                score=[float(score) for score in scores],
                score_text=[score.decode() for score in scores],
                submissions=[self._submissions[number] for number in numbers],
                last_submission_at=[self._dates[number] for number in numbers],
                members=[self._members[number] for number in numbers],
            ),
            benchmarks=Columns.build(
                team_id=[benchmark[1] for benchmark in benchmarks],
                team_name=[benchmark[2] for benchmark in benchmarks],
                score=[float(benchmark[3]) for benchmark in benchmarks],
                score_text=[benchmark[3] for benchmark in benchmarks],
                submissions=[benchmark[4] for benchmark in benchmarks],
                last_submission_at=[benchmark[5] for benchmark in benchmarks],
                members=[benchmark[6] for benchmark in benchmarks],
            ),
            teams_above=np.array([benchmark[0] for benchmark in benchmarks], dtype=np.int64),
            ranks_derived=ranks_derived,
        )

    def _apply_moves(self, moves: Moves, sync: int, new_ids: Iterator[int]) -> list[int]:
        """Move teams from the positions they left to those they took; return their numbers."""
        left_start, left_end = moves.left_starts[sync : sync + 2]
        taken_start, taken_end = moves.taken_starts[sync : sync + 2]
        left = [above + index for index, above in enumerate(moves.left[left_start:left_end])]
        taken = moves.taken[taken_start:taken_end]
        leaving = [self._order[position] for position in left]
        movers = [
            self._add_team(next(new_ids)) if origin == NEW_TEAM else leaving[origin - 1]
            for origin in moves.came_from[taken_start:taken_end]
        ]
        if len(left) + len(taken) < _MIN_MOVES_TO_REBUILD:
            for position in reversed(left):
                del self._order[position]
            for position, number in zip(taken, movers, strict=True):
                self._order.insert(position, number)
        else:
            old = np.delete(np.array(self._order), left)
            new = np.empty(len(old) + len(taken), dtype=np.int64)
            stayed = np.ones(len(new), dtype=np.bool_)
            stayed[taken] = False
            new[taken] = movers
            new[stayed] = old
            self._order = array("i", new.astype("i").tobytes())
        return movers

    def _add_team(self, team_id: int) -> int:
        self._ids.append(team_id)
        self._scores.append(b"")
        self._submissions.append(UNKNOWN)
        self._dates.append(UNKNOWN)
        self._names.append("")
        self._members.append("")
        return len(self._ids) - 1

    def _update_rows(self, numbers: list[int], rows: _RowReader) -> None:
        """Update the rows of teams that moved or were edited."""
        for number in numbers:
            if next(rows.submissions_changed):
                self._submissions[number] = next(rows.submissions)
                self._dates[number] = next(rows.dates)
            if next(rows.name_changed):
                self._names[number] = next(rows.names)
            if next(rows.members_changed):
                self._members[number] = next(rows.members)


@dataclass(frozen=True, slots=True)
class _RowReader:
    """The columns of `RowChanges` as iterators, consumed row by row."""

    new_ids: Iterator[int]
    submissions_changed: Iterator[bool]
    submissions: Iterator[int]
    dates: Iterator[int]
    name_changed: Iterator[bool]
    names: Iterator[str]
    members_changed: Iterator[bool]
    members: Iterator[str]

    @classmethod
    def since(cls, sync: int, moves: Moves, row_changes: RowChanges) -> _RowReader:
        """Return a reader that begins with the rows of a sync."""
        slot = moves.taken_starts[sync]
        row = slot + moves.edited_starts[sync]
        submissions_changed, name_changed, members_changed = (
            int(mask[:row].sum())
            for mask in (
                row_changes.submissions_changed,
                row_changes.name_changed,
                row_changes.members_changed,
            )
        )
        return cls(
            new_ids=iter(row_changes.new_ids[moves.came_from[:slot].count(NEW_TEAM) :].tolist()),
            submissions_changed=iter(row_changes.submissions_changed[row:].tolist()),
            submissions=iter(row_changes.submissions[submissions_changed:].tolist()),
            dates=iter(row_changes.dates[submissions_changed:].tolist()),
            name_changed=iter(row_changes.name_changed[row:].tolist()),
            names=iter(row_changes.names[name_changed:]),
            members_changed=iter(row_changes.members_changed[row:].tolist()),
            members=iter(row_changes.members[members_changed:]),
        )
