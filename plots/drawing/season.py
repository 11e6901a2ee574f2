"""Plot of a season: each member's results by competition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import LEFT, write_subtitle, write_title
from plots.drawing.elements.legend import draw_legend, legend_height
from plots.specs import MAX_ROWS, SeasonPlot, SeasonRow

_TOP, _ROW, _BAR = 148, 64, 38
_NAME_END, _BAR_START, _BAR_END = 346, 366, 800


def draw_season(plot: SeasonPlot) -> bytes:
    """Draw the PNG; its height depends on the rows."""
    plot = replace(plot, rows=plot.rows[:MAX_ROWS])
    parts = _build_parts(plot)
    rows = max(len(plot.rows), 1)
    legend_top = _TOP + rows * _ROW + 20
    canvas = Canvas(height=legend_top + legend_height(len(parts)) + 24)
    count = len(plot.competitions)
    write_title(canvas, drop_unsupported(plot.name))
    write_subtitle(canvas, f"{count} competition{'s' * (count != 1)} · {plot.unit}")
    if not plot.rows:
        return canvas.png_with_text("nobody has points yet")
    scale = (_BAR_END - _BAR_START) / (max(map(_total, plot.rows), default=0) or 1)
    for index, row in enumerate(plot.rows):
        _draw_row(canvas, row, _TOP + index * _ROW, parts, scale)
    legend = [(name, rgb) for name, rgb, _ in parts]
    draw_legend(canvas, legend, top=legend_top, size=SMALL_SIZE, rgb=colours.MUTED)
    return canvas.png()


def _build_parts(plot: SeasonPlot) -> list[tuple[str, int, list[int]]]:
    """Return name, colour and competitions of each part.

    If there are too many competitions, those with the lowest sums share a part.
    """
    order = list(range(len(plot.competitions)))
    own = len(colours.SERIES)
    if len(order) > own:
        order.sort(key=lambda index: -sum(row.values[index] for row in plot.rows))
        own -= 1
    order, others = sorted(order[:own]), order[own:]
    parts = [
        (drop_unsupported(plot.competitions[index]), rgb, [index])
        for index, rgb in zip(order, colours.SERIES, strict=False)
    ]
    return [*parts, (f"{len(others)} others", colours.BAR, others)] if others else parts


def _draw_row(
    canvas: Canvas,
    row: SeasonRow,
    top: float,
    parts: Sequence[tuple[str, int, list[int]]],
    scale: float,
) -> None:
    middle = top + _ROW / 2
    canvas.draw_text(
        LEFT,
        middle,
        drop_unsupported(row.name),
        vertical_align="center_baseline",
        max_width=_NAME_END - LEFT,
    )
    x = float(_BAR_START)
    for _, rgb, competitions in parts:
        width = scale * sum(row.values[index] for index in competitions)
        canvas.draw_box(x, middle - _BAR / 2, max(width - 2, 0), _BAR, rgb)
        x += width
    total = _total(row)
    text = f"{total:,.0f}" if total >= 100 else f"{total:.1f}".removesuffix(".0")
    canvas.draw_text(
        canvas.width - 36,
        middle,
        text,
        vertical_align="center_baseline",
        align="right",
        size=TEXT_SIZE,
    )


def _total(row: SeasonRow) -> float:
    return sum(row.values)
