"""Milestones: what a team reached for the first time on a competition's leaderboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from leaderboards.history import RankPoint
from leaderboards.medals import ZONES_BEST_FIRST, MedalZone, medal_zone

TOP_SHARE = 0.1
"""Reaching this best share of a board is a milestone."""


class Milestone(StrEnum):
    """A milestone, the more important first."""

    FIRST_MEDAL_ZONE = "first medal zone"
    TOP_TEN_PERCENT = "first top 10 %"
    BEST_RANK = "best rank"


@dataclass(frozen=True, slots=True)
class BestResults:
    """The best results of a team in one competition."""

    rank: int
    share: float
    """The smallest ratio of its rank to the number of teams."""
    medal_zone: MedalZone | None

    @classmethod
    def on_board(cls, rank: int, teams: int, *, medals: bool) -> BestResults:
        """Return the results on a single board."""
        return cls(rank, rank / teams, medal_zone(rank, teams) if medals else None)

    @classmethod
    def from_history(cls, history: Iterable[RankPoint], *, medals: bool) -> BestResults | None:
        """Return the best of a history; None if the team was never on the board."""
        return cls.merge_known(
            cls.on_board(past.rank, past.team_count, medals=medals)
            for past in history
            if past.rank is not None
        )

    @classmethod
    def merge_known(cls, results: Iterable[BestResults | None]) -> BestResults | None:
        """Return the best of all results that are known; None if none is."""
        best: BestResults | None = None
        for one in results:
            if one is not None:
                best = one if best is None else best.merge(one)
        return best

    def merge(self, other: BestResults) -> BestResults:
        """Return the better of both, field by field."""
        return BestResults(
            min(self.rank, other.rank),
            min(self.share, other.share),
            min(self.medal_zone, other.medal_zone, key=ZONES_BEST_FIRST.index),
        )


def find_milestones(before: BestResults | None, now: BestResults) -> tuple[Milestone, ...]:
    """Return what is reached for the first time; `before` is None for a new team."""
    reached = {
        Milestone.FIRST_MEDAL_ZONE: now.medal_zone is not None
        and (before is None or before.medal_zone is None),
        Milestone.TOP_TEN_PERCENT: now.share <= TOP_SHARE
        and (before is None or before.share > TOP_SHARE),
        Milestone.BEST_RANK: before is not None and now.rank < before.rank,
    }
    return tuple(milestone for milestone, new in reached.items() if new)
