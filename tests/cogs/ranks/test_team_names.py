"""Teams that are looked up by their name, where a command takes a user name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.options.test_option_select import menu, offered
from tests.cogs.options.test_visibility import in_two_servers
from tests.cogs.world import START, Server, Team, World, raw, response_text
from tests.wire.http.command_limits import choice_problems

OWLS = Team(11, "Night Owls", "0.91", "olga,otto")
LATE_OWLS = Team(12, "Late owls @everyone <@1>", "0.90")
TWIN = Team(13, "Night Owls", "0.89", "nick")
BOARD = [ALPHA, BRAVO, OWLS, LATE_OWLS, TWIN, CHARLIE]


async def choices(
    world: World, typed: str, command: str = "rank", server: Server | None = None, **given: Any
) -> list[tuple[str, str]]:
    at = server or world.server
    found = await at.ada.autocomplete(at.channel, command, "username", typed, **given)
    assert list(choice_problems(found)) == []
    return [(choice["name"], choice["value"]) for choice in found]


@pytest.mark.parametrize("command", ["rank", "history", "scores", "compare"])
async def test_team_is_found_by_a_part_of_its_name(world: World, command: str) -> None:
    world.serve("titanic", BOARD)
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    answer = await world.ask(ada, command, username="LATE owl")
    assert "owls" in answer
    assert "#4" in answer
    assert "<@1>" not in answer
    assert "@everyone" not in answer
    answer = await world.ask(ada, command, username="charl")
    assert "Charlie" in answer
    assert "#6" in answer


async def test_team_without_known_members_is_found(world: World) -> None:
    world.serve("titanic", BOARD)
    await world.follow()
    answer = await world.ask(world.server.ada, "rank", username="late owls")
    assert "# #4\n" in answer


async def test_several_teams_are_a_choice(world: World) -> None:
    world.serve("titanic", BOARD)
    world.serve("house-prices", [OWLS, BRAVO])
    await world.follow()
    ada = world.server.ada
    asked = await world.run(ada, "rank", username="owls")
    assert response_text(asked) == "Which team? 3 teams have **owls** in their names."
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    values = [f"team:{competition.id}:{team_id}" for team_id in (11, 12, 13)]
    assert offered(asked) == values
    assert "'description': '#5 · Titanic'" in repr(raw(menu(asked)))
    shown = response_text(await ada.select(menu(asked), values=[values[2]]))
    assert "# #5\n" in shown
    assert "nick · **Night Owls**" in shown
    await world.follow("house-prices")
    asked = await world.run(ada, "history", username="night owls", period="week")
    assert response_text(asked) == (
        "Which team? 3 teams have all words of **night owls** in their names."
    )
    assert "'description': '#1 · House Prices'" in repr(raw(menu(asked)))
    shown = response_text(await ada.select(menu(asked), values=[values[0]]))
    assert "[Titanic]" in shown
    assert "the last 7 days" in shown


async def test_many_teams_are_listed_best_first(world: World) -> None:
    world.serve("titanic", [Team(n, f"Owl {n} " + "x" * 200, "0.5") for n in range(1, 60)])
    await world.follow()
    asked = await world.run(world.server.ada, "rank", username="owl")
    assert response_text(asked) == (
        "Which team? 59 teams have **owl** in their names.\n"
        "-# These are the first 25: exactly that name first, then by rank. Type more of the"
        " name to find any other."
    )
    assert len(offered(asked)) == 25
    assert len(await choices(world, "owl")) == 25


async def test_user_comes_before_teams_that_contain_the_name(world: World) -> None:
    team = Team(20, "Canada", "0.5", "zoe")
    other = Team(21, "dave's team", "0.4", "yan")
    world.serve("titanic", [ALPHA, team, CHARLIE], at=START)
    await world.follow()
    ada = world.server.ada
    assert "**Alpha**" in await world.ask(ada, "rank", username="ada")
    await world.ask(world.server.bob, "link", username="nad")
    assert "is not on Titanic yet" in await world.ask(ada, "rank", username="nad")
    await world.pass_time(minutes=6)
    world.serve("titanic", [ALPHA, team, other])
    await world.pass_time(minutes=11)
    assert "no longer on the board" in await world.ask(ada, "rank", username="dave")


async def test_autocomplete_offers_users_and_teams_of_the_chosen_board(world: World) -> None:
    world.serve("titanic", BOARD)
    world.serve("house-prices", [Team(1, "Otters", "0.5", "otto2")])
    await world.follow()
    await world.follow("house-prices")
    titanic = await world.storage.competitions.find("titanic")
    houses = await world.storage.competitions.find("house-prices")
    assert titanic is not None
    assert houses is not None
    otters = ("Otters · #1 · House Prices", f"team:{houses.id}:1")
    assert await choices(world, "ott") == [("otto", "otto"), ("otto2", "otto2"), otters]
    assert await choices(world, "ott", competition="titanic") == [("otto", "otto")]
    assert await choices(world, "ott", competition="house-prices") == [("otto2", "otto2"), otters]
    assert await choices(world, "ott", competition="secret") == []
    answer = await world.ask(world.server.ada, "rank", username=otters[1])
    assert "**Otters**" in answer
    answer = await world.ask(world.server.ada, "rank", username=otters[1], competition="titanic")
    assert answer == (
        "⚠️ That team is not on Titanic. Type a part of its name, and choose it from the list."
    )


async def test_teams_of_boards_that_are_not_followed_stay_hidden(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", BOARD)
    world.serve("secret", [Team(77, "Secret Society", "0.5", "sam")])
    await world.follow("titanic", home)
    await world.follow("secret", elsewhere)
    (found,) = await choices(world, "society", server=elsewhere)
    assert await choices(world, "society", server=home) == []
    for command in ("rank", "history", "scores", "whois"):
        for typed in ("society", found[1]):
            answer = await world.ask(home.ada, command, username=typed)
            assert "Secret" not in answer
            assert "secret" not in answer


async def test_direct_messages_find_teams_of_the_own_servers(world: World) -> None:
    home, _ = await in_two_servers(world)
    ada = home.ada.user
    shown = response_text(await ada.slash("rank", username="Team 31"))
    assert "# #31\n" in shown
    assert "user31 · **Team 31**" in shown
    assert home.bob.mention not in shown
    values = [one["value"] for one in await ada.autocomplete("rank", "username", "alpha")]
    assert values == []
    assert "No team on Titanic has **bra vo**" in response_text(
        await ada.slash("rank", username="bra vo")
    )


async def test_comparison_with_a_team_and_with_the_own_one(world: World) -> None:
    world.serve("titanic", BOARD)
    world.serve("house-prices", [ALPHA, BRAVO])
    await world.follow()
    await world.follow("house-prices")
    ada, bob = world.server.ada, world.server.bob
    await world.ask(ada, "link", username="olga")
    await world.ask(bob, "link", username="bob")
    answer = await world.ask(ada, "compare", username="late owl")
    assert "[Titanic]" in answer
    assert "1. **#3**" in answer
    assert "2. **#4**" in answer
    answer = await world.ask(ada, "compare", member=bob, username="late owl")
    assert f"1. **#2** {bob.mention}" in answer
    asked = await world.run(ada, "compare", username="night owls", competition="titanic")
    own = await ada.select(menu(asked), values=[offered(asked)[0]])
    assert "That is your own team. Choose another one" in response_text(own)


async def test_whois_finds_the_linked_members_of_a_team(world: World) -> None:
    answer = await world.ask(world.server.ada, "whois", username="night owl")
    assert answer == "⚠️ No board that is followed here has been read yet. See `/status`."
    world.serve("titanic", [ALPHA, OWLS, LATE_OWLS, CHARLIE])
    await world.follow()
    server = world.server
    await world.ask(server.ada, "link", username="olga")
    await world.ask(server.bob, "link", username="otto")
    answer = await world.ask(server.ada, "whois", username="night owl")
    assert answer.startswith("### Night Owls\n")
    assert f"{server.ada.mention} is [olga]" in answer
    assert f"{server.bob.mention} is [otto]" in answer
    answer = await world.ask(server.ada, "whois", username="charlie")
    assert answer == "⚠️ Nobody here has linked an account of **Charlie**."
    answer = await world.ask(server.ada, "whois", username="dave")
    assert answer == "⚠️ Nobody here has linked [dave](https://www.kaggle.com/dave)."
    answer = await world.ask(server.ada, "whois", username="ngiht")
    assert answer == (
        "⚠️ Nobody here has linked [ngiht](https://www.kaggle.com/ngiht), and no team on Titanic has"
        " **ngiht** in its name."
    )


async def test_team_is_linked_by_one_of_its_members(world: World) -> None:
    world.serve("titanic", BOARD)
    await world.follow()
    ada = world.server.ada
    assert await choices(world, "late", "link") == []
    assert await choices(world, "lie", "link") == [("dave · Charlie", "dave")]
    asked = await world.run(ada, "link", username="night owls")
    first = await ada.select(menu(asked), values=[offered(asked)[0]])
    assert response_text(first) == "Which user of **Night Owls**?"
    assert offered(first) == ["olga", "otto"]
    linked = await ada.select(menu(first), values=["otto"])
    assert "You are [otto]" in response_text(linked)
    answer = await world.ask(ada, "link", username="late owls")
    assert "The board does not name the members of **Late owls" in answer
    assert "is not a Kaggle user name" in await world.ask(ada, "link", username="no such team")
