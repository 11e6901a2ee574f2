"""Draws pictures with matplotlib's object API. Importing this imports matplotlib."""

from __future__ import annotations

from plots.drawing.fonts import prepare as prepare
from plots.drawing.rank_history import draw_rank_history
from plots.pictures import Picture


def draw(picture: Picture) -> bytes:
    """Draw a picture as a PNG."""
    return draw_rank_history(picture)
