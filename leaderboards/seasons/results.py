"""Results of members on final boards: their medals and their other ranks."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaderboards.medals import ZONES_BEST_FIRST, MedalZone
from leaderboards.seasons.member_rank import MemberRank


@dataclass(frozen=True, slots=True)
class MemberResults:
    """The final ranks of one member, one of each competition."""

    user_id: int
    medals: Sequence[MemberRank]
    """Ranks that won a medal, the best first."""
    others: Sequence[MemberRank]
    """Ranks without a medal, the best first."""

    @property
    def medal_counts(self) -> Counter[MedalZone]:
        """How many medals of each kind the member has won."""
        return Counter(won.medal_zone for won in self.medals if won.medal_zone is not None)


def collect_results(ranks: Iterable[MemberRank]) -> list[MemberResults]:
    """Return the results of each member on final boards, those with the best medals first.

    Gold medals count before silver, silver before bronze, and of equal medals the better ranks. A
    member in two teams of one competition counts with the better one.
    """
    best: defaultdict[int, dict[int, MemberRank]] = defaultdict(dict)
    for rank in sorted(ranks, key=lambda one: (-one.rank, -one.team_id)):
        if rank.final:
            best[rank.user_id][rank.competition_id] = rank
    members = []
    for user_id, by_competition in best.items():
        results = sorted(by_competition.values(), key=_result_order)
        medals = [one for one in results if one.medal_zone is not None]
        members.append(MemberResults(user_id, medals, results[len(medals) :]))
    return sorted(members, key=_member_order)


def _result_order(result: MemberRank) -> tuple[int, int, int]:
    return ZONES_BEST_FIRST.index(result.medal_zone), result.rank, result.competition_id


def _member_order(member: MemberResults) -> tuple[Sequence[int], Sequence[int], float, int]:
    counts = member.medal_counts
    return (
        [-counts[medal_zone] for medal_zone in MedalZone],
        [won.rank for won in member.medals],
        min((other.rank for other in member.others), default=math.inf),
        member.user_id,
    )
