"""The lines of text above the axes of a plot."""

from __future__ import annotations

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, Canvas

LEFT, RIGHT_MARGIN = 32, 36
_GAP = 30
_TITLE_Y, _SUBTITLE_Y = 66, 124


def write_title(canvas: Canvas, title: str, number: str = "") -> None:
    """Draw the first line; the title is cut if the number needs the space.

    A long title without a number is smaller instead, as far as it can be.
    """
    is_long = canvas.text_width(title, TITLE_SIZE) > canvas.width - LEFT - RIGHT_MARGIN
    size = TEXT_SIZE if is_long and not number else TITLE_SIZE
    _write_line(canvas, _TITLE_Y, size, (title, colours.TEXT), (number, colours.BLUE))


def write_subtitle(canvas: Canvas, text: str, rgb: int = colours.MUTED) -> None:
    """Draw the second line."""
    _write_line(canvas, _SUBTITLE_Y, TEXT_SIZE, (text, rgb), ("", rgb))


def write_notes(
    canvas: Canvas, y: float, left: str, right: str, *, rgb: int = colours.MUTED
) -> None:
    """Draw a line of small print, as above axes: the name of one of them, and a note in `rgb`."""
    _write_line(canvas, y, SMALL_SIZE, (left, colours.MUTED), (right, rgb))


def _write_line(
    canvas: Canvas, y: float, size: float, left: tuple[str, int], right: tuple[str, int]
) -> None:
    (text, rgb), (note, note_rgb) = left, right
    end = float(canvas.width - RIGHT_MARGIN)
    if note:
        canvas.draw_text(end, y, note, size=size, rgb=note_rgb, align="right")
        end -= canvas.text_width(note, size) + _GAP
    if text:
        canvas.draw_text(LEFT, y, text, size=size, rgb=rgb, max_width=end - LEFT)
