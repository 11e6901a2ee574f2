"""All scores of a board, as they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest

from leaderboards.board import ScoreOrder
from leaderboards.medals import MedalZone
from plots import colours
from plots.drawing import render_plot
from plots.drawing.score_distribution import score_range
from plots.specs import ScoreDistributionPlot
from tests.plots.pixels import Pixels
from tests.plots.texts import draw_texts

HIGHER = tuple(np.linspace(0.99, 0.5, 400).tolist())
LOWER = tuple(-score for score in HIGHER)


def picture(
    scores: tuple[float, ...] = HIGHER,
    rank: int = 40,
    *,
    name: str = "ada",
    order: ScoreOrder | None = ScoreOrder.HIGHER,
    score: float | None = None,
    zones: Mapping[MedalZone, int] = MappingProxyType({}),
) -> ScoreDistributionPlot:
    """Build a plot; `zones` are the last positions of medal zones."""
    own = scores[rank - 1] if score is None else score
    edges = tuple((medal_zone, scores[last - 1]) for medal_zone, last in zones.items())
    return ScoreDistributionPlot(name, "titanic", rank, own, str(own), scores, order, edges)


@pytest.mark.parametrize(
    ("scores", "order"), [(HIGHER, ScoreOrder.HIGHER), (LOWER, ScoreOrder.LOWER)]
)
def test_better_scores_are_to_the_right(scores: tuple[float, ...], order: ScoreOrder) -> None:
    good = Pixels(render_plot(picture(scores, 20, order=order)))
    bad = Pixels(render_plot(picture(scores, 380, order=None)))
    assert good.size == (1000, 750)
    assert good.has_clear_margin()
    assert good.centre(colours.BLUE)[0] > bad.centre(colours.BLUE)[0] + 150
    assert good.count(colours.BAR) > 50_000


def test_axes_are_named_and_medal_scores_written(monkeypatch: pytest.MonkeyPatch) -> None:
    zones = {MedalZone.GOLD: 10, MedalZone.SILVER: 50, MedalZone.BRONZE: 100}
    texts = {one.text for one in draw_texts(picture(zones=zones), monkeypatch)}
    assert {"teams", "score (better →)", "ada", "#40 of 400"} <= texts
    assert {"gold 0.979", "silver 0.930", "bronze 0.868"} <= texts


def test_square_root_scale_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = (*HIGHER, *[0.7] * 5000)
    texts = {one.text for one in draw_texts(picture(scores, score=0.9), monkeypatch)}
    assert "teams (square-root scale)" in texts


def test_medal_zones_are_drawn() -> None:
    zones = {MedalZone.GOLD: 10, MedalZone.SILVER: 50, MedalZone.BRONZE: 100}
    with_medals, without = (Pixels(render_plot(picture(zones=each))) for each in (zones, {}))
    assert with_medals.count_tinted(colours.BRONZE, 0.24) > 2000
    assert without.count_tinted(colours.BRONZE, 0.24) < 200


def test_board_without_gold_shows_silver_as_silver() -> None:
    zones = {MedalZone.SILVER: 2, MedalZone.BRONZE: 5}
    pixels = Pixels(render_plot(picture(tuple(np.linspace(0.9, 0.1, 9)), 7, zones=zones)))
    assert pixels.count_tinted(colours.SILVER, 0.16) > 2000
    assert pixels.count_tinted(colours.BRONZE, 0.24) > 2000
    assert pixels.count_tinted(colours.GOLD, 0.22) < 200


def test_team_below_missing_ranks_is_marked_at_its_own_score() -> None:
    top, low = (
        Pixels(render_plot(picture(rank=rank, score=score)))
        for rank, score in ((900, HIGHER[0]), (20, HIGHER[-1]))
    )
    assert top.centre(colours.BLUE)[0] > low.centre(colours.BLUE)[0] + 150


def test_score_range_leaves_out_outliers() -> None:
    scores = np.array([1e18, 1e15, *HIGHER, -1e9])
    low, high = score_range(scores, [0.9], lower_is_better=False)
    assert 0.4 < low < 0.6
    assert 0.9 < high < 1.1
    mirrored = score_range(-scores, [-0.9], lower_is_better=True)
    assert mirrored == pytest.approx((-high, -low))


def test_score_range_includes_wanted_scores() -> None:
    low, high = score_range(np.array([*HIGHER, -1e9]), [-1e9], lower_is_better=False)
    assert low < -1e9
    assert high > 0.9


@pytest.mark.parametrize(
    "scores", [(0.0,), (0.5,) * 30, (1e9, 5.0, -1e9), (1e-9, 0.0), (1e300, -1e300), (3.0, 3.0, 1.0)]
)
def test_any_scores_are_drawn(scores: tuple[float, ...]) -> None:
    pixels = Pixels(render_plot(picture(scores, len(scores), zones={MedalZone.GOLD: 1})))
    assert pixels.has_clear_margin()
    assert pixels.count(colours.BLUE) > 500


@pytest.mark.parametrize("rank", [1, 400])
def test_long_name_is_not_cut_off(rank: int) -> None:
    assert Pixels(render_plot(picture(rank=rank, name="W" * 300))).has_clear_margin()
