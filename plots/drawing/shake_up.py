"""Plot of the shake-up from the public to the private board."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, Canvas, colour
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import write_small_print, write_subtitle, write_title
from plots.drawing.elements.labels import Label, write_labels
from plots.drawing.elements.numbers import short_number
from plots.drawing.elements.rank_axis import (
    format_rank_axis_label,
    is_logarithmic,
    rank_ticks,
    scale_ranks,
)
from plots.drawing.elements.ticks import set_x_ticks
from plots.drawing.elements.zones import ZONES
from plots.drawing.trends import format_rank_change
from plots.specs import MAX_ROWS, ShakeUpPlot

_SMALL_PRINT_Y = 184
_LEFT, _TOP, _RIGHT, _BOTTOM = 146, 206, 580, 640
_PUBLIC_Y = 730


def draw_shake_up(plot: ShakeUpPlot) -> bytes:
    """Draw the PNG: public rank to the right, private rank up; teams above the diagonal rose."""
    canvas = Canvas()
    teams = len(plot.teams)
    ranks = np.array(plot.teams, dtype=np.int64).reshape(-1, 2)
    write_title(canvas, drop_unsupported(plot.competition_name))
    write_subtitle(canvas, f"shake-up {100 * plot.mean:.1f} %", colours.BLUE)
    if not teams:
        return canvas.png_with_text("no team is on both boards")
    axes = canvas.axes(_LEFT, _TOP, _RIGHT, _BOTTOM)
    worst = max(int(ranks.max()), *(max(m.public, m.private) for m in plot.members), 2)
    _scale_axes(axes, worst)
    if plot.medals:
        _draw_zones(axes, plot.team_count)
    limits = axes.get_xlim()
    axes.plot(limits, limits, color=colour(colours.MUTED), linewidth=1, linestyle=(0, (4, 3)))
    axes.plot(
        ranks[:, 0],
        ranks[:, 1],
        ".",
        color=colour(colours.MUTED),
        markersize=4 if teams > 500 else 7,
        alpha=0.6,
        markeredgewidth=0,
    )
    write_small_print(canvas, _SMALL_PRINT_Y, format_rank_axis_label("private rank", "↑", axes))
    write_small_print(canvas, _PUBLIC_Y, format_rank_axis_label("public rank", "→", axes))
    labels = []
    for member in plot.members:
        text, rgb = format_rank_change(member.public, member.private)
        place = canvas.to_pixel(axes, (member.public, member.private))
        canvas.draw_dot(place, rgb)
        labels.append(
            Label(y=place[1], number=text, name=drop_unsupported(member.name), rgb=rgb, x=place[0])
        )
    write_labels(
        canvas,
        labels[:MAX_ROWS],
        left=_RIGHT,
        top=_TOP,
        right=canvas.width - 24,
        bottom=_BOTTOM,
        size=SMALL_SIZE,
    )
    return canvas.png()


def _scale_axes(axes: Axes, worst: int) -> None:
    scale_ranks(axes, 1, worst)
    axes.set_xscale(axes.get_yscale())
    worst_end, best_end = axes.get_ylim()
    axes.set_xlim(worst_end, best_end)
    axes.minorticks_off()
    ticks = rank_ticks(best_end, worst_end, logarithmic=is_logarithmic(1, worst))
    set_x_ticks(axes, ticks, [short_number(rank) for rank in ticks])


def _draw_zones(axes: Axes, team_count: int) -> None:
    before = 0.0
    for zone, last in zip(ZONES, medal_thresholds(team_count), strict=True):
        if last:
            axes.axhspan(
                max(before, axes.get_ylim()[1]),
                last + 0.5,
                color=colour(zone.rgb),
                alpha=zone.alpha,
                linewidth=0,
                zorder=0,
            )
            before = last + 0.5
