"""Plot of a season: each member's points by competition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plots import colours
from plots.drawing.fonts import showable
from plots.drawing.header import LEFT, write_title
from plots.drawing.sheet import SMALL, TEXT, Sheet
from plots.specs import MOST_ROWS, Season, SeasonRow

_TOP, _ROW, _BAR = 92, 58, 34
_NAME_END, _BAR_START, _BAR_END = 320, 344, 822
_KEY_ROW, _KEYS_A_ROW = 44, 2


def draw_season(picture: Season) -> bytes:
    """Draw the PNG; its height depends on the rows."""
    picture = replace(picture, rows=picture.rows[:MOST_ROWS])
    parts = _parts(picture)
    rows = max(len(picture.rows), 1)
    key_rows = -(-len(parts) // _KEYS_A_ROW)
    sheet = Sheet(height=_TOP + rows * _ROW + 20 + key_rows * _KEY_ROW + 24)
    count = len(picture.competitions)
    note = f"{count} competition{'s' * (count != 1)}"
    write_title(sheet, showable(picture.name), note, rgb=colours.MUTED)
    if not picture.rows:
        return sheet.with_notice("nobody has points yet")
    scale = (_BAR_END - _BAR_START) / (max(map(_total, picture.rows), default=0) or 1)
    for index, row in enumerate(picture.rows):
        _draw_row(sheet, row, _TOP + index * _ROW, parts, scale)
    _draw_key(sheet, parts, _TOP + rows * _ROW + 20)
    return sheet.png()


def _parts(picture: Season) -> list[tuple[str, int, list[int]]]:
    """Return name, colour and competitions of each part; the smallest competitions share one."""
    order = list(range(len(picture.competitions)))
    own = len(colours.PEOPLE)
    if len(order) > own:
        order.sort(key=lambda index: -sum(row.points[index] for row in picture.rows))
        own -= 1
    order, others = sorted(order[:own]), order[own:]
    parts = [
        (showable(picture.competitions[index]), rgb, [index])
        for index, rgb in zip(order, colours.PEOPLE, strict=False)
    ]
    return [*parts, (f"{len(others)} others", colours.BAR, others)] if others else parts


def _draw_row(
    sheet: Sheet,
    row: SeasonRow,
    top: float,
    parts: Sequence[tuple[str, int, list[int]]],
    scale: float,
) -> None:
    middle = top + _ROW / 2
    sheet.write(LEFT, middle, showable(row.name), height="center_baseline", room=_NAME_END - LEFT)
    x = float(_BAR_START)
    for _, rgb, competitions in parts:
        width = scale * sum(row.points[index] for index in competitions)
        sheet.draw_box(x, middle - _BAR / 2, max(width - 2, 0), _BAR, rgb)
        x += width
    total = _total(row)
    text = f"{total:,.0f}" if total >= 100 else f"{total:.1f}".removesuffix(".0")
    sheet.write(sheet.width - 36, middle, text, height="center_baseline", side="right", size=TEXT)


def _total(row: SeasonRow) -> float:
    return sum(row.points)


def _draw_key(sheet: Sheet, parts: Sequence[tuple[str, int, list[int]]], top: float) -> None:
    column = (sheet.width - 2 * LEFT) / _KEYS_A_ROW
    for index, (name, rgb, _) in enumerate(parts):
        x = LEFT + column * (index % _KEYS_A_ROW)
        middle = top + _KEY_ROW * (index // _KEYS_A_ROW + 0.5)
        sheet.draw_box(x, middle - 11, 22, 22, rgb)
        sheet.write(
            x + 34,
            middle,
            name,
            size=SMALL,
            rgb=colours.MUTED,
            height="center_baseline",
            room=column - 50,
        )
