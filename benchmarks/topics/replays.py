"""Cost of a replay of eight teams, in the process that draws it."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from benchmarks import Effort
from benchmarks.figure import Figure
from plots.replay_renderer import ReplayRenderer
from plots.specs import MAX_REPLAYED, FinalRanks, RankLine, Replay
from tests.plots.pixels import START, history

_BOARDS = (35, 25_920)
_MAX_SECONDS, _MAX_MB, _DISCORDS_MB = 30, 150, 10
_DURATION = timedelta(days=90)


def figures(effort: Effort) -> Iterator[Figure]:
    """Draw the boards of one and a half days, then those of a whole competition."""
    for boards in _BOARDS[:1] if effort.short else _BOARDS:
        before = _children_seconds()
        gif = asyncio.run(_draw(_build_replay(boards)))
        seconds = _children_seconds() - before
        yield Figure("replay: CPU of the process", seconds, "s", boards, _MAX_SECONDS)
        # That of the process that took most: they take the same but for the points of the lines.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield Figure("replay: memory of the process", peak, "MB", boards, _MAX_MB)
        yield Figure("replay: its file", len(gif) / (1 << 20), "MB", boards, _DISCORDS_MB)


async def _draw(replay: Replay) -> bytes:
    renderer = ReplayRenderer()
    try:
        return await renderer.render(replay, lambda _percent: None)
    finally:
        renderer.close()


def _build_replay(boards: int) -> Replay:
    random = np.random.default_rng(1)
    hours = _DURATION / timedelta(hours=1) / boards
    steps = random.integers(-40, 41, (MAX_REPLAYED, boards)) / max(boards / 100, 1)
    ranks = np.clip((300 + steps.cumsum(axis=1)), 1, 1400).astype(int)
    lines = tuple(
        RankLine.from_history(f"Team {number}", history(one.tolist(), hours=hours))
        for number, one in enumerate(ranks, 1)
    )
    final = FinalRanks(tuple(range(1, 8 * 40, 40)), 1500)
    return Replay("titanic", lines, medals=True, deadline=START + _DURATION, final=final)


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
