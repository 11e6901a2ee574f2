"""Each fault, as discord.py sees it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import aiohttp
import discord
import pytest

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild, ReceivedMessage
from tests.wire.http import faults
from tests.wire.http.faults import MESSAGES, Fault
from tests.wire.minimal_bot import MinimalBot

Send = Callable[[], "asyncio.Task[discord.Message]"]


@pytest.fixture
def send(guild: Guild, bot: MinimalBot) -> Send:
    """Start to send a message with a nonce, the same each time."""
    news = bot.text_channel(guild.channels["news"])
    return lambda: asyncio.create_task(news.send("News", nonce="n1"))


async def in_channel(wire: Wire, guild: Guild) -> list[ReceivedMessage]:
    return await wire.messages(guild.channels["news"])


@pytest.mark.parametrize(
    ("code", "raised"),
    [(10003, discord.NotFound), (50001, discord.Forbidden), (50013, discord.Forbidden)],
)
async def test_refusal_is_raised_once(
    wire: Wire, guild: Guild, send: Send, code: int, raised: type[discord.HTTPException]
) -> None:
    await wire.fault(faults.refusal(code, method="POST", route=MESSAGES))
    with pytest.raises(raised) as refused:
        await send()
    assert refused.value.code == code
    await send()
    assert len(await in_channel(wire, guild)) == 1


async def test_503_creates_no_message(wire: Wire, guild: Guild, send: Send) -> None:
    await wire.fault(faults.server_error(503, route=MESSAGES))
    with pytest.raises(discord.DiscordServerError) as failed:
        await send()
    assert failed.value.status == 503
    assert await in_channel(wire, guild) == []


async def test_503_after_the_message_was_created(wire: Wire, guild: Guild, send: Send) -> None:
    await wire.fault(faults.server_error(503, "after", route=MESSAGES))
    with pytest.raises(discord.DiscordServerError):
        await send()
    [made] = await in_channel(wire, guild)
    assert (await send()).id == made.id


async def test_other_server_errors_are_retried(wire: Wire, guild: Guild, send: Send) -> None:
    await wire.fault(faults.server_error(502, "after", route=MESSAGES))
    sent = await send()
    assert [message.id for message in await in_channel(wire, guild)] == [sent.id]
    asked = await wire.requests(route=MESSAGES)
    assert [request.status for request in asked] == [502, 200]


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (faults.cut_before(route=MESSAGES), 0),
        (faults.cut_after(route=MESSAGES), 1),
        (faults.cut_inside(route=MESSAGES), 1),
    ],
)
async def test_broken_connection_raises_and_the_nonce_prevents_a_second_message(
    wire: Wire, guild: Guild, send: Send, fault: Fault, made: int
) -> None:
    await wire.fault(fault)
    with pytest.raises(aiohttp.ClientError):
        await send()
    before = await in_channel(wire, guild)
    assert len(before) == made
    sent = await send()
    assert [message.id for message in await in_channel(wire, guild)] == [sent.id]


async def test_rate_limit_of_a_route_leaves_other_routes(
    wire: Wire, guild: Guild, bot: MinimalBot, send: Send
) -> None:
    limited = await wire.fault(faults.rate_limit(1.5, method="POST", route=MESSAGES))
    begun = time.monotonic()
    sending = send()
    await wire.rule(limited, hits=1, wait=60)
    await bot.fetch_channel(guild.channels["news"])
    assert not sending.done()
    await sending
    assert time.monotonic() - begun >= 1.5
    assert len(await in_channel(wire, guild)) == 1
    counters = await wire.counters()
    assert counters.answers[f"POST {MESSAGES} 429"] == 1
    assert counters.ignored == 0


async def test_global_rate_limit_delays_every_route(
    wire: Wire, guild: Guild, bot: MinimalBot, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    await wire.fault(faults.rate_limit(0.3, "global", route=MESSAGES))
    begun = time.monotonic()
    sending = send()
    async with asyncio.timeout(60):
        while "Global rate limit has been hit" not in caplog.text:  # noqa: ASYNC110 - a log line
            await asyncio.sleep(0.01)
    await bot.fetch_channel(guild.channels["news"])
    assert time.monotonic() - begun >= 0.3
    await sending
    assert (await wire.counters()).ignored == 0


async def test_cloudflare_ban_has_no_via_header(wire: Wire, send: Send) -> None:
    await wire.fault(faults.rate_limit(1, via=False, route=MESSAGES))
    with pytest.raises(discord.HTTPException) as banned:
        await send()
    assert banned.value.status == 429


async def test_requests_during_a_rate_limit_are_counted(wire: Wire) -> None:
    await wire.fault(faults.rate_limit(0.4))
    url, headers = f"{wire.base_url}/users/@me", {"Authorization": "Bot token"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for pause in (0, 0.15):
            await asyncio.sleep(pause)
            async with session.get(url) as answer:
                assert answer.status == 429
                assert answer.headers["Via"]
                assert answer.headers["Retry-After"] == "1"
    assert (await wire.counters()).ignored == 1


@pytest.mark.parametrize(("moment", "made"), [("before", 0), ("after", 1)])
async def test_held_request_waits_for_its_release(
    wire: Wire, guild: Guild, send: Send, moment: faults.Moment, made: int
) -> None:
    held = await wire.fault(faults.hold(moment, route=MESSAGES))
    sending = send()
    assert (await wire.rule(held, hits=1, wait=60)).hits == 1
    assert len(await wire.messages(guild.channels["news"], count=made, wait=60)) == made
    assert not sending.done()
    await wire.release(held)
    await sending
    assert len(await in_channel(wire, guild)) == 1


async def test_held_request_of_a_gone_client_is_dropped(
    wire: Wire, guild: Guild, send: Send
) -> None:
    held = await wire.fault(faults.hold("before", route=MESSAGES))
    sending = send()
    await wire.rule(held, hits=1, wait=60)
    sending.cancel()
    await asyncio.sleep(0.2)
    await wire.clear_faults()
    await asyncio.sleep(0.1)
    assert await in_channel(wire, guild) == []


async def test_random_faults_repeat_with_the_same_seed(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news = bot.text_channel(guild.channels["news"])

    async def refused() -> list[int]:
        number = await wire.fault(
            faults.refusal(50013, route=MESSAGES, count=None, probability=0.4, seed=7, skip=2)
        )
        hit = []
        for n in range(12):
            try:
                await news.send(str(n))
            except discord.Forbidden:
                hit.append(n)
        rule = await wire.rule(number)
        assert (rule.fitting, rule.hits) == (12, len(hit))
        await wire.clear_faults()
        return hit

    first = await refused()
    assert min(first) >= 2
    assert 0 < len(first) < 10
    assert await refused() == first


async def test_fault_for_one_channel_leaves_the_others(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news, general = (bot.text_channel(guild.channels[name]) for name in ("news", "general"))
    await wire.fault(faults.refusal(50001, channel_id=news.id, count=None))
    await general.send("Here")
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await news.send("There")
