"""The two lines at the top of a plot: its title and its most important number."""

from __future__ import annotations

from plots import colours
from plots.drawing.sheet import TEXT, TITLE, Sheet

LEFT = 32
_FROM_RIGHT = 36
_BETWEEN = 30
_FIRST, _SECOND = 54, 98


def write_title(sheet: Sheet, title: str, number: str, *, rgb: int = colours.BLUE) -> None:
    """Draw the first line; the title is cut if the number needs the space."""
    _write_line(sheet, _FIRST, TITLE, (title, colours.INK), (number, rgb))


def write_subtitle(sheet: Sheet, left: tuple[str, int], right: tuple[str, int]) -> None:
    """Draw the second line: two coloured texts, of which the left one is cut if needed."""
    _write_line(sheet, _SECOND, TEXT, left, right)


def _write_line(
    sheet: Sheet, y: float, size: float, left: tuple[str, int], right: tuple[str, int]
) -> None:
    (text, rgb), (note, note_rgb) = left, right
    end = float(sheet.width - _FROM_RIGHT)
    if note:
        end -= sheet.write(end, y, note, size=size, rgb=note_rgb, side="right") + _BETWEEN
    if text:
        sheet.write(LEFT, y, text, size=size, rgb=rgb, room=end - LEFT)
