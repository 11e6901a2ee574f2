import pytest

from leaderboards.seasons.standings import (
    Rule,
    SeasonPlace,
    rank_season,
    season_points,
    share_behind,
)

PLACES = [
    SeasonPlace(1, "ada", "one", 1, 101, 1, final=True),
    SeasonPlace(1, "ada", "two", 51, 101, 2, final=False),
    SeasonPlace(2, "ada", "one", 1, 101, 1, final=True),
    SeasonPlace(3, "ada", "two", 51, 101, 2, final=False),
    SeasonPlace(4, "ada", "two", 51, 101, 2, final=False),
]


def test_points_are_summed_and_given_to_each_teammate() -> None:
    ranked = rank_season(PLACES, Rule.POINTS, 2)
    first, shared = round(season_points(1, 101, 1)), round(season_points(51, 101, 2))
    assert [(one.rank, one.user_id) for one in ranked] == [(1, 1), (2, 2), (3, 3), (3, 4)]
    totals = [one.total for one in ranked]
    assert totals == [first + shared, first, shared, shared]
    assert [result.place.slug for result in ranked[0].results] == ["one", "two"]


def test_whole_points_add_up_to_the_total() -> None:
    """Without rounding first, 27,154.35 and 2,097.41 would be shown as 27,154 + 2,097 = 29,252."""
    places = [
        SeasonPlace(1, "ada", "one", 3, 1442, 1, final=True),
        SeasonPlace(1, "ada", "two", 88, 1012, 1, final=True),
    ]
    (only,) = rank_season(places, Rule.POINTS, 2)
    assert [result.value for result in only.results] == [27_154, 2_097]
    assert only.total == 29_251


def test_share_behind_is_zero_in_missed_competitions() -> None:
    ranked = rank_season(PLACES, Rule.MEAN_SHARE_BEHIND, 2)
    totals = {one.user_id: one.total for one in ranked}
    assert totals == {1: 0.75, 2: 0.5, 3: 0.25, 4: 0.25}


def test_better_of_two_teams_of_a_member_counts() -> None:
    places = [SeasonPlace(1, "ada", "one", rank, 101, 1, final=True) for rank in (90, 10)]
    (only,) = rank_season(places, Rule.MEAN_SHARE_BEHIND, 1)
    assert [result.place.rank for result in only.results] == [10]


@pytest.mark.parametrize(
    ("rule", "ranks", "other_ranks"),
    [
        (Rule.POINTS, (1, 1, 2), (2, 1, 1)),
        (Rule.MEAN_SHARE_BEHIND, (1, 2, 4), (4, 1, 2)),
        (Rule.MEAN_SHARE_BEHIND, (1, 4, 11), (2, 3, 11)),
    ],
)
def test_members_with_equal_totals_share_a_rank(
    rule: Rule, ranks: tuple[int, ...], other_ranks: tuple[int, ...]
) -> None:
    places = [
        SeasonPlace(user_id, f"user{user_id}", slug, rank, 11, 1, final=True)
        for user_id, own in ((1, ranks), (2, other_ranks))
        for slug, rank in zip(("one", "two", "three"), own, strict=True)
    ]
    assert [(one.rank, one.user_id) for one in rank_season(places, rule, 3)] == [(1, 1), (1, 2)]


def test_season_without_members_is_empty() -> None:
    assert rank_season([], Rule.POINTS, 0) == []


@pytest.mark.parametrize(
    ("rank", "teams", "team_size", "points"),
    [
        (1, 10, 1, 30103.0),  # log10(1 + 1)
        (1, 10, 4, 15051.5),
        (16, 10, 1, 3762.9),  # 16^-0.75 = 1/8
        (1, 1000, 1, 60206.0),  # log10(1 + 3)
        (1, 1, 1, 0.0),
        (1, 10, 0, 30103.0),  # A team whose members are not known is somebody.
    ],
)
def test_season_points_follow_kaggles_formula(
    rank: int, teams: int, team_size: int, points: float
) -> None:
    assert season_points(rank, teams, team_size) == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize(
    ("rank", "teams", "share"),
    [(1, 5, 1.0), (5, 5, 0.0), (2, 5, 0.75), (1, 1, 1.0), (100, 98, 0.0)],
)
def test_share_behind(rank: int, teams: int, share: float) -> None:
    assert share_behind(rank, teams) == share
