"""Sparklines of the recent ranks of some teams, one row for each."""

from __future__ import annotations

import math
from datetime import datetime

from leaderboards.history import RankPoint
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, WIDTH, Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import LEFT, RIGHT_MARGIN
from plots.drawing.elements.lines import time_span
from plots.drawing.elements.rank_axis import rank_height
from plots.specs import MAX_ROWS, RankLine, TrendsPlot

_ROW, _MARGIN, _CAPTION = 134, 18, 44
_TEXT_Y = 46
_LINE_TOP, _LINE_BOTTOM = 74, 116
"""Where in its row the text and the line of a team are."""
_RIGHT = WIDTH - RIGHT_MARGIN
_GAP = 24


def draw_trends(plot: TrendsPlot) -> bytes:
    """Draw the PNG; its height depends on the rows."""
    lines = plot.lines[:MAX_ROWS]
    canvas = Canvas(height=_ROW * max(len(lines), 1) + _CAPTION + 2 * _MARGIN)
    if not lines:
        return canvas.png_with_text("nobody moved")
    start, end = time_span([line.points for line in lines], None)
    amount, unit = plot.period
    period = f"{amount} {unit[0]}"
    for row, line in enumerate(lines):
        _draw_row(canvas, line, period, _MARGIN + row * _ROW, (start, end))
    units = unit if amount == 1 else f"{unit}s"
    caption, end_y = f"last {amount} {units}", canvas.height - _MARGIN - _CAPTION / 2
    canvas.draw_text(
        _RIGHT,
        end_y,
        caption,
        size=SMALL_SIZE,
        rgb=colours.MUTED,
        vertical_align="center_baseline",
        align="right",
    )
    return canvas.png()


def _draw_row(
    canvas: Canvas, line: RankLine, period: str, top: float, span: tuple[datetime, datetime]
) -> None:
    first, last = (line.points[0].rank, line.points[-1].rank) if line.points else (None, None)
    change, rgb = format_rank_change(first, last)
    rank = "" if last is None else f"#{last:,}"
    y, end = top + _TEXT_Y, float(_RIGHT)
    # With its period, as the text of the news counts from another moment: it may say that a team
    # climbed which fell in this period.
    for text, text_rgb in ((change, rgb), (period, colours.MUTED), (rank, colours.TEXT)):
        canvas.draw_text(end, y, text, rgb=text_rgb, align="right")
        end -= canvas.text_width(text, TEXT_SIZE) + _GAP
    canvas.draw_text(LEFT, y, drop_unsupported(line.name), max_width=end - LEFT)
    vertices = _build_vertices(line, top + _LINE_TOP, top + _LINE_BOTTOM, span)
    if vertices:
        canvas.draw_line([(LEFT, vertices[0][1]), (_RIGHT, vertices[0][1])], colours.GRID)
        canvas.draw_line(vertices, rgb, width=3)
        if last is not None:
            canvas.draw_dot(vertices[-1], rgb)


def format_rank_change(first: int | None, last: int | None) -> tuple[str, int]:
    """Return the gained or lost places, with their colour."""
    if last is None:
        return "gone", colours.MUTED
    if first is None:
        return "new", colours.RISE
    if first == last:
        return "±0", colours.MUTED
    return (
        (f"▲{first - last:,}", colours.RISE)
        if last < first
        else (f"▼{last - first:,}", colours.FALL)
    )


def _build_vertices(
    line: RankLine, top: float, bottom: float, span: tuple[datetime, datetime]
) -> list[tuple[float, float]]:
    """Return the pixels of a step line, interrupted while the team was not on the board."""
    ranks = [at.rank for at in line.points if at.rank is not None]
    if not ranks:
        return []
    best, worst = min(ranks), max(ranks)
    start, end = span

    def to_x(at: RankPoint) -> float:
        return LEFT + (_RIGHT - LEFT) * ((at.taken_at - start) / (end - start))

    vertices: list[tuple[float, float]] = []
    for at in line.points:
        if vertices:
            vertices.append((to_x(at), vertices[-1][1]))
        height = math.nan if at.rank is None else rank_height(at.rank, best, worst)
        vertices.append((to_x(at), top + (bottom - top) * height))
    return vertices
