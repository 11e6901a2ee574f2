"""Drawing with matplotlib's object API; importing this package imports matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plots.drawing.comparison import draw_comparison
from plots.drawing.fonts import prepare as prepare
from plots.drawing.movement import draw_movement
from plots.drawing.rank_history import draw_rank_history
from plots.drawing.score_distribution import draw_score_distribution
from plots.drawing.season import draw_season
from plots.drawing.shake_up import draw_shake_up
from plots.drawing.trends import draw_trends
from plots.specs import (
    Comparison,
    Movement,
    Picture,
    RankHistory,
    ScoreDistribution,
    Season,
    ShakeUp,
    Trends,
)

_DRAW: dict[type[Picture], Callable[[Any], bytes]] = {
    RankHistory: draw_rank_history,
    Comparison: draw_comparison,
    ScoreDistribution: draw_score_distribution,
    Trends: draw_trends,
    Movement: draw_movement,
    ShakeUp: draw_shake_up,
    Season: draw_season,
}


def draw(picture: Picture) -> bytes:
    """Draw a specification as a PNG."""
    prepare()
    return _DRAW[type(picture)](picture)
