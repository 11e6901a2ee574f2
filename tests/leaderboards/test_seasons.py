import pytest

from leaderboards.points import season_points
from leaderboards.seasons import Rule, SeasonPlace, rank_season

PLACES = [
    SeasonPlace(1, "ada", "one", 1, 101, 1, final=True),
    SeasonPlace(1, "ada", "two", 51, 101, 2, final=False),
    SeasonPlace(2, "ada", "one", 1, 101, 1, final=True),
    SeasonPlace(3, "ada", "two", 51, 101, 2, final=False),
    SeasonPlace(4, "ada", "two", 51, 101, 2, final=False),
]


def test_points_are_added_up_and_team_mates_each_have_them() -> None:
    ranked = rank_season(PLACES, Rule.POINTS, 2)
    first, shared = season_points(1, 101, 1), season_points(51, 101, 2)
    assert [(one.rank, one.user_id) for one in ranked] == [(1, 1), (2, 2), (3, 3), (3, 4)]
    totals = [one.total for one in ranked]
    assert totals == pytest.approx([first + shared, first, shared, shared])
    assert [result.place.slug for result in ranked[0].results] == ["one", "two"]


def test_normalised_ranks_count_nothing_where_one_was_not() -> None:
    ranked = rank_season(PLACES, Rule.RANK, 2)
    totals = {one.user_id: one.total for one in ranked}
    assert totals == {1: 0.75, 2: 0.5, 3: 0.25, 4: 0.25}


def test_of_two_teams_of_one_person_the_better_counts() -> None:
    places = [SeasonPlace(1, "ada", "one", rank, 101, 1, final=True) for rank in (90, 10)]
    (only,) = rank_season(places, Rule.RANK, 1)
    assert [result.place.rank for result in only.results] == [10]


def test_nobody() -> None:
    assert rank_season([], Rule.POINTS, 0) == []
