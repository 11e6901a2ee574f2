"""Days are put together and folded, and what remains is exact."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leaderboards.board import Board
from storage.boards.history_compaction import SYNCS, Retention
from storage.storage import Storage
from tests.leaderboards.boards import START
from tests.storage.boards.season import season
from tests.storage.examples import commit, count
from tests.storage.histories import boards_hold, histories_hold, holds, info_of

DAY = timedelta(days=1)
FOR_GOOD = Retention(1000 * DAY, 1000 * DAY)
DAYS = 4


@pytest.fixture(scope="module")
def boards() -> list[Board]:
    """Give four days, the first of them half a one."""
    return season(round((DAYS - 0.5) * 48))


@pytest.fixture(scope="module")
def filled(boards: list[Board], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database in which each sync still has its own row."""
    path = tmp_path_factory.mktemp("filled") / "podium.db"

    async def fill() -> None:
        storage = await Storage.open(path)
        for board in boards:
            await commit(storage, board)
        await storage.close()

    asyncio.run(fill())
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "podium.db"
    path.write_bytes(filled.read_bytes())
    return path


async def work(storage: Storage, now: datetime, retention: Retention) -> int:
    steps = 0
    while await storage.history_compaction.step(now, retention):
        steps += 1
    return steps


def remaining(boards: Sequence[Board], now: datetime, retention: Retention) -> list[Board]:
    """Tell which boards remain, from what is promised: whole days in UTC, the last of each."""
    kept: dict[object, Board] = {}
    for board in boards:
        assert board.taken_at is not None
        moment = board.taken_at
        over = moment.replace(hour=0, minute=0) + DAY
        if board is boards[0]:
            kept["the first"] = board
        elif over <= now - retention.hourly:
            kept[moment.date()] = board
        elif over <= now - retention.every_sync:
            kept[moment.date(), moment.hour] = board
        else:
            kept[moment] = board
    return list(kept.values())


async def test_syncs_are_put_together_by_days_and_nothing_is_lost(
    storage: Storage, boards: list[Board]
) -> None:
    assert await count(storage, "log_segments") == len(boards)
    assert await work(storage, START, FOR_GOOD) == DAYS
    assert await count(storage, "log_segments") == DAYS
    assert await count(storage, "keyframes") > 1
    await holds(storage, boards)
    assert await work(storage, START, FOR_GOOD) == 0


async def test_the_first_board_is_made_smaller_with_its_first_day(
    storage: Storage, boards: list[Board]
) -> None:
    async def first() -> int:
        info = await info_of(storage, boards[0])
        ((size,),) = await storage.database.query(
            "SELECT length(board) FROM keyframes WHERE board_id = ?", (info.board_id,)
        )
        return int(size)

    whole = await first()
    assert await storage.history_compaction.step(START, FOR_GOOD)
    assert await first() < whole / 2
    await holds(storage, boards)


async def test_a_day_grows_while_its_syncs_come(storage: Storage, boards: list[Board]) -> None:
    await work(storage, START, FOR_GOOD)
    played = list(boards)
    for board in season(len(boards) + SYNCS + 1)[len(boards) :]:
        await commit(storage, board)
        played.append(board)
        await storage.history_compaction.step(START, FOR_GOOD)
    assert await count(storage, "log_segments") <= DAYS + 2
    await histories_hold(storage, played)
    await boards_hold(storage, played[::20])


@pytest.mark.parametrize(
    "retention",
    [
        Retention(DAY, 2 * DAY),
        Retention(1.5 * DAY, 1000 * DAY),
        Retention(DAY, DAY),
        Retention(2 * DAY, DAY),
    ],
    ids=["hours, then days", "hours", "days", "days too early"],
)
async def test_what_remains_is_exact(
    storage: Storage, boards: list[Board], retention: Retention
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    await work(storage, last, retention)
    promised = Retention(retention.every_sync, max(retention.hourly, retention.every_sync))
    await holds(storage, remaining(boards, last, promised))
    later = last + 10 * DAY
    await work(storage, later, retention)
    kept = remaining(boards, later, promised)
    assert len(kept) < 0.6 * len(boards)
    await holds(storage, kept)


async def test_a_past_moment_shows_the_board_that_is_kept_before_it(
    storage: Storage, boards: list[Board]
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    retention = Retention(DAY, 1000 * DAY)
    await work(storage, last, retention)
    moment = START + timedelta(hours=5, minutes=45)
    info = await info_of(storage, boards[0])
    rebuilt = await storage.history.load_board_at(info, "titanic", moment)
    assert rebuilt is not None
    assert rebuilt.taken_at == START + timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("milliseconds", [0, 2, 6, 15])
async def test_work_that_is_broken_off_loses_nothing(
    storage: Storage, boards: list[Board], milliseconds: int
) -> None:
    for _ in range(3):
        task = asyncio.create_task(storage.history_compaction.step(START, FOR_GOOD))
        await asyncio.sleep(milliseconds / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await histories_hold(storage, boards)
    await boards_hold(storage, boards[::20])
    await work(storage, START, FOR_GOOD)
    await histories_hold(storage, boards)
    await boards_hold(storage, boards[::20])


async def test_a_competition_may_be_removed_while_its_log_is_worked_on(
    storage: Storage,
) -> None:
    task = asyncio.create_task(storage.history_compaction.step(START, FOR_GOOD))
    await asyncio.sleep(0)
    async with storage.database.write() as connection:
        await connection.execute("DELETE FROM competitions")
    await task
    assert await work(storage, START, FOR_GOOD) == 0
    assert await count(storage, "log_segments") == await count(storage, "keyframes") == 0


async def test_a_folded_database_is_sound_and_smaller(
    path: Path, storage: Storage, boards: list[Board]
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    await work(storage, last + 10 * DAY, Retention(DAY, DAY))
    assert await count(storage, "log_segments") == DAYS
    await storage.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
