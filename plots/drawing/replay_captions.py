"""What a replay says of medal zones that teams reach or leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from leaderboards.history import RankAt
from leaderboards.medals import MedalZone, medal_zone

_SHOWN_FRAMES = 12
"""How long a caption stays: long enough to read it, a second and a bit."""
_ORDER = {MedalZone.GOLD: 0, MedalZone.SILVER: 1, MedalZone.BRONZE: 2}


class EventCaptions:
    """Chooses the caption of each frame, in the order of time."""

    def __init__(self, lines: Sequence[tuple[str, int, Sequence[RankAt]]]) -> None:
        """`lines` have a name, a colour and points by time."""
        self._events = sorted(
            (event for name, rgb, points in lines for event in _find_events(name, rgb, points)),
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
        while self._next < len(self._events) and self._events[self._next][0] <= moment:
            waiting.append(self._events[self._next])
            self._next += 1
        self._shown = None
        if waiting:
            # Of all that came meanwhile, the highest zone.
            _, _, text, rgb = min(waiting, key=lambda event: event[1])
            self._shown, self._left = (text, rgb), _SHOWN_FRAMES
        return self._shown


def _find_events(
    name: str, rgb: int, points: Sequence[RankAt]
) -> list[tuple[datetime, int, str, int]]:
    """Return when a team reached or left a zone: the moment, the zone's order, text and colour."""
    events = []
    for before, now in pairwise(points):
        old, new = _zone(before), _zone(now)
        if old is new:
            continue
        if new is not None and (old is None or _ORDER[new] < _ORDER[old]):
            events.append((now.taken_at, _ORDER[new], f"{new} for {name}", rgb))
        elif old is not None:
            events.append((now.taken_at, _ORDER[old], f"{old} lost: {name}", rgb))
    return events


def _zone(at: RankAt) -> MedalZone | None:
    return None if at.rank is None else medal_zone(at.rank, at.team_count)
