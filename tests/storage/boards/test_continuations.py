"""Histories go on across mergers."""

from datetime import timedelta

from leaderboards.board import Board, Entry
from leaderboards.history import TeamHistory
from storage.storage import Storage
from tests.leaderboards.boards import START, board, entry
from tests.storage.examples import commit, count
from tests.storage.histories import assert_histories, find_board_info


def row(rank: int, team_id: int, score: str, *members: str, submissions: int = 1) -> Entry:
    return entry(
        rank,
        team_id,
        score,
        members=members,
        submissions=submissions,
        last_submission_at=START + timedelta(seconds=float(score)),
    )


BOARDS: list[Board] = [
    board(row(1, 1, "9", "a"), row(2, 2, "8", "b", submissions=3), row(3, 3, "7", "c"), hours=0),
    # 2 merges into 3, which takes over its place.
    board(row(1, 1, "9", "a"), row(2, 3, "8", "c", "b", submissions=4), hours=1),
    # All merge under a new id, which goes on from 1.
    board(row(1, 4, "9", "a", "c", "b", submissions=6), hours=2),
    board(row(1, 5, "10", "e"), row(2, 4, "9", "a", "c", "b", submissions=7), hours=3),
]


async def load(storage: Storage, team_id: int) -> TeamHistory:
    info = await find_board_info(storage, BOARDS[0])
    return (await storage.history.load_continued_histories(info.board_id, [team_id]))[team_id]


async def test_history_goes_on_from_the_team_whose_place_was_taken_over(storage: Storage) -> None:
    for each in BOARDS[:2]:
        await commit(storage, each)
    history = await load(storage, 3)
    assert history.rank.tolist() == [2, 2]
    assert history.score_text == ["8", "8"]
    assert history.submissions.tolist() == [4, 4]
    for each in BOARDS[2:]:
        await commit(storage, each)
    history = await load(storage, 4)
    assert history.rank.tolist() == [1, 1, 1, 2]
    assert history.score_text == ["9", "9", "9", "9"]
    assert history.submissions.tolist() == [5, 5, 6, 7]
    assert (await load(storage, 5)).rank.tolist() == [0, 0, 0, 1]
    await assert_histories(storage, BOARDS)


async def test_trace_goes_on_from_the_team_whose_place_was_taken_over(storage: Storage) -> None:
    for each in BOARDS:
        await commit(storage, each)
    info = await find_board_info(storage, BOARDS[0])
    trace = await storage.history.trace_teams(info, START, {4: 2, 5: 1})
    assert trace.ranks(4).tolist() == [1, 1, 1, 2]
    assert trace.ranks(5).tolist() == [0, 0, 0, 1]


async def test_continuations_are_found_from_both_sides(storage: Storage) -> None:
    for each in BOARDS:
        await commit(storage, each)
    board_id = (await find_board_info(storage, BOARDS[0])).board_id
    past = await storage.history.load_continuations(board_id, [4])
    assert past.find_contributors(4) == {1, 2, 3, 4}
    assert [(one.source_id, one.place_taken_over) for one in past.find(4)] == [
        (1, True),
        (3, False),
    ]
    successors = await storage.history.load_successors(board_id, [1, 2, 5])
    assert {team_id: one.into_team_id for team_id, one in successors.items()} == {1: 4, 2: 3}


async def test_history_goes_on_under_the_new_id_of_a_member_who_was_away(storage: Storage) -> None:
    """Kaggle showed neither the old nor the merged team for an hour."""
    first = [row(1, 1, "9", "a"), row(2, 2, "8", "B"), row(3, 3, "7", "c")]
    await commit(storage, board(*first, hours=0))
    await commit(storage, board(row(1, 1, "9", "a"), row(2, 3, "7", "c"), hours=1))
    back = [row(1, 1, "9", "a"), row(2, 4, "8", "b", "new"), row(3, 3, "7", "c")]
    await commit(storage, board(*back, hours=2))
    assert (await load(storage, 4)).rank.tolist() == [2, 0, 2]
    info = await find_board_info(storage, BOARDS[0])
    (continuation,) = (await storage.history.load_continuations(info.board_id, [4])).find(4)
    assert (continuation.source_id, continuation.source_name, continuation.place_taken_over) == (
        2,
        "team 2",
        True,
    )
    assert await count(storage, "former_members") == 0


async def test_who_leaves_a_board_is_kept_until_their_return(storage: Storage) -> None:
    first = [row(1, 1, "9", "a"), row(2, 2, "8", "b", "c")]
    await commit(storage, board(*first, hours=0))
    await commit(storage, board(row(1, 2, "8", "c"), hours=1))
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT user_name, team_id, team_name, left_at FROM former_members"
        )
    left_at = int((START + timedelta(hours=1)).timestamp())
    assert [tuple(each) for each in rows] == [
        ("a", 1, "team 1", left_at),
        ("b", 2, "team 2", left_at),
    ]
    await commit(storage, board(*first, hours=2))
    assert await count(storage, "former_members") == 0
    assert await count(storage, "continuations") == 0


async def test_who_came_into_a_team_of_others_is_kept_for_a_month(storage: Storage) -> None:
    boards = [
        board(row(1, 1, "9", "a"), row(2, 2, "8", "b"), row(3, 3, "7", "c", "d"), hours=0),
        # One joins, one is renamed, one leaves, and a new team has two members.
        board(
            row(1, 1, "9", "a", "New"),
            row(2, 2, "8", "bee"),
            row(3, 3, "7", "c"),
            row(4, 4, "6", "e", "f"),
            hours=1,
        ),
        board(row(1, 1, "9", "a", "New"), row(3, 2, "8", "c", "bee"), hours=24 * 32),
    ]
    await commit(storage, boards[0])
    board_id = (await find_board_info(storage, boards[0])).board_id

    async def load_joined(hours: float) -> set[str]:
        since = START + timedelta(hours=hours)
        users = ["A", "new", "b", "bee", "c", "d", "e", "f"]
        return await storage.history.load_joined_members(board_id, users, since)

    await commit(storage, boards[1])
    assert await load_joined(0) == {"new"}
    assert await load_joined(1) == set()
    await commit(storage, boards[2])
    # The team has taken over the place of bee's, so it is the other one who came.
    assert await load_joined(0) == {"c"}
    await commit(storage, board(row(1, 1, "9.5", "a", "New"), hours=24 * 64))
    assert await count(storage, "joined_members") == 0


async def test_merger_is_undone_when_a_team_is_back(storage: Storage) -> None:
    for each in BOARDS[:2]:
        await commit(storage, each)
    info = await find_board_info(storage, BOARDS[0])
    back = board(*BOARDS[0].entries(), hours=2)
    await commit(storage, back)
    assert await storage.history.load_successors(info.board_id, [2]) == {}
    assert (await load(storage, 3)).rank.tolist() == [3, 2, 3]
    assert (await load(storage, 2)).rank.tolist() == [2, 0, 2]
