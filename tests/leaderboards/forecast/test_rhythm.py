from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Integers
from leaderboards.forecast.pace import measure_pace
from leaderboards.forecast.rank_forecast import forecast_ranks
from leaderboards.forecast.rhythm import EVEN, Rhythm, measure_rhythm
from leaderboards.forecast.rush import Rush, RushedDeadline
from leaderboards.history.moves import Moves
from tests.leaderboards.forecast.test_rank_forecast import pace

MIDNIGHT, HOUR = 1_800_000_000 // 86400 * 86400, 3600


def build_log(counts: list[int], hours: float = 1, place: int = 0) -> list[Moves]:
    """Return the log of a board of 1,000 teams into which so many came at each sync."""
    ranks: Integers = np.arange(1, 1001)
    none, log = ranks[:0], [Moves.empty(MIDNIGHT, ranks)]
    for sync, count in enumerate(counts, 1):
        taken = np.arange(place, place + count)
        seconds = MIDNIGHT + int(sync * hours * HOUR)
        log.append(
            Moves.from_sync(
                seconds,
                ranks,
                left=999 - np.arange(count)[::-1],
                taken=taken,
                came_from=np.arange(1, count + 1),
                edited=none,
                gone=none,
            )
        )
    return log


EVENINGS = [1] * 18 + [9] * 6


def test_hours_at_which_more_teams_come_in_have_a_greater_factor() -> None:
    log = build_log(EVENINGS * 7)
    rhythm = measure_rhythm(log, MIDNIGHT + 7 * 24 * HOUR)
    # Three an hour on average: a third in daytime, three times as many in the evening; a little
    # less far from the average, as six teams are counted in each part in addition.
    assert rhythm.factors == pytest.approx([(21 + 6) / (63 + 6)] * 6 + [(189 + 6) / (63 + 6)] * 2)
    # One segment of many syncs tells the same.
    assert measure_rhythm([Moves.concatenate(log)], MIDNIGHT + 7 * 24 * HOUR) == rhythm


def test_few_teams_make_no_rhythm() -> None:
    assert max(measure_rhythm(build_log([0] * 20 + [1]), MIDNIGHT + 24 * HOUR).factors) < 1.2
    assert measure_rhythm(build_log([0] * 24), MIDNIGHT + 30 * HOUR) == replace(EVEN, hour=6)


def test_teams_of_a_long_gap_are_spread_over_it() -> None:
    rhythm = measure_rhythm(build_log([60] * 4, hours=12), MIDNIGHT + 48 * HOUR)
    assert rhythm.factors == pytest.approx(EVEN.factors)


def test_teams_in_the_lower_half_make_no_rhythm() -> None:
    log = build_log(EVENINGS, place=500)
    assert measure_rhythm(log, MIDNIGHT + 24 * HOUR) == EVEN


def test_hours_that_were_not_seen_are_taken_for_usual_ones() -> None:
    rhythm = measure_rhythm(build_log([5] * 12), MIDNIGHT + 12 * HOUR)
    assert rhythm == Rhythm((1,) * 8, 12)


def test_only_hours_since_a_correction_are_counted() -> None:
    log = build_log([50] + [1] * 23)
    assert measure_rhythm(log, MIDNIGHT + 24 * HOUR, MIDNIGHT + HOUR).factors[0] == pytest.approx(1)


def test_evening_brings_more_than_the_morning_after_it() -> None:
    log = build_log(EVENINGS * 4)[: 3 * 24 + 19]
    # At 18:00, when the evening begins.
    now = measure_pace(log, np.array([400]), MIDNIGHT + (3 * 24 + 18) * HOUR)
    assert now is not None
    evening, more, day = (int(forecast_ranks(now, hours).rank[0]) - 400 for hours in (6, 12, 24))
    assert evening > 40
    assert more - evening < 15
    # A whole day has all hours: two days had twice as many.
    assert day == pytest.approx(72, abs=2)


def test_last_day_has_no_other_rhythm() -> None:
    # Its factors were counted at the same hours.
    slow = Rhythm((0.5,) * 4 + (1.5,) * 4)
    end = RushedDeadline(Rush((2, 2, 2, 2), 0), 36)
    board = replace(pace([48] * 100, hours=48), deadline=end, rhythm=slow)
    assert board.compute_multiple(12) == pytest.approx(12 * 0.5 / 48)
    assert board.compute_multiple(18) - board.compute_multiple(12) == pytest.approx(6 * 2 / 48)


rhythms = st.builds(
    Rhythm,
    st.lists(st.floats(0.05, 8), min_size=8, max_size=8).map(tuple),
    st.floats(0, 24, exclude_max=True),
)


@given(rhythms, st.floats(-60, 0), st.floats(0, 60), st.floats(0, 60))
def test_weights_add_up(rhythm: Rhythm, start: float, one: float, other: float) -> None:
    middle, end = start + one, start + one + other
    parts = rhythm.to_usual_hours(start, middle) + rhythm.to_usual_hours(middle, end)
    assert rhythm.to_usual_hours(start, end) == pytest.approx(parts, abs=1e-6)
    assert rhythm.to_usual_hours(start, middle) >= -1e-9
    assert rhythm.to_usual_hours(start, start + 24) == pytest.approx(sum(rhythm.factors) * 3)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.floats(0.1, 30))
def test_rhythm_is_always_a_share_of_the_average(counts: list[int], hours: float) -> None:
    until = MIDNIGHT + int(len(counts) * hours * HOUR)
    rhythm = measure_rhythm(build_log(counts, hours), until)
    assert all(0 < factor < 9 for factor in rhythm.factors)
