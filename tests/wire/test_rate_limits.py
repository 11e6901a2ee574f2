"""Discord's own rate limits, when they hold."""

from __future__ import annotations

import aiohttp

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.http.rate_limits import CREATE_MESSAGE, EVERYTHING, GLOBAL, Hit, RateLimits
from tests.wire.minimal_bot import MinimalBot

ROUTE = "POST /channels/{channel_id}/messages"


class Watch:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_route_limit_counts_messages_in_its_window() -> None:
    watch = Watch()
    limits = RateLimits(watch)
    limits.strict = True
    answers = []
    for _ in range(CREATE_MESSAGE.requests + 1):
        answers.append(limits.check("news", ROUTE, counts_globally=True))
        watch.time += 0.5
    assert answers[:-1] == [None] * CREATE_MESSAGE.requests
    assert answers[-1] == Hit(2.5, everything=False)
    assert limits.check("general", ROUTE, counts_globally=True) is None
    assert (limits.exceeded, limits.ignored) == (1, 0)
    assert limits.check("news", ROUTE, counts_globally=True) == Hit(2.0, everything=False)
    assert (limits.exceeded, limits.ignored) == (1, 1)
    watch.time += 2
    assert limits.check("news", ROUTE, counts_globally=True) is None


def test_global_limit_counts_all_requests_of_a_second() -> None:
    watch = Watch()
    limits = RateLimits(watch)
    limits.strict = True
    for n in range(GLOBAL.requests):
        assert limits.check(str(n), "GET /any", counts_globally=True) is None
    assert limits.check("one more", "GET /any", counts_globally=True) == Hit(1, everything=True)
    assert limits.check("callback", "POST /callback", counts_globally=False) is None
    watch.time += 1
    assert limits.check("one more", "GET /any", counts_globally=True) is None
    assert limits.exceeded == 1


def test_only_injected_limits_apply_unless_strict() -> None:
    watch = Watch()
    limits = RateLimits(watch)
    assert all(limits.check("k", ROUTE, counts_globally=True) is None for _ in range(100))
    limits.close(EVERYTHING, 2)
    assert limits.check("k", ROUTE, counts_globally=True) == Hit(2, everything=True)
    assert limits.ignored == 0


async def test_headers_show_the_limit(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    await wire.set(strict=True)
    news = bot.text_channel(guild.channels["news"])
    # After the fifth discord.py would wait by itself.
    for n in range(4):
        await news.send(str(n))
    await bot.text_channel(guild.channels["general"]).send("Another channel")
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
        url = f"{wire.base_url}/channels/{news.id}/messages"
        async with session.post(url, json={"content": "The fifth"}) as answer:
            assert answer.status == 200
            assert answer.headers["X-RateLimit-Remaining"] == "0"
        async with session.post(url, json={"content": "Too many"}) as answer:
            assert answer.status == 429
            assert answer.headers["X-RateLimit-Remaining"] == "0"
            told = await answer.json()
    assert told["retry_after"] > 3
    assert told["global"] is False
    counters = await wire.counters()
    assert (counters.created, counters.exceeded) == (6, 1)
