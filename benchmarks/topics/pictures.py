"""Time to draw each kind of picture, from the values that it shows to the PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from PIL import Image

from benchmarks import Effort
from benchmarks.figure import Figure
from benchmarks.measure import Case, case_without_setup, interleaved
from leaderboards.board import ScoreOrder
from leaderboards.medals import MedalZone, medal_thresholds
from plots.drawing import render_plot
from plots.specs import (
    MAX_COMPARED,
    ComparisonPlot,
    ForecastPlot,
    ForecastStep,
    MemberShakeUp,
    Plot,
    RankHistoryPlot,
    RankLine,
    ScoreDistributionPlot,
    ShakeUpPlot,
)
from tests.plots.pixels import history

_SNAPSHOTS = (2_880, 8_640, 25_920)
_FORECAST_SNAPSHOTS = 576
"""Those of two days, which a forecast shows beside the next two."""
_MAX_MS = 400
_EMPTY = "empty axes"


def figures(effort: Effort) -> Iterator[Figure]:
    """Draw what grows with the snapshots, then what grows with the teams."""
    random = np.random.default_rng(1)
    walks = random.integers(-3, 4, (MAX_COMPARED, _SNAPSHOTS[-1])).cumsum(axis=1) % 900 + 1

    def line(number: int, snapshots: int) -> RankLine:
        ranks = walks[number, :snapshots].tolist()
        return RankLine.from_history(f"Team {number}", history(ranks, hours=1 / 12))

    def rank_history(snapshots: int) -> Plot:
        return RankHistoryPlot("Ada", "titanic", line(0, snapshots), medals=True)

    def forecast(snapshots: int) -> Plot:
        shown = line(0, snapshots)
        at, rank = shown.points[-1].taken_at, shown.points[-1].rank or 1
        steps = tuple(
            ForecastStep(at + timedelta(hours=hours), 1_400, rank + hours, rank, rank + 2 * hours)
            for hours in range(49)
        )
        return ForecastPlot("Ada", "titanic", shown, steps, medals=True)

    def comparison(snapshots: int) -> Plot:
        lines = tuple(line(number, snapshots) for number in range(MAX_COMPARED))
        return ComparisonPlot("titanic", lines, medals=True)

    def distribution(teams: int) -> Plot:
        scores = tuple(np.sort(random.normal(0.8, 0.05, teams))[::-1].tolist())
        own = scores[teams // 3]
        edges = [
            (medal_zone, scores[medal_thresholds(teams).last_rank(medal_zone) - 1])
            for medal_zone in MedalZone
        ]
        return ScoreDistributionPlot(
            name="Ada",
            competition_name="titanic",
            rank=teams // 3 + 1,
            score=own,
            score_text=f"{own:.5f}",
            scores=scores,
            order=ScoreOrder.HIGHER,
            zone_edges=tuple(edges),
        )

    def shake_up(teams: int) -> Plot:
        pairs = enumerate((random.permutation(teams) + 1).tolist(), start=1)
        members = (MemberShakeUp("Ada", 7, 90),)
        return ShakeUpPlot("titanic", tuple(pairs), teams, members, medals=True, mean=1 / 3)

    render_plot(rank_history(10))  # The first picture brings the fonts.
    snapshots = _SNAPSHOTS[:1] if effort.short else _SNAPSHOTS
    yield from _measure_drawing("rank over time", rank_history, snapshots, effort)
    yield from _measure_drawing("a forecast", forecast, (_FORECAST_SNAPSHOTS,), effort)
    yield from _measure_drawing("six compared", comparison, snapshots, effort)
    yield from _measure_drawing("the spread of scores", distribution, effort.sizes, effort)
    yield from _measure_drawing("the shake-up", shake_up, effort.sizes, effort)


def _measure_drawing(
    what: str, picture: Callable[[int], Plot], sizes: tuple[int, ...], effort: Effort
) -> Iterator[Figure]:
    for size in sizes:
        shown = picture(size)
        pixels = Image.open(BytesIO(render_plot(shown))).size
        cases: dict[str, Case] = {
            "drawn": case_without_setup(partial(render_plot, shown)),
            _EMPTY: case_without_setup(partial(_draw_empty, *pixels)),
        }
        ms = interleaved(cases, effort.rounds(9))
        goal = _MAX_MS if size == sizes[-1] else None
        yield Figure(f"picture: {what}", ms["drawn"], "ms", size, goal, beside={_EMPTY: ms[_EMPTY]})


def _draw_empty(width: int, height: int) -> None:
    """Draw matplotlib's own axes, with nothing in them, as a PNG of that size."""
    sheet = Sheet(figsize=(width / 100, height / 100), dpi=100)
    canvas: Any = FigureCanvasAgg(sheet)
    sheet.add_subplot()
    canvas.print_png(BytesIO())
