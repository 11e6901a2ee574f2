"""The texts of a plot: what they say, how large they are and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from plots.drawing import render_plot
from plots.specs import Plot

_LINE_GAP = 0.2
"""The share of a line's height that is blank, above and below its letters."""


@dataclass(frozen=True)
class DrawnText:
    """A text with its size in points and its box in pixels, from the bottom left."""

    text: str
    size: float
    box: Bbox


def draw_texts(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> list[DrawnText]:
    """Draw a plot; return its visible texts."""
    found: list[DrawnText] = []
    print_png: Any = FigureCanvasAgg.print_png

    def record(canvas: FigureCanvasAgg, *arguments: Any, **options: Any) -> None:
        print_png(canvas, *arguments, **options)
        for text in canvas.figure.findobj(Text):
            assert isinstance(text, Text)
            if text.get_visible() and text.get_text().strip():
                box = text.get_window_extent()
                blank = box.height * _LINE_GAP
                box = Bbox.from_extents(box.x0, box.y0 + blank, box.x1, box.y1 - blank)
                found.append(DrawnText(text.get_text(), float(text.get_fontsize()), box))

    with monkeypatch.context() as patch:
        patch.setattr(FigureCanvasAgg, "print_png", record)
        render_plot(plot)
    return found
