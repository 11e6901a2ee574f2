import asyncio

from cogs.framework.coalesce import Coalesced


async def test_concurrent_calls_share_one_further_run() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)

    coalesced = Coalesced(work)
    await asyncio.gather(*(coalesced() for _ in range(1_000)))
    assert runs == 2
    await coalesced()
    assert runs == 3
