from dataclasses import replace

import pytest

from leaderboards.members.role_criteria import RoleCriterion, find_qualifying_members
from leaderboards.seasons.member_rank import MemberRank


def place(
    user_id: int, rank: int, teams: int = 1000, board: int = 1, medals: bool = True
) -> MemberRank:
    category = "Featured" if medals else "Playground"
    return MemberRank(user_id, board, board, rank, rank, teams, category)


@pytest.mark.parametrize(
    ("one", "criteria"),
    [
        (place(1, 12), {RoleCriterion.GOLD, RoleCriterion.TOP_TEN_PERCENT}),
        (
            place(1, 10),
            {RoleCriterion.GOLD, RoleCriterion.TOP_TEN_PERCENT, RoleCriterion.TOP_ONE_PERCENT},
        ),
        (place(1, 50), {RoleCriterion.SILVER, RoleCriterion.TOP_TEN_PERCENT}),
        (place(1, 100), {RoleCriterion.BRONZE, RoleCriterion.TOP_TEN_PERCENT}),
        (place(1, 101), set()),
        (
            place(1, 10, medals=False),
            {RoleCriterion.TOP_TEN_PERCENT, RoleCriterion.TOP_ONE_PERCENT},
        ),
        (place(1, 11, teams=1099, medals=False), {RoleCriterion.TOP_TEN_PERCENT}),
        (place(1, 1, teams=9, medals=False), set()),
    ],
)
def test_rank_meets_its_criteria(one: MemberRank, criteria: set[RoleCriterion]) -> None:
    members = find_qualifying_members([one, place(2, one.rank - 1)])
    assert {criterion for criterion, users in members.items() if 1 in users} == criteria


def test_only_the_medals_of_a_final_board_count() -> None:
    members = find_qualifying_members([replace(place(1, 10), final=True), place(2, 900, board=2)])
    assert {reward: users for reward, users in members.items() if users} == {
        RoleCriterion.GOLD: {1},
        RoleCriterion.FIRST: {2},
    }


def test_best_member_of_each_board_and_teammates_are_first() -> None:
    places = [
        place(1, 500),
        place(2, 400),
        place(3, 400),
        place(1, 7, board=2),
        place(2, 8, board=2),
    ]
    assert find_qualifying_members(places)[RoleCriterion.FIRST] == {1, 2, 3}
    assert find_qualifying_members(places[:3])[RoleCriterion.FIRST] == {2, 3}
    assert find_qualifying_members([])[RoleCriterion.FIRST] == set()
