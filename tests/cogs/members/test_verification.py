"""Verification of links by a code: each server for itself."""

import asyncio
import re
from datetime import timedelta
from typing import cast
from unittest.mock import Mock

import discord
import pytest
import simcord

from cogs.announcements import direct_messages
from leaderboards.errors import KaggleFailed, RateLimited
from records.direct_messages import LinkDisplaced, content_to_json
from storage.news.direct_messages import DirectMessages
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import START, Server, Team, World, is_private, raw, response_text, text_of


async def link(
    world: World, actor: simcord.MemberActor, name: str = "ada"
) -> tuple[simcord.InteractionResult, str]:
    """Link oneself; return the answer with its code."""
    result = await world.run(actor, "link", username=name)
    assert is_private(result)
    found = re.search(r"```\n(\w{4}-\w{4})\n```\n", response_text(result))
    return result, found[1] if found else ""


async def check(world: World, actor: simcord.MemberActor, card: simcord.InteractionResult) -> str:
    assert card.response is not None
    return await press(world, actor, card.response.message, "Check now")


def direct(actor: simcord.MemberActor) -> list[str]:
    channel = actor.user.dm_channel
    return [text_of(raw(message)) for message in channel.history()] if channel else []


def rename(world: World, name: str, members: str = "ada,mate") -> None:
    world.serve("titanic", [Team(1, name, "0.95", members), *crowd(5)[1:]])


async def whois(world: World, server: Server) -> str:
    return await world.ask(server.manager, "whois", member=server.ada)


async def test_team_name_verifies_a_link_with_the_next_sync(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    rename(world, "Alpha")
    for server in (home, elsewhere):
        await world.follow(server=server)
    card, code = await link(world, home.ada)
    assert "**Verify your account** (✓), if you like" in response_text(card)
    other_card, other_code = await link(world, elsewhere.ada)
    assert code != other_code
    assert (await link(world, home.ada))[1] == code
    assert "not verified" in await whois(world, home)

    await world.pass_time(minutes=5)
    assert direct(home.ada) == []
    rename(world, f"@everyone [{code.lower()}](https://evil.example)")
    await world.pass_time(minutes=5)
    (told,) = direct(home.ada)
    assert "You are [ada](https://www.kaggle.com/ada) on Kaggle (verified)" in told
    assert "This applies to **Home**" in told
    assert "you can change your team's name" in told
    assert f"{home.ada.mention} ✓ is [ada]" in await whois(world, home)
    assert "not verified" in await whois(world, elsewhere)
    assert direct(elsewhere.ada) == []

    for command in ("leaderboard", "rank"):
        assert f"{home.ada.mention} ✓" in await world.ask(home.ada, command)
        assert "✓" not in await world.ask(elsewhere.ada, command)

    # It is used up, and stays verified under the old name and after a restart.
    rename(world, "Alpha")
    await world.pass_time(minutes=5)
    await world.restart()
    await world.pass_time(minutes=5)
    assert len(direct(home.ada)) == 1
    card, code = await link(world, home.ada)
    assert code == ""
    assert "✓ You are [ada](https://www.kaggle.com/ada) on Kaggle (verified)" in response_text(card)
    assert "Not found yet" in await check(world, elsewhere.ada, other_card)


async def test_team_name_is_offered_only_while_a_board_is_read(world: World) -> None:
    rename(world, "Alpha")
    await world.follow()
    card, _ = await link(world, world.server.ada)
    assert "- your team's name in a competition that is followed here" in response_text(card)
    await world.storage.database.change(
        "UPDATE competitions SET archived_at = ?1, ended_at = ?1 WHERE id = 1", (START.timestamp(),)
    )
    card, _ = await link(world, world.server.ada)
    assert "Put this code into the title of a public notebook of yours." in response_text(card)


async def test_notebook_verifies_at_once_or_with_the_next_round(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    card, code = await link(world, ada)
    assert "Not found yet" in await check(world, ada, card)
    world.kaggle.titles["ada"] = [f"My notebook, {code}"]
    assert "I checked a moment ago. Try again in 30 seconds." in await check(world, ada, card)
    await world.restart()
    await world.env.advance_time(31)
    answer = await check(world, ada, card)
    assert "✓ You are [ada](https://www.kaggle.com/ada) on Kaggle (verified)" in answer
    assert "You can rename or delete the notebook now" in answer
    assert direct(ada) == []

    _, code = await link(world, bob, "bob")
    world.kaggle.titles["bob"] = [f"{code[:4]} {code[5:]}"]
    await world.pass_time(minutes=11)
    assert len(direct(bob)) == 1
    assert world.kaggle.notebook_calls.count("bob") == 1


async def test_verified_link_is_not_replaced(world: World) -> None:
    ada, manager = world.server.ada, world.server.manager
    card, code = await link(world, ada)
    world.kaggle.titles["ada"] = [code]
    assert "(verified)" in await check(world, ada, card)
    lost = "[ada](https://www.kaggle.com/ada) on Kaggle (verified), and that would be lost."
    answer = await world.ask(ada, "link", username="bob")
    assert answer.startswith(f"⚠️ You are {lost}")
    answer = await world.ask(manager, "link", username="bob", member=ada)
    assert answer.startswith(f"⚠️ {ada.mention} is {lost}")
    assert "(verified)" in await world.ask(ada, "link", username="ADA")
    await world.confirm(ada, "unlink")
    assert "You are [bob]" in await world.ask(ada, "link", username="bob")


async def test_name_that_another_member_verified_by_a_notebook_stays_theirs(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    card, _ = await link(world, ada)
    other, code = await link(world, bob, "ada")
    world.kaggle.titles["ada"] = [code]
    assert "verified" in await check(world, bob, other)
    answer = await check(world, ada, card)
    assert f"is linked to {bob.mention} here. If that is not right, a manager" in answer
    assert "can remove that link with `/unlink member:`." in answer


async def test_press_that_finds_no_code_changes_no_roles(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched: list[str] = []
    dispatch = world.bot.dispatch

    def record(event: str, /, *args: object, **kwargs: object) -> None:
        dispatched.append(event)
        dispatch(event, *args, **kwargs)

    card, code = await link(world, world.server.ada)
    monkeypatch.setattr(world.bot, "dispatch", record)
    assert "Not found yet" in await check(world, world.server.ada, card)
    assert "links_changed" not in dispatched
    await world.pass_time(seconds=31)
    world.kaggle.titles["ada"] = [code]
    assert "verified" in await check(world, world.server.ada, card)
    assert dispatched.count("links_changed") == 1


async def test_direct_message_with_a_lost_response_is_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("disk full")

    ada = world.server.ada
    rename(world, "Alpha")
    await world.follow()
    _, code = await link(world, ada)
    await world.pass_time(minutes=5)
    rename(world, code)
    with monkeypatch.context() as patch:
        patch.setattr(DirectMessages, "delete", broken)
        await world.pass_time(minutes=6)
        assert len(direct(ada)) == 1
        await world.restart()
        await world.pass_time(minutes=11)
    assert await world.storage.direct_messages.load_waiting(world.env.now(), 10) != []
    await world.pass_time(minutes=6)
    assert await world.storage.direct_messages.load_waiting(world.env.now(), 10) == []
    assert len(direct(ada)) == 1


async def test_codes_expire_after_a_day(world: World) -> None:
    world.sync_every(minutes=120)
    card, code = await link(world, world.server.ada)
    await world.pass_time(hours=24, minutes=1)
    world.kaggle.titles["ada"] = [code]
    assert "This code has expired. Use `/link` to get a new one." in await check(
        world, world.server.ada, card
    )
    _, new = await link(world, world.server.ada)
    assert new not in {"", code}
    assert await world.storage.links.find_counted_link(world.server.guild.id, world.server.ada.id)
    assert "not verified" in await whois(world, world.server)


async def test_verified_owner_replaces_an_unverified_link(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    elsewhere = world.add_server()
    await link(world, bob)
    await link(world, elsewhere.bob)
    card, code = await link(world, ada)
    assert f"is linked to {bob.mention} here, not verified" in response_text(card)
    assert "If this account is yours, verify it" in response_text(card)
    answer = await world.ask(world.server.manager, "link", username="ada", member=ada)
    assert f"is linked to {bob.mention} here. If that is not right" in answer

    world.kaggle.titles["ada"] = [code]
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    assert "on Kaggle (verified)" in await check(world, ada, card)
    assert direct(bob) == []
    await world.restart()
    result = await world.run(bob, "status")
    told = text_of(result.followups[-1].components)
    assert result.followups[-1].ephemeral
    assert "[ada](https://www.kaggle.com/ada) is no longer linked to you" in told
    assert ada.mention not in told
    assert not (await world.run(bob, "status")).followups
    assert "hasn't linked" in await world.ask(ada, "whois", member=bob)
    assert "is [ada]" in await world.ask(elsewhere.ada, "whois", member=elsewhere.bob)

    answer = await world.ask(bob, "link", username="ada")
    assert f"is linked to {ada.mention} here. If that is not right" in answer


async def test_two_commands_at_the_same_time_show_a_waiting_message_once(world: World) -> None:
    ada, guild = world.server.ada, world.server.guild
    await link(world, ada)
    await world.storage.database.change(
        "INSERT INTO direct_messages (guild_id, user_id, message, created_at, show_in_server)"
        " VALUES (?, ?, ?, 0, 1)",
        (guild.id, ada.id, content_to_json(LinkDisplaced("name"))),
    )
    cog = cast("direct_messages.DirectMessages", world.bot.get_cog("DirectMessages"))
    attempts, counts = 0, []

    async def send(**_: object) -> None:
        nonlocal attempts
        attempts += 1
        fails = attempts == 1
        await asyncio.sleep(0)
        if fails:
            raise discord.DiscordException

    interaction = Mock(guild_id=guild.id, user=ada.user, followup=Mock(send=send))
    for _ in range(3):
        await asyncio.gather(
            *(cog.on_app_command_completion(interaction, Mock()) for _ in range(2)),
            return_exceptions=True,
        )
        counts.append(attempts)
    assert counts == [1, 2, 2], "the first attempt failed"


async def test_direct_messages_that_one_response_cannot_show_wait_for_the_next(
    world: World,
) -> None:
    ada, guild = world.server.ada, world.server.guild
    await link(world, ada)
    for number in range(12):
        await world.storage.database.change(
            "INSERT INTO direct_messages (guild_id, user_id, message, created_at,"
            " show_in_server) VALUES (?, ?, ?, 0, 1)",
            (guild.id, ada.id, content_to_json(LinkDisplaced(f"name{number}"))),
        )
    shown = ""
    for count in (10, 2):
        result = await world.run(ada, "status")
        text = text_of(result.followups[-1].components)
        assert text.count("is no longer linked to you") == count
        shown += text
    assert all(f"[name{number}]" in shown for number in range(12))
    assert not (await world.run(ada, "status")).followups


@pytest.mark.parametrize("event", ["verified", "displaced"])
async def test_waiting_message_about_a_link_that_has_changed_since_is_not_shown(
    world: World, event: str
) -> None:
    """Who accepts no direct messages sees it with their next command, which may change the link."""
    ada, bob = world.server.ada, world.server.bob
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    if event == "verified":
        rename(world, "Alpha")
        await world.follow()
        _, code = await link(world, ada)
        await world.pass_time(minutes=5)
        rename(world, code)
        await world.pass_time(minutes=6)
        assert "✓" in await whois(world, world.server)
        result = await world.run(ada, "link", username="carol")
    else:
        await link(world, ada)
        card, code = await link(world, bob)
        world.kaggle.titles["ada"] = [code]
        await check(world, bob, card)
        await world.confirm(bob, "unlink")
        result = await world.run(ada, "link", username="ada")
    shown = "\n".join(text_of(each.components) for each in result.followups)
    assert "on Kaggle (verified)" not in shown
    assert "is no longer linked to you" not in shown


async def test_only_verified_links_count_if_required(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    world.serve("titanic", SMALL)
    await world.follow()
    await world.storage.guilds.change_settings(world.server.guild.id, require_verified=True)
    card, code = await link(world, ada)
    await link(world, bob, "bob")
    assert "Your link counts once it is verified" in response_text(card)
    assert "so it does not count here yet" in await whois(world, world.server)
    assert ada.mention not in await world.ask(bob, "leaderboard")
    for answer in (
        await world.ask(ada, "rank"),
        await world.ask(ada, "leaderboard"),
        await world.ask(ada, "leaderboard", members=True),
    ):
        assert "Your Kaggle account is not verified, so it does not count here yet" in answer
    other = await world.ask(bob, "rank", member=ada)
    assert f"{ada.mention} is not verified, so their link does not count here yet." in other
    manager = await world.ask(world.server.manager, "rank")
    assert manager == (
        "⚠️ You haven't linked your Kaggle account yet: use `/link`, or choose somebody with"
        " `member` or `username`."
    )
    everybody = await world.ask(bob, "compare")
    assert "Nobody here has a linked Kaggle account that counts yet" in everybody
    await world.pass_time(minutes=5)
    world.serve("titanic", [Team(1, code, "0.95", "ada"), *SMALL[1:]])
    await world.pass_time(minutes=5)
    board = await world.ask(bob, "leaderboard")
    assert ada.mention in board
    assert bob.mention not in board


async def test_clock_that_is_set_back_delays_no_check_of_a_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.server.ada
    card, _ = await link(world, ada)
    assert "Not found yet" in await check(world, ada, card)
    real_now = world.env.now
    monkeypatch.setattr(world.env, "now", lambda: real_now() - timedelta(hours=1))
    await world.env.advance_time(31)
    assert "Not found yet" in await check(world, ada, card)


async def test_code_checks_are_rate_limited(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    ada_card, _ = await link(world, ada)
    bob_card, _ = await link(world, bob, "bob")
    world.kaggle.titles["ada"] = RateLimited("Kaggle asks for fewer calls (429); wait.")
    world.kaggle.titles["bob"] = KaggleFailed("The Kaggle CLI failed: Not found.")
    assert "The Kaggle CLI failed" in await check(world, bob, bob_card)
    assert "fewer calls (429)" in await check(world, ada, ada_card)
    await world.env.advance_time(31)
    assert "fewer calls; try again in 10 min" in await check(world, bob, bob_card)
    assert world.kaggle.notebook_calls == ["bob", "ada"]
    await world.pass_time(minutes=9)
    assert world.kaggle.notebook_calls == ["bob", "ada"]
    world.kaggle.titles.clear()
    assert "failed" not in await check(world, bob, bob_card)
