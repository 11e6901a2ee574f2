"""The rank of a server's member on a board."""

from __future__ import annotations

from dataclasses import dataclass

from leaderboards.medals import MedalZone, awards_medals, medal_zone


@dataclass(frozen=True, slots=True)
class MemberRank:
    """A member's rank on one board."""

    user_id: int
    competition_id: int
    board_id: int
    team_id: int
    rank: int
    team_count: int
    category: str | None
    """Of the competition, as Kaggle's list names it: not all award medals."""
    final: bool = False
    """Whether the competition is over: then only its medals count."""
    awards_points: bool | None = None
    """Whether the competition awards points and medals; None if Kaggle does not tell."""

    @property
    def awards_medals(self) -> bool:
        """Whether the competition awards medals."""
        return awards_medals(self.category, self.awards_points)

    @property
    def medal_zone(self) -> MedalZone | None:
        """The medal zone of the rank; None outside the zones, and if no medals are awarded."""
        return medal_zone(self.rank, self.team_count) if self.awards_medals else None
