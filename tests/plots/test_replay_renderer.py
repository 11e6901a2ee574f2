"""Replays are drawn in processes of their own, one at a time, which end with the bot."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from plots.replay_renderer import ReplayFailed, ReplayQueueFull, ReplayRenderer
from plots.specs import RankLine, Replay
from tests.plots.pixels import history
from tests.processes import is_running

pytestmark = pytest.mark.processes


def replay(*ranks: int) -> Replay:
    return Replay("titanic", (RankLine.from_history("ada", history(ranks)),), medals=True)


@pytest.fixture
def renderer() -> Iterator[ReplayRenderer]:
    renderer = ReplayRenderer()
    yield renderer
    renderer.close()


async def wait_for_process() -> int:
    """Return the id of the process as soon as there is one."""
    async with asyncio.timeout(30):
        while not active_children():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)
    pid = active_children()[0].pid
    assert pid is not None
    return pid


async def test_replay_is_drawn_once_with_progress_and_leaves_nothing(
    renderer: ReplayRenderer,
) -> None:
    done: list[int] = []
    asked = [renderer.render(replay(9, 3), done.append) for _ in range(2)]
    first, second = await asyncio.gather(*asked)
    assert first.startswith(b"GIF89a")
    assert second is first
    assert done == sorted(done)
    assert done[-1] == 100
    assert await renderer.find_drawn(replay(9, 3)) is first
    assert await renderer.find_drawn(replay(9, 4)) is None
    assert active_children() == []
    assert not renderer.is_busy


@pytest.mark.skipif(sys.platform == "win32", reason="there is no niceness")
async def test_process_has_a_low_priority_and_the_loop_goes_on(renderer: ReplayRenderer) -> None:
    task = asyncio.create_task(renderer.render(replay(9, 3), lambda _: None))
    pid = await wait_for_process()
    niceness = turns = 0
    while not task.done():
        if is_running(pid):
            niceness = max(niceness, os.getpriority(os.PRIO_PROCESS, pid))
        await asyncio.sleep(0.01)
        turns += 1
    await task
    assert niceness >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 15)
    assert turns > 10


async def test_process_that_takes_too_long_is_killed() -> None:
    renderer = ReplayRenderer(timeout=0.05)
    with pytest.raises(ReplayFailed):
        await renderer.render(replay(9, 3), lambda _: None)
    assert active_children() == []
    assert await renderer.find_drawn(replay(9, 3)) is None


async def test_killed_process_is_an_error_and_the_next_replay_is_drawn(
    renderer: ReplayRenderer,
) -> None:
    task = asyncio.create_task(renderer.render(replay(9, 3), lambda _: None))
    await wait_for_process()
    active_children()[0].kill()
    with pytest.raises(ReplayFailed):
        await task
    assert (await renderer.render(replay(9, 3), lambda _: None)).startswith(b"GIF89a")


async def test_stop_kills_the_process(renderer: ReplayRenderer) -> None:
    task = asyncio.create_task(renderer.render(replay(9, 3), lambda _: None))
    await wait_for_process()
    renderer.close()
    with pytest.raises(ReplayFailed):
        await task
    assert active_children() == []


async def test_cancelled_replay_ends_its_process(renderer: ReplayRenderer) -> None:
    task = asyncio.create_task(renderer.render(replay(9, 3), lambda _: None))
    pid = await wait_for_process()
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        while active_children():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
    assert sys.platform == "win32" or not is_running(pid)


async def test_drawing_error_is_logged(
    renderer: ReplayRenderer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Replay("titanic", (RankLine("ada", (), ()),), medals=True)
    with pytest.raises(ReplayFailed):
        await renderer.render(broken, lambda _: None)
    assert "could not be drawn" in caplog.text
    assert "Traceback" in caplog.text


async def test_others_are_refused_while_several_wait(renderer: ReplayRenderer) -> None:
    tasks = [
        asyncio.create_task(renderer.render(replay(9, rank), lambda _: None))
        for rank in range(1, 12)
    ]
    await asyncio.sleep(0)
    with pytest.raises(ReplayQueueFull):
        await renderer.render(replay(9, 90), lambda _: None)
    patient = asyncio.create_task(renderer.render(replay(9, 91), lambda _: None, always=True))
    await asyncio.sleep(0)
    assert not patient.done()
    assert len(active_children()) <= 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await patient).startswith(b"GIF89a")
    assert not renderer.is_busy
