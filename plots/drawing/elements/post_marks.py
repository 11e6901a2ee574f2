"""Numbered marks above a plot, each with a line down to its time: topics and notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from leaderboards.feeds.posts import PostKind
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, Canvas, colour, points
from plots.drawing.elements.labels import spread_labels
from plots.specs import PostMark

MARKS_HEIGHT = 68
"""Pixels above the axes that the marks need."""
_SIZE, _GAP = 48, 4
"""Pixels."""


def draw_post_marks(canvas: Canvas, axes: Axes, marks: Sequence[PostMark]) -> None:
    """Draw a disc for each topic and a square for each notebook, side by side where they are near.

    Their forms and their brightness differ, so that no colour has to be seen.
    """
    top, _ = sorted(axes.get_ylim())
    feet = [canvas.to_pixel(axes, (mark.at.timestamp(), top)) for mark in marks]
    left, right = (canvas.to_pixel(axes, (end, top))[0] for end in axes.get_xlim())
    places = spread_labels([x for x, _ in feet], _SIZE + _GAP, left + _SIZE / 2, right - _SIZE / 2)
    for number, (mark, (x, y), place) in enumerate(zip(marks, feet, places, strict=True), 1):
        axes.axvline(
            mark.at.timestamp(),
            color=colour(colours.MUTED),
            linewidth=0.8,
            linestyle=(0, (2, 2)),
            zorder=1,
        )
        middle = y - MARKS_HEIGHT + _SIZE / 2
        canvas.draw_line([(x, y), (place, middle)], colours.MUTED, width=0.8)
        is_topic = mark.kind is PostKind.TOPIC
        canvas.draw_dot(
            (place, middle),
            colours.TEXT if is_topic else colours.SERIES[1],
            size=points(_SIZE if is_topic else _SIZE - 4),
            marker="o" if is_topic else "s",
        )
        canvas.draw_text(
            place,
            middle,
            str(number),
            size=SMALL_SIZE,
            rgb=colours.BACKGROUND,
            align="center",
            vertical_align="center",
        )
