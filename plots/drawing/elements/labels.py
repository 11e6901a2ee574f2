"""Labels beside their lines instead of a legend, without overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plots import colours
from plots.drawing.elements.canvas import TEXT_SIZE, Canvas, pixels

_CONNECTOR_WIDTH = 26
"""Pixels between a plot and its labels, crossed by a thin line for each label."""

_NAME_GAP = 10


@dataclass(frozen=True, slots=True)
class Label:
    """A number and a name; separate because a name may be right-to-left."""

    y: float
    """The height of its line, in pixels from the top."""
    number: str
    name: str
    """Empty if only the number is written."""
    rgb: int
    x: float | None = None
    """Where its thin line begins, in pixels from the left; None: at the edge of the plot."""


def label_height(size: float) -> float:
    """Return the pixels from one label to the next in a size of text."""
    return 1.18 * pixels(size)


def labels_width(canvas: Canvas, texts: Sequence[str], size: float) -> float:
    """Return the pixels that a column of labels of these texts needs, with its thin lines."""
    return _CONNECTOR_WIDTH + 8 + max(canvas.text_width(text, size) for text in texts)


def write_labels(
    canvas: Canvas,
    labels: Sequence[Label],
    *,
    left: float,
    top: float,
    right: float,
    bottom: float,
    size: float = TEXT_SIZE,
) -> None:
    """Draw labels in a column, each as near to its line as possible."""
    ordered = sorted(labels, key=lambda label: label.y)
    height = label_height(size)
    places = spread_labels(
        [label.y for label in ordered], height, top + height / 2, bottom - height / 2
    )
    start = left + _CONNECTOR_WIDTH + 8
    for label, y in zip(ordered, places, strict=True):
        canvas.draw_line(
            [(left + 8 if label.x is None else label.x, label.y), (left + _CONNECTOR_WIDTH, y)],
            label.rgb,
        )
        canvas.draw_text(
            start, y, label.number, size=size, vertical_align="center_baseline", rgb=label.rgb
        )
        if not label.name:
            continue
        after = start + canvas.text_width(label.number, size) + _NAME_GAP
        canvas.draw_text(
            after,
            y,
            label.name,
            size=size,
            vertical_align="center_baseline",
            rgb=colours.TEXT,
            max_width=right - after,
        )


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move ascending positions apart by at least `gap`, as little as possible, within two limits.

    If they do not all fit, they are evenly as far apart as possible.
    """
    if len(wanted) < 2:
        return [min(max(place, low), max(high, low)) for place in wanted]
    gap = min(gap, (high - low) / (len(wanted) - 1))
    # Isotonic regression (pool adjacent violators) of the positions minus their gaps.
    pools: list[tuple[float, int]] = []
    for index, place in enumerate(wanted):
        mean, size = place - index * gap, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (mean * size + before * count) / (size + count), size + count
        pools.append((mean, size))
    last = high - gap * (len(wanted) - 1)
    levels = [min(max(mean, low), last) for mean, size in pools for _ in range(size)]
    return [level + index * gap for index, level in enumerate(levels)]
