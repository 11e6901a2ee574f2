"""Connections that break, and what the bot makes of it."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from discord.gateway import KeepAliveHandler

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.minimal_bot import TOKEN, MinimalBot, online
from tests.wire.redirect import redirected_clients


async def test_broken_connection_is_resumed_with_missed_events(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    assert await wire.drop() == 1
    await wire.add_channel(guild.id, "made meanwhile")
    await bot.wait_for_event("resumed")
    await bot.wait_for_event("guild_channel_create")
    gateway = (await wire.counters()).gateway
    assert (gateway["identifies"], gateway["resumes"]) == (1, 1)


@pytest.mark.parametrize("code", [1000, 4000, 4009])
async def test_a_closed_connection_is_resumed(wire: Wire, bot: MinimalBot, code: int) -> None:
    await wire.drop(close_code=code)
    await bot.wait_for_event("resumed")


async def test_op_7_makes_the_client_resume(wire: Wire, bot: MinimalBot) -> None:
    await wire.ask_to_reconnect()
    await bot.wait_for_event("resumed")


async def test_resumable_op_9_makes_the_client_resume(wire: Wire, bot: MinimalBot) -> None:
    await wire.invalidate(resumable=True)
    await bot.wait_for_event("resumed")
    assert (await wire.counters()).gateway["identifies"] == 1


async def test_op_9_makes_the_client_identify_again(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    await wire.invalidate()
    await bot.wait_for_event("ready", 2)
    assert (await wire.counters()).gateway["identifies"] == 2
    assert bot.get_guild(guild.id) is not None


async def test_resume_of_a_forgotten_session_is_refused(wire: Wire, bot: MinimalBot) -> None:
    await wire.drop(forget=True)
    await bot.wait_for_event("ready", 2)
    gateway = (await wire.counters()).gateway
    assert (gateway["refused resumes"], gateway["identifies"]) == (1, 2)


@pytest.mark.parametrize("silence", [{"acks": False}, {"silent": True}])
async def test_unanswered_heartbeats_disconnect_the_client(
    wire: Wire, guild: Guild, silence: dict[str, bool], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "discord")
    await wire.set(heartbeat_interval=50)
    async with online(wire, MinimalBot(heartbeat_timeout=1)) as bot:
        await asyncio.sleep(1.2)
        assert bot.event_counts["disconnect"] == 0
        await wire.set(acks=silence.get("acks", True), silent=silence.get("silent", False))
        await bot.wait_for_event("disconnect")
        await wire.set(acks=True, silent=False)
        await bot.wait_for_event("resumed")


async def test_one_broken_shard_is_resumed_alone(wire: Wire) -> None:
    guilds = [await wire.add_guild(f"Server {n}", guild_id=(4 + n) << 22) for n in range(2)]
    async with online(wire, MinimalBot(shards=2)) as bot:
        assert await wire.drop(1) == 1
        await bot.wait_for_event("shard_resumed")
        assert bot.event_counts["shard_disconnect"] == 1
        assert {guild.shard_id for guild in bot.guilds} == {0, 1}
        await wire.add_channel(guilds[1].id, "new")
        await bot.wait_for_event("guild_channel_create")


async def test_heartbeat_thread_ends_when_a_connecting_client_is_closed(wire: Wire) -> None:
    def beating() -> list[KeepAliveHandler]:
        return [t for t in threading.enumerate() if isinstance(t, KeepAliveHandler)]

    async with asyncio.timeout(60):
        async with redirected_clients(wire.base_url, wire.gateway_url):
            async with MinimalBot() as bot:
                running = asyncio.create_task(bot.start(TOKEN))
                while not beating():  # noqa: ASYNC110 - a thread tells nobody that it begins
                    await asyncio.sleep(0)
            await asyncio.gather(running, return_exceptions=True)
        while beating():  # noqa: ASYNC110 - nor that it ends
            await asyncio.sleep(0.01)
    assert not bot.event_counts["ready"]
