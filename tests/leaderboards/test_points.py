import pytest

from leaderboards.points import normalised_rank, season_points


@pytest.mark.parametrize(
    ("rank", "teams", "teammates", "days", "points"),
    [
        (1, 10, 1, 0, 30103.0),  # log10(1 + 1)
        (1, 10, 4, 0, 15051.5),
        (16, 10, 1, 0, 3762.9),  # 16^-0.75 = 1/8
        (1, 10, 1, 500, 11074.3),  # 1/e
        (1, 1000, 1, 0, 60206.0),  # log10(1 + 3)
        (1, 1, 1, 0, 0.0),
        (1, 10, 0, 0, 30103.0),  # A team whose members are not known is somebody.
    ],
)
def test_kaggles_formula(rank: int, teams: int, teammates: int, days: float, points: float) -> None:
    assert season_points(rank, teams, teammates, days) == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize(
    ("rank", "teams", "share"), [(1, 5, 1.0), (5, 5, 0.0), (2, 5, 0.75), (1, 1, 1.0)]
)
def test_a_normalised_rank(rank: int, teams: int, share: float) -> None:
    assert normalised_rank(rank, teams) == share
