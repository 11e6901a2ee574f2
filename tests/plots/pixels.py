"""Pixels of plots, and histories to plot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leaderboards.history import RankPoint, TeamHistory
from plots import colours
from tests.leaderboards.histories import build_history

START = datetime(2026, 8, 1, tzinfo=UTC)

HOSTILE_NAMES = (
    "東京 서울 北京",
    "محمد علي",
    "שלום",
    "हिन्दी ภาษาไทย",
    "🏆🏆🏆",
    "👨‍👩‍👧‍👦 family",
    "$x^2$ $\\frac{",
    "_under ^over {brace} \\alpha %",
    "a\nb\x00c\u202ed\u2066e",
    "\ud800 \uffff \U0010ffff",
    "",
    "W" * 300,
    "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357algo",
    "বাংলা தமிழ் ქართული አማርኛ",
)


def history(ranks: Sequence[int | None], *, teams: int = 1500, hours: float = 1) -> TeamHistory:
    """Build a history with a sync every hour, and a submission whenever the rank gets better."""
    points: list[RankPoint] = []
    count, before = 1, 0
    for index, rank in enumerate(ranks):
        count += rank is not None and rank < before
        before = rank or before
        known = rank is not None
        points.append(
            RankPoint(
                taken_at=START + timedelta(hours=index * hours),
                team_count=teams,
                rank=rank,
                score=0.5 if known else None,
                score_text="0.5" if known else None,
                submissions=count if known else None,
            )
        )
    return build_history(points)


class Pixels:
    """A PNG as it is seen."""

    def __init__(self, png: bytes | None) -> None:
        assert png is not None
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        with Image.open(BytesIO(png)) as image:
            assert image.format == "PNG"
            self.size = image.size
            rgba = np.asarray(image.convert("RGBA"), dtype=np.int16)
        assert (rgba[:, :, 3] == 255).all()
        self.rgb: NDArray[np.int16] = rgba[:, :, :3]

    def count(self, colour: int, *, tolerance: int = 0) -> int:
        """Count the pixels that have a colour."""
        near = np.ones(self.rgb.shape[:2], dtype=np.bool_)
        for channel, wanted in enumerate((colour >> 16, colour >> 8 & 255, colour & 255)):
            near &= np.abs(self.rgb[:, :, channel] - wanted) <= tolerance
        return int(near.sum())

    def centre(self, colour: int) -> tuple[float, float]:
        """Return the mean position of a colour, from the left and from the top."""
        wanted = np.array([colour >> 16, colour >> 8 & 255, colour & 255])
        rows, columns = np.nonzero((self.rgb == wanted).all(axis=2))
        return float(columns.mean()), float(rows.mean())

    def count_tinted(self, colour: int, strength: float) -> int:
        """Count the pixels of the ground with so much of a colour over it."""
        over, ground = (
            np.array([rgb >> 16, rgb >> 8 & 255, rgb & 255]) for rgb in (colour, colours.BACKGROUND)
        )
        red, green, blue = np.rint(over * strength + ground * (1 - strength)).astype(int).tolist()
        return self.count(red << 16 | green << 8 | blue, tolerance=2)

    def has_clear_margin(self) -> bool:
        """Return whether nothing is cut off: the outermost pixels show nothing but the ground."""
        edge = np.concatenate(
            [part.reshape(-1, 3) for part in (self.rgb[:6], self.rgb[-6:])]
            + [part.reshape(-1, 3) for part in (self.rgb[:, :6], self.rgb[:, -6:])]
        )
        ground = np.array(
            [colours.BACKGROUND >> 16, colours.BACKGROUND >> 8 & 255, colours.BACKGROUND & 255]
        )
        return bool((edge == ground).all())
