"""The canvas that all plots are drawn on, with coordinates in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from leaderboards.display_text import shorten
from plots import colours
from plots.drawing.elements.fonts import font

WIDTH, HEIGHT = 1000, 750
DPI = 200
_COMPRESS_LEVEL = 3
"""Compared with the default, 6, a picture is written in two thirds of the time, a tenth larger."""

TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 20, 16, 14
"""Points. A phone shows the canvas 265 to 350 pixels wide: there the smallest text is 10 pixels."""
DOT_SIZE = 10
"""Points."""
Marker = Literal["o", "s", "^", "D", "v", "P"]
"""Matplotlib's names of a dot, square, triangle, diamond, triangle on its tip, and plus."""

HorizontalAlignment = Literal["left", "center", "right"]
VerticalAlignment = Literal["bottom", "baseline", "center", "center_baseline", "top"]


def pixels(points: float) -> float:
    """Convert points to pixels of the canvas."""
    return points * DPI / 72


def points(pixel_count: float) -> float:
    """Convert pixels of the canvas to points."""
    return pixel_count * 72 / DPI


def colour(rgb: int) -> str:
    """Return a colour in matplotlib's form."""
    return f"#{rgb:06x}"


class Canvas:
    """A plot in progress; pixels are counted from the left and from the top."""

    def __init__(self, height: int = HEIGHT) -> None:
        self.width, self.height = WIDTH, height
        self._figure = Figure(
            figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=colour(colours.BACKGROUND)
        )
        self._canvas: Any = FigureCanvasAgg(self._figure)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Add axes in the box given by four pixel coordinates, with faint grid lines only."""
        box = (
            left / self.width,
            1 - bottom / self.height,
            (right - left) / self.width,
            (bottom - top) / self.height,
        )
        axes = self._figure.add_axes(box, facecolor="none")
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.grid(color=colour(colours.GRID), linewidth=0.8)
        axes.tick_params(length=0, pad=points(12))
        return axes

    def draw_text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT_SIZE,
        rgb: int = colours.TEXT,
        align: HorizontalAlignment = "left",
        vertical_align: VerticalAlignment = "baseline",
        max_width: float | None = None,
    ) -> None:
        """Draw a line of text, cut to `max_width` pixels."""
        text = text if max_width is None else self.fit_text(text, size, max_width)
        self._figure.text(
            x / self.width,
            1 - y / self.height,
            text,
            **text_style(size, rgb),
            horizontalalignment=align,
            verticalalignment=vertical_align,
        )

    def draw_line(
        self, vertices: Sequence[tuple[float, float]], rgb: int, *, width: float = 1
    ) -> None:
        """Draw a line through pixels, interrupted at NaN."""
        self._figure.add_artist(
            Line2D(
                [x / self.width for x, _ in vertices],
                [1 - y / self.height for _, y in vertices],
                color=colour(rgb),
                linewidth=width,
                solid_joinstyle="round",
                solid_capstyle="round",
            )
        )

    def draw_dot(
        self,
        point: tuple[float, float],
        rgb: int,
        *,
        size: float = DOT_SIZE,
        marker: Marker = "o",
    ) -> None:
        """Draw a marker with a thin edge that separates it from what is below it."""
        x, y = point
        self._figure.add_artist(
            Line2D(
                [x / self.width],
                [1 - y / self.height],
                marker=marker,
                markersize=size,
                color=colour(rgb),
                markeredgecolor=colour(colours.BACKGROUND),
            )
        )

    def draw_box(self, x: float, y: float, width: float, height: float, rgb: int) -> None:
        """Fill a box, given by its upper left corner."""
        corner = (x / self.width, 1 - (y + height) / self.height)
        size = (width / self.width, height / self.height)
        self._figure.add_artist(Rectangle(corner, *size, color=colour(rgb), linewidth=0))

    def to_pixel(self, axes: Axes, point: tuple[float, float]) -> tuple[float, float]:
        """Convert a point of the axes to pixels."""
        x, from_bottom = axes.transData.transform(point)
        return float(x), self.height - float(from_bottom)

    def png_with_text(self, sentence: str) -> bytes:
        """Finish the plot with a sentence instead of data."""
        self.draw_text(
            self.width / 2, self.height * 0.57, sentence, rgb=colours.MUTED, align="center"
        )
        return self.png()

    def text_width(self, text: str, size: float) -> float:
        """Return the width of a line of text in pixels."""
        renderer = self._canvas.get_renderer()
        width, _, _ = renderer.get_text_width_height_descent(text, font(size), ismath=False)
        return float(width)

    def fit_text(self, text: str, size: float, max_width: float) -> str:
        """Shorten a line of text to a width in pixels."""
        if self.text_width(text, size) <= max_width:
            return text
        low, high = 1, len(text) * 2
        while low < high:
            middle = (low + high + 1) // 2
            if self.text_width(shorten(text, middle), size) <= max_width:
                low = middle
            else:
                high = middle - 1
        return shorten(text, low)

    def png(self) -> bytes:
        """Return the finished PNG."""
        data = BytesIO()
        self._canvas.print_png(
            data, metadata={"Software": None}, pil_kwargs={"compress_level": _COMPRESS_LEVEL}
        )
        return data.getvalue()


def text_style(size: float, rgb: int) -> dict[str, Any]:
    """Return the options of every text: its fonts, and dollar signs without mathematics."""
    return {"fontproperties": font(size), "color": colour(rgb), "parse_math": False}
