"""Labels along the edges of a plot."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from plots import colours
from plots.drawing.elements.canvas import SMALL_SIZE, text_style

_EDGE_SHARE = 0.08
"""Labels nearer to the right end than this are aligned inwards, so that they are not cut."""


def set_x_ticks(axes: Axes, positions: Sequence[float], labels: Sequence[str]) -> None:
    """Draw labels along the bottom."""
    axes.set_xticks(positions, labels, **text_style(SMALL_SIZE, colours.MUTED))
    to_share = axes.transData + axes.transAxes.inverted()
    bottom, _ = axes.get_ylim()
    for position, label in zip(positions, axes.get_xticklabels(), strict=True):
        share, _ = to_share.transform((position, bottom))
        label.set_horizontalalignment("right" if share > 1 - _EDGE_SHARE else "center")


def set_y_ticks(axes: Axes, positions: Sequence[float], labels: Sequence[str]) -> None:
    """Draw labels along the left."""
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(positions, labels, **text_style(SMALL_SIZE, colours.MUTED))
