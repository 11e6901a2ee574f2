import asyncio

import pytest

from cogs.framework.coalesced_function import CoalescedFunction


async def test_concurrent_calls_share_one_further_run() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)

    coalesced = CoalescedFunction(work)
    await asyncio.gather(*(coalesced() for _ in range(1_000)))
    assert runs == 2
    await coalesced()
    assert runs == 3


async def test_call_waits_for_a_run_that_began_after_it() -> None:
    begun: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def work() -> None:
        may_end = asyncio.Event()
        begun.put_nowait(may_end)
        await may_end.wait()

    coalesced = CoalescedFunction(work)
    first = asyncio.create_task(coalesced())
    end_first = await begun.get()
    second = asyncio.create_task(coalesced())
    end_first.set()
    await first
    end_second = await begun.get()
    assert not second.done()
    end_second.set()
    await second


@pytest.mark.parametrize("cancelled", [1, 2])
async def test_calls_during_a_run_that_is_cancelled_get_their_run(cancelled: int) -> None:
    """Also if that of the calls is cancelled which runs for the others."""
    begun: asyncio.Queue[None] = asyncio.Queue()
    may_end, ended = asyncio.Event(), 0

    async def work() -> None:
        nonlocal ended
        begun.put_nowait(None)
        await may_end.wait()
        ended += 1

    coalesced = CoalescedFunction(work)
    calls = [asyncio.create_task(coalesced()) for _ in range(4)]
    for call in calls[:cancelled]:
        await begun.get()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    may_end.set()
    await asyncio.gather(*calls[cancelled:])
    assert (begun.qsize(), ended) == (1, 1)


async def test_call_during_a_run_that_fails_gets_its_run() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        raise ValueError(runs)

    coalesced = CoalescedFunction(work)
    first, second, third = await asyncio.gather(
        coalesced(), coalesced(), coalesced(), return_exceptions=True
    )
    assert runs == 2
    assert isinstance(first, ValueError)
    assert first.args == (1,)
    assert isinstance(second, ValueError)
    assert second.args == (2,)
    assert third is None
    with pytest.raises(ValueError, match="3"):
        await coalesced()
