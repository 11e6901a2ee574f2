import asyncio

import pytest

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


async def test_call_during_a_run_that_fails_gets_its_run(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        raise ValueError(runs)

    coalesced = Coalesced(work)
    first, second = await asyncio.gather(coalesced(), coalesced(), return_exceptions=True)
    assert runs == 2
    assert isinstance(first, ValueError)
    assert first.args == (2,)
    assert second is None
    assert "ValueError: 1" in caplog.text
    with pytest.raises(ValueError, match="3"):
        await coalesced()
