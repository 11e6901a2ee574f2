import pytest

from leaderboards.news.shakeup import ShakeUp
from tests.leaderboards.boards import board, entry


def test_who_rose_and_who_fell() -> None:
    public = board(*(entry(rank, rank) for rank in range(1, 6)))
    private = board(entry(1, 4), entry(2, 2), entry(3, 1), entry(4, 5), entry(5, 3))
    shake = ShakeUp.between(public, private)
    assert shake.team_ids.tolist() == [4, 2, 1, 5, 3]
    assert shake.rises.tolist() == [3, 0, -2, 1, -2]
    assert [int(shake.team_ids[row]) for row in shake.most_risen(3)] == [4, 5]
    assert [int(shake.team_ids[row]) for row in shake.most_fallen(1)] == [1]
    assert shake.mean_places == pytest.approx(8 / 5)
    assert shake.mean == pytest.approx(8 / 25)


def test_teams_on_one_board_only_count_for_nothing() -> None:
    shake = ShakeUp.between(board(entry(1, 1), entry(2, 2)), board(entry(1, 9), entry(2, 2)))
    assert shake.team_ids.tolist() == [2]
    assert shake.mean == 0


def test_no_team_on_both() -> None:
    shake = ShakeUp.between(board(entry(1, 1)), board(entry(1, 2)))
    assert (shake.mean, shake.mean_places, shake.most_risen(3), shake.most_fallen(3)) == (
        0,
        0,
        [],
        [],
    )
