"""The differences between two boards of one competition."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from leaderboards.board import (
    ABSENT,
    COLUMNS,
    Board,
    Columns,
    Entry,
    Integers,
    Mask,
)
from leaderboards.comparison.continuations import Continuation, find_continuations


class ChangeKind(StrEnum):
    """Kind of a team's change from one board to the next."""

    NEW = "new"
    GONE = "gone"
    SUBMITTED = "submitted"
    """Has another rank or score, and has submitted in between."""
    DRIFTED = "drifted"
    """Scored differently without a submission, as in simulation competitions."""
    SHIFTED = "shifted"
    """Another rank, because others moved."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class TeamChange:
    """One team before and after.

    For a continuation, `before` is its predecessor.
    """

    kind: ChangeKind
    before: Entry | None
    after: Entry | None
    submitted: bool = False
    """Whether it was there before and has handed in a submission since."""


@dataclass(frozen=True, eq=False)
class BoardDiff:
    """The differences between two boards; the first board of a competition has no older one."""

    old: Board | None
    new: Board
    old_rows: Integers
    """For each row of the new board, its row on the old one, or `ABSENT`."""
    gone_rows: Integers
    """Rows of the old board whose team is not on the new one."""
    moved_itself: Mask
    """Rows of the new board that are new, scored differently, or out of the old order."""
    score_changed: Mask
    """Rows of the new board that are new or whose score differs."""
    submissions_changed: Mask
    """Rows of the new board that are new or whose submissions or last submission differ."""
    name_changed: Mask
    """Rows of the new board that are new or whose name differs."""
    members_changed: Mask
    """Rows of the new board that are new or whose members differ."""
    content_changed: Mask
    """Rows of the new board that are new, or differ in more than their rank."""

    @classmethod
    def between(cls, old: Board | None, new: Board) -> BoardDiff:
        """Compare two boards of the same competition and kind."""
        if old is None:
            return cls._compare_to_nothing(new)
        before, after = old.teams, new.teams
        old_rows = before.find_rows(after.team_id)
        known = old_rows != ABSENT
        stayed = np.zeros(len(before), dtype=np.bool_)
        stayed[old_rows[known]] = True
        is_new = ~known
        changed = {
            name: is_new | _find_changed(name, before, after, old_rows)
            for name in COLUMNS.keys() - {"rank", "team_id"}
        }
        score_changed = changed["score"] | changed["score_text"]
        in_order = ~score_changed
        in_order[in_order] = longest_increasing_subsequence(old_rows[in_order])
        return cls(
            old=old,
            new=new,
            old_rows=old_rows,
            gone_rows=np.flatnonzero(~stayed),
            moved_itself=~in_order,
            score_changed=score_changed,
            submissions_changed=changed["submissions"] | changed["last_submission_at"],
            name_changed=changed["team_name"],
            members_changed=changed["members"],
            content_changed=np.logical_or.reduce([*changed.values()]),
        )

    @classmethod
    def _compare_to_nothing(cls, new: Board) -> BoardDiff:
        all_rows = np.ones(len(new.teams), dtype=np.bool_)
        return cls(
            old=None,
            new=new,
            old_rows=np.full(len(new.teams), ABSENT, dtype=np.int64),
            gone_rows=np.empty(0, dtype=np.int64),
            moved_itself=all_rows,
            score_changed=all_rows,
            submissions_changed=all_rows,
            name_changed=all_rows,
            members_changed=all_rows,
            content_changed=all_rows,
        )

    @cached_property
    def is_empty(self) -> bool:
        """Whether the two boards are alike in every row."""
        return self.old is not None and not (
            self.gone_rows.size
            or self.benchmarks_changed
            or (self.content_changed | self.rank_changed).any()
        )

    @cached_property
    def new_rows(self) -> Integers:
        """Rows of the new board whose team was not there before."""
        return np.flatnonzero(self.old_rows == ABSENT)

    @cached_property
    def edited(self) -> Mask:
        """Rows of the new board that did not move, but differ in more than their rank."""
        edited: Mask = self.content_changed & ~self.moved_itself
        return edited

    @cached_property
    def rank_changed(self) -> Mask:
        """Rows of the new board whose team was there before with another rank."""
        if self.old is None:
            return np.zeros(len(self.new.teams), dtype=np.bool_)
        known = self.old_rows != ABSENT
        rank_changed: Mask = known & (self.old.teams.rank[self.old_rows] != self.new.teams.rank)
        return rank_changed

    @cached_property
    def changed_count(self) -> int:
        """The number of teams that were there before and have another rank or score."""
        return int((self.rank_changed | (self.score_changed & (self.old_rows != ABSENT))).sum())

    @cached_property
    def gone_ids(self) -> list[int]:
        """The teams that are no longer there."""
        if self.old is None:
            return []
        ids: list[int] = self.old.teams.team_id[self.gone_rows].tolist()
        return ids

    @cached_property
    def member_lists_before(self) -> list[tuple[int, str]]:
        """The id and the former members of each team that is gone or has other members now."""
        if self.old is None:
            return []
        teams = self.old.teams
        changed = self.members_changed & (self.old_rows != ABSENT)
        rows = [*self.gone_rows.tolist(), *self.old_rows[changed].tolist()]
        return [(int(teams.team_id[row]), teams.members[row]) for row in rows]

    @cached_property
    def member_lists_after(self) -> list[tuple[int, str]]:
        """The id and the members of each team that is new or had other members before."""
        teams = self.new.teams
        rows = np.flatnonzero(self.members_changed).tolist()
        return [(int(teams.team_id[row]), teams.members[row]) for row in rows]

    @cached_property
    def benchmarks_changed(self) -> bool:
        """Whether a benchmark came, went or moved, or has another value in any column."""
        if self.old is None:
            return True
        return _benchmark_rows(self.old) != _benchmark_rows(self.new)

    def find_change(self, team_id: int) -> TeamChange | None:
        """Return the change of one team; None if it is on neither board.

        A continuation is not new, whatever its id.
        """
        before, after = self.find_entries(team_id)
        if after is None:
            return None if before is None else TeamChange(ChangeKind.GONE, before, None)
        continuation = self.continuations.get(team_id)
        if continuation is not None:
            before, submitted = continuation.predecessor, continuation.has_submitted(after)
        elif before is None:
            return TeamChange(ChangeKind.NEW, None, after)
        else:
            submitted = has_submitted(before, after)
        return TeamChange(
            kind=_classify_change(before, after, submitted=submitted),
            before=before,
            after=after,
            submitted=submitted,
        )

    def find_entries(self, team_id: int) -> tuple[Entry | None, Entry | None]:
        """Return a team's own rows on the old and on the new board; None where it is not."""
        before = self.old.teams.find_entry(team_id) if self.old else None
        return before, self.new.teams.find_entry(team_id)

    @cached_property
    def continuations(self) -> dict[int, Continuation]:
        """The continuations on the new board, by team id."""
        if self.old is None:
            return {}
        return find_continuations(
            self.old.teams,
            self.new.teams,
            old_rows=self.old_rows,
            gone_rows=self.gone_rows,
            members_changed=self.members_changed,
            submissions_changed=self.submissions_changed,
        )

    @cached_property
    def successors(self) -> dict[int, int]:
        """For each team that is gone but was continued by another one, that team."""
        gone = set(self.gone_ids)
        return {
            source.team_id: team_id
            for team_id, continuation in self.continuations.items()
            for source in continuation.sources
            if source.team_id in gone
        }


def has_submitted(before: Entry, after: Entry) -> bool:
    """Check whether a team made a submission between two boards.

    Simulation competitions change scores without a submission, so the date and the count decide;
    where neither is on both boards, a changed score does.
    """
    has_dates = before.last_submission_at is not None and after.last_submission_at is not None
    if has_dates and before.last_submission_at != after.last_submission_at:
        return True
    if before.submissions is not None and after.submissions is not None:
        return before.submissions < after.submissions
    return not has_dates and before.score != after.score


def longest_increasing_subsequence(numbers: Integers) -> Mask:
    """Mark a longest strictly increasing subsequence of numbers that are all different."""
    count = len(numbers)
    if count < 2 or bool((numbers[1:] > numbers[:-1]).all()):
        return np.ones(count, dtype=np.bool_)
    # Neighbours that follow each other in both orders form one run with a weight: 100,000 teams
    # of which 200 moved leave about 600 runs.
    order = np.empty(count, dtype=np.int64)
    order[np.argsort(numbers)] = np.arange(count)
    starts = np.flatnonzero(np.diff(order, prepend=-2) != 1)
    weights = np.diff(starts, append=count)
    taken = _heaviest_increasing_subsequence(order[starts].tolist(), weights.tolist())
    return np.repeat(taken, weights)


def _heaviest_increasing_subsequence(numbers: list[int], weights: list[int]) -> Mask:
    """Mark the increasing subsequence with the greatest total weight."""
    # The last numbers of subsequences, ascending, each with a greater total than all before it.
    ends: list[int] = []
    rows: list[int] = []
    totals: list[int] = []
    previous: list[int] = []
    for row, (number, weight) in enumerate(zip(numbers, weights, strict=True)):
        at = bisect_left(ends, number)
        total = weight + (totals[at - 1] if at else 0)
        previous.append(rows[at - 1] if at else ABSENT)
        after = at
        while after < len(ends) and totals[after] <= total:
            after += 1
        ends[at:after], rows[at:after], totals[at:after] = [number], [row], [total]
    marked = np.zeros(len(numbers), dtype=np.bool_)
    row = rows[-1]
    while row != ABSENT:
        marked[row] = True
        row = previous[row]
    return marked


def _classify_change(before: Entry, after: Entry, *, submitted: bool) -> ChangeKind:
    score_changed = before.score != after.score
    moved = before.rank != after.rank
    if not score_changed and not moved:
        return ChangeKind.SAME
    if submitted:
        return ChangeKind.SUBMITTED
    return ChangeKind.DRIFTED if score_changed else ChangeKind.SHIFTED


def _find_changed(name: str, before: Columns, after: Columns, old_rows: Integers) -> Mask:
    changed: Mask = getattr(before, name)[old_rows] != getattr(after, name)
    return changed


def _benchmark_rows(board: Board) -> list[tuple[object, ...]]:
    columns = (getattr(board.benchmarks, name) for name in COLUMNS)
    return list(zip(board.teams_above, *columns, strict=True))
