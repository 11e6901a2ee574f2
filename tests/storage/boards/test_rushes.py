"""The rush before a deadline is recorded when a competition is archived."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.board import BoardKind
from leaderboards.forecast.rush import Rush
from storage.boards import rushes
from storage.boards.rushes import load_rush
from storage.storage import Storage
from tests.leaderboards.boards import START
from tests.leaderboards.forecast.test_rush import build_boards
from tests.storage.examples import NOW, announce_nothing, commit, count, execute

DEADLINE = START + timedelta(hours=73)
_BOARDS = build_boards(1, (1, 2, 3, 5))


async def play(storage: Storage, drift: float = 0, *, listed: bool = True) -> tuple[int, int]:
    """Store the boards of a competition that has ended; return the ids of competition and board."""
    for each in _BOARDS:
        board_id = await commit(storage, each)
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    await execute(storage, "UPDATE boards SET score_drift = ?", drift)
    if listed:
        seconds = int(DEADLINE.timestamp())
        await execute(storage, "UPDATE competitions SET deadline = ?", seconds)
    await storage.competition_ends.record_end(competition.id, DEADLINE)
    return competition.id, board_id


async def read(storage: Storage) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await storage.database.query("SELECT factors FROM rushes")]


async def test_rush_is_recorded_with_the_private_board_and_used_from_three_on(
    storage: Storage,
) -> None:
    competition_id, _ = await play(storage)
    assert not await read(storage)
    await commit(storage, replace(_BOARDS[-1], kind=BoardKind.PRIVATE))
    assert await read(storage) == [("[1.0, 2.0, 3.0, 5.0]",)]
    assert await load_rush(storage.database) is None
    for slug in ("spaceship", "digits"):
        other = await storage.competitions.add_for_owner(slug)
        await execute(storage, "INSERT INTO rushes SELECT ?, factors FROM rushes LIMIT 1", other.id)
    assert await storage.competition_ends.load_rush() == Rush((1, 2, 3, 5), 0)
    # A deadline that was moved was none.
    await storage.competition_ends.reopen(competition_id, NOW)
    assert await count(storage, "rushes") == 2


async def test_rushes_of_the_competitions_archived_last_count(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rushes, "_USED", 3)
    # The one that was added last was archived first.
    for number, factor in enumerate((4, 4, 4, 9)):
        competition = await storage.competitions.add_for_owner(f"competition-{number}")
        await execute(
            storage, "UPDATE competitions SET archived_at = ? WHERE id = ?", -number, competition.id
        )
        await execute(
            storage, "INSERT INTO rushes VALUES (?, ?)", competition.id, str([factor] * 4)
        )
    assert await load_rush(storage.database) == Rush((4, 4, 4, 4), 0)


async def test_rush_is_recorded_where_no_private_board_came(storage: Storage) -> None:
    competition_id, board_id = await play(storage)
    await storage.competition_ends.archive(competition_id, board_id, announce_nothing, NOW)
    assert await read(storage) == [("[1.0, 2.0, 3.0, 5.0]",)]


@pytest.mark.parametrize(("drift", "listed"), [(0.5, True), (0, False)])
async def test_simulations_and_unlisted_ends_have_no_rush(
    storage: Storage, drift: float, listed: bool
) -> None:
    competition_id, board_id = await play(storage, drift, listed=listed)
    await storage.competition_ends.archive(competition_id, board_id, None, NOW)
    assert not await read(storage)


async def test_rescored_board_has_no_rush(storage: Storage) -> None:
    competition_id, board_id = await play(storage)
    at = int((DEADLINE - timedelta(hours=30)).timestamp())
    await execute(storage, "UPDATE boards SET rescored_at = ?", at)
    await storage.competition_ends.archive(competition_id, board_id, None, NOW)
    assert not await read(storage)
