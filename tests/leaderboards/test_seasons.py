import pytest

from leaderboards.points import competition_points
from leaderboards.seasons import Place, Rule, standings

PLACES = [
    Place(1, "ada", "one", 1, 101, 1, final=True),
    Place(1, "ada", "two", 51, 101, 2, final=False),
    Place(2, "ada", "one", 1, 101, 1, final=True),
    Place(3, "ada", "two", 51, 101, 2, final=False),
    Place(4, "ada", "two", 51, 101, 2, final=False),
]


def test_points_are_added_up_and_team_mates_each_have_them() -> None:
    ranked = standings(PLACES, Rule.POINTS, 2)
    first, shared = competition_points(1, 101, 1), competition_points(51, 101, 2)
    assert [(one.rank, one.user_id) for one in ranked] == [(1, 1), (2, 2), (3, 3), (3, 4)]
    totals = [one.total for one in ranked]
    assert totals == pytest.approx([first + shared, first, shared, shared])
    assert [result.place.slug for result in ranked[0].results] == ["one", "two"]


def test_normalised_ranks_count_nothing_where_one_was_not() -> None:
    ranked = standings(PLACES, Rule.RANK, 2)
    totals = {one.user_id: one.total for one in ranked}
    assert totals == {1: 0.75, 2: 0.5, 3: 0.25, 4: 0.25}


def test_of_two_teams_of_one_person_the_better_counts() -> None:
    places = [Place(1, "ada", "one", rank, 101, 1, final=True) for rank in (90, 10)]
    (only,) = standings(places, Rule.RANK, 1)
    assert [result.place.rank for result in only.results] == [10]


def test_nobody() -> None:
    assert standings([], Rule.POINTS, 0) == []
