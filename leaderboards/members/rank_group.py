"""Rank groups: ranges of ranks that several teams share, shown instead of one team's rank.

Members who look for team mates stay unknown until both agree. A rank would name them, as boards are
public, and so would a range in which only one linked member stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise
from typing import NamedTuple

from leaderboards.medals import MedalZone, medal_zone

MIN_TEAMS = 3
"""Teams of linked members that must share a range before it is shown."""

_BOUNDS = (0, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)


class RankGroup(NamedTuple):
    """A range of ranks, and the medal zone that its teams share."""

    first: int
    last: int
    medal_zone: MedalZone | None = None
    """None outside the zones, if no medals are awarded, and for half of a board."""

    def distance(self, rank: int) -> int:
        """Return how many places a rank is away from the range; 0 inside it."""
        return max(self.first - rank, rank - self.last, 0)


def find_rank_group(
    rank: int, linked_ranks: Collection[int], team_count: int, *, awards_medals: bool
) -> RankGroup | None:
    """Return the range in which a team is shown, or the half of the board.

    `linked_ranks` are the ranks of all teams with a linked member, this one among them. None if too
    few of them share even the half.
    """
    groupings: tuple[Callable[[int], RankGroup], ...] = (
        lambda one: _find_range(one, team_count, awards_medals=awards_medals),
        lambda one: _find_half(one, team_count),
    )
    for grouping in groupings:
        group = grouping(rank)
        if sum(grouping(other) == group for other in set(linked_ranks)) >= MIN_TEAMS:
            return group
    return None


def _find_range(rank: int, team_count: int, *, awards_medals: bool) -> RankGroup:
    zone = medal_zone(rank, team_count) if awards_medals else None
    for below, last in pairwise(_BOUNDS):
        if rank <= last:
            return RankGroup(below + 1, min(last, max(team_count, rank)), zone)
    return RankGroup(_BOUNDS[-1] + 1, max(team_count, rank), zone)


def _find_half(rank: int, team_count: int) -> RankGroup:
    middle = (team_count + 1) // 2
    if rank <= middle:
        return RankGroup(1, middle)
    return RankGroup(middle + 1, max(team_count, rank))
