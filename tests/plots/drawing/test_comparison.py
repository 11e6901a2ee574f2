"""Several ranks over time, as they are seen."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from plots import colours
from plots.drawing import render_plot
from plots.specs import MAX_COMPARED, ComparisonPlot, RankLine
from tests.plots.pixels import HOSTILE_NAMES, START, Pixels, history
from tests.plots.texts import draw_texts


def lines(count: int) -> tuple[RankLine, ...]:
    return tuple(
        RankLine.from_history(
            HOSTILE_NAMES[index], history([40 * index + 30, 50 * index + 20, 35 * index + 9])
        )
        for index in range(count)
    )


@pytest.mark.parametrize("count", [1, MAX_COMPARED])
def test_each_line_has_its_own_colour(count: int) -> None:
    pixels = Pixels(render_plot(ComparisonPlot("titanic", lines(count), medals=True)))
    assert pixels.size == (1000, 750)
    assert pixels.has_clear_margin()
    seen = [pixels.count(colour) > 300 for colour in colours.SERIES]
    assert seen == [index < count for index in range(MAX_COMPARED)]


def test_lines_reach_across_the_picture_and_names_are_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plot = ComparisonPlot("titanic", lines(2)[::-1], medals=False, is_public=True)
    pixels = Pixels(render_plot(plot))
    lowest = np.nonzero((pixels.rgb == (0x20, 0xBE, 0xFF)).all(axis=2))
    assert lowest[1].max() - lowest[1].min() > 700
    texts = {one.text: one.box for one in draw_texts(plot, monkeypatch)}
    assert "public rank (better ↑)" in texts
    # The better one, which was given last, is named first.
    assert texts["東京 서울 北京"].y0 > texts["محمد علي"].y1
    assert texts["#9"].x0 > 850
    assert texts["東京 서울 北京"].y1 < texts["#44"].y0


def test_lines_are_told_apart_without_colours() -> None:
    """The end of a line, and what stands before its name, have a shape of their own."""
    pixels = Pixels(render_plot(ComparisonPlot("titanic", lines(MAX_COMPARED), medals=False)))
    shapes = set()
    for rgb in colours.SERIES:
        ys, xs = np.nonzero((pixels.rgb == (rgb >> 16, rgb >> 8 & 255, rgb & 255)).all(axis=2))
        in_legend = ys > 560
        widths = np.unique(ys[in_legend], return_counts=True)[1]
        shapes.add(tuple(widths.tolist()))
        assert xs[in_legend].size > 100
    assert len(shapes) == MAX_COMPARED


def test_too_many_lines_raise() -> None:
    with pytest.raises(ValueError, match="at most 6"):
        ComparisonPlot("titanic", (*lines(MAX_COMPARED), *lines(1)), medals=False)


def test_team_that_left_is_shown_up_to_its_last_rank() -> None:
    gone = RankLine.from_history("gone", history([50, 60, 70, 75, None, None]))
    stays = RankLine.from_history("stays", history([10, 20, 30, 30, 30, 30]))
    pixels = Pixels(render_plot(ComparisonPlot("titanic", (gone, stays), medals=False)))
    assert 300 < pixels.count(colours.SERIES[0]) < pixels.count(colours.SERIES[1])


def test_comparison_without_ranks_shows_a_sentence() -> None:
    for none in (
        (),
        (RankLine.from_history("ada", history([None])),),
        (RankLine.from_history("ada", history([])),),
    ):
        pixels = Pixels(render_plot(ComparisonPlot("titanic", none, medals=True)))
        assert pixels.count(colours.MUTED) > 500


def test_past_deadline_is_drawn_as_a_line() -> None:
    deadline = START + timedelta(hours=1)
    pixels = Pixels(
        render_plot(ComparisonPlot("titanic", lines(2), medals=False, deadline=deadline))
    )
    assert pixels.count(colours.RED, tolerance=8) > 400
