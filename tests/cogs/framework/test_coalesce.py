import asyncio

from cogs.framework.coalesce import Coalesced


async def test_all_who_ask_meanwhile_share_one_further_run() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)

    look = Coalesced(work)
    await asyncio.gather(*(look() for _ in range(1_000)))
    assert runs == 2
    await look()
    assert runs == 3
