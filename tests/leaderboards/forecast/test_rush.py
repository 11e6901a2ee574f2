from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Board
from leaderboards.forecast.pace import Pace
from leaderboards.forecast.past_rush import measure_rush
from leaderboards.forecast.rank_forecast import (
    forecast_day,
    forecast_ranks,
    forecast_team_count,
)
from leaderboards.forecast.rush import Rush, RushedDeadline, combine_rushes
from leaderboards.history.moves import Moves
from tests.leaderboards.boards import board, entry
from tests.leaderboards.forecast.test_pace import FIRST, HOUR, build_log
from tests.leaderboards.forecast.test_rank_forecast import hours, pace, paces

DEADLINE = FIRST + 73 * HOUR


def build_boards(
    usual: int, parts: tuple[int, int, int, int], hours_before: int = 49
) -> list[Board]:
    """Return the boards of each hour of a season in which this many teams an hour came in first."""
    an_hour = [usual] * hours_before + [count for count in parts for _ in range(6)]
    boards = []
    for hour, newcomers in enumerate(np.cumsum([0, *an_hour]).tolist()):
        # The scores that are counted are below all of them.
        ids = [*range(1000 + newcomers, 1000, -1), *range(1, 501)]
        entries = [entry(place, id_) for place, id_ in enumerate(ids, 1)]
        boards.append(board(*entries, hours=hour))
    return boards


def build_season(
    usual: int, parts: tuple[int, int, int, int], hours_before: int = 49
) -> list[Moves]:
    """Return the log of such a season."""
    return build_log(build_boards(usual, parts, hours_before))


def test_factors_say_how_much_faster_teams_came_in() -> None:
    log = build_season(1, (1, 2, 3, 5))
    assert measure_rush(log, DEADLINE) == pytest.approx((1, 2, 3, 5))
    # The log of an archived competition has one segment a day.
    joined = [Moves.concatenate(log[:30]), Moves.concatenate(log[30:])]
    assert measure_rush(joined, DEADLINE) == pytest.approx((1, 2, 3, 5))


def test_syncs_after_the_end_do_not_count() -> None:
    log = build_season(1, (1, 2, 3, 5))
    more = build_season(1, (1, 2, 3, 5), hours_before=60)
    assert measure_rush(more, FIRST + 84 * HOUR) == measure_rush(log, DEADLINE)


def test_log_that_does_not_show_the_last_days_has_no_factors() -> None:
    log = build_season(1, (1, 2, 3, 5))
    assert measure_rush([], DEADLINE) is None
    assert measure_rush(log[2:], DEADLINE) is None  # It begins too late.
    assert measure_rush(log[:-3], DEADLINE) is None  # It ends too early.
    assert measure_rush(log[:60] + log[64:], DEADLINE) is None  # Syncs near an end are missing.
    assert measure_rush(log[:58] + log[60:], DEADLINE) is not None


def test_chance_is_no_factor() -> None:
    assert measure_rush(build_season(0, (1, 1, 1, 1)), DEADLINE) is None


def test_three_competitions_are_needed() -> None:
    season = (1.0, 2.0, 3.0, 5.0)
    assert combine_rushes([season] * 2) is None
    assert combine_rushes([season] * 3) == Rush(season, 0)
    rush = combine_rushes([(1, 1, 1, 1), (2, 2, 2, 2), (9, 9, 9, 9)])
    assert rush is not None
    assert list(rush.factors) == [2, 2, 2, 2]
    assert rush.spread > 1
    # Three competitions are too few to promise that fewer teams come in than usual.
    assert combine_rushes([(0.1, 0.5, 1, 2)] * 3) == Rush((1, 1, 1, 2), 0)


def deadline(
    hours: float, factors: tuple[float, ...] = (1, 2, 3, 5), spread: float = 0
) -> RushedDeadline:
    return RushedDeadline(Rush(factors, spread), hours)


def test_hours_of_the_last_day_count_more_and_later_ones_nothing() -> None:
    far = deadline(30)
    assert far.to_usual_hours(0, 6) == 6
    assert far.to_usual_hours(0, 12) == 12
    assert far.to_usual_hours(0, 18) == 12 + 12
    assert far.to_usual_hours(0, 100) == far.to_usual_hours(0, 30) == 6 + 6 * (1 + 2 + 3 + 5)
    # What was counted on the last day counts more as well.
    near = deadline(3)
    assert near.to_usual_hours(-48, 0) == 27 + 6 * (1 + 2 + 3) + 3 * 5
    assert near.to_usual_hours(0, 24) == 15


def test_forecast_goes_on_faster_on_the_last_day() -> None:
    usual = pace([48] * 1000, 48, hours=48)
    near = replace(usual, deadline=deadline(24))
    assert forecast_ranks(usual, 24).rank[59] == 83
    # 66 hours' worth of teams.
    assert forecast_ranks(near, 24).rank[59] == pytest.approx(60 + 66, abs=2)
    assert forecast_team_count(near, 24) == 1066
    # After the deadline nobody comes in.
    assert forecast_team_count(near, 48) == 1066


def test_spread_of_past_competitions_widens_the_interval() -> None:
    usual = pace([480] * 1000, hours=48)
    same, different = (
        forecast_ranks(replace(usual, deadline=deadline(24, spread=spread)), 24)
        for spread in (0, 0.6)
    )
    assert different.low[59] < same.low[59] < same.high[59] < different.high[59]


def test_forecast_of_less_than_a_day_is_for_the_deadline() -> None:
    usual = pace([480] * 1000, hours=48)
    (first, *_) = forecast_day(replace(usual, deadline=deadline(5.5)))
    assert first.at_deadline
    later, no = forecast_day(replace(usual, deadline=deadline(24))), forecast_day(usual)
    assert not later[0].at_deadline
    assert not no[0].at_deadline


def test_zone_is_left_before_the_deadline_at_the_latest() -> None:
    forecasts = forecast_day(replace(pace([4800] * 1000, hours=48), deadline=deadline(0.5)))
    ahead = {forecast.zone_exit.total_seconds() for forecast in forecasts if forecast.zone_exit}
    assert ahead == {0.5 * HOUR}


deadlines = st.builds(
    deadline,
    st.floats(0.01, 200),
    st.tuples(*[st.floats(1, 20)] * 4),
    st.floats(0, 3),
)


@given(paces(), deadlines, hours)
def test_forecast_before_a_deadline_is_in_order_and_on_the_board(
    pace: Pace, deadline: RushedDeadline, hours: int
) -> None:
    pace = replace(pace, deadline=deadline)
    rank, low, high = forecast_ranks(pace, hours)
    assert (low >= 1).all()
    assert (low <= rank).all()
    assert (rank <= high).all()
    assert (high <= forecast_team_count(pace, hours)).all()


@given(deadlines, st.floats(-60, 60), st.floats(0, 100), st.floats(0, 100))
def test_weights_add_up(deadline: RushedDeadline, start: float, one: float, other: float) -> None:
    middle, end = start + one, start + one + other
    parts = deadline.to_usual_hours(start, middle) + deadline.to_usual_hours(middle, end)
    assert deadline.to_usual_hours(start, end) == pytest.approx(parts)


@given(paces(), st.floats(1, 24), hours, st.floats(1, 10))
def test_greater_rush_never_improves_a_forecast(
    pace: Pace, left: float, hours: int, factor: float
) -> None:
    # Its spread is the same; nothing of what was counted is of the last day.
    ahead = left + 24
    usual = replace(pace, deadline=deadline(ahead, (1, 1, 1, 1)), new_teams=max(pace.new_teams, 0))
    rushing = replace(usual, deadline=deadline(ahead, (factor,) * 4))
    assert (forecast_ranks(rushing, hours).rank >= forecast_ranks(usual, hours).rank).all()
