"""Three shards of the real bot, on the wire and with Discord's limits in force."""

from __future__ import annotations

import asyncio
from pathlib import Path

from leaderboards.news.messages import FollowedMessage
from records.outbox import Announcement
from storage.news import outbox
from storage.storage import Storage
from tests.faults.channels import NoKaggle, OnTheWire, ready, until
from tests.wire.control.client import Wire
from tests.wire.redirect import redirected_clients, set_guild_ready_timeout


async def test_three_shards_announce_respond_and_resume(wire: Wire, tmp_path: Path) -> None:
    await wire.set(strict=True)
    guilds = [await wire.add_guild(f"Server {n}", guild_id=(300 + n) << 22) for n in range(3)]
    storage = await Storage.open(tmp_path / "podium.db")
    bot = OnTheWire(storage, NoKaggle(), shard_count=3)
    set_guild_ready_timeout(bot, 0.02)

    async def announce(count: int) -> None:
        async with storage.database.write() as connection:
            for guild in guilds:
                await outbox.add(
                    connection,
                    Announcement(
                        guild.id,
                        guild.channels["general"],
                        None,
                        FollowedMessage("titanic", team_count=count, members_on_board=0),
                    ),
                    bot.services.now(),
                )
        bot.dispatch("messages_queued")
        for guild in guilds:
            assert (
                len(await wire.messages(guild.channels["general"], count=count, wait=60)) == count
            )

    try:
        async with redirected_clients(wire.base_url, wire.gateway_url):
            async with bot:
                running = asyncio.create_task(bot.start("a-token-for-nothing"))
                await ready(bot, running)
                for guild in guilds:
                    await storage.guilds.change_settings(
                        guild.id, channel_id=guild.channels["general"]
                    )
                assert {guild.shard_id for guild in bot.guilds} == {0, 1, 2}
                await announce(1)

                assert await wire.drop(1) == 1
                await announce(2)

                async def is_resumed() -> bool:
                    return (await wire.counters()).gateway.get("resumes") == 1

                async def is_delivery_recorded() -> bool:
                    return await storage.outbox.count_waiting() == 0

                await until(is_resumed)
                await until(is_delivery_recorded)
                for guild in guilds:
                    told = await wire.command(guild.channels["general"], "status")
                    assert "No announcement is waiting" in told.text
            await running
    finally:
        await storage.close()
    counters = await wire.counters()
    assert (counters.exceeded, counters.gateway["identifies"]) == (0, 3)
