"""Drawing with matplotlib's object API; importing this package imports matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plots.drawing.comparison import draw_comparison
from plots.drawing.elements.fonts import load_fonts as load_fonts
from plots.drawing.forecast import draw_forecast
from plots.drawing.movement import draw_movement
from plots.drawing.rank_history import draw_rank_history
from plots.drawing.score_distribution import draw_score_distribution
from plots.drawing.season import draw_season
from plots.drawing.shake_up import draw_shake_up
from plots.drawing.trends import draw_trends
from plots.specs import (
    ComparisonPlot,
    ForecastPlot,
    MovementPlot,
    Plot,
    RankHistoryPlot,
    ScoreDistributionPlot,
    SeasonPlot,
    ShakeUpPlot,
    TrendsPlot,
)

_DRAW: dict[type[Plot], Callable[[Any], bytes]] = {
    RankHistoryPlot: draw_rank_history,
    ForecastPlot: draw_forecast,
    ComparisonPlot: draw_comparison,
    ScoreDistributionPlot: draw_score_distribution,
    TrendsPlot: draw_trends,
    MovementPlot: draw_movement,
    ShakeUpPlot: draw_shake_up,
    SeasonPlot: draw_season,
}


def render_plot(plot: Plot) -> bytes:
    """Draw a specification as a PNG."""
    load_fonts()
    return _DRAW[type(plot)](plot)
