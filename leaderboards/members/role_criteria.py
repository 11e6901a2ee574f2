"""The criteria by which members of a server receive roles, from their ranks on its boards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from leaderboards.medals import MedalZone
from leaderboards.seasons.member_rank import MemberRank


class RoleCriterion(StrEnum):
    """A criterion for a role, in the order in which screens list them."""

    FIRST = "first"
    """The best rank of the server's members on a board."""
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    TOP_ONE_PERCENT = "top1"
    """In the best hundredth of a board."""
    TOP_TEN_PERCENT = "top10"
    """In the best tenth of a board."""


_MEDALS = {
    MedalZone.GOLD: RoleCriterion.GOLD,
    MedalZone.SILVER: RoleCriterion.SILVER,
    MedalZone.BRONZE: RoleCriterion.BRONZE,
}


def find_qualifying_members(ranks: Iterable[MemberRank]) -> Mapping[RoleCriterion, set[int]]:
    """Return the members who meet each criterion on any of the boards.

    Final boards count for medals only.
    """
    members: defaultdict[RoleCriterion, set[int]] = defaultdict(set)
    best: dict[int, list[MemberRank]] = {}
    for member in ranks:
        if member.medal_zone is not None:
            members[_MEDALS[member.medal_zone]].add(member.user_id)
        if member.final:
            continue
        if member.rank * 100 <= member.team_count:
            members[RoleCriterion.TOP_ONE_PERCENT].add(member.user_id)
        if member.rank * 10 <= member.team_count:
            members[RoleCriterion.TOP_TEN_PERCENT].add(member.user_id)
        best_so_far = best.get(member.board_id)
        if best_so_far is None or member.rank < best_so_far[0].rank:
            best[member.board_id] = [member]
        elif member.rank == best_so_far[0].rank:  # Members of one team.
            best_so_far.append(member)
    members[RoleCriterion.FIRST] = {member.user_id for first in best.values() for member in first}
    return members
