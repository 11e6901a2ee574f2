"""The legend of a plot: names beside boxes or markers in the colours of what they name."""

from __future__ import annotations

from collections.abc import Sequence

from plots import colours
from plots.drawing.elements.canvas import DOT_SIZE, TEXT_SIZE, Canvas, Marker
from plots.drawing.elements.header import LEFT, RIGHT_MARGIN

_ROW, _BOX, _NAME_START, _GAP = 56, 26, 42, 20


def legend_height(count: int, columns: int = 1) -> int:
    """Return the pixels that a legend of so many names needs."""
    return _ROW * _count_rows(count, columns)


def draw_legend(
    canvas: Canvas,
    entries: Sequence[tuple[str, int]],
    *,
    top: float,
    columns: int = 1,
    size: float = TEXT_SIZE,
    rgb: int = colours.TEXT,
    markers: Sequence[Marker] = (),
    marker_size: float = DOT_SIZE,
) -> None:
    """Draw names, each with its colour, from top to bottom and then in the next column.

    The first have `markers`, the others boxes.
    """
    rows = _count_rows(len(entries), columns)
    width = (canvas.width - LEFT - RIGHT_MARGIN) / columns
    for index, (name, box_rgb) in enumerate(entries):
        x = LEFT + width * (index // rows)
        middle = top + _ROW * (index % rows + 0.5)
        if index < len(markers):
            center = (x + _BOX / 2, middle)
            canvas.draw_dot(center, box_rgb, size=marker_size, marker=markers[index])
        else:
            canvas.draw_box(x, middle - _BOX / 2, _BOX, _BOX, box_rgb)
        canvas.draw_text(
            x + _NAME_START,
            middle,
            name,
            size=size,
            rgb=rgb,
            vertical_align="center_baseline",
            max_width=width - _NAME_START - (_GAP if columns > 1 else 0),
        )


def _count_rows(count: int, columns: int) -> int:
    return -(-count // columns)
