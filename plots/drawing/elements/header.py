"""The lines of text above the axes of a plot."""

from __future__ import annotations

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, Canvas

LEFT, RIGHT_MARGIN = 32, 36
_GAP = 30
_TITLE_Y, _SUBTITLE_Y = 66, 124


def write_title(canvas: Canvas, title: str, number: str = "") -> None:
    """Draw the first line: the title, smaller and then cut if it is long, and a number."""
    end = float(canvas.width - RIGHT_MARGIN)
    if number:
        canvas.draw_text(end, _TITLE_Y, number, size=TITLE_SIZE, rgb=colours.BLUE, align="right")
        end -= canvas.text_width(number, TITLE_SIZE) + _GAP
    fits = canvas.text_width(title, TITLE_SIZE) <= end - LEFT
    size = TITLE_SIZE if fits else TEXT_SIZE
    canvas.draw_text(LEFT, _TITLE_Y, title, size=size, max_width=end - LEFT)


def write_subtitle(canvas: Canvas, text: str, rgb: int = colours.MUTED) -> None:
    """Draw the second line, cut if it is long."""
    width = canvas.width - LEFT - RIGHT_MARGIN
    canvas.draw_text(LEFT, _SUBTITLE_Y, text, size=TEXT_SIZE, rgb=rgb, max_width=width)


def write_small_print(
    canvas: Canvas, y: float, left: str, right: str = "", *, rgb: int = colours.MUTED
) -> None:
    """Draw a line of small print above or below the axes; its right part has the colour `rgb`.

    One of the parts can be the name of an axis.
    """
    end = float(canvas.width - RIGHT_MARGIN)
    if right:
        canvas.draw_text(end, y, right, size=SMALL_SIZE, rgb=rgb, align="right")
        end -= canvas.text_width(right, SMALL_SIZE) + _GAP
    if left:
        canvas.draw_text(LEFT, y, left, size=SMALL_SIZE, rgb=colours.MUTED, max_width=end - LEFT)
