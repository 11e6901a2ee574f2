"""The rank that a team is likely to have, as it is seen: a fan behind its line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from plots import colours
from plots.drawing import render_plot
from plots.specs import ForecastPlot, ForecastStep, RankLine
from tests.plots.pixels import HOSTILE_NAMES, START, Pixels, history
from tests.plots.texts import draw_texts

NOW = START + timedelta(hours=48)
FALLING = [160] * 10 + [95 + hour // 2 for hour in range(39)]
"""A rank that a submission made better, and that has fallen since."""


def fan(
    ranks: Sequence[int] = FALLING,
    *,
    spread: float = 0.5,
    name: str = "ada",
    medals: bool = True,
    deadline: datetime | None = None,
    new_teams: int = 4,
) -> ForecastPlot:
    """Build a forecast for a day: every hour a place lost, and so many new teams."""
    line = RankLine.from_history(name, history(ranks, teams=1440))
    steps = tuple(
        ForecastStep(
            at=NOW + timedelta(hours=hours),
            team_count=1440 + new_teams * hours,
            rank=ranks[-1] + hours,
            low=ranks[-1] + round(hours * (1 - spread)),
            high=ranks[-1] + round(hours * (1 + spread)),
        )
        for hours in range(25)
    )
    return ForecastPlot(name, "titanic", line, steps, medals, deadline)


def texts(plot: ForecastPlot, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    return {one.text for one in draw_texts(plot, monkeypatch)}


def test_line_and_fan_are_drawn() -> None:
    pixels = Pixels(render_plot(fan()))
    assert pixels.size == (1000, 750)
    assert pixels.has_clear_margin()
    assert pixels.count(colours.BLUE) > 1500
    # Where the forecast begins the rank gets worse: the fan is lower than the line.
    narrow = Pixels(render_plot(fan(spread=0, medals=False)))
    wide = Pixels(render_plot(fan(spread=0.5, medals=False)))
    assert wide.count_tinted(colours.BLUE, 0.4) > narrow.count_tinted(colours.BLUE, 0.4) + 1000


def test_numbers_are_said_as_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {
        "#114 of 1,440",
        "in 24 h likely #126 to #150 · titanic",
        "rank (better ↑)",
        "if nothing is submitted",
        "dashes: about, band: likely",
    } <= texts(fan(), monkeypatch)
    assert "in 24 h about #138 · titanic" in texts(fan(spread=0), monkeypatch)


def test_deadline_is_shown_where_it_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = (NOW + timedelta(hours=hours) for hours in (30, 24 * 10))
    assert "deadline" in texts(fan(deadline=near), monkeypatch)
    assert "deadline" not in texts(fan(deadline=far), monkeypatch)
    assert "deadline" not in texts(fan(), monkeypatch)


def test_medal_zones_grow_with_the_board() -> None:
    grown, stays = (
        Pixels(render_plot(fan(new_teams=new))).count_tinted(colours.BRONZE, 0.24)
        for new in (40, 0)
    )
    assert grown > stays + 500
    assert Pixels(render_plot(fan(medals=False))).count_tinted(colours.BRONZE, 0.24) < 500


def test_fan_is_as_large_where_the_team_has_climbed_far() -> None:
    near, far = (
        Pixels(render_plot(fan([first] * 20 + [114] * 29, medals=False))) for first in (114, 12_000)
    )
    assert far.count_tinted(colours.BLUE, 0.4) > near.count_tinted(colours.BLUE, 0.4) / 2


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_is_drawn(name: str) -> None:
    assert Pixels(render_plot(fan(name=name))).has_clear_margin()


@pytest.mark.parametrize("rank", [1, 12_345])
def test_outermost_ranks_are_drawn(rank: int) -> None:
    for spread in (0, 1):
        assert Pixels(render_plot(fan([rank] * 49, spread=spread))).has_clear_margin()
    joined: list[int | None] = [None] * 30 + [rank] * 19
    line = RankLine.from_history("ada", history(joined, teams=20_000))
    plot = fan([rank] * 49)
    plot = ForecastPlot("ada", "titanic", line, plot.steps, medals=True)
    assert Pixels(render_plot(plot)).has_clear_margin()
