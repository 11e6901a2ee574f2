"""Pieces of a board that a sync need not write, beside those that it writes."""

import pytest

from storage.boards import places
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import commit


@pytest.mark.parametrize(
    "then",
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
@pytest.mark.parametrize("hole", [0, 4, 7])
async def test_what_stays_and_what_is_written_are_one_board(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, then: list[int], hole: int
) -> None:
    monkeypatch.setattr(places, "PIECE", 3)
    ranks = [place + (0 < hole <= place) for place in range(1, len(then) + 1)]
    await commit(storage, board(*(entry(rank, rank) for rank in range(1, 9))))
    board_id = await commit(
        storage, board(*(entry(*pair) for pair in zip(ranks, then, strict=True)), hours=1)
    )
    page = await storage.boards.page(board_id, 1, 99)
    assert [(team.rank, team.team_id) for team in page] == list(zip(ranks, then, strict=True))
    for rank, team_id in zip(ranks, then, strict=True):
        assert [team.team_id for team in await storage.boards.page(board_id, rank, rank)] == [
            team_id
        ]
