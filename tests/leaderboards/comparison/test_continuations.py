"""Continuations: mergers, and teams that Kaggle gives a new id."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from demo.recording import ARCHIVE, read_recording
from leaderboards.board import Board, Entry
from leaderboards.comparison.board_diff import BoardDiff, ChangeKind, TeamChange
from leaderboards.parsing.reader import read_board
from tests.board_files import SIMULATION
from tests.leaderboards.boards import START, board, entry


def ranked(*rows: Entry) -> Board:
    """Return a board of these rows, best first, each submitted at its own time or that it gives."""
    return board(
        *(
            replace(
                row,
                rank=rank,
                last_submission_at=START + timedelta(minutes=row.team_id)
                if row.last_submission_at == START
                else row.last_submission_at,
            )
            for rank, row in enumerate(rows, 1)
        )
    )


def row(team_id: int, score: str, *members: str, **more: object) -> Entry:
    return entry(0, team_id, score, members=members or (f"user{team_id}",), **more)


TEN = [row(team_id, f"{100 - team_id}") for team_id in range(1, 11)]


def find_change(changes: BoardDiff, team_id: int) -> TeamChange:
    change = changes.find_change(team_id)
    assert change is not None
    return change


def test_team_that_takes_in_a_better_one_goes_on_from_its_place() -> None:
    first_four, rest = TEN[:4], [*TEN[5:8], TEN[9]]
    fifth, merged = (
        ranked(*TEN),
        replace(
            row(9, "95", "user9", "USER5"),
            last_submission_at=START + timedelta(minutes=5),
            submissions=2,
        ),
    )
    changes = BoardDiff.between(fifth, ranked(*first_four, merged, *rest))
    change = find_change(changes, 9)
    assert change.before is not None
    assert (change.kind, change.before.team_id, change.before.rank) == (ChangeKind.SAME, 5, 5)
    assert not change.submitted
    assert find_change(changes, 5).kind is ChangeKind.GONE
    assert changes.successors == {5: 9}
    assert [source.team_id for source in changes.continuations[9].sources] == [5, 9]


def test_team_that_takes_in_a_worse_one_goes_on_from_its_own_place() -> None:
    merged = replace(row(2, "98", "user2", "user9"), submissions=2)
    changes = BoardDiff.between(ranked(*TEN), ranked(TEN[0], merged, *TEN[2:8], TEN[9]))
    change = find_change(changes, 2)
    assert change.before is not None
    assert (change.kind, change.before.rank, change.submitted) == (ChangeKind.SAME, 2, False)
    assert changes.successors == {9: 2}


def test_submission_after_a_merger_is_counted_from_the_better_source() -> None:
    merged = replace(
        row(9, "97.5", "user9", "user5"),
        last_submission_at=START + timedelta(hours=1),
        submissions=3,
    )
    changes = BoardDiff.between(
        ranked(*TEN), ranked(*TEN[:2], merged, *TEN[2:4], *TEN[5:8], TEN[9])
    )
    change = find_change(changes, 9)
    assert change.before is not None
    assert (change.kind, change.submitted) == (ChangeKind.SUBMITTED, True)
    assert (change.before.rank, change.before.score_text) == (5, "95")


def test_new_id_with_the_members_of_teams_that_are_gone_is_not_new() -> None:
    merged = replace(
        row(77, "99", "newcomer", "user1", "user4"),
        last_submission_at=START + timedelta(minutes=1),
    )
    changes = BoardDiff.between(ranked(*TEN), ranked(merged, *TEN[1:3], *TEN[4:]))
    change = find_change(changes, 77)
    assert (change.kind, change.submitted) == (ChangeKind.SAME, False)
    assert changes.successors == {1: 77, 4: 77}


def test_score_and_date_of_a_team_that_is_gone_show_a_new_id_without_members() -> None:
    nobody = [replace(team, members=()) for team in TEN]
    renumbered = replace(nobody[0], team_id=77, last_submission_at=START + timedelta(minutes=1))
    changes = BoardDiff.between(ranked(*nobody), ranked(renumbered, *nobody[1:]))
    assert find_change(changes, 77).kind is ChangeKind.SAME
    assert changes.successors == {1: 77}


def test_equal_scores_and_dates_of_many_teams_are_no_continuation() -> None:
    """In some files all have one date."""
    at = START + timedelta(days=1)
    teams = [replace(team, members=(), last_submission_at=at) for team in TEN]
    changes = BoardDiff.between(ranked(*teams), ranked(replace(teams[0], team_id=77), *teams[1:]))
    assert find_change(changes, 77).kind is ChangeKind.NEW
    assert changes.continuations == {}


def test_member_who_leaves_a_team_that_stays_is_not_new_elsewhere() -> None:
    pair = row(1, "99", "ann", "bob")
    changes = BoardDiff.between(
        ranked(pair, *TEN[1:]), ranked(row(1, "99", "ann"), *TEN[1:], row(77, "1", "bob"))
    )
    assert find_change(changes, 77).kind is not ChangeKind.NEW
    assert changes.successors == {}


def test_new_team_goes_on_from_the_team_that_is_gone_not_from_one_that_stays() -> None:
    """The team that stays keeps its place, though it is the better one."""
    pair, other = row(1, "99", "ann", "bob"), row(2, "50", "cid")
    changes = BoardDiff.between(
        ranked(pair, *TEN[2:], other),
        ranked(row(1, "99", "ann"), *TEN[2:], row(77, "49", "bob", "cid")),
    )
    change = find_change(changes, 77)
    assert change.before is not None
    assert change.before.team_id == 2
    assert changes.successors == {2: 77}


def test_newcomer_in_a_team_and_renamed_member_are_no_continuation() -> None:
    changes = BoardDiff.between(
        ranked(*TEN), ranked(row(1, "99", "user1", "new"), row(2, "98", "renamed"), *TEN[2:])
    )
    assert changes.continuations == {}


def test_real_mergers_are_found() -> None:
    """In kaggriculture a team of rank 53 went on under a new id with a second member."""
    assert find_in_recording(SIMULATION) == [
        (16635363, 16695046, 570, 567, False),
        (16672722, 16704466, 53, 55, False),
    ]


def test_real_merger_into_a_team_that_submits_is_found() -> None:
    assert find_in_recording(ARCHIVE) == [(16685927, 16633811, 44, 44, True)]


def find_in_recording(archive: Path) -> list[tuple[int, int, int, int, bool]]:
    """Return of each merger: team gone, team it goes on in, rank before and after, submitted."""
    boards = [
        read_board(recorded.csv, taken_at=recorded.taken_at) for recorded in read_recording(archive)
    ]
    found = []
    for old, new in pairwise(boards):
        changes = BoardDiff.between(old, new)
        for gone, team_id in changes.successors.items():
            change = find_change(changes, team_id)
            assert change.before is not None
            assert change.after is not None
            found.append((gone, team_id, change.before.rank, change.after.rank, change.submitted))
    return found


@pytest.mark.parametrize("submissions", [None, 1])
def test_without_dates_the_number_of_submissions_decides(submissions: int | None) -> None:
    bare = [replace(team, last_submission_at=None, submissions=submissions) for team in TEN]
    merged = replace(bare[8], members=("user9", "user5"), score=95.0, score_text="95")
    if submissions is not None:
        merged = replace(merged, submissions=2)
    after = board(
        *(
            replace(team, rank=rank)
            for rank, team in enumerate([*bare[:4], merged, *bare[5:8], bare[9]], 1)
        )
    )
    before = board(*(replace(team, rank=rank) for rank, team in enumerate(bare, 1)))
    assert not find_change(BoardDiff.between(before, after), 9).submitted
