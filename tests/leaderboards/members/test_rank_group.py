"""Ranges of ranks that tell where a team stands, but not which one it is."""

import pytest

from leaderboards.medals import MedalZone
from leaderboards.members.rank_group import RankGroup, find_rank_group


@pytest.mark.parametrize(
    ("rank", "linked", "team_count", "group"),
    [
        (15, [15, 16, 17], 2000, RankGroup(11, 50, MedalZone.SILVER)),
        (14, [14, 15, 1600], 2000, None),  # alone in its medal zone, and few in the half
        (14, [14, 15, 16], 2000, RankGroup(1, 1000)),
        (1400, [1400, 1200, 2400], 5000, RankGroup(1001, 2500)),
        (1400, [1400, 1200, 1200], 5000, None),  # one team twice
        (3, [1, 2, 3], 3, RankGroup(1, 3)),
        (4, [4, 5, 6], 6, RankGroup(1, 6)),
        (2_000_000, [2_000_000, 1_000_000, 1_999_999], 2_000_000, RankGroup(100_001, 2_000_000)),
    ],
)
def test_range_is_shown_where_three_linked_teams_share_it(
    rank: int, linked: list[int], team_count: int, group: RankGroup | None
) -> None:
    medals = team_count == 2000
    assert find_rank_group(rank, linked, team_count, awards_medals=medals) == group


def test_distance_is_counted_from_the_nearer_end() -> None:
    group = RankGroup(11, 50)
    assert [group.distance(rank) for rank in (1, 11, 30, 50, 60)] == [10, 0, 0, 0, 10]
