"""The loop of a process in which nobody waits."""

import asyncio
from contextlib import closing

import pytest

from bot.inline_loop import InlineLoop


def test_what_never_waits_is_over_at_once() -> None:
    async def work() -> int:
        return await asyncio.to_thread(lambda: 6) * 7

    with closing(InlineLoop()) as loop:
        assert loop.run_at_once(work()) == 42
        assert loop.run_until_complete(work()) == 42


def test_an_error_comes_back_as_it_is() -> None:
    def fail() -> None:
        raise KeyError("no")

    with closing(InlineLoop()) as loop, pytest.raises(KeyError, match="no"):
        loop.run_at_once(asyncio.to_thread(fail))


def test_what_waits_after_all_is_ended_and_named() -> None:
    ended = False

    async def wait() -> None:
        nonlocal ended
        try:
            await asyncio.sleep(0)
        finally:
            await asyncio.to_thread(list)
            ended = True

    with closing(InlineLoop()) as loop:
        with pytest.raises(RuntimeError, match=r"wait at .* waits for something"):
            loop.run_at_once(wait())
        assert ended
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
