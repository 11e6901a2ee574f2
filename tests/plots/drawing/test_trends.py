"""Small lines in a row each, as they are seen."""

from __future__ import annotations

import pytest

from plots import colours
from plots.drawing import render_plot
from plots.drawing.trends import format_rank_change
from plots.specs import RankLine, TrendsPlot
from tests.plots.pixels import HOSTILE_NAMES, Pixels, history
from tests.plots.texts import draw_texts

RISES, FALLS, STAYS = [900, 500, 40], [40, 500, 900], [7, 7, 7]


def trends(*ranks: list[int | None]) -> TrendsPlot:
    names = [*HOSTILE_NAMES]
    return TrendsPlot(
        tuple(RankLine.from_history(names[i], history(each)) for i, each in enumerate(ranks)), 7
    )


def test_trends_height_grows_with_the_rows() -> None:
    one, three = (
        Pixels(render_plot(trends([9, 8]))),
        Pixels(render_plot(trends([9, 8], [7], [6, 5]))),
    )
    assert one.size == (1000, 214)
    assert three.size == (1000, 482)
    assert one.has_clear_margin()
    assert three.has_clear_margin()


@pytest.mark.parametrize(
    ("ranks", "colour", "other"),
    [
        (RISES, colours.RISE, colours.FALL),
        (FALLS, colours.FALL, colours.RISE),
        (STAYS, colours.MUTED, colours.RISE),
    ],
)
def test_rising_and_falling_differ_in_colour(
    ranks: list[int | None], colour: int, other: int
) -> None:
    pixels = Pixels(render_plot(trends(ranks)))
    assert pixels.count(colour) > 800
    assert pixels.count(other) == 0


def test_new_gone_and_unknown_teams_have_rows() -> None:
    pixels = Pixels(render_plot(trends([None, 5, 4], [4, 5, None], [None], [], [3])))
    assert pixels.size[1] == 5 * 134 + 80
    assert pixels.has_clear_margin()
    assert pixels.count(colours.RISE) > 300


@pytest.mark.parametrize(
    ("hours", "period", "caption"),
    [
        (1, "1 h", "last 1 hour"),
        (30, "30 h", "last 30 hours"),
        (72, "3 d", "last 3 days"),
        (168, "7 d", "last 7 days"),
        (169, "7 d", "last 7 days"),
    ],
)
def test_trends_say_their_period(
    hours: int, period: str, caption: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row says it, as news may tell of a climb since another moment."""
    lines = tuple(
        RankLine.from_history(name, history(ranks, hours=hours))
        for name, ranks in (("one", [9, 8]), ("two", [7, 9]))
    )
    texts = [one.text for one in draw_texts(TrendsPlot(lines, 7), monkeypatch)]
    assert texts.count(period) == 2
    assert caption in texts


def test_trends_without_rows_show_a_sentence() -> None:
    assert Pixels(render_plot(TrendsPlot((), 7))).count(colours.MUTED) > 300


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (1430, 30, "▲1,400"),
        (3, 5, "▼2"),
        (3, 3, "±0"),
        (None, 3, "new"),
        (3, None, "gone"),
        (None, None, "gone"),
    ],
)
def test_format_rank_change(first: int | None, last: int | None, text: str) -> None:
    assert format_rank_change(first, last)[0] == text
