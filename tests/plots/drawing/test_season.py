"""The standings of a season, as they are seen."""

from __future__ import annotations

import pytest

from plots import colours
from plots.drawing import render_plot
from plots.specs import SeasonPlot, SeasonRow
from tests.plots.pixels import HOSTILE_NAMES, Pixels
from tests.plots.texts import draw_texts


def test_bars_are_proportional_to_points() -> None:
    rows = (SeasonRow("ada", (300, 100)), SeasonRow("bob", (100, 0)))
    pixels = Pixels(render_plot(SeasonPlot("Spring", ("titanic", "house-prices"), rows)))
    assert pixels.has_clear_margin()
    first, second = (pixels.count(colour) for colour in colours.SERIES[:2])
    assert 3.6 < first / second < 4.2


def test_season_says_what_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (SeasonRow("ada", (70.0,)), SeasonRow("bob", (50.0,)))
    for unit in ("points", "mean share of teams behind"):
        plot = SeasonPlot("Spring", ("titanic",), rows, unit)
        texts = [one.text for one in draw_texts(plot, monkeypatch)]
        assert f"1 competition · {unit}" in texts


def test_competitions_with_the_fewest_points_share_a_colour() -> None:
    count = len(colours.SERIES) + 3
    row = SeasonRow("ada", tuple(float(index + 1) for index in range(count)))
    pixels = Pixels(render_plot(SeasonPlot("Spring", tuple(map(str, range(count))), (row,))))
    assert pixels.count(colours.SERIES[-1]) == 0
    # The four smallest: 1 + 2 + 3 + 4 points beside the 5 of the next.
    assert 1.7 < pixels.count(colours.BAR) / pixels.count(colours.SERIES[0]) < 2.1


def test_any_names_and_points_fit() -> None:
    rows = tuple(
        SeasonRow(name, (10.0**index, 0.0)) for index, name in enumerate(HOSTILE_NAMES[:10])
    )
    assert Pixels(render_plot(SeasonPlot("W" * 99, ("東京", "V" * 99), rows))).has_clear_margin()


def test_season_without_points_is_drawn() -> None:
    assert Pixels(render_plot(SeasonPlot("Spring", ("titanic",), ()))).has_clear_margin()
    assert Pixels(render_plot(SeasonPlot("Spring", (), (SeasonRow("ada", ()),)))).has_clear_margin()
