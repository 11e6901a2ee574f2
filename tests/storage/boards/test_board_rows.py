"""Rows of a board after syncs that write only a part of them."""

import pytest

from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import commit, count


@pytest.mark.parametrize(
    "team_ids",
    [
        [1, 2, 3, 4, 5, 6, 8, 7],
        [1, 2, 3, 4, 6, 5, 7, 8],
        [2, 1, 3, 4, 5, 6, 7, 8],
        [1, 2, 3, 4, 5, 6, 7],
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3],
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 5, 4, 6, 7, 8, 9, 10, 11, 12],
        [1, 2, 3, 4, 5, 6, 7, 8],
    ],
)
@pytest.mark.parametrize("missing", [0, 4, 7])
async def test_changed_ranks_are_written_and_others_stay(
    storage: Storage, team_ids: list[int], missing: int
) -> None:
    ranks = [rank + (0 < missing <= rank) for rank in range(1, len(team_ids) + 1)]
    await commit(storage, board(*(entry(rank, rank) for rank in range(1, 9))))
    rows = list(zip(ranks, team_ids, strict=True))
    board_id = await commit(storage, board(*(entry(*row) for row in rows), hours=1))
    page = await storage.boards.load_page(board_id, 1, 99)
    assert [(team.rank, team.team_id) for team in page] == rows
    for rank, team_id in rows:
        (team,) = await storage.boards.load_page(board_id, rank, rank)
        assert team.team_id == team_id


async def test_teams_of_a_large_board_are_found_by_rank_and_id(storage: Storage) -> None:
    ranks = [rank for rank in range(1, 353) if rank not in {1, 120, 333}]
    team_ids = [7919 * rank % 1009 for rank in ranks]
    rows = list(zip(ranks, team_ids, strict=True))
    board_id = await commit(storage, board(*(entry(*row) for row in rows)))
    page = await storage.boards.load_page(board_id, 1, 400)
    assert [(team.rank, team.team_id) for team in page] == rows
    for rank, team_id in rows:
        team = await storage.boards.find_team(board_id, team_id)
        assert team is not None
        assert team.rank == rank
    assert list(await storage.boards.find_teams_by_rank(board_id, [1, 120, 121, 352])) == [121, 352]


async def test_deleting_a_competition_deletes_its_rows(storage: Storage) -> None:
    await commit(storage, board(entry(1, 1), benchmarks=((1, entry(0, 900)),)))
    tables = ("teams", "ranks", "members", "benchmarks", "log_segments", "keyframes")
    for table in tables:
        assert await count(storage, table) == 1
    async with storage.database.write() as connection:
        await connection.execute("DELETE FROM competitions")
    for table in tables:
        assert await count(storage, table) == 0
