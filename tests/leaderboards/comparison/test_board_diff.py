"""What happened between two boards."""

from bisect import bisect_left
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import ABSENT
from leaderboards.comparison.board_diff import (
    BoardDiff,
    ChangeKind,
    longest_increasing_subsequence,
)
from tests.leaderboards.boards import START, board, entry

LATER = START + timedelta(minutes=30)


def change_kinds(changes: BoardDiff, *team_ids: int) -> list[ChangeKind]:
    found = [changes.find_change(team_id) for team_id in team_ids]
    return [change.kind for change in found if change is not None]


def test_new_team_shifts_others_down() -> None:
    changes = BoardDiff.between(
        board(entry(1, 1), entry(2, 2)), board(entry(1, 3), entry(2, 1), entry(3, 2), hours=1)
    )
    assert change_kinds(changes, 3, 1, 2) == [
        ChangeKind.NEW,
        ChangeKind.SHIFTED,
        ChangeKind.SHIFTED,
    ]
    assert (len(changes.new_rows), changes.changed_count, len(changes.gone_rows)) == (1, 2, 0)
    assert changes.new.teams.team_id[changes.content_changed].tolist() == [3]
    assert changes.new.teams.team_id[changes.members_changed].tolist() == [3]


def test_team_between_two_that_swapped_is_not_counted_as_changed() -> None:
    tied = board(entry(1, 1), entry(2, 2), entry(3, 3))
    changes = BoardDiff.between(tied, board(entry(1, 3), entry(2, 2), entry(3, 1), hours=1))
    assert changes.changed_count == 2


def test_diff_is_empty_only_for_equal_boards() -> None:
    old = board(entry(1, 1), entry(2, 2), benchmarks=((1, entry(0, 9)),))
    assert BoardDiff.between(old, replace(old, taken_at=LATER)).is_empty
    for new in (
        board(entry(1, 1), entry(3, 2), benchmarks=((1, entry(0, 9)),)),
        board(entry(1, 1), entry(2, 2, "0.50"), benchmarks=((1, entry(0, 9)),)),
        board(entry(1, 1), entry(2, 2, members=("other",)), benchmarks=((1, entry(0, 9)),)),
        board(entry(1, 1), benchmarks=((1, entry(0, 9)),)),
        board(entry(1, 1), entry(2, 2), benchmarks=((2, entry(0, 9)),)),
    ):
        assert not BoardDiff.between(old, new).is_empty
    assert not BoardDiff.between(None, old).is_empty


def test_submission_and_rescoring_are_distinguished() -> None:
    changes = BoardDiff.between(
        board(entry(1, 1, "0.9"), entry(2, 2, "0.8"), entry(3, 3, "0.7"), entry(4, 4, "0.6")),
        board(
            entry(1, 2, "0.95", last_submission_at=LATER, submissions=2),
            entry(2, 1, "0.9"),
            entry(3, 3, "0.65"),
            entry(4, 4, "0.6", submissions=2, last_submission_at=LATER),
            hours=1,
        ),
    )
    own = changes.find_change(2)
    assert own is not None
    assert own.before is not None
    assert own.after is not None
    assert (own.kind, own.before.score_text, own.after.score_text) == (
        ChangeKind.SUBMITTED,
        "0.8",
        "0.95",
    )
    assert change_kinds(changes, 1, 3, 4) == [
        ChangeKind.SHIFTED,
        ChangeKind.DRIFTED,
        ChangeKind.SAME,
    ]
    assert changes.new.teams.team_id[changes.content_changed].tolist() == [2, 3, 4]


def test_new_score_counts_as_submission_without_dates() -> None:
    bare = {"last_submission_at": None, "submissions": None}
    changes = BoardDiff.between(board(entry(1, 1, "1", **bare)), board(entry(1, 1, "2", **bare)))
    assert change_kinds(changes, 1) == [ChangeKind.SUBMITTED]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"last_submission_at": None}),
        ({"last_submission_at": None}, {}),
        ({"submissions": None}, {"submissions": 5}),
        ({"last_submission_at": None, "submissions": None}, {"submissions": 5}),
        ({"last_submission_at": None}, {"submissions": None}),
    ],
)
def test_value_that_is_lost_or_comes_back_is_no_submission(
    before: dict[str, object], after: dict[str, object]
) -> None:
    changes = BoardDiff.between(
        board(entry(1, 1, "1", **before), entry(2, 2)),
        board(entry(1, 2), entry(2, 1, "1", **after), hours=1),
    )
    assert change_kinds(changes, 1) == [ChangeKind.SHIFTED]


def test_merger_departure_and_new_name_are_found() -> None:
    changes = BoardDiff.between(
        board(entry(1, 1), entry(2, 2), entry(3, 3)),
        board(entry(1, 1, members=("user1", "USER2"), team_name="both"), hours=1),
    )
    merged, left = changes.find_change(2), changes.find_change(3)
    assert merged is not None
    assert left is not None
    assert merged.kind is left.kind is ChangeKind.GONE
    assert changes.successors == {2: 1}
    assert changes.new.teams.team_id[changes.name_changed].tolist() == [1]
    assert changes.gone_ids == [2, 3]
    assert changes.new.teams.team_id[changes.members_changed].tolist() == [1]
    assert changes.find_change(77) is None


def test_every_team_of_the_first_board_is_new() -> None:
    changes = BoardDiff.between(None, board(entry(1, 1), entry(2, 2)))
    assert change_kinds(changes, 2) == [ChangeKind.NEW]
    assert changes.find_change(9) is None
    assert (len(changes.new_rows), changes.changed_count, changes.gone_ids) == (2, 0, [])


def test_equal_boards_have_no_changed_rows() -> None:
    changes = BoardDiff.between(board(entry(1, 1)), board(entry(1, 1), hours=1))
    assert not changes.content_changed.any()
    assert not changes.benchmarks_changed


def test_moved_benchmark_is_a_change() -> None:
    one, two = entry(1, 1), entry(2, 2)
    changes = BoardDiff.between(
        board(one, two, benchmarks=((1, entry(0, 9)),)),
        board(one, two, benchmarks=((2, entry(0, 9)),), hours=1),
    )
    assert changes.benchmarks_changed


@given(st.lists(st.integers(0, 12), max_size=9, unique=True))
def test_longest_increasing_subsequence_is_the_longest(numbers: list[int]) -> None:
    marked = longest_increasing_subsequence(np.array(numbers, dtype=np.int64))
    picked = [number for number, keep in zip(numbers, marked, strict=True) if keep]
    assert picked == sorted(set(picked))
    best = [1] * len(numbers)
    for row, number in enumerate(numbers):
        best[row] = 1 + max((best[i] for i in range(row) if numbers[i] < number), default=0)
    assert len(picked) == max(best, default=0)


@given(st.permutations(range(40)), st.integers(0, 40))
def test_longest_increasing_subsequence_of_forty_numbers(
    numbers: list[int], sorted_up_to: int
) -> None:
    numbers[:sorted_up_to] = sorted(numbers[:sorted_up_to])
    taken = np.array(numbers)[longest_increasing_subsequence(np.array(numbers))].tolist()
    assert taken == sorted(taken)
    tails: list[int] = []
    for number in numbers:
        at = bisect_left(tails, number)
        tails[at : at + 1] = [number]
    assert len(taken) == len(tails)


def test_find_rows_returns_the_row_of_each_team() -> None:
    teams = board(entry(1, 30, "3"), entry(2, 10, "2"), entry(3, 20, "1")).teams
    assert teams.find_rows([10, 99, 30]).tolist() == [1, ABSENT, 0]
    assert (teams.find_row(20), teams.find_row(99)) == (2, ABSENT)
    assert board().teams.find_rows([7]).tolist() == [ABSENT]
