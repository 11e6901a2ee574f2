"""Plot of the climbers and fallers of a period."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import write_subtitle, write_title
from plots.drawing.elements.labels import Label, label_height, spread_labels, write_labels
from plots.drawing.trends import format_rank_change
from plots.specs import MAX_ROWS, MovementPlot

_DATES_Y = 184
_BEFORE, _NOW, _TOP, _BOTTOM = 214, 410, 204, 732
_LABEL_HEIGHT = label_height(TEXT_SIZE)


def draw_movement(plot: MovementPlot) -> bytes:
    """Draw the PNG: a line from each team's former rank to its present one.

    Heights show only the order; at true distances most would overlap.
    """
    plot = replace(plot, movers=plot.movers[:MAX_ROWS])
    canvas = Canvas()
    write_title(canvas, drop_unsupported(plot.competition_name))
    day = f" · {plot.until.day} {plot.until:%b}, UTC" if _is_within_a_day(plot) else ""
    began = " · tracking began" if plot.is_first else ""
    write_subtitle(canvas, f"{plot.team_count:,} teams{day}{began}")
    if not plot.movers:
        return canvas.png_with_text("nobody moved")
    for x, moment in ((_BEFORE, plot.since), (_NOW, plot.until)):
        label = f"{moment:%H:%M}" if _is_within_a_day(plot) else f"{moment.day} {moment:%b}"
        canvas.draw_text(x, _DATES_Y, label, size=SMALL_SIZE, rgb=colours.MUTED, align="center")
        canvas.draw_line([(x, _TOP), (x, _BOTTOM)], colours.GRID)
    heights = _find_heights(plot)
    _write_former_ranks(canvas, plot, heights)
    labels = []
    for mover in plot.movers:
        ends = [(_BEFORE, heights[mover.before]), (_NOW, heights[mover.now])]
        _, rgb = format_rank_change(mover.before, mover.now)
        canvas.draw_line(ends, rgb, width=3)
        for end in ends:
            canvas.draw_dot(end, rgb)
        number = "gone" if mover.now is None else f"#{mover.now:,}"
        labels.append(Label(heights[mover.now], number, drop_unsupported(mover.name), rgb))
    write_labels(canvas, labels, left=_NOW, top=_TOP, right=canvas.width - 24, bottom=_BOTTOM)
    return canvas.png()


def _is_within_a_day(plot: MovementPlot) -> bool:
    return plot.since.date() == plot.until.date()


def _find_heights(plot: MovementPlot) -> Mapping[int | None, float]:
    """Return the height of each rank in pixels; teams that were not on the board are lowest."""
    ranks = {rank for mover in plot.movers for rank in (mover.before, mover.now)}
    ordered = sorted(ranks, key=lambda rank: math.inf if rank is None else rank)
    step = (_BOTTOM - _TOP - _LABEL_HEIGHT) / max(len(ordered) - 1, 1)
    return {rank: _TOP + _LABEL_HEIGHT / 2 + step * index for index, rank in enumerate(ordered)}


def _write_former_ranks(
    canvas: Canvas, plot: MovementPlot, heights: Mapping[int | None, float]
) -> None:
    movers = sorted(plot.movers, key=lambda mover: heights[mover.before])
    wanted = [heights[mover.before] for mover in movers]
    places = spread_labels(
        wanted, _LABEL_HEIGHT, _TOP + _LABEL_HEIGHT / 2, _BOTTOM - _LABEL_HEIGHT / 2
    )
    for mover, height, y in zip(movers, wanted, places, strict=True):
        text = "new" if mover.before is None else f"#{mover.before:,}"
        x = _BEFORE - 32
        canvas.draw_text(
            x,
            y,
            text,
            size=SMALL_SIZE,
            rgb=colours.MUTED,
            align="right",
            vertical_align="center_baseline",
        )
        canvas.draw_line([(x + 8, y), (_BEFORE - 10, height)], colours.MUTED)
