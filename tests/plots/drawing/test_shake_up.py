"""Public rank against private rank, as it is seen."""

from __future__ import annotations

import pytest

from plots import colours
from plots.drawing import render_plot
from plots.specs import MemberShakeUp, ShakeUpPlot
from tests.plots.pixels import HOSTILE_NAMES, Pixels
from tests.plots.texts import draw_texts


def shake_up(
    teams: int, *members: MemberShakeUp, team_count: int | None = None, medals: bool = False
) -> ShakeUpPlot:
    ranks = tuple((rank, rank * 7 % (teams + 1) or teams) for rank in range(1, teams + 1))
    count = teams if team_count is None else team_count
    return ShakeUpPlot("titanic", ranks, count, members, medals, mean=0.2)


def test_risers_are_above_fallers() -> None:
    pixels = Pixels(
        render_plot(shake_up(1500, MemberShakeUp("ada", 900, 40), MemberShakeUp("bob", 40, 900)))
    )
    assert pixels.size == (1000, 750)
    assert pixels.has_clear_margin()
    assert pixels.centre(colours.RISE)[1] < pixels.centre(colours.FALL)[1]


def test_both_axes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {one.text for one in draw_texts(shake_up(1500), monkeypatch)}
    assert {"private rank (better ↑, log scale)", "public rank (better →, log scale)"} <= texts


def test_each_team_is_a_dot() -> None:
    few, many = (Pixels(render_plot(shake_up(teams))) for teams in (600, 3000))
    assert (many.rgb.sum(axis=2) > 110).sum() > (few.rgb.sum(axis=2) > 110).sum() + 2000


def test_medal_zones_are_those_of_the_private_board() -> None:
    assert (
        Pixels(render_plot(shake_up(1500, medals=True))).count_tinted(colours.GOLD, 0.22) > 10_000
    )
    assert Pixels(render_plot(shake_up(1500))).count_tinted(colours.GOLD, 0.22) < 100


def test_medal_zones_count_private_teams_that_are_not_on_the_public_board() -> None:
    """Of 25 teams 2 win gold, of 250 teams 10."""
    few, all_ = (
        Pixels(render_plot(shake_up(25, team_count=count, medals=True))) for count in (25, 250)
    )
    gold = [pixels.count_tinted(colours.GOLD, 0.22) for pixels in (few, all_)]
    assert gold[1] > 3 * gold[0] > 10_000


@pytest.mark.parametrize("teams", [0, 1, 2, 9, 24, 5000])
def test_any_board_size_is_drawn(teams: int) -> None:
    members = [MemberShakeUp(name, 1, max(teams, 1)) for name in HOSTILE_NAMES[:10]]
    assert Pixels(render_plot(shake_up(teams, *members, medals=True))).has_clear_margin()
