import pytest

from leaderboards.results.shake_up import ShakeUp
from tests.leaderboards.boards import board, entry


def test_shake_up_has_risers_fallers_and_means() -> None:
    public = board(*(entry(rank, rank) for rank in range(1, 6)))
    private = board(entry(1, 4), entry(2, 2), entry(3, 1), entry(4, 5), entry(5, 3))
    shake = ShakeUp.between(public, private)
    assert shake.team_ids.tolist() == [4, 2, 1, 5, 3]
    assert shake.rises.tolist() == [3, 0, -2, 1, -2]
    assert [int(shake.team_ids[row]) for row in shake.most_risen(3)] == [4, 5]
    assert [int(shake.team_ids[row]) for row in shake.most_fallen(1)] == [1]
    assert shake.mean_places == pytest.approx(8 / 5)
    assert shake.mean == pytest.approx(8 / 25)


def test_shake_up_ignores_teams_on_one_board_only() -> None:
    shake = ShakeUp.between(board(entry(1, 1), entry(2, 2)), board(entry(1, 9), entry(2, 2)))
    assert shake.team_ids.tolist() == [2]
    assert shake.mean == 0


def test_shake_up_without_common_teams_is_zero() -> None:
    shake = ShakeUp.between(board(entry(1, 1)), board(entry(1, 2)))
    assert (shake.mean, shake.mean_places, shake.most_risen(3), shake.most_fallen(3)) == (
        0,
        0,
        [],
        [],
    )
