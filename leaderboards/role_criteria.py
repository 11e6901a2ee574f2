"""What a server can honour its members for, by where they stand on the boards it follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leaderboards.medals import MedalZone, awards_medals, medal_zone


class RoleCriterion(StrEnum):
    """What is honoured, the rarest first."""

    FIRST = "first"
    """The best placed of the server's members on a board."""
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    TOP1 = "top1"
    """In the best hundredth of a board."""
    TOP10 = "top10"
    """In the best tenth of a board."""


@dataclass(frozen=True, slots=True)
class MemberRank:
    """Where a member stands on one board."""

    user_id: int
    board_id: int
    rank: int
    team_count: int
    category: str | None
    """The competition's, as Kaggle's list names it: not all award medals."""


_ZONES = {
    MedalZone.GOLD: RoleCriterion.GOLD,
    MedalZone.SILVER: RoleCriterion.SILVER,
    MedalZone.BRONZE: RoleCriterion.BRONZE,
}


def qualifying_members(places: Iterable[MemberRank]) -> Mapping[RoleCriterion, set[int]]:
    """Give the members who have earned each reward, on any of the boards."""
    members: defaultdict[RoleCriterion, set[int]] = defaultdict(set)
    best: dict[int, list[MemberRank]] = {}
    for place in places:
        reached = medal_zone(place.rank, place.team_count)
        if reached is not None and awards_medals(place.category):
            members[_ZONES[reached]].add(place.user_id)
        if place.rank * 100 <= place.team_count:
            members[RoleCriterion.TOP1].add(place.user_id)
        if place.rank * 10 <= place.team_count:
            members[RoleCriterion.TOP10].add(place.user_id)
        known = best.get(place.board_id)
        if known is None or place.rank < known[0].rank:
            best[place.board_id] = [place]
        elif place.rank == known[0].rank:  # Members of one team.
            known.append(place)
    members[RoleCriterion.FIRST] = {place.user_id for first in best.values() for place in first}
    return members
