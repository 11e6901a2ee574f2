"""The two lines at the top of a plot: its title and its most important number."""

from __future__ import annotations

from plots import colours
from plots.drawing.elements.canvas import TEXT_SIZE, TITLE_SIZE, Canvas

LEFT = 32
_FROM_RIGHT = 36
_BETWEEN = 30
_FIRST, _SECOND = 54, 98


def write_title(canvas: Canvas, title: str, number: str, *, rgb: int = colours.BLUE) -> None:
    """Draw the first line; the title is cut if the number needs the space."""
    _write_line(canvas, _FIRST, TITLE_SIZE, (title, colours.TEXT), (number, rgb))


def write_subtitle(canvas: Canvas, left: tuple[str, int], right: tuple[str, int]) -> None:
    """Draw the second line: two coloured texts, of which the left one is cut if needed."""
    _write_line(canvas, _SECOND, TEXT_SIZE, left, right)


def _write_line(
    canvas: Canvas, y: float, size: float, left: tuple[str, int], right: tuple[str, int]
) -> None:
    (text, rgb), (note, note_rgb) = left, right
    end = float(canvas.width - _FROM_RIGHT)
    if note:
        end -= canvas.draw_text(end, y, note, size=size, rgb=note_rgb, align="right") + _BETWEEN
    if text:
        canvas.draw_text(LEFT, y, text, size=size, rgb=rgb, max_width=end - LEFT)
