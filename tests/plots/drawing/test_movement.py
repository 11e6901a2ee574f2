"""Climbers and fallers of a period, as they are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plots import colours
from plots.drawing import render_plot
from plots.specs import MovementPlot, Mover
from tests.plots.pixels import HOSTILE_NAMES, START, Pixels


def movement(*movers: Mover) -> MovementPlot:
    return MovementPlot("titanic", 1500, START, START + timedelta(days=7), movers)


def test_climbers_and_fallers_have_their_colours() -> None:
    climbs, falls = Mover("ada", 900, 40), Mover("bob", 40, 900)
    both = Pixels(render_plot(movement(climbs, falls)))
    assert both.size == (1000, 750)
    assert both.has_clear_margin()
    for movers, colour, other in (
        ((climbs,), colours.RISE, colours.FALL),
        ((falls,), colours.FALL, colours.RISE),
    ):
        pixels = Pixels(render_plot(movement(*movers)))
        assert pixels.count(colour) > 1000
        assert pixels.count(other) == 0
        assert both.count(colour) > 1000


@pytest.mark.parametrize("mover", [Mover("new", None, 7), Mover("gone", 7, None)])
def test_new_and_gone_teams_have_lines(mover: Mover) -> None:
    assert Pixels(render_plot(movement(mover, Mover("ada", 100_000, 99_999)))).has_clear_margin()


def test_ten_movers_with_any_names_fit() -> None:
    movers = [
        Mover(name, 10 * index + 1, None if index == 3 else 1200 - index)
        for index, name in enumerate(HOSTILE_NAMES[:10])
    ]
    assert Pixels(render_plot(movement(*movers))).has_clear_margin()


def test_movement_without_movers_shows_a_sentence() -> None:
    assert Pixels(render_plot(movement())).count(colours.MUTED) > 500


def test_movement_shows_the_first_ten_movers() -> None:
    movers = [Mover(f"team {index}", 500 + index, 400 - index) for index in range(12)]
    assert render_plot(movement(*movers)) == render_plot(movement(*movers[:10]))
    assert render_plot(movement(*movers)) != render_plot(movement(*movers[:9]))
