"""Draws pictures with matplotlib's object API. Importing this imports matplotlib."""

from __future__ import annotations

from plots.drawing.comparison import draw_comparison
from plots.drawing.fonts import prepare as prepare
from plots.drawing.rank_history import draw_rank_history
from plots.drawing.score_distribution import draw_score_distribution
from plots.pictures import Comparison, Picture, RankHistory, ScoreDistribution


def draw(picture: Picture) -> bytes:
    """Draw a picture as a PNG."""
    match picture:
        case RankHistory():
            return draw_rank_history(picture)
        case Comparison():
            return draw_comparison(picture)
        case ScoreDistribution():
            return draw_score_distribution(picture)
