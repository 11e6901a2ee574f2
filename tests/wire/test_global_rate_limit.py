"""The bot's own rate limit, below Discord's global one."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.rate_limit import RateLimit
from tests.wire.control.client import Wire

TOKEN = {"Authorization": "Bot token"}


async def test_burst_stays_below_the_global_limit(wire: Wire) -> None:
    await wire.set(strict=True)
    async with aiohttp.ClientSession(headers=TOKEN, trace_configs=[RateLimit().trace()]) as session:

        async def ask() -> int:
            async with session.get(f"{wire.base_url}/users/@me") as answer:
                return answer.status

        assert set(await asyncio.gather(*(ask() for _ in range(60)))) == {200}
    assert (await wire.counters()).exceeded == 0


async def test_responses_to_interactions_are_not_delayed(wire: Wire) -> None:
    rate_limit = RateLimit(a_second=0.001)
    await rate_limit.wait()
    async with aiohttp.ClientSession(headers=TOKEN, trace_configs=[rate_limit.trace()]) as session:
        waiting = asyncio.create_task(session.request("GET", f"{wire.base_url}/users/@me"))
        url = f"{wire.base_url}/interactions/1/a-token/callback"
        async with session.post(url, json={"type": 5}) as answer:
            assert answer.status == 404  # There is none of that number.
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
