"""Kaggle's medal table, at each of its edges and by the examples that Kaggle itself gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.medals import MedalZone, awards_medals, medal_thresholds, medal_zone


@pytest.mark.parametrize(
    ("teams", "places"),
    [
        (0, (0, 0, 0)),
        (1, (0, 0, 0)),
        (5, (0, 1, 2)),
        (9, (0, 1, 3)),  # "a competition with 9 teams will not award any gold medals"
        (10, (1, 2, 4)),
        (99, (9, 19, 39)),
        (100, (10, 20, 40)),
        (249, (10, 49, 99)),
        (250, (10, 50, 100)),
        (499, (10, 50, 100)),
        (500, (11, 50, 100)),  # Kaggle's example
        (999, (11, 50, 100)),
        (1000, (12, 50, 100)),
        (1442, (12, 72, 144)),
        (5000, (20, 250, 500)),  # Kaggle's example
        (15738, (41, 786, 1573)),
    ],
)
def test_medal_thresholds_are_kaggles(teams: int, places: tuple[int, int, int]) -> None:
    assert medal_thresholds(teams) == places


def test_rank_is_in_the_best_zone_it_reaches() -> None:
    ranks = [1, 12, 13, 72, 73, 144, 145]
    assert [medal_zone(rank, 1442) for rank in ranks] == [
        MedalZone.GOLD,
        MedalZone.GOLD,
        MedalZone.SILVER,
        MedalZone.SILVER,
        MedalZone.BRONZE,
        MedalZone.BRONZE,
        None,
    ]


@given(st.integers(0, 200_000))
def test_medal_thresholds_ascend_from_gold_to_bronze(teams: int) -> None:
    places = medal_thresholds(teams)
    assert 0 <= places.gold <= places.silver <= places.bronze <= teams
    assert medal_thresholds(teams + 1) >= places


@pytest.mark.parametrize("category", ["Featured", "featured", "Research", " research "])
def test_category_awards_medals(category: str) -> None:
    assert awards_medals(category)


@pytest.mark.parametrize(
    "category",
    [None, "", "Getting Started", "gettingStarted", "Playground", "Community", "Analytics", "new"],
)
def test_category_awards_no_medals(category: str | None) -> None:
    assert not awards_medals(category)


@pytest.mark.parametrize(
    ("category", "awards_points", "medals"),
    [
        ("Featured", None, True),
        ("Playground", None, False),
        (None, None, False),
        # What Kaggle tells counts more than the category.
        ("Community", True, True),
        ("Playground", True, True),
        ("Featured", False, False),
    ],
)
def test_medals_come_with_points(
    category: str | None, awards_points: bool | None, medals: bool
) -> None:
    assert awards_medals(category, awards_points) is medals
