"""Kaggle's medal zones: https://www.kaggle.com/progression, "Competition Medals".

| teams   | bronze   | silver   | gold         |
|---------|----------|----------|--------------|
| 0-99    | top 40 % | top 20 % | top 10 %     |
| 100-249 | top 40 % | top 20 % | top 10       |
| 250-999 | top 100  | top 50   | top 10+0.2 % |
| 1000+   | top 10 % | top 5 %  | top 10+0.2 % |

The page adds: "Percentage calculations are rounded down. For example, a competition with 9 teams
will not award any gold medals", an extra gold medal comes with every 500 teams (500 teams: 11,
5000 teams: 20), and Community, Playground and Getting Started competitions typically award none.
"""

from enum import StrEnum
from typing import NamedTuple


class MedalZone(StrEnum):
    """The medal a rank would earn if the competition ended now."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


ZONES_BEST_FIRST = (MedalZone.GOLD, MedalZone.SILVER, MedalZone.BRONZE, None)
"""None is a rank without a medal."""


class MedalThresholds(NamedTuple):
    """The last rank of each zone; 0 where nobody gets this medal."""

    gold: int
    silver: int
    bronze: int

    def medal_zone(self, rank: int) -> MedalZone | None:
        """Return the zone of a rank; None outside the zones."""
        if rank <= self.gold:
            return MedalZone.GOLD
        if rank <= self.silver:
            return MedalZone.SILVER
        return MedalZone.BRONZE if rank <= self.bronze else None

    def last_rank(self, medal_zone: MedalZone) -> int:
        """Return the last rank of a zone; 0 if nobody gets this medal."""
        return {
            MedalZone.GOLD: self.gold,
            MedalZone.SILVER: self.silver,
            MedalZone.BRONZE: self.bronze,
        }[medal_zone]


_MEDAL_CATEGORIES = frozenset({"featured", "research", "recruitment", "masters"})


def awards_medals(category: str | None, awards_points: bool | None = None) -> bool:
    """Return whether a competition awards medals.

    Kaggle tells whether it awards points, and medals come with them. Where that is not known, its
    category decides.
    """
    if awards_points is not None:
        return awards_points
    return category is not None and category.strip().lower() in _MEDAL_CATEGORIES


def medal_thresholds(teams: int) -> MedalThresholds:
    """Return the last rank of each zone for a number of teams."""
    if teams < 100:
        return MedalThresholds(teams // 10, teams // 5, teams * 2 // 5)
    if teams < 250:
        return MedalThresholds(10, teams // 5, teams * 2 // 5)
    gold = 10 + teams // 500
    if teams < 1000:
        return MedalThresholds(gold, 50, 100)
    return MedalThresholds(gold, teams // 20, teams // 10)


def medal_zone(rank: int, teams: int) -> MedalZone | None:
    """Return the zone of a rank on a board of this many teams; None outside the zones."""
    return medal_thresholds(teams).medal_zone(rank)
