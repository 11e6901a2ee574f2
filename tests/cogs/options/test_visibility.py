"""Visibility in direct messages and for user installs: only the own links are shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import simcord
from simcord import interactions as simcord_interactions

from cogs.competitions.follow_service import MAX_FOLLOWED
from leaderboards.news.follower import NewsDecision
from tests.cogs.boards.test_leaderboard import lines
from tests.cogs.examples import ALPHA, BRAVO, SMALL, crowd
from tests.cogs.options.test_option_select import follow_two, menu, offered
from tests.cogs.world import Server, World, is_private, response_text

FOREIGN = 4_242_424_242
"""A server in which the bot is not."""


@contextmanager
def brought_along(user: simcord.UserHandle) -> Iterator[None]:
    """Simulate a server without the bot for what a user does in direct messages."""
    original = simcord_interactions.base_payload

    def payload(*args: Any, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        record, sent = original(*args, **kwargs)
        member = {"user": sent.pop("user"), "roles": [], "permissions": "0", "flags": 0}
        member |= {"joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False}
        sent |= {
            "guild_id": str(FOREIGN),
            "member": member,
            "context": 0,
            "authorizing_integration_owners": {"1": str(user.id)},
        }
        return record, sent

    with patch.object(simcord_interactions, "base_payload", payload):
        yield


async def in_two_servers(world: World) -> tuple[Server, Server]:
    """Link ada and bob here; ada is a member of another server, without a link."""
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", crowd(50))
    world.serve("house-prices", SMALL)
    world.serve("secret", SMALL)
    await world.follow("titanic", home)
    await world.follow("secret", elsewhere)
    await world.ask(home.ada, "link", username="user30")
    await world.ask(home.bob, "link", username="user31")
    elsewhere.guild.add_member(home.ada.user)
    return home, elsewhere


async def test_direct_messages_show_the_boards_of_the_linked_servers(
    world: World,
) -> None:
    home, _ = await in_two_servers(world)
    ada = home.ada.user
    result = await ada.slash("rank")
    assert not is_private(result)
    assert "# #30\n" in response_text(result)
    assert f"{ada.mention} · **Team 30**" in response_text(result)
    assert "**Below** #31 Team 31" in response_text(result)
    assert home.bob.mention not in response_text(result)
    assert [one["value"] for one in await ada.autocomplete("rank", "competition", "")] == [
        "titanic"
    ]
    assert [one["value"] for one in await ada.autocomplete("rank", "username", "user49")] == [
        "user49"
    ]

    result = await ada.slash("leaderboard")
    assert lines(response_text(result))[-2:] == ["⋮", f"`30 0.99700` **Team 30** {ada.mention}"]
    assert result.response is not None
    message = result.response.message
    await ada.click(message, label="▶")
    shown = response_text(await ada.slash("leaderboard", page=2))
    assert f"`30 0.99700` **Team 30** {ada.mention}" in lines(shown)
    assert "`31 0.99690` Team 31" in lines(shown)
    assert home.bob.mention not in shown

    assert "None of the servers in which you are linked follows **secret**" in response_text(
        await ada.slash("rank", competition="secret")
    )
    text = response_text(await ada.slash("leaderboard", members=True))
    assert "Other members are only shown on the board in your server." in text
    for command in ("rank", "leaderboard"):
        await world.follow("house-prices", home)
        answer = response_text(await ada.slash(command, competition="house-prices"))
        assert "House Prices" in answer


async def test_links_of_others_are_not_revealed_in_direct_messages(world: World) -> None:
    home, elsewhere = await in_two_servers(world)
    ada = home.ada.user
    answers = {
        response_text(await ada.slash("rank", member=user))
        for user in (home.bob.user, elsewhere.bob.user, elsewhere.manager.user)
    }
    assert answers == {"⚠️ The links of other members are shown only in their server."}
    for user in (elsewhere.bob.user, elsewhere.manager.user):
        for command in ("rank", "leaderboard"):
            assert "There is no board to show you here yet" in response_text(
                await user.slash(command)
            )
    answer = response_text(await ada.slash("rank", username="user31"))
    assert "# #31\n" in answer
    assert "user31 · **Team 31**" in answer
    assert home.bob.mention not in answer


async def test_long_choice_of_competitions_offers_the_first(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    elsewhere.guild.add_member(home.ada.user)
    world.servers[elsewhere.guild.id] = elsewhere
    storage, now = world.storage, world.env.now()
    for server, name in ((home, "a"), (elsewhere, "b")):
        guild_id = server.guild.id
        for number in range(MAX_FOLLOWED):
            competition = await storage.competitions.add_for_owner(
                f"{name}-{number:02}-{'long-' * 16}name"
            )
            await storage.guilds.follow(guild_id, competition.id, None, 1, now, None)
        await storage.links.link(guild_id, home.ada.id, f"ada-{name}", home.ada.id, now)
    over = await storage.competitions.add_for_owner("over")
    await storage.guilds.follow(home.guild.id, over.id, None, 1, now, None)
    await storage.competition_ends.archive(
        over.id, 0, lambda _: NewsDecision((), (), None, None), now
    )

    asked = await world.run(home.ada, "leaderboard")
    assert response_text(asked) == "Which competition?"
    slugs = [f"a-{number:02}-{'long-' * 16}name" for number in range(MAX_FOLLOWED)]
    assert offered(asked) == slugs
    asked = await home.ada.user.slash("leaderboard")
    assert offered(asked) == slugs
    assert response_text(asked) == (
        "Which competition?\n-# These are the first 25 of 50. Name any other one with"
        " `competition`."
    )


async def test_former_member_sees_nothing_of_a_server(world: World) -> None:
    home, elsewhere = await in_two_servers(world)
    ada = home.ada.user
    await world.ask(elsewhere.bob, "link", username="ada")
    assert "# #30\n" in response_text(await ada.slash("rank"))
    home.guild.remove_member(home.ada)
    await world.pass_time(minutes=6)
    assert "There is no board to show you here yet" in response_text(await ada.slash("rank"))
    assert await ada.autocomplete("leaderboard", "competition", "") == []


async def test_clock_that_is_set_back_shows_nothing_to_a_former_member(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = await in_two_servers(world)
    ada = home.ada.user
    assert "# #30\n" in response_text(await ada.slash("rank"))
    home.guild.remove_member(home.ada)
    real_now = world.env.now
    monkeypatch.setattr(world.env, "now", lambda: real_now() - timedelta(hours=1))
    await world.pass_time(minutes=6)
    assert "There is no board to show you here yet" in response_text(await ada.slash("rank"))


async def test_member_can_have_another_name_in_each_server(world: World) -> None:
    home, elsewhere = await in_two_servers(world)
    guest = elsewhere.guild.add_member(home.bob.user)
    world.servers[elsewhere.guild.id] = elsewhere
    await guest.slash(elsewhere.channel, "link", username="bob")
    world.list_competition()
    answer = response_text(await home.bob.user.slash("rank"))
    assert "on 2 boards followed here" in answer
    assert "### #31 of 50" in answer
    assert "### #2 of 4" in answer


async def test_overview_of_a_person_with_two_names_opens_all_its_boards(world: World) -> None:
    home, elsewhere = await in_two_servers(world)
    guest = elsewhere.guild.add_member(home.bob.user)
    world.servers[elsewhere.guild.id] = elsewhere
    await guest.slash(elsewhere.channel, "link", username="bob")
    for n in range(11):
        world.serve(f"competition-{n:02}", crowd(40))
        await world.follow(f"competition-{n:02}", home)
    overview = await home.bob.user.slash("rank")
    assert "on 13 boards followed here" in response_text(overview)
    assert overview.response is not None
    second = await home.bob.user.click(overview.response, label="▶")
    assert "on 13 boards followed here" in response_text(second)
    card = await home.bob.user.select(overview.response, values=["secret"])
    assert "# #2" in response_text(card)


async def test_two_teams_of_one_person_on_one_board_are_one_choice(world: World) -> None:
    home, elsewhere = await in_two_servers(world)
    guest = elsewhere.guild.add_member(home.bob.user)
    world.servers[elsewhere.guild.id] = elsewhere
    await guest.slash(elsewhere.channel, "link", username="user32")
    await world.follow("titanic", elsewhere)
    world.serve("house-prices", crowd(31))
    await world.follow("house-prices", home)
    overview = await home.bob.user.slash("rank")
    assert "on 2 boards followed here" in response_text(overview)
    assert overview.response is not None
    both = await home.bob.user.select(overview.response, values=["titanic"])
    assert "on 1 board followed here" in response_text(both)
    assert "### #31 of 50" in response_text(both)
    assert "### #32 of 50" in response_text(both)
    card = await home.bob.user.select(overview.response, values=["house-prices"])
    assert "# #31\n" in response_text(card)


async def test_user_install_responses_are_private(world: World) -> None:
    home, _ = await in_two_servers(world)
    ada = home.ada.user
    ada.dm_channel  # noqa: B018 - opens it
    with brought_along(ada):
        for command in ("rank", "leaderboard"):
            result = await ada.slash(command)
            assert is_private(result)
            assert "Team 30" in response_text(result)
            assert home.bob.mention not in response_text(result)
    with brought_along(home.manager.user):
        result = await home.manager.user.slash("rank", username="user31")
        assert "There is no board to show you here yet" in response_text(result)


async def test_answer_of_a_user_install_stays_private(world: World) -> None:
    await follow_two(world)
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    ada.user.dm_channel  # noqa: B018 - opens it
    with brought_along(ada.user):
        asked = await ada.user.slash("leaderboard")
        shown = await ada.user.select(menu(asked), values=["titanic"])
    assert is_private(shown)
    assert "[Titanic]" in response_text(shown)


async def test_server_commands_are_not_offered_in_direct_messages(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO])
    offered = world.server.ada.user.available_commands()
    assert {"rank", "leaderboard"} <= set(offered)
    assert not [name for name in offered if name.startswith(("competition", "link", "settings"))]
