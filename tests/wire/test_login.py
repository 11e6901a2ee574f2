"""Logging in: as whom, to which servers, in how many shards."""

from __future__ import annotations

import discord
import pytest
from discord import app_commands

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.minimal_bot import MinimalBot, online


async def test_client_receives_its_guilds(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    assert str(bot.user) == "Podium"
    assert bot.application_id is not None
    [known] = bot.guilds
    assert (known.id, known.name) == (guild.id, "Kagglers")
    assert {channel.name: channel.id for channel in known.text_channels} == guild.channels
    assert known.text_channels[0].permissions_for(known.me).send_messages
    other = await wire.add_guild("Others")
    await bot.wait_for_event("guild_join")
    assert bot.get_guild(other.id) is not None
    assert await wire.violations() == []


async def test_each_shard_receives_its_own_guilds(wire: Wire) -> None:
    guilds = [await wire.add_guild(f"Server {n}", guild_id=(7 + n) << 22) for n in range(6)]
    await wire.set(shards=3)
    async with online(wire, MinimalBot()) as bot:
        assert bot.shard_count == 3
        assert {(s.shard, s.shard_count) for s in await wire.sessions()} == {
            (0, 3),
            (1, 3),
            (2, 3),
        }
        assert {guild.id: guild.shard_id for guild in bot.guilds} == {
            guild.id: (guild.id >> 22) % 3 for guild in guilds
        }
        assert (await wire.counters()).gateway["identifies"] == 3


async def test_wrong_token_is_refused(wire: Wire) -> None:
    await wire.set(revoked=True)
    with pytest.raises(discord.LoginFailure):
        async with online(wire, MinimalBot()):
            pass


async def test_unavailable_guild_becomes_available_again(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    await wire.remove_guild(guild.id, outage=True)
    await bot.wait_for_event("guild_unavailable")
    before = bot.event_counts["guild_available"]
    await wire.return_guild(guild.id)
    await bot.wait_for_event("guild_available", before + 1)


async def test_registered_commands_keep_their_ids(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    @bot.tree.command(description="Show a board")
    async def board(interaction: discord.Interaction, slug: app_commands.Range[str, 1, 50]) -> None:
        await interaction.response.send_message(slug)

    [sent] = await bot.tree.sync()
    [again] = await bot.tree.sync()
    assert (sent.name, sent.id) == ("board", again.id)
    bot.tree.copy_global_to(guild=discord.Object(guild.id))
    await bot.tree.sync(guild=discord.Object(guild.id))
    known = await wire.commands()
    assert [command["name"] for command in known["all"]] == ["board"]
    assert [command["name"] for command in known[str(guild.id)]] == ["board"]
    assert await wire.violations() == []
