"""Frames of an animated GIF, and text on them in the fonts of all plots."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from PIL import GifImagePlugin, Image, ImageChops

from leaderboards.display_text import shorten
from plots.drawing.elements.canvas import DPI, WIDTH, colour
from plots.drawing.elements.fonts import font

_COLOURS = 200
"""Of 256; one more is transparent."""
_TRANSPARENT = 255
_TEXT_HEIGHT, _BASELINE = 90, 60
_TEXT_LEFT = 4
"""Pixels of a mask; the baseline is counted from the top. Letters may begin left of their place."""


class Animation:
    """Writes a GIF frame by frame, each as what differs from the one before; keeps no other."""

    def __init__(self, colours_from: Image.Image) -> None:
        """`colours_from` is a frame with all colours, usually the last one."""
        self._palette = colours_from.quantize(_COLOURS, dither=Image.Dither.NONE)
        self._data = BytesIO()
        self._before: Image.Image | None = None
        self._waiting: tuple[Image.Image, tuple[int, int]] | None = None
        self._milliseconds = 0

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Add a frame; if it shows the same as the one before, that one is shown longer."""
        image = frame.quantize(palette=self._palette, dither=Image.Dither.NONE)
        if self._before is None:
            self._flush()
            self._waiting = image, (0, 0)
        else:
            changed = ImageChops.difference(_indices(image), _indices(self._before))
            box = changed.getbbox()
            if box is not None:
                self._flush()
                self._waiting = _cut(image, changed, box), box[:2]
        self._before = image
        self._milliseconds += round(seconds * 1000)

    def gif(self) -> bytes:
        """Return the finished GIF, which loops."""
        self._flush()
        self._data.write(b";")
        return self._data.getvalue()

    def _flush(self) -> None:
        """Write the frame that waits, now that its duration is known."""
        if self._waiting is None:
            return
        image, offset = self._waiting
        if not self._data.tell():
            first = BytesIO()
            image.save(first, "GIF", loop=0, duration=self._milliseconds, optimize=False)
            self._data.write(first.getvalue().removesuffix(b";"))
        else:
            parts = GifImagePlugin.getdata(
                image, offset, duration=self._milliseconds, transparency=_TRANSPARENT, disposal=1
            )
            self._data.write(b"".join(parts))
        self._waiting, self._milliseconds = None, 0


def _indices(image: Image.Image) -> Image.Image:
    """Return the numbers of the palette as an image of one band."""
    return Image.frombytes("L", image.size, image.tobytes())


def _cut(image: Image.Image, changed: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """Return the part of a frame in a box, transparent where nothing changed."""
    part = image.crop(box)
    same = changed.crop(box).point(lambda value: 0 if value else 255).convert("1")
    part.paste(_TRANSPARENT, mask=same)
    return part


class Text:
    """A line of text that can be pasted in any colour."""

    def __init__(self, text: str, size: float, max_width: float | None = None) -> None:
        self._mask = _render(text, size, max_width)

    @property
    def width(self) -> int:
        """The pixels from the left to the end of the last character."""
        return self._mask.width - _TEXT_LEFT

    def paste(self, frame: Image.Image, x: float, middle: float, rgb: int) -> None:
        """Write it with its left edge and the middle of its capitals at a point."""
        self.paste_on_line(frame, x, middle + _cap_height(self._mask.info["size"]) / 2, rgb)

    def paste_on_line(self, frame: Image.Image, x: float, baseline: float, rgb: int) -> None:
        """Write it with its left edge and its baseline at a point."""
        left, top = round(x) - _TEXT_LEFT, round(baseline) - _BASELINE
        box = (left, top, left + self._mask.width, top + _TEXT_HEIGHT)
        frame.paste(colour(rgb), box, self._mask)


@lru_cache(maxsize=2048)
def _render(text: str, size: float, max_width: float | None) -> Image.Image:
    """Draw a text as a mask, cut to `max_width` pixels."""
    mask = _draw(text, size)
    length = len(text)
    while max_width is not None and mask.width - _TEXT_LEFT > max_width and length > 1:
        length -= 1
        mask = _draw(shorten(text, length), size)
    mask.info["size"] = size
    return mask


def _draw(text: str, size: float) -> Image.Image:
    renderer: Any = _renderer()  # matplotlib gives it no types.
    renderer.clear()
    gc = renderer.new_gc()
    gc.set_foreground("white")
    renderer.draw_text(gc, _TEXT_LEFT, _BASELINE, text, font(size), 0, ismath=False)
    alpha = np.asarray(renderer.buffer_rgba())[:, :, 3]
    columns = np.flatnonzero(alpha.any(axis=0))
    end = int(columns[-1]) + 1 if len(columns) else _TEXT_LEFT + 1
    return Image.fromarray(alpha[:, :end].copy())


@lru_cache(maxsize=1)
def _renderer() -> RendererAgg:
    build: type[Any] = RendererAgg
    renderer: RendererAgg = build(WIDTH, _TEXT_HEIGHT, DPI)
    return renderer


def _cap_height(size: float) -> float:
    return 0.72 * size * DPI / 72
