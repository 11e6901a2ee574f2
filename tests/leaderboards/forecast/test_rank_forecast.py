from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Integers
from leaderboards.forecast.pace import Pace
from leaderboards.forecast.rank_forecast import (
    forecast_ranks,
    forecast_team_count,
    forecast_zone_exits,
)


def pace(passed: list[int], new_teams: int = 0, hours: float = 24) -> Pace:
    """Return the pace of a board with a team for each count."""
    ranks = np.arange(1, len(passed) + 1)
    return Pace(ranks, ranks[::-1] - 1, np.array(passed), len(passed), new_teams, hours)


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    passed = draw(st.lists(st.integers(-50, 3000), min_size=1, max_size=40))
    return pace(passed, draw(st.integers(-60, 3000)), draw(st.floats(12, 60)))


hours = st.sampled_from([1, 3, 6, 12, 24, 48])


def test_rank_goes_on_as_it_did() -> None:
    forecast = forecast_ranks(pace([48] * 1000, 48, hours=48), 24)
    # 24 teams a day came in above #60; half of the time it is one less.
    assert forecast.rank[59] == 83
    assert forecast.low[59] == 74
    assert forecast.high[59] == 96


def test_rank_that_nobody_passed_stays() -> None:
    assert forecast_ranks(pace([0] * 100, hours=48), 24).rank[9] == 10


@given(paces(), hours)
def test_forecast_is_never_outside_the_board(pace: Pace, hours: int) -> None:
    low, rank, high = (forecast_ranks(pace, hours)[index] for index in (1, 0, 2))
    assert (low >= 1).all()
    assert (low <= rank).all()
    assert (rank <= high).all()
    assert (high <= forecast_team_count(pace, hours)).all()


@given(paces(), st.integers(1, 200), hours)
def test_more_teams_that_pass_never_improve_a_forecast(pace: Pace, more: int, hours: int) -> None:
    worse = replace(pace, passed=pace.passed + more)
    assert _never_better(forecast_ranks(worse, hours), forecast_ranks(pace, hours))


@given(paces(), st.integers(1, 200), hours)
def test_more_teams_ahead_never_improve_a_forecast(pace: Pace, more: int, hours: int) -> None:
    # They stand above all others, on a board that is as much longer.
    worse = replace(pace, ranks=pace.ranks + more, team_count=pace.team_count + more)
    assert _never_better(forecast_ranks(worse, hours), forecast_ranks(pace, hours))


def _never_better(worse: tuple[Integers, ...], than: tuple[Integers, ...]) -> bool:
    return all((one >= other).all() for one, other in zip(worse, than, strict=True))


def test_team_is_told_when_it_is_likely_to_leave_its_zone() -> None:
    # Silver ends at #50 of 1,000 teams. Two an hour come in above each.
    exits = forecast_zone_exits(pace([48] * 1000, hours=24), 24)
    assert 4 <= exits[39] <= 6
    assert exits[49] == 1
    # A team outside the zones has none to leave.
    assert exits[100] == 0


def test_team_that_may_stay_in_its_zone_is_not_told() -> None:
    exits = forecast_zone_exits(pace([1] * 1000, hours=24), 24)
    assert not exits.any()
    # 24 teams are expected, and #50 is 25 places away.
    assert forecast_zone_exits(pace([24] * 1000, hours=24), 24)[25] == 0


def test_zones_grow_with_the_board() -> None:
    still = forecast_zone_exits(pace([30] * 2000, hours=24), 24)
    growing = forecast_zone_exits(pace([30] * 2000, 1000, hours=24), 24)
    # Silver is the best 5 %: #100 now, #150 tomorrow.
    assert still[94] > 0
    assert growing[94] == 0
