from datetime import timedelta
from typing import cast

import pytest

from cogs.syncing.housekeeping import Housekeeping
from storage.boards.history_compaction import MIN_SYNCS
from tests.cogs.examples import SMALL
from tests.cogs.world import World, announced
from tests.leaderboards.boards import START, board, entry
from tests.storage.examples import commit, count
from tests.storage.histories import find_board_info


async def run_housekeeping(world: World) -> None:
    cog = cast("Housekeeping", world.bot.get_cog("Housekeeping"))
    await cog.loop.coro(cog)


async def test_old_history_is_compacted_and_old_news_deleted(world: World) -> None:
    elsewhere = world.add_server()
    world.serve("house-prices", SMALL)
    for server in (world.server, elsewhere):
        await world.follow("house-prices", server)
        assert announced(world, server)
    boards = [board(entry(1, number), hours=number / 2) for number in range(MIN_SYNCS)]
    for each in boards:
        await commit(world.storage, each)
    board_id = (await find_board_info(world.storage, boards[0])).board_id
    rows = await count(world.storage, "outbox")

    async def syncs() -> int:
        return len((await world.storage.history.load_histories(board_id, [1]))[1])

    world.bot.services.now = lambda: START + timedelta(days=29)
    await run_housekeeping(world)
    assert await syncs() == MIN_SYNCS
    assert await count(world.storage, "log_segments") == 2
    world.bot.services.now = lambda: START + timedelta(days=32)
    await run_housekeeping(world)
    assert await syncs() == MIN_SYNCS / 2 + 1
    assert await count(world.storage, "outbox") == 1 < rows


async def test_failure_is_logged_and_the_loop_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(type(world.storage.history_compaction), "step", fail)
    await run_housekeeping(world)
    assert "Housekeeping failed" in caplog.text
