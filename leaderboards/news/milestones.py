"""What a team has reached for the first time on one board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from leaderboards.history import RankAt
from leaderboards.medals import MedalZone, medal_zone

TOP = 0.1
"""The part of a board that is worth a word when a team is in it for the first time."""

_WORSE = (MedalZone.GOLD, MedalZone.SILVER, MedalZone.BRONZE, None)


class Milestone(StrEnum):
    """What was never so before, the more important first."""

    FIRST_MEDAL = "first medal zone"
    TOP_TEN = "first top 10 %"
    BEST_RANK = "best rank"


@dataclass(frozen=True, slots=True)
class Bests:
    """The best that a team has been on one board."""

    rank: int
    share: float
    """Its rank by the number of teams, each time."""
    medal_zone: MedalZone | None

    @classmethod
    def at(cls, rank: int, teams: int, *, medals: bool) -> Bests:
        """Give what one board says."""
        return cls(rank, rank / teams, medal_zone(rank, teams) if medals else None)

    @classmethod
    def of(cls, history: Iterable[RankAt], *, medals: bool) -> Bests | None:
        """Give the best of a whole history; None for a team that was never on the board."""
        best: Bests | None = None
        for past in history:
            if past.rank is not None:
                there = cls.at(past.rank, past.team_count, medals=medals)
                best = there if best is None else best.with_(there)
        return best

    def with_(self, other: Bests) -> Bests:
        """Give the better of both in each."""
        return Bests(
            min(self.rank, other.rank),
            min(self.share, other.share),
            min(self.medal_zone, other.medal_zone, key=_WORSE.index),
        )


def find_milestones(before: Bests | None, now: Bests) -> tuple[Milestone, ...]:
    """Tell what a board brought that was never so before; `before` is None for a new team."""
    found = {
        Milestone.FIRST_MEDAL: now.medal_zone is not None
        and (before is None or before.medal_zone is None),
        Milestone.TOP_TEN: now.share <= TOP and (before is None or before.share > TOP),
        Milestone.BEST_RANK: before is not None and now.rank < before.rank,
    }
    return tuple(milestone for milestone, new in found.items() if new)
