"""Plot of a season: each member's points by competition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import LEFT, write_title
from plots.specs import MAX_ROWS, SeasonPlot, SeasonRow

_TOP, _ROW, _BAR = 92, 58, 34
_NAME_END, _BAR_START, _BAR_END = 320, 344, 822
_KEY_ROW, _KEYS_PER_ROW = 44, 2


def draw_season(plot: SeasonPlot) -> bytes:
    """Draw the PNG; its height depends on the rows."""
    plot = replace(plot, rows=plot.rows[:MAX_ROWS])
    parts = _build_parts(plot)
    rows = max(len(plot.rows), 1)
    key_rows = -(-len(parts) // _KEYS_PER_ROW)
    canvas = Canvas(height=_TOP + rows * _ROW + 20 + key_rows * _KEY_ROW + 24)
    count = len(plot.competitions)
    note = f"{count} competition{'s' * (count != 1)}"
    write_title(canvas, drop_unsupported(plot.name), note, rgb=colours.MUTED)
    if not plot.rows:
        return canvas.png_with_text("nobody has points yet")
    scale = (_BAR_END - _BAR_START) / (max(map(_sum_points, plot.rows), default=0) or 1)
    for index, row in enumerate(plot.rows):
        _draw_row(canvas, row, _TOP + index * _ROW, parts, scale)
    _draw_key(canvas, parts, _TOP + rows * _ROW + 20)
    return canvas.png()


def _build_parts(plot: SeasonPlot) -> list[tuple[str, int, list[int]]]:
    """Return name, colour and competitions of each part; the smallest competitions share one."""
    order = list(range(len(plot.competitions)))
    own = len(colours.SERIES)
    if len(order) > own:
        order.sort(key=lambda index: -sum(row.points[index] for row in plot.rows))
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
        width = scale * sum(row.points[index] for index in competitions)
        canvas.draw_box(x, middle - _BAR / 2, max(width - 2, 0), _BAR, rgb)
        x += width
    total = _sum_points(row)
    text = f"{total:,.0f}" if total >= 100 else f"{total:.1f}".removesuffix(".0")
    canvas.draw_text(
        canvas.width - 36,
        middle,
        text,
        vertical_align="center_baseline",
        align="right",
        size=TEXT_SIZE,
    )


def _sum_points(row: SeasonRow) -> float:
    return sum(row.points)


def _draw_key(canvas: Canvas, parts: Sequence[tuple[str, int, list[int]]], top: float) -> None:
    column = (canvas.width - 2 * LEFT) / _KEYS_PER_ROW
    for index, (name, rgb, _) in enumerate(parts):
        x = LEFT + column * (index % _KEYS_PER_ROW)
        middle = top + _KEY_ROW * (index // _KEYS_PER_ROW + 0.5)
        canvas.draw_box(x, middle - 11, 22, 22, rgb)
        canvas.draw_text(
            x + 34,
            middle,
            name,
            size=SMALL_SIZE,
            rgb=colours.MUTED,
            vertical_align="center_baseline",
            max_width=column - 50,
        )
