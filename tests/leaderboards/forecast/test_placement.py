"""Scores that are put among those of a board."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import ScoreOrder
from leaderboards.forecast.placement import RankedScores, parse_score, place_score
from leaderboards.medals import MedalZone, medal_zone

HIGHER, LOWER = ScoreOrder.HIGHER, ScoreOrder.LOWER


def rank_scores(scores: list[float], order: ScoreOrder = HIGHER) -> RankedScores:
    best_first = sorted(scores, reverse=order is HIGHER)
    return RankedScores(np.arange(1, len(scores) + 1), np.array(best_first, dtype=np.float64))


@pytest.mark.parametrize(
    ("typed", "score"),
    [
        ("0.97", "0.97"),
        (" 0.97500 ", "0.97500"),
        ("0,97", "0.97"),
        ("0,973", "0.973"),
        (",5", "0.5"),
        (".5", "0.5"),
        ("12,3456", "12.3456"),
        ("1234,567", "1234.567"),
        ("-12.5", "-12.5"),
        ("\N{MINUS SIGN}12.5", "-12.5"),
        ("+3", "3"),
        ("1e-3", "0.001"),
        ("7", "7"),
    ],
)
def test_score_is_read_as_people_type_it(typed: str, score: str) -> None:
    assert parse_score(typed) == score


@pytest.mark.parametrize(
    "typed",
    [
        *("", "best", "nan", "inf", "-inf", "1e999", "1,234", "1,234.5", "1.2.3", "97%", "0x1"),
        *("1_0", "٣", "0.9 7", "--1", ".", "-", "1e"),
    ],
)
def test_what_is_no_score_is_not_read(typed: str) -> None:
    assert parse_score(typed) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_itself(number: float) -> None:
    parsed = parse_score(repr(number))
    assert parsed is not None
    assert float(parsed) == number


@given(st.text(max_size=12) | st.from_regex(r"[0-9,.eE+-]{1,12}", fullmatch=True))
def test_what_is_read_is_a_finite_number(typed: str) -> None:
    parsed = parse_score(typed)
    assert parsed is None or (math.isfinite(float(parsed)) and parse_score(parsed) == parsed)


def test_equal_score_comes_after_the_teams_that_have_it() -> None:
    teams = rank_scores([0.9, 0.8, 0.8, 0.8, 0.7])
    placed = place_score(teams, HIGHER, 0.8)
    assert (placed.rank, placed.tied, placed.behind, placed.team_count) == (5, 3, 1, 6)
    placed = place_score(teams, HIGHER, 0.81)
    assert (placed.rank, placed.tied, placed.behind) == (2, 0, 4)


def test_own_team_is_not_counted() -> None:
    teams = rank_scores([0.9, 0.8, 0.7, 0.6])
    placed = place_score(teams, HIGHER, 0.85, own_rank=3)
    assert (placed.rank, placed.behind, placed.team_count) == (2, 2, 4)
    # Its own score is not one that it ties with.
    placed = place_score(teams, HIGHER, 0.7, own_rank=3)
    assert (placed.rank, placed.tied, placed.behind) == (3, 0, 1)
    # It is the last of those that have 0.6.
    assert place_score(teams, HIGHER, 0.6, own_rank=1).rank == 4


def test_lower_score_is_better_where_the_board_says_so() -> None:
    teams = rank_scores([1.5, 2.5, 3.5], LOWER)
    assert place_score(teams, LOWER, 1.0).rank == 1
    assert place_score(teams, LOWER, 3.0).rank == 3
    assert place_score(teams, LOWER, 9.0).rank == 4


def test_missing_ranks_are_kept() -> None:
    teams = RankedScores(np.array([1, 2, 30, 31]), np.array([0.9, 0.8, 0.7, 0.6]))
    assert [place_score(teams, HIGHER, score).rank for score in (0.75, 0.65, 0.5)] == [30, 31, 32]


def test_misplaced_team_moves_no_other() -> None:
    teams = RankedScores(np.arange(1, 6), np.array([0.1, 0.9, 0.8, 0.7, 0.6]))
    assert place_score(teams, HIGHER, 0.85).rank == 2
    assert place_score(teams, HIGHER, 0.05).rank == 6


def test_ranks_to_beat_are_those_of_the_last_others_in_the_zones() -> None:
    teams = rank_scores([1 - n / 1000 for n in range(1, 101)])
    # Of 100 teams the first 10, 20 and 40 have medals.
    ranks = place_score(teams, HIGHER, 0.5, own_rank=100).ranks_to_beat
    assert ranks == {MedalZone.GOLD: 10, MedalZone.SILVER: 20, MedalZone.BRONZE: 40}
    # Who is among them makes room for one more if they fall behind.
    ranks = place_score(teams, HIGHER, 0.5, own_rank=15).ranks_to_beat
    assert ranks == {MedalZone.GOLD: 10, MedalZone.SILVER: 21, MedalZone.BRONZE: 41}


def test_board_without_other_teams() -> None:
    assert place_score(rank_scores([]), HIGHER, 0.5).rank == 1
    placed = place_score(rank_scores([0.7]), HIGHER, 0.8, own_rank=1)
    assert (placed.rank, placed.team_count, placed.ranks_to_beat) == (1, 1, {})


scores = st.integers(-30, 30).map(lambda number: number / 10)
orders = st.sampled_from(ScoreOrder)


@st.composite
def questions(draw: st.DrawFn) -> tuple[RankedScores, ScoreOrder, float, int | None]:
    order = draw(orders)
    teams = rank_scores(draw(st.lists(scores, max_size=130)), order)
    own = draw(st.none() | st.integers(1, len(teams.ranks))) if len(teams.ranks) else None
    return teams, order, draw(scores), own


@given(questions())
def test_rank_is_that_of_the_board_sorted_anew(
    question: tuple[RankedScores, ScoreOrder, float, int | None],
) -> None:
    teams, order, score, own_rank = question
    placed = place_score(teams, order, score, own_rank)
    rows = list(zip(teams.scores.tolist(), teams.ranks.tolist(), strict=True))
    rows = [(other, rank) for other, rank in rows if rank != own_rank]
    # The newest of equal scores is the last.
    rows = sorted([*rows, (score, 1000)], key=lambda row: (-row[0], row[1]))
    if order is LOWER:
        rows.sort(key=lambda row: (row[0], row[1]))
    assert placed.rank == rows.index((score, 1000)) + 1
    assert placed.team_count == len(rows)
    assert placed.behind == len(rows) - placed.rank
    assert placed.medal_zone is medal_zone(placed.rank, len(rows))


@given(questions())
def test_zone_is_reached_exactly_by_scores_better_than_its_line(
    question: tuple[RankedScores, ScoreOrder, float, int | None],
) -> None:
    teams, order, score, own_rank = question
    placed = place_score(teams, order, score, own_rank)
    zones = list(MedalZone)
    reached = {
        zone
        for zone in zones
        if placed.medal_zone is not None and zones.index(placed.medal_zone) <= zones.index(zone)
    }
    for zone, rank in placed.ranks_to_beat.items():
        line = float(teams.scores[rank - 1])
        assert rank != own_rank
        assert order.is_better(score, line) == (zone in reached)


@given(questions(), scores)
def test_better_score_is_never_placed_worse(
    question: tuple[RankedScores, ScoreOrder, float, int | None], other: float
) -> None:
    teams, order, score, own_rank = question
    if order.is_better(other, score):
        score, other = other, score
    better, worse = (place_score(teams, order, one, own_rank) for one in (score, other))
    assert better.rank <= worse.rank
