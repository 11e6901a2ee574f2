"""The welcome message and `/help`."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import discord
import pytest
from discord import app_commands

from cogs.server.help import Help
from leaderboards.news.channel_mode import ChannelMode
from tests.cogs.examples import SMALL
from tests.cogs.settings.panel import Panel
from tests.cogs.syncing.test_final_board import archive_competition
from tests.cogs.threads import deny
from tests.cogs.world import World, announced, is_private, raw, response_text, text_of


async def join(world: World, guild_id: int) -> None:
    guild = world.bot.get_guild(guild_id)
    assert guild is not None
    await cast("Help", world.bot.get_cog("Help")).on_guild_join(guild)


async def welcome(world: World) -> str:
    """Dispatch two joins at once; return the one message that is sent."""
    await asyncio.gather(*(join(world, world.server.guild.id) for _ in range(2)))
    await world.wait_until_delivered()
    (message,) = announced(world)
    return message


async def test_link_that_does_not_count_is_a_step_that_is_left(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    step = "You are [ada](https://www.kaggle.com/ada) on Kaggle"
    assert f"✅ {step}" in (await world.ask(ada, "help")).split("\n")
    await world.storage.guilds.change_settings(world.server.guild.id, require_verified=True)
    unverified = f"▫️ {step}. Only verified links count here, so verify yours: `/link`"
    result = await world.run(ada, "help")
    assert unverified in response_text(result).split("\n")
    assert result.response is not None
    assert "Link your account" in str(raw(result.response.message))


async def test_new_server_gets_one_welcome_with_three_steps(world: World) -> None:
    message = await welcome(world)
    for command in ("`/competition add`", "`/announcements channel:`", "`/link`"):
        assert command in message


async def test_welcome_comes_in_the_first_channel_in_which_the_bot_can_write(world: World) -> None:
    server = world.server
    deny(world, server.channel, "send_messages")
    second, third = (server.guild.create_text_channel(name) for name in ("second", "third"))
    await join(world, server.guild.id)
    await world.wait_until_delivered()
    (message,) = second.history()
    assert text_of(raw(message)).startswith("### 👋 Hello!")
    assert server.channel.history() == third.history() == []


async def test_readme_welcome_and_help_say_the_same_steps(world: World) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    steps = re.findall(r"(?m)^- (.+?: `/[^`]+`)", readme)
    assert len(steps) == 3
    texts = [await world.ask(world.server.manager, "help"), await welcome(world)]
    assert [step for step in steps for text in texts if step not in text] == []


async def test_help_of_a_manager_names_every_slash_command(world: World) -> None:
    answer = await world.ask(world.server.manager, "help")
    commands = {
        command.qualified_name
        for command in world.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    assert len(commands) > 40
    named = {*re.findall(r"`/([a-z ]+?)(?: [a-z]+:)?`", answer)}
    # Some groups are named as one.
    missing = {one for one in commands - named if one.partition(" ")[0] not in named}
    assert missing == {"help"}
    assert "competition" not in named


async def test_no_welcome_for_a_known_server_or_without_a_writable_channel(world: World) -> None:
    hidden = world.env.create_guild("Hidden")
    shut = discord.PermissionOverwrite(send_messages=False)
    hidden.create_text_channel("rules", overwrites={hidden.default_role: shut})
    await join(world, hidden.id)
    await world.run(world.server.manager, "announcements", enabled=True)
    await join(world, world.server.guild.id)
    assert announced(world) == []
    assert await world.storage.outbox.count_waiting() == 0


async def test_help_shows_the_steps_that_are_left(world: World) -> None:
    result = await world.run(world.server.ada, "help")
    assert is_private(result)
    assert response_text(result).split("\n")[:4] == [
        "### 👋 What is left to do",
        "▫️ Follow a competition: `/competition add` (ask a manager of the server)",
        "▫️ Choose the channel for news: `/announcements channel:` (ask a manager of the server)",
        "▫️ Link your Kaggle account: `/link`",
    ]
    assert "For managers" not in response_text(result)
    assert (
        "\n### Your account\n`/link`, `/unlink` link your Kaggle account, and verify it"
        in response_text(result)
    )
    world.serve("titanic", SMALL)
    await world.follow()
    await world.run(world.server.manager, "link", username="alice")
    answer = await world.ask(world.server.manager, "help")
    assert answer.split("\n")[:4] == [
        "### ✅ Everything is set up",
        "✅ This server follows 1 competition",
        f"✅ News is posted in {world.server.channel.mention}",
        "✅ You are [alice](https://www.kaggle.com/alice) on Kaggle",
    ]
    assert "For managers" in answer
    assert (
        "\n### Your account\n`/link`, `/unlink` link your Kaggle account, and verify it" in answer
    )
    await world.ask(world.server.manager, "announcements", enabled=False)
    answer = await world.ask(world.server.manager, "help")
    assert "▫️ Announcements are off; turn them on: `/settings`" in answer
    assert "Everything is set up" not in answer


async def test_manager_who_does_not_compete_has_everything_set_up(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    answer = await world.ask(world.server.manager, "help")
    assert answer.startswith("### ✅ Everything is set up")
    assert "▫️ Link your Kaggle account: `/link` (if you compete)" in answer
    answer = await world.ask(world.server.ada, "help")
    assert answer.startswith("### 👋 What is left to do")
    await world.ask(world.server.ada, "link", username="ada")
    answer = await world.ask(world.server.ada, "help")
    assert answer.startswith("### ✅ Everything is set up")


async def test_channel_of_an_ended_competition_is_none_for_news(world: World) -> None:
    await archive_competition(world)
    world.serve("house-prices", SMALL)
    manager = world.server.manager
    await world.ask(manager, "competition add", competition="house-prices")
    answer = await world.ask(manager, "help")
    assert "✅ This server follows 1 competition" in answer
    assert "News is posted in" not in answer
    assert "▫️ Choose the channel for news" in answer


async def test_help_names_no_channel_that_gets_no_news(world: World) -> None:
    server = world.server
    owns = {}
    for slug, name in (("titanic", "titanic"), ("house-prices", "house")):
        world.serve(slug, SMALL)
        owns[slug] = own = server.guild.create_text_channel(name)
        await world.ask(server.manager, "competition add", competition=slug, channel=own)
    await world.ask(server.manager, "announcements", channel=server.channel)
    answer = await world.ask(server.manager, "help")
    assert f"News is posted in {server.channel.mention}" not in answer
    both = f"{owns['titanic'].mention}, {owns['house-prices'].mention}"
    assert f"✅ News is posted in {both}\n" in answer
    assert "Scheduled Events for deadlines" in answer
    await world.ask(
        server.manager, "competition add", competition="titanic", channel=server.channel
    )
    answer = await world.ask(server.manager, "help")
    both = f"{server.channel.mention}, {owns['house-prices'].mention}"
    assert f"✅ News is posted in {both}\n" in answer
    await world.storage.channels.set_mode(server.guild.id, server.channel.id, ChannelMode.BIG)
    answer = await world.ask(server.manager, "help")
    assert f"✅ Big news is posted in {server.channel.mention}\n" in answer


async def test_help_counts_the_competitions_that_are_announced_nowhere(world: World) -> None:
    manager, channel = world.server.manager, world.server.channel
    for slug, its_channel in (("titanic", {"channel": channel}), ("house-prices", {})):
        world.serve(slug, SMALL)
        await world.ask(manager, "competition add", competition=slug, **its_channel)
    result = await world.run(manager, "help")
    answer = response_text(result)
    assert answer.split("\n")[:3] == [
        "### 👋 What is left to do",
        "✅ This server follows 2 competitions",
        "▫️ Competitions without a channel for news: 1; choose a channel: `/announcements channel:`",
    ]
    assert result.response is not None
    chosen = await manager.select(result.response, [channel], custom_id="setup:channel")
    assert response_text(chosen).startswith("### ✅ Everything is set up")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("everything", "News is posted"), ("big", "Big news is posted"), ("digest", "Digests are")],
)
async def test_help_says_what_the_channel_gets(world: World, mode: str, expected: str) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    channel = world.server.channel
    await world.storage.channels.set_mode(world.server.guild.id, channel.id, ChannelMode(mode))
    answer = await world.ask(world.server.ada, "help")
    assert expected in answer
    assert channel.mention in answer


async def test_channel_in_which_the_bot_cannot_write_is_left_to_do(world: World) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.follow()
    deny(world, server.channel, "send_messages")
    problem = f"I can't write in {server.channel.mention}. Please give me *Send Messages* there."
    answer = await world.ask(server.manager, "help")
    assert answer.startswith("### 👋 What is left to do")
    assert f"▫️ {problem}" in answer
    for section in (None, "announcements", "channels"):
        panel = await Panel.open(world)
        text = panel.text if section is None else await panel.select_section(section)
        assert f"⚠️ {problem}" in text


async def test_competitions_followed_before_the_first_channel_are_announced_in_it_once(
    world: World,
) -> None:
    server, elsewhere = world.server, world.add_server()
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        for at in (server, elsewhere):
            await world.ask(at.manager, "competition add", competition=slug)
    await world.run(server.ada, "link", username="ada")
    result = await world.run(server.manager, "help")
    assert result.response is not None
    await server.manager.select(result.response, [server.channel], custom_id="setup:channel")
    await world.wait_until_delivered()
    prices, titanic = announced(world)
    assert titanic.startswith("### Now following [Titanic](")
    assert "The board has 4 teams. One linked member is on it." in titanic
    assert prices.startswith("### Now following [House Prices](")
    assert announced(world, elsewhere) == []
    # A later channel, or a competition that gets its own, is nothing new.
    other = server.guild.create_text_channel("other")
    await world.ask(server.manager, "announcements", channel=other)
    await world.ask(server.manager, "competition add", competition="titanic", channel=other)
    await world.ask(
        elsewhere.manager, "competition add", competition="titanic", channel=elsewhere.channel
    )
    await world.wait_until_delivered()
    assert len(announced(world)) == 2
    assert announced(world, replace(server, channel=other)) == []
    assert len(announced(world, elsewhere)) == 1
