"""The two lines at the top of a plot: its title and its most important number."""

from __future__ import annotations

from plots import colours
from plots.drawing.elements.canvas import TEXT_SIZE, TITLE_SIZE, Canvas

LEFT = 32
_RIGHT_MARGIN = 36
_GAP = 30
_TITLE_Y, _SUBTITLE_Y = 54, 98


def write_title(canvas: Canvas, title: str, number: str, *, rgb: int = colours.BLUE) -> None:
    """Draw the first line; the title is cut if the number needs the space."""
    _write_line(canvas, _TITLE_Y, TITLE_SIZE, (title, colours.TEXT), (number, rgb))


def write_subtitle(canvas: Canvas, left: tuple[str, int], right: tuple[str, int]) -> None:
    """Draw the second line: two coloured texts, of which the left one is cut if needed."""
    _write_line(canvas, _SUBTITLE_Y, TEXT_SIZE, left, right)


def _write_line(
    canvas: Canvas, y: float, size: float, left: tuple[str, int], right: tuple[str, int]
) -> None:
    (text, rgb), (note, note_rgb) = left, right
    end = float(canvas.width - _RIGHT_MARGIN)
    if note:
        end -= canvas.draw_text(end, y, note, size=size, rgb=note_rgb, align="right") + _GAP
    if text:
        canvas.draw_text(LEFT, y, text, size=size, rgb=rgb, max_width=end - LEFT)
