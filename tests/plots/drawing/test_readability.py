"""On a phone, where a picture is some 300 pixels wide, all its texts can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest

from leaderboards.board import ScoreOrder
from leaderboards.feeds.posts import PostKind
from leaderboards.medals import MedalZone
from plots.specs import (
    MAX_MARKS,
    ComparisonPlot,
    ForecastPlot,
    ForecastStep,
    MemberShakeUp,
    MovementPlot,
    Mover,
    Plot,
    PostMark,
    RankHistoryPlot,
    RankLine,
    ScoreDistributionPlot,
    SeasonPlot,
    SeasonRow,
    ShakeUpPlot,
    TrendsPlot,
)
from tests.plots.pixels import START, history
from tests.plots.texts import draw_texts

pytestmark = pytest.mark.long

_SMALLEST_POINTS = 14
"""Of 200 an inch: 39 pixels of 1000, so 10 to 14 where the picture is 265 to 350 pixels wide."""
_TITLES = ("Playground Series - Season 6, Episode 8", "W" * 100)
_NAMES = ("ada", "W" * 100)
_WALK = [900, 400, 420, None, 380, 120, 130, 40, 45, 12_345]


def line(name: str, ranks: Sequence[int | None] = _WALK, hours: float = 7) -> RankLine:
    return RankLine.from_history(name, history(ranks, teams=12_345, hours=hours))


def distribution(name: str, title: str, scores: Sequence[float], rank: int) -> Plot:
    own = scores[rank - 1]
    edges = tuple(
        (zone, scores[len(scores) // share])
        for zone, share in zip(MedalZone, (50, 20, 10), strict=True)
    )
    return ScoreDistributionPlot(
        name, title, rank, own, str(own), tuple(scores), ScoreOrder.HIGHER, edges
    )


def forecast(name: str, title: str, deadline: float | None) -> Plot:
    """Build the forecast for a day of a team that has rank 45 after some 60 hours."""
    team = line(name)
    begin = team.points[-1].taken_at
    steps = tuple(
        ForecastStep(begin + timedelta(hours=n), 12_345 + 99 * n, 45 + n, 45, 45 + 400 * n)
        for n in range(25)
    )
    ends_at = None if deadline is None else begin + timedelta(hours=deadline)
    return ForecastPlot(name, title, team, steps, medals=True, deadline=ends_at)


def plots() -> Iterator[Plot]:
    """Yield plots of each kind, with short and with long names and numbers."""
    scores = np.linspace(0.99, 0.5, 12_345)
    close = 0.1234 + np.linspace(2e-7, 1e-7, 500)
    for name, title in zip(_NAMES, _TITLES, strict=True):
        for hours in (0.1, 7, 24 * 300):
            yield RankHistoryPlot(name, title, line(name, hours=hours), medals=True)
        marks = tuple(PostMark(PostKind.TOPIC, START) for _ in range(MAX_MARKS))
        yield RankHistoryPlot(name, title, line(name), medals=True, marks=marks)
        deadline = START + timedelta(hours=80)
        yield RankHistoryPlot(name, title, line(name), medals=True, deadline=deadline)
        falling = RankLine.from_history(name, history(range(450, 960, 10), teams=3800, hours=7))
        for hours in (0, 80, 330):
            deadline = START + timedelta(hours=hours)
            yield RankHistoryPlot(name, title, falling, medals=True, deadline=deadline)
            yield ComparisonPlot(title, (falling,), medals=True, deadline=deadline)
        for count in (1, 3, 6):
            ranks = [[index * 9 + 5, 10_000 - index] for index in range(count)]
            lines = tuple(line(name, each) for each in ranks)
            yield ComparisonPlot(title, lines, medals=True)
        for hours_left in (None, 24.1, 36, 90):
            yield forecast(name, title, hours_left)
        yield distribution(name, title, scores.tolist(), 12)
        yield distribution(name, title, [*scores.tolist()[:900], *[0.3] * 9000, -1e9], 9000)
        yield distribution(name, title, close.tolist(), 250)
        yield distribution(name, title, (-1e9 * scores[::-1]).tolist(), 6000)
        yield TrendsPlot((line(name), line(name, [12_345, 1]), line(name, [None, 5])), 7)
        movers = [Mover(name, 10_001 + index, None if index == 3 else 9) for index in range(10)]
        yield MovementPlot(title, 12_345, START, START + timedelta(days=7), tuple(movers))
        yield MovementPlot(title, 12_345, START, START + timedelta(hours=9), tuple(movers[:2]))
        teams = tuple((rank, rank) for rank in range(1, 12_345))
        members = [MemberShakeUp(name, 10_000 + index, 4000) for index in range(10)]
        yield ShakeUpPlot(title, teams, 12_345, tuple(members), medals=True, mean=0.123)
        rows = [SeasonRow(name, (12_345.6,) * 8)] * 10
        yield SeasonPlot(title, (title,) * 8, tuple(rows))


@pytest.mark.parametrize("plot", list(plots()), ids=lambda plot: type(plot).__name__)
def test_texts_are_large_and_do_not_overlap(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = draw_texts(plot, monkeypatch)
    assert len(texts) > 3
    assert {one.text: one.size for one in texts if one.size < _SMALLEST_POINTS} == {}
    overlaps = [
        (one.text, other.text)
        for one, other in combinations(texts, 2)
        if one.box.overlaps(other.box)
    ]
    assert overlaps == []
    assert [one.text for one in texts if one.box.x0 < 0 or one.box.x1 > 1000] == []
