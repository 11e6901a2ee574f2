"""Captions of a replay: the medal zones that teams reach and leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from leaderboards.history import RankPoint
from leaderboards.medals import ZONES_BEST_FIRST, MedalZone, medal_zone

_SHOWN_FRAMES = 12
"""How long a caption stays: long enough to read it, a second and a bit."""


class Captions:
    """Chooses the caption of each frame, in the order of time."""

    def __init__(self, lines: Sequence[tuple[str, int, Sequence[RankPoint]]]) -> None:
        """`lines` have a name, a colour and points by time."""
        self._captions = sorted(
            (event for name, rgb, points in lines for event in _find_captions(name, rgb, points)),
            key=lambda event: event[:2],
        )
        self._next = 0
        self._shown: tuple[str, int] | None = None
        self._left = 0

    def find(self, moment: datetime) -> tuple[str, int] | None:
        """Return the text and colour for the frame of a moment; None if nothing happened."""
        self._left -= 1
        if self._left > 0:
            return self._shown
        waiting = []
        while self._next < len(self._captions) and self._captions[self._next][0] <= moment:
            waiting.append(self._captions[self._next])
            self._next += 1
        self._shown = None
        if waiting:
            # Of all that came meanwhile, the highest zone.
            _, _, text, rgb = min(waiting, key=lambda event: event[1])
            self._shown, self._left = (text, rgb), _SHOWN_FRAMES
        return self._shown


def _find_captions(
    name: str, rgb: int, points: Sequence[RankPoint]
) -> list[tuple[datetime, int, str, int]]:
    """Return when a team reached or left a zone: the moment, the zone's order, text and colour."""
    captions = []
    for before, now in pairwise(points):
        old, new = _zone(before), _zone(now)
        if old is new:
            continue
        before_order, order = ZONES_BEST_FIRST.index(old), ZONES_BEST_FIRST.index(new)
        if order < before_order:
            captions.append((now.taken_at, order, f"{new} for {name}", rgb))
        else:
            captions.append((now.taken_at, before_order, f"{old} lost: {name}", rgb))
    return captions


def _zone(at: RankPoint) -> MedalZone | None:
    return None if at.rank is None else medal_zone(at.rank, at.team_count)
