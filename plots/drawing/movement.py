"""Plot of the climbers and fallers of a period."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from plots import colours
from plots.drawing.fonts import showable
from plots.drawing.header import write_title
from plots.drawing.labels import LINE, Label, spread, write_labels
from plots.drawing.sheet import SMALL, Sheet
from plots.drawing.trends import change
from plots.specs import MOST_ROWS, Movement

_BEFORE, _NOW, _TOP, _BOTTOM = 176, 470, 138, 526


def draw_movement(picture: Movement) -> bytes:
    """Draw the PNG: a line from each team's former rank to its present one.

    Heights show only the order; at true distances most would overlap.
    """
    picture = replace(picture, movers=picture.movers[:MOST_ROWS])
    sheet = Sheet()
    write_title(sheet, showable(picture.board), f"{picture.teams:,} teams", rgb=colours.MUTED)
    if not picture.movers:
        return sheet.with_notice("nobody moved")
    for x, moment in ((_BEFORE, picture.since), (_NOW, picture.until)):
        same_day = picture.since.date() == picture.until.date()
        day = f"{moment.day} {moment:%b}" + (f" {moment:%H:%M}" if same_day else "")
        sheet.write(x, 106, day, size=SMALL, rgb=colours.MUTED, side="center")
        sheet.draw_line([(x, _TOP), (x, _BOTTOM)], colours.GRID)
    heights = _heights(picture)
    _write_before(sheet, picture, heights)
    labels = []
    for mover in picture.movers:
        ends = [(_BEFORE, heights[mover.before]), (_NOW, heights[mover.now])]
        _, rgb = change(mover.before, mover.now)
        sheet.draw_line(ends, rgb, width=2.6)
        for end in ends:
            sheet.draw_dot(end, rgb)
        number = "gone" if mover.now is None else f"#{mover.now:,}"
        labels.append(Label(heights[mover.now], number, showable(mover.name), rgb))
    write_labels(sheet, labels, left=_NOW, top=_TOP, right=sheet.width - 24, bottom=_BOTTOM)
    return sheet.png()


def _heights(picture: Movement) -> Mapping[int | None, float]:
    """Return the height of each rank in pixels; teams that were not on the board are lowest."""
    ranks = {rank for mover in picture.movers for rank in (mover.before, mover.now)}
    ordered = sorted(ranks, key=lambda rank: math.inf if rank is None else rank)
    step = (_BOTTOM - _TOP - LINE) / max(len(ordered) - 1, 1)
    return {rank: _TOP + LINE / 2 + step * index for index, rank in enumerate(ordered)}


def _write_before(sheet: Sheet, picture: Movement, heights: Mapping[int | None, float]) -> None:
    movers = sorted(picture.movers, key=lambda mover: heights[mover.before])
    wanted = [heights[mover.before] for mover in movers]
    places = spread(wanted, LINE, _TOP + LINE / 2, _BOTTOM - LINE / 2)
    for mover, height, y in zip(movers, wanted, places, strict=True):
        text = "new" if mover.before is None else f"#{mover.before:,}"
        x = _BEFORE - 32
        sheet.write(x, y, text, rgb=colours.MUTED, side="right", height="center_baseline")
        sheet.draw_line([(x + 8, y), (_BEFORE - 10, height)], colours.MUTED)
