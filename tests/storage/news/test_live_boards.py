"""Results of requests for a live board that was replaced or removed meanwhile."""

from collections.abc import Awaitable, Callable

import pytest

from records.guilds import LiveBoard
from records.outbox import OutboxRow
from storage.storage import Storage
from tests.storage.examples import LATER, NOW, follow

CHANNEL, MESSAGE = 50, 77

Result = Callable[[Storage, LiveBoard], Awaitable[None]]
RESULTS: dict[str, Result] = {
    "shown": lambda storage, board: storage.live_boards.record_edit(board, "fingerprint"),
    "failed": lambda storage, board: storage.live_boards.record_failure(board, "No answer."),
    "message gone": lambda storage, board: storage.live_boards.recreate(board, LATER),
    "channel gone": lambda storage, board: storage.live_boards.delete(board),
}


async def put(storage: Storage, competition_id: int) -> OutboxRow:
    await storage.live_boards.create(1, competition_id, CHANNEL, NOW)
    row = await storage.outbox.find_next(CHANNEL)
    assert row is not None
    return row


async def find(storage: Storage, competition_id: int) -> LiveBoard:
    board = await storage.live_boards.find(1, competition_id)
    assert board is not None
    return board


@pytest.mark.parametrize("record", RESULTS.values(), ids=RESULTS)
async def test_late_result_does_not_change_the_replacement(
    storage: Storage, record: Result
) -> None:
    competition_id = (await follow(storage, 1)).id
    await storage.outbox.mark_delivered((await put(storage, competition_id)).id, MESSAGE, NOW)
    old = await find(storage, competition_id)
    assert old.message_id == MESSAGE
    await put(storage, competition_id)
    new = await find(storage, competition_id)
    await record(storage, old)
    assert await find(storage, competition_id) == new
    await storage.live_boards.remove(1, competition_id)
    await record(storage, new)
    assert await storage.live_boards.find(1, competition_id) is None


async def test_row_that_may_have_been_sent_is_not_deleted(storage: Storage) -> None:
    competition_id = (await follow(storage, 1)).id
    await put(storage, competition_id)
    await storage.live_boards.remove(1, competition_id)
    assert await storage.outbox.find_next(CHANNEL) is None
    row = await put(storage, competition_id)
    assert await storage.outbox.mark_attempt(row, NOW, known_id=CHANNEL) is not None
    await storage.live_boards.remove(1, competition_id)
    waiting = await storage.outbox.find_next(CHANNEL)
    assert waiting is not None
    assert waiting.id == row.id
