import pytest

from leaderboards.role_criteria import Place, Reward, earned


def place(user_id: int, rank: int, teams: int = 1000, board: int = 1, medals: bool = True) -> Place:
    return Place(user_id, board, rank, teams, "Featured" if medals else "Playground")


@pytest.mark.parametrize(
    ("one", "rewards"),
    [
        (place(1, 12), {Reward.GOLD, Reward.TOP10}),
        (place(1, 10), {Reward.GOLD, Reward.TOP10, Reward.TOP1}),
        (place(1, 50), {Reward.SILVER, Reward.TOP10}),
        (place(1, 100), {Reward.BRONZE, Reward.TOP10}),
        (place(1, 101), set()),
        (place(1, 10, medals=False), {Reward.TOP10, Reward.TOP1}),
        (place(1, 11, teams=1099, medals=False), {Reward.TOP10}),
        (place(1, 1, teams=9, medals=False), set()),
    ],
)
def test_what_a_rank_earns(one: Place, rewards: set[Reward]) -> None:
    members = earned([one, place(2, one.rank - 1)])
    assert {reward for reward, users in members.items() if 1 in users} == rewards


def test_the_first_among_members_on_each_board_and_their_team_mates() -> None:
    places = [
        place(1, 500),
        place(2, 400),
        place(3, 400),
        place(1, 7, board=2),
        place(2, 8, board=2),
    ]
    assert earned(places)[Reward.FIRST] == {1, 2, 3}
    assert earned(places[:3])[Reward.FIRST] == {2, 3}
    assert earned([])[Reward.FIRST] == set()
