from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.forecast.forecast_board import ForecastBoard
from leaderboards.forecast.medal_lines import MedalLine, forecast_medal_lines, select_line_ranks
from leaderboards.forecast.pace import Pace
from leaderboards.medals import MedalZone
from tests.leaderboards.forecast.test_pace import FIRST, HOUR, build_log, climbing
from tests.leaderboards.forecast.test_rank_forecast import hours, pace, paces


def lines_of(pace: Pace, hours: float) -> dict[MedalZone, MedalLine]:
    """Return the lines of a board on which a team's score is its rank, negative."""
    scores = -np.arange(1.0, pace.team_count + 1)
    return {line.medal_zone: line for line in forecast_medal_lines(pace, scores, hours)}


def test_line_is_at_the_score_that_will_have_its_rank() -> None:
    # 24 teams come in above each, and half of the time one less: #27 will be #50, the last one in
    # silver. The board stays as long.
    lines = lines_of(pace([48] * 1000, hours=48), 24)
    silver = lines[MedalZone.SILVER]
    assert (silver.rank, silver.later_rank) == (50, 50)
    assert (silver.score, silver.later_score) == (-50, -27)
    assert (silver.best_score, silver.worst_score) == (-14, -36)


def test_line_moves_down_as_the_board_grows() -> None:
    # Nobody comes in above silver, and silver is the best 5 %: #50 now, #75 later.
    silver = lines_of(pace([0] * 1000, 1000, hours=48), 24)[MedalZone.SILVER]
    assert (silver.rank, silver.later_rank) == (50, 75)
    assert (silver.score, silver.later_score) == (-50, -75)


def test_line_that_is_likely_below_the_board_is_not_forecast() -> None:
    # Of 1,000 teams, 100 will win bronze; there are ten now.
    assert not lines_of(pace([0] * 10, 990, hours=24), 24)


def test_zone_that_nobody_is_in_has_no_line() -> None:
    lines = lines_of(pace([0] * 9, hours=24), 24)
    assert list(lines) == [MedalZone.SILVER, MedalZone.BRONZE]


def test_zone_of_missing_ranks_has_no_line() -> None:
    # Gold is #1 and silver ends at #3: Kaggle left out the first, and #2 and #3 of the other.
    no_gold, no_silver = pace([0] * 15, hours=24), pace([0] * 15, hours=24)
    no_gold = replace(no_gold, ranks=no_gold.ranks + 1)
    ranks = np.array([1, *range(4, 18)])
    no_silver = replace(no_silver, ranks=ranks)
    assert list(lines_of(no_gold, 24)) == [MedalZone.SILVER, MedalZone.BRONZE]
    assert list(lines_of(no_silver, 24)) == [MedalZone.GOLD, MedalZone.BRONZE]


def test_lines_follow_from_a_board_and_its_log() -> None:
    boards = climbing(31)
    last = boards[-1].teams
    board = ForecastBoard(build_log(boards), last.rank, last.score, FIRST + 30 * HOUR)
    # A team an hour comes in first: gold now ends at #3 of 32, and with 44 teams at #4.
    gold, silver, bronze = board.forecast_medal_lines(12)
    assert (gold.rank, gold.later_rank) == (3, 4)
    assert gold.later_score >= silver.later_score >= bronze.later_score
    assert board.compared_since == FIRST
    rescored = replace(board, rescored_at=FIRST + 25 * HOUR)
    assert not rescored.forecast_medal_lines(12)
    assert rescored.compared_since == FIRST + 25 * HOUR
    assert replace(board, log=[]).compared_since is None


@given(paces(), hours)
def test_lines_are_in_order_and_intervals_hold_the_median(pace: Pace, hours: int) -> None:
    lines = list(lines_of(pace, hours).values())
    for line in lines:
        assert line.best_score >= line.later_score >= line.worst_score
    for better, worse in pairwise(lines):
        assert better.score >= worse.score
        assert better.later_score >= worse.later_score
        assert better.best_score >= worse.best_score
        assert better.worst_score >= worse.worst_score


@given(paces(), st.integers(1, 200), hours)
def test_more_teams_that_come_in_never_lower_a_line(pace: Pace, more: int, hours: int) -> None:
    harder = replace(pace, passed=pace.passed + more)
    before, after = lines_of(pace, hours), lines_of(harder, hours)
    for zone in before.keys() & after.keys():
        assert after[zone].later_score >= before[zone].later_score


def test_ranks_of_the_lines_are_those_of_the_zones_and_some_below() -> None:
    assert select_line_ranks(np.arange(1, 15001)).tolist() == list(range(1, 2271))
    # Ranks that several teams share are there once.
    assert select_line_ranks(np.array([1, 1, 3])).tolist() == [1, 3]
