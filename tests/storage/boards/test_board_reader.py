import pytest

from leaderboards.board import Board, BoardKind, Entry, ScoreOrder
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.news.watches import Watch, WatchKind
from records.competitions import BoardInfo, NamedTeam
from storage.storage import Storage
from tests.leaderboards.boards import START, board, entry
from tests.storage.examples import NOW, announce_nothing, commit, commit_with_news, follow

BENCHMARKS = tuple(
    (above, entry(0, 100 + number, team_name=name, members=("host",)))
    for number, (above, name) in enumerate(
        [(0, "top"), (2, "middle"), (2, "also middle"), (5, "last"), (5, "very last")]
    )
)
TEAMS = tuple(
    entry(rank, 10 * rank, members=(f"User{rank}", f"Mate{rank}")) for rank in range(1, 6)
)


@pytest.fixture
async def board_id(storage: Storage) -> int:
    return await commit(storage, board(*TEAMS, benchmarks=BENCHMARKS))


def names(entries: list[Entry]) -> list[str]:
    return [entry.team_name for entry in entries]


async def test_find_info_returns_the_facts_about_a_board(storage: Storage, board_id: int) -> None:
    competition = await storage.competitions.add_for_owner("titanic")
    assert await storage.boards.find_info(competition.id) == BoardInfo(
        board_id=board_id,
        competition_id=competition.id,
        kind=BoardKind.PUBLIC,
        order=ScoreOrder.HIGHER,
        ranks_derived=False,
        taken_at=START,
        stored_at=NOW,
        team_count=5,
        scores_move=None,
    )
    assert await storage.boards.find_info(competition.id, BoardKind.PRIVATE) is None


async def test_one_page_holds_the_whole_board(storage: Storage, board_id: int) -> None:
    whole = board(*TEAMS, benchmarks=BENCHMARKS)
    assert await storage.boards.load_page(board_id, 1, 100) == list(whole.entries())


async def test_each_benchmark_is_on_one_page(storage: Storage, board_id: int) -> None:
    pages = [
        names(await storage.boards.load_page(board_id, first, first + 1)) for first in (1, 3, 5)
    ]
    assert pages == [
        ["top", "team 10", "team 20"],
        ["middle", "also middle", "team 30", "team 40"],
        ["team 50", "last", "very last"],
    ]


async def test_benchmarks_keep_their_places_where_ranks_are_missing(storage: Storage) -> None:
    teams = tuple(entry(rank, 10 * rank) for rank in (1, 2, 4, 5, 7))
    hosts = ((3, entry(0, 100, team_name="fourth")), (5, entry(0, 101, team_name="last")))
    whole = board(*teams, benchmarks=hosts)
    board_id = await commit(storage, whole)
    assert await storage.boards.load_page(board_id, 1, 100) == list(whole.entries())
    pages = [
        names(await storage.boards.load_page(board_id, first, first + 1)) for first in (1, 3, 5, 7)
    ]
    assert pages == [
        ["team 10", "team 20"],
        ["team 40"],
        ["fourth", "team 50"],
        ["team 70", "last"],
    ]
    assert await storage.boards.find_last_rank(board_id) == 7


async def test_a_page_shows_members_in_kaggles_order(storage: Storage, board_id: int) -> None:
    page = await storage.boards.load_page(board_id, 2, 2)
    assert [entry.members for entry in page] == [("User2", "Mate2")]


async def test_a_board_of_benchmarks_only_has_a_first_page(storage: Storage) -> None:
    board_id = await commit(storage, board(benchmarks=((0, entry(0, 1, team_name="host's")),)))
    assert names(await storage.boards.load_page(board_id, 1, 20)) == ["host's"]


async def test_teams_are_found_by_id_rank_and_user_name(storage: Storage, board_id: int) -> None:
    assert await storage.boards.find_team(board_id, 30) == TEAMS[2]
    assert await storage.boards.find_team(board_id, 31) is None
    assert await storage.boards.find_team(board_id + 1, 30) is None
    assert await storage.boards.find_teams_by_rank(board_id, [1, 5, 6]) == {
        1: TEAMS[0],
        5: TEAMS[4],
    }
    assert await storage.boards.find_teams_by_rank(board_id, []) == {}
    assert await storage.boards.find_teams_at_or_above(board_id, [0, 1, 5, 6]) == {
        1: TEAMS[0],
        5: TEAMS[4],
        6: TEAMS[4],
    }
    assert await storage.boards.find_teams_by_user_names(
        board_id, ["uSER2", "mate2", "user9", "host"]
    ) == {
        "user2": TEAMS[1],
        "mate2": TEAMS[1],
    }


async def test_boards_are_found_by_user_name(storage: Storage, board_id: int) -> None:
    other = await commit(storage, digits(entry(1, 7, members=("user2",)), entry(2, 8)))
    ids = {
        slug: (await storage.competitions.add_for_owner(slug)).id for slug in ("titanic", "digits")
    }
    without_board = (await storage.competitions.add_for_owner("new")).id
    found = await storage.boards.find_boards_by_user_name(
        "USER2", [ids["digits"], without_board, ids["titanic"]]
    )
    assert [(info.board_id, team.team_id) for info, team in found] == [(other, 7), (board_id, 20)]
    assert await storage.boards.find_boards_by_user_name("user3", [ids["digits"]]) == []


async def test_user_in_several_teams_counts_with_the_best(storage: Storage) -> None:
    """Everywhere: on screens, in news and in watches."""
    teams = (
        entry(1, 30, members=("ada", "grace")),
        entry(2, 10, members=("ada",)),
        entry(3, 20, members=("Grace",)),
        entry(4, 40, members=("ada",)),
    )
    competition = await follow(storage, 1)
    for user_id, name in ((7, "ada"), (8, "grace")):
        await storage.links.link(1, user_id, name, user_id, NOW)
    await storage.watches.add(Watch(0, 1, 8, WatchKind.RIVAL, None, rival_user_name="ada"), NOW)
    board_id = await commit(storage, board(*teams))
    found = await storage.boards.find_teams_by_user_names(board_id, ["ada", "grace"])
    assert {name: team.rank for name, team in found.items()} == {"ada": 1, "grace": 1}
    boards = await storage.boards.find_boards_by_user_name("ada", [competition.id])
    assert [team.rank for _, team in boards] == [1]
    followers: list[Follower] = []

    def decide(follower: Follower) -> NewsDecision:
        followers.append(follower)
        return announce_nothing(follower)

    later = board(*teams, entry(5, 50), hours=1)
    await commit_with_news(storage, later, decide)
    (follower,) = followers
    assert {link.user_name: link.team_id for link in follower.links} == {"ada": 30, "grace": 30}
    assert [state.rival_team_id for state in follower.watches] == [30]


async def test_user_names_are_found_by_prefix(storage: Storage, board_id: int) -> None:
    await commit(storage, digits(entry(1, 7, members=("userA", "user2", "ZOE"))))
    titanic = (await storage.competitions.add_for_owner("titanic")).id
    both = [titanic, (await storage.competitions.add_for_owner("digits")).id]
    find = storage.boards.find_user_names
    assert await find("USER", [titanic], 25) == ["User1", "User2", "User3", "User4", "User5"]
    assert await find("user", both, 3) == ["User1", "User2", "User3"]
    assert (await find("user", both, 25))[-1] == "userA"
    assert await find("z", [titanic], 25) == []
    assert len(await find("", both, 25)) == 12
    assert await find("%", both, 25) == []
    assert await find("user", [], 25) == []


def digits(*teams: Entry) -> Board:
    shown = board(*teams)
    return Board(
        slug="digits",
        kind=shown.kind,
        taken_at=shown.taken_at,
        order=shown.order,
        teams=shown.teams,
        benchmarks=shown.benchmarks,
        teams_above=shown.teams_above,
    )


async def test_teams_are_found_by_any_part_of_their_name(storage: Storage) -> None:
    names = ["Night Owls", "The night", "NIGHT", "Ночные совы", 'a "b", c', "night", "100 %_x"]
    await commit(storage, board(*(entry(n, 10 * n, team_name=t) for n, t in enumerate(names, 1))))
    await commit(storage, digits(entry(2, 7, team_name="Night shift"), entry(3, 8)))
    ids = [(await storage.competitions.add_for_owner(slug)).id for slug in ("titanic", "digits")]

    async def find(text: str, limit: int = 25) -> tuple[list[str], int]:
        teams, count = await storage.boards.find_teams_by_name(text, ids, limit)
        return [f"{team.rank} {team.team_name}" for team in teams], count

    all_nights = ["3 NIGHT", "6 night", "1 Night Owls", "2 Night shift", "2 The night"]
    assert sorted((await find("night"))[0][2:]) == sorted(all_nights[2:])
    assert (await find("Night"))[0][:2] == all_nights[:2]
    assert await find("nigh", 2) == (["1 Night Owls", "2 The night"], 5)
    assert await find("  OWL ni ") == (["1 Night Owls"], 1)
    assert await find("НОЧ") == (["4 Ночные совы"], 1)
    assert await find('"B",') == (['5 a "b", c'], 1)
    assert await find("%_") == (["7 100 %_x"], 1)
    assert await find("no such team") == ([], 0)
    assert await find(" ") == ([], 0)
    (team,), _ = await storage.boards.find_teams_by_name("shift", ids, 5)
    assert team == NamedTeam(ids[1], 7, "Night shift", 2)
    assert await storage.boards.find_teams_by_name("night", ids[1:], 5) == ([team], 1)
    assert await storage.boards.find_teams_by_name("night", [], 5) == ([], 0)


async def test_exact_name_with_two_spaces_comes_first(storage: Storage) -> None:
    names = ["No Team  Spirit", "Team  Spirit"]
    await commit(storage, board(*(entry(n, n, team_name=t) for n, t in enumerate(names, 1))))
    competition = await storage.competitions.add_for_owner("titanic")
    teams, _ = await storage.boards.find_teams_by_name("team  spirit", [competition.id], 25)
    assert [team.team_name for team in teams] == ["Team  Spirit", "No Team  Spirit"]
