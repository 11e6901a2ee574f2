"""The select in place of a refusal, for a command that needs one more option."""

from __future__ import annotations

import re

import discord
import pytest
import simcord

from cogs.framework.responses import UserError
from cogs.options.option_select import WaitingCommands
from leaderboards.kaggle_ids import readable_slug
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SMALL
from tests.cogs.framework.test_full_lists import find_values
from tests.cogs.world import Server, World, is_private, raw, response_text


async def follow_two(world: World, server: Server | None = None) -> None:
    """Follow two competitions in a server, both announced in its channel."""
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug, server)


def menu(result: simcord.InteractionResult) -> discord.Message:
    """Return the private message with the select."""
    assert is_private(result)
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return message.message


def offered(result: simcord.InteractionResult) -> list[str]:
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return [value for value in find_values(message.components) if value][1:]


@pytest.mark.parametrize("command", ["leaderboard", "scores", "history", "compare"])
async def test_choice_of_a_competition_answers_the_command_in_public(
    world: World, command: str
) -> None:
    await follow_two(world)
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    await world.ask(world.server.bob, "link", username="bob")
    asked = await world.run(ada, command)
    assert response_text(asked) in ("Which competition?", "On which board?")
    assert offered(asked) == ["house-prices", "titanic"]
    before = len(world.server.channel.history())
    chosen = await ada.select(menu(asked), values=["house-prices"])
    assert not is_private(chosen)
    assert "[House Prices]" in response_text(chosen)
    assert len(world.server.channel.history()) == before + 1
    named = await world.ask(ada, command, competition="house-prices")
    assert response_text(chosen) == named


@pytest.mark.parametrize("command", ["leaderboard", "scores", "history", "rank", "forecast"])
async def test_word_that_fits_one_followed_competition_means_it(world: World, command: str) -> None:
    await follow_two(world)
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    named = await world.ask(ada, command, competition="titanic")
    assert "Titanic" in named
    assert await world.ask(ada, command, competition="titan") == named


async def test_word_that_fits_several_competitions_is_a_choice(world: World) -> None:
    await follow_two(world)
    ada = world.server.ada
    asked = await world.run(ada, "leaderboard", competition="i")
    assert response_text(asked) == "Which competition do you mean by **i**?"
    assert offered(asked) == ["house-prices", "titanic"]
    chosen = await ada.select(menu(asked), values=["titanic"])
    assert "[Titanic]" in response_text(chosen)


@pytest.mark.parametrize("command", ["competition pause", "competition remove", "team search"])
async def test_commands_that_change_something_ask_about_a_word_that_may_be_a_slug(
    world: World, command: str
) -> None:
    """The word may be the slug of a competition that is not followed."""
    await follow_two(world)
    asked = await world.run(world.server.manager, command, competition="titan")
    assert response_text(asked) == "Which competition do you mean by **titan**?"
    assert offered(asked) == ["titanic"]


async def test_other_options_are_kept(world: World) -> None:
    await follow_two(world)
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="bob")
    asked = await world.run(ada, "leaderboard", members=True)
    shown = response_text(await ada.select(menu(asked), values=["titanic"]))
    assert bob.mention in shown
    assert "Alpha" not in shown
    asked = await world.run(ada, "scores", member=bob)
    assert bob.mention in response_text(await ada.select(menu(asked), values=["titanic"]))


async def test_pages_of_the_answer_are_turned_by_who_asked(world: World) -> None:
    await follow_two(world)
    ada, bob = world.server.ada, world.server.bob
    asked = await world.run(ada, "leaderboard")
    shown = await ada.select(menu(asked), values=["titanic"])
    assert shown.response is not None
    message = shown.response.message
    assert "last one <t:" in await press(world, ada, message, "Details")
    assert not is_private(await ada.click(message, label="Refresh"))
    assert is_private(await bob.click(message, label="Refresh"))


async def test_only_who_asked_can_choose_once_and_in_time(world: World) -> None:
    await follow_two(world)
    ada, bob = world.server.ada, world.server.bob
    asked = await world.run(ada, "leaderboard")
    message = menu(asked)
    with pytest.raises(simcord.SetupError):
        await bob.select(message, values=["titanic"])
    waiting = world.bot.services.get(WaitingCommands)
    (key,) = re.findall(r"'option:(\d+)'", repr(raw(message)))
    with pytest.raises(UserError, match="Only the person who used the command"):
        waiting.pop(int(key), bob.id)
    await world.pass_time(minutes=15)
    late = await ada.select(message, values=["titanic"])
    assert response_text(late) == "This choice has expired. Use the command again."
    asked = await world.run(ada, "leaderboard")
    await world.restart()
    late = await ada.select(menu(asked), values=["titanic"])
    assert response_text(late) == "This choice has expired. Use the command again."


async def test_competitions_of_the_channel_are_offered_first(world: World) -> None:
    await follow_two(world)
    home = world.server
    elsewhere = home.guild.create_text_channel("general")
    world.serve("digits", SMALL)
    await world.ask(home.manager, "competition add", competition="digits", channel=elsewhere)
    for command, actor in (("leaderboard", home.ada), ("competition pause", home.manager)):
        asked = await actor.slash(home.channel, command)
        assert offered(asked) == ["house-prices", "titanic", "digits"], command
    other = home.guild.create_text_channel("other")
    asked = await home.ada.slash(other, "leaderboard")
    assert offered(asked) == ["digits", "house-prices", "titanic"]


async def test_competitions_of_the_servers_channel_are_all_meant_there(world: World) -> None:
    home = world.server
    for slug in ("titanic", "house-prices", "digits"):
        world.serve(slug, SMALL)
    await world.ask(home.manager, "announcements", channel=home.channel)
    await world.follow("titanic")  # It has the server's channel as its own one.
    await world.ask(home.manager, "competition add", competition="house-prices")
    elsewhere = home.guild.create_text_channel("general")
    await world.ask(home.manager, "competition add", competition="digits", channel=elsewhere)
    asked = await home.manager.slash(home.channel, "competition pause")
    assert response_text(asked) == "Which competition?", "both are announced there"
    assert offered(asked) == ["house-prices", "titanic", "digits"]
    assert "**Digits** is paused" in response_text(
        await home.manager.slash(elsewhere, "competition pause")
    )


async def test_channel_of_one_competition_means_it(world: World) -> None:
    await follow_two(world)
    home = world.server
    other = home.guild.create_text_channel("titanic")
    await world.confirm(home.manager, "competition remove", competition="titanic")
    await world.ask(home.manager, "competition add", competition="titanic", channel=other)
    await world.ask(home.ada, "link", username="ada")
    for command in ("leaderboard", "rank", "history", "scores"):
        for channel, slug in ((other, "titanic"), (home.channel, "house-prices")):
            shown = response_text(await home.ada.slash(channel, command))
            assert f"[{readable_slug(slug)}]" in shown, shown
            assert "boards followed here" not in shown
    elsewhere = home.guild.create_text_channel("general")
    asked = await home.ada.slash(elsewhere, "leaderboard")
    assert response_text(asked) == "Which competition?"
    assert "on 2 boards" in response_text(await home.ada.slash(elsewhere, "rank"))
    await world.ask(home.manager, "competition pause")
    answer = response_text(await home.manager.slash(other, "competition pause"))
    assert "**Titanic** is paused" in answer


async def test_channel_means_its_open_competition_after_another_one_ended(world: World) -> None:
    await follow_two(world)
    home = world.server
    await world.ask(home.ada, "link", username="ada")
    followed = await world.storage.competitions.load_followed()
    (ended,) = (one for one in followed if one.slug == "house-prices")
    board = await world.storage.boards.find_info(ended.id)
    assert board is not None
    await world.storage.competition_ends.archive(ended.id, board.board_id, None, world.env.now())
    for command in ("leaderboard", "rank", "history", "scores"):
        assert "[Titanic]" in await world.ask(home.ada, command), command
    elsewhere = home.guild.create_text_channel("general")
    assert "on 2 boards" in response_text(await home.ada.slash(elsewhere, "rank"))


async def test_ended_competition_can_be_chosen_among_several(world: World) -> None:
    """Its final board is what members look for after the end."""
    await follow_two(world)
    world.serve("elsewhere", SMALL)
    await world.follow("elsewhere")
    await world.storage.database.change(
        "UPDATE competitions SET archived_at = ?1, ended_at = ?1 WHERE slug = 'titanic'",
        (world.env.now().timestamp(),),
    )
    await world.ask(world.server.ada, "link", username="ada")
    for command in ("leaderboard", "scores"):
        asked = await world.run(world.server.ada, command)
        assert offered(asked) == ["elsewhere", "house-prices", "titanic"], command
        assert repr(raw(menu(asked))).count("🏁 ended") == 1
        chosen = response_text(await world.server.ada.select(menu(asked), values=["titanic"]))
        assert "🏁 final board" in chosen, command
    ranks = await world.ask(world.server.ada, "rank")
    assert ranks.count("🏁") == 1
    assert "/titanic/leaderboard) · 🏁 final board · **Alpha**" in ranks


async def test_thread_means_the_competition_of_its_channel(world: World) -> None:
    await follow_two(world)
    home = world.server
    other = home.guild.create_text_channel("titanic")
    await world.confirm(home.manager, "competition remove", competition="titanic")
    await world.ask(home.manager, "competition add", competition="titanic", channel=other)
    channel = world.bot.get_channel(other.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="talk", type=discord.ChannelType.public_thread)
    (thread,) = other.threads
    assert "[Titanic]" in response_text(await home.ada.slash(thread, "leaderboard"))


async def test_thread_of_a_competition_means_that_one(world: World) -> None:
    home = world.server
    for slug in ("titanic", "digits"):
        world.serve(slug, SMALL)
    await world.follow("titanic")
    await world.ask(home.manager, "competition add", competition="digits", thread=home.channel)
    (thread,) = home.channel.threads
    assert "[Digits]" in response_text(await home.ada.slash(thread, "leaderboard"))
    assert "[Titanic]" in response_text(await home.ada.slash(home.channel, "leaderboard"))


async def test_channel_counts_only_in_its_own_server(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", SMALL)
    world.serve("house-prices", SMALL)
    await world.follow("titanic", home)
    await follow_two(world, elsewhere)
    await world.run(home.manager, "competition add", competition="house-prices")
    assert "[Titanic]" in await world.ask(home.ada, "leaderboard")
    asked = await world.run(elsewhere.ada, "leaderboard")
    assert offered(asked) == ["house-prices", "titanic"]


async def test_manager_can_choose_what_to_sync_within_one_use(world: World) -> None:
    await follow_two(world)
    manager = world.server.manager
    asked = await world.run(manager, "competition sync")
    chosen = await manager.select(menu(asked), values=["titanic"])
    assert is_private(chosen)
    assert "titanic" in response_text(chosen)
    assert "This was used a moment ago" in await world.ask(manager, "competition sync")


@pytest.mark.parametrize(
    ("command", "options"),
    [("competition pause", {}), ("season add", {"season": "Spring", "competition": "i"})],
)
async def test_manager_who_is_one_no_longer_cannot_choose(
    world: World, command: str, options: dict[str, str]
) -> None:
    await follow_two(world)
    server = world.server
    await world.ask(server.manager, "season create", name="Spring")
    asked = await world.run(server.manager, command, **options)
    server.guild.remove_member(server.manager)
    back = server.guild.add_member(server.manager.user)
    refused = await back.select(menu(asked), values=["titanic"])
    assert "You need the permission *Manage Server*" in response_text(refused)


async def test_direct_messages_ask_too(world: World) -> None:
    await follow_two(world)
    ada = world.server.ada
    elsewhere = world.add_server()
    world.serve("secret", [ALPHA, BRAVO, CHARLIE])
    await world.follow("secret", elsewhere)
    await world.ask(ada, "link", username="ada")
    asked = await ada.user.slash("leaderboard")
    assert offered(asked) == ["house-prices", "titanic"]
    shown = await ada.user.select(menu(asked), values=["titanic"])
    assert "[Titanic]" in response_text(shown)
    assert ada.mention in response_text(shown)
