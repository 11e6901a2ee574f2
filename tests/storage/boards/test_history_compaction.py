"""Compaction of the history log, and exactness of what remains."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leaderboards.board import Board
from storage.boards.history_compaction import MIN_SYNCS, Retention
from storage.storage import Storage
from tests.leaderboards.boards import START
from tests.storage.boards.generated_boards import generate_boards
from tests.storage.examples import commit, count
from tests.storage.histories import assert_boards, assert_histories, assert_log, find_board_info

DAY = timedelta(days=1)
FOR_GOOD = Retention(1000 * DAY, 1000 * DAY)
DAYS = 4


@pytest.fixture(scope="module")
def boards() -> list[Board]:
    """Return the boards of three and a half days."""
    return generate_boards(round((DAYS - 0.5) * 48))


@pytest.fixture(scope="module")
def uncompacted(boards: list[Board], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which each sync still has its own log segment."""
    path = tmp_path_factory.mktemp("uncompacted") / "podium.db"

    async def fill() -> None:
        storage = await Storage.open(path)
        for board in boards:
            await commit(storage, board)
        await storage.close()

    asyncio.run(fill())
    return path


@pytest.fixture
def path(uncompacted: Path, tmp_path: Path) -> Path:
    path = tmp_path / "podium.db"
    path.write_bytes(uncompacted.read_bytes())
    return path


async def compact_all(storage: Storage, now: datetime, retention: Retention) -> int:
    steps = 0
    while await storage.history_compaction.step(now, retention):
        steps += 1
    return steps


def remaining(boards: Sequence[Board], now: datetime, retention: Retention) -> list[Board]:
    """Return the boards that must remain: in whole UTC days, the last of each period."""
    kept: dict[object, Board] = {}
    for board in boards:
        assert board.taken_at is not None
        moment = board.taken_at
        day_end = moment.replace(hour=0, minute=0) + DAY
        if board is boards[0]:
            kept["the first"] = board
        elif day_end <= now - retention.hourly:
            kept[moment.date()] = board
        elif day_end <= now - retention.every_sync:
            kept[moment.date(), moment.hour] = board
        else:
            kept[moment] = board
    return list(kept.values())


async def test_syncs_of_a_day_are_concatenated_without_loss(
    storage: Storage, boards: list[Board]
) -> None:
    assert await count(storage, "log_segments") == len(boards)
    assert await compact_all(storage, START, FOR_GOOD) == DAYS
    assert await count(storage, "log_segments") == DAYS
    assert await count(storage, "keyframes") > 1
    await assert_log(storage, boards)
    assert await compact_all(storage, START, FOR_GOOD) == 0


async def test_first_keyframe_is_compressed(storage: Storage, boards: list[Board]) -> None:
    async def first() -> int:
        info = await find_board_info(storage, boards[0])
        ((size,),) = await storage.database.query(
            "SELECT length(board) FROM keyframes WHERE board_id = ?", (info.board_id,)
        )
        return int(size)

    whole = await first()
    assert await storage.history_compaction.step(START, FOR_GOOD)
    assert await first() < whole / 2
    await assert_boards(storage, boards[::20])


async def test_new_syncs_join_the_segment_of_their_day(
    storage: Storage, boards: list[Board]
) -> None:
    await compact_all(storage, START, FOR_GOOD)
    stored = list(boards)
    for board in generate_boards(len(boards) + MIN_SYNCS + 1)[len(boards) :]:
        await commit(storage, board)
        stored.append(board)
        await storage.history_compaction.step(START, FOR_GOOD)
    assert await count(storage, "log_segments") <= DAYS + 2
    await assert_histories(storage, stored)
    await assert_boards(storage, stored[::20])


@pytest.mark.parametrize(
    "retention",
    [
        Retention(DAY, 2 * DAY),
        Retention(1.5 * DAY, 1000 * DAY),
        Retention(DAY, DAY),
        Retention(2 * DAY, DAY),
    ],
    ids=["hours, then days", "hours", "days", "hourly shorter than every sync"],
)
async def test_retained_boards_are_exact(
    storage: Storage, boards: list[Board], retention: Retention
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    await compact_all(storage, last, retention)
    effective = Retention(retention.every_sync, max(retention.hourly, retention.every_sync))
    await assert_log(storage, remaining(boards, last, effective))
    later = last + 10 * DAY
    await compact_all(storage, later, retention)
    kept = remaining(boards, later, effective)
    assert len(kept) < 0.6 * len(boards)
    await assert_log(storage, kept)


async def test_past_board_is_the_last_retained_one_before_a_moment(
    storage: Storage, boards: list[Board]
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    retention = Retention(DAY, 1000 * DAY)
    await compact_all(storage, last, retention)
    moment = START + timedelta(hours=5, minutes=45)
    info = await find_board_info(storage, boards[0])
    rebuilt = await storage.history.load_board_at(info, "titanic", moment)
    assert rebuilt is not None
    assert rebuilt.taken_at == START + timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("milliseconds", [0, 2, 6, 15])
async def test_cancelled_compaction_loses_nothing(
    storage: Storage, boards: list[Board], milliseconds: int
) -> None:
    for _ in range(3):
        task = asyncio.create_task(storage.history_compaction.step(START, FOR_GOOD))
        await asyncio.sleep(milliseconds / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await assert_histories(storage, boards)
    await assert_boards(storage, boards[::20])
    await compact_all(storage, START, FOR_GOOD)
    await assert_histories(storage, boards)
    await assert_boards(storage, boards[::20])


async def test_competition_can_be_deleted_during_compaction(
    storage: Storage,
) -> None:
    task = asyncio.create_task(storage.history_compaction.step(START, FOR_GOOD))
    await asyncio.sleep(0)
    async with storage.database.write() as connection:
        await connection.execute("DELETE FROM competitions")
    await task
    assert await compact_all(storage, START, FOR_GOOD) == 0
    assert await count(storage, "log_segments") == await count(storage, "keyframes") == 0


async def test_compacted_database_is_consistent(
    path: Path, storage: Storage, boards: list[Board]
) -> None:
    last = boards[-1].taken_at
    assert last is not None
    await compact_all(storage, last + 10 * DAY, Retention(DAY, DAY))
    assert await count(storage, "log_segments") == DAYS
    await storage.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
