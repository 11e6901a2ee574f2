from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Integers
from leaderboards.forecast.pace import Pace
from leaderboards.forecast.rank_forecast import (
    forecast_day,
    forecast_ranks,
    forecast_series,
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
    assert forecast.low[59] == 75
    assert forecast.high[59] == 95


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


def test_two_in_three_that_leave_are_enough_to_be_told() -> None:
    forecasts = forecast_day(pace([48] * 1000, hours=48))
    # Gold ends at #12 and silver at #50; 24 teams are expected.
    told = [forecast.zone_exit is not None for forecast in forecasts]
    assert told.index(True, 12) == 31 - 1
    # One in ten of #31 will be within silver, but not one in three; of #30 it is more.
    assert forecasts[31 - 1].low <= 50
    assert forecasts[30 - 1].rank > 50
    assert forecasts[30 - 1].may_leave_zone


def test_rank_that_hardly_anybody_passes_has_a_narrow_interval() -> None:
    # Half a team in two days is expected in addition, so an eighth within 12 hours.
    still = forecast_ranks(pace([0] * 100, hours=48), 12)
    assert still.low[9] == still.high[9] == 10


def test_zone_that_a_team_may_leave_ends_where_the_larger_board_has_it() -> None:
    # Silver is the best 5 %: #50 now, #75 of 1,500 teams in a day.
    forecasts = forecast_day(pace([24] * 1000, 500, hours=24))
    silver = forecasts[50 - 1]
    assert silver.zone_last_rank == 75
    assert silver.may_leave_zone
    assert silver.zone_exit is None
    assert not forecasts[30 - 1].may_leave_zone
    # A team outside the zones has none to leave.
    assert forecasts[500 - 1].zone_last_rank is None
    assert not forecasts[500 - 1].may_leave_zone


@given(paces())
def test_no_team_whose_interval_ends_below_its_zone_is_taken_for_safe(pace: Pace) -> None:
    for forecast in forecast_day(pace):
        last = forecast.zone_last_rank
        is_at_risk = last is not None and forecast.high > last
        assert (forecast.may_leave_zone or forecast.zone_exit is not None) == is_at_risk
        # Which of the two it is, is said only once.
        assert not (forecast.may_leave_zone and forecast.zone_exit is not None)


def test_longer_forecasts_are_less_sure() -> None:
    slow = pace([480] * 100000, hours=48)
    day, later = forecast_ranks(slow, 24), forecast_ranks(slow, 96)
    widths = [(one.high[9] - one.low[9]) / (one.rank[9] - 10) for one in (day, later)]
    assert widths[0] < 0.7 < widths[1]


def only(pace: Pace, rank: int) -> Pace:
    """Return the pace of one rank only."""
    row = slice(rank - 1, rank)
    return replace(pace, ranks=pace.ranks[row], below=pace.below[row], passed=pace.passed[row])


def test_series_has_the_forecast_of_each_hour() -> None:
    board = pace([48] * 1000, 1000, hours=48)
    series = forecast_series(only(board, 45), 48)
    assert len(series.ranks) == len(series.team_counts) == 48
    for hours in (1, 24, 48):
        forecast = forecast_ranks(board, hours)
        at = hours - 1
        assert series.lows[at] == forecast.low[44]
        assert series.ranks[at] == forecast.rank[44]
        assert series.highs[at] == forecast.high[44]
    assert series.team_counts[-1] == 2000


@given(paces(), st.integers(1, 168))
def test_series_is_in_order_and_within_the_board(pace: Pace, hours: int) -> None:
    series = forecast_series(only(pace, 1), hours)
    for hour, (low, rank, high) in enumerate(
        zip(series.lows, series.ranks, series.highs, strict=True), 1
    ):
        assert 1 <= low <= rank <= high <= forecast_team_count(pace, hour)
