import pytest

from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import Team, World, announced, is_private, response_text


async def test_linking_oneself(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    result = await world.run(world.server.ada, "link", username="https://www.kaggle.com/Ada")
    assert is_private(result)
    assert response_text(result).startswith(
        "### You are [Ada](https://www.kaggle.com/Ada) on Kaggle\n"
    )
    assert "**#1** of 4 in [Titanic]" in response_text(result)
    answer = await world.ask(world.server.bob, "whois", member=world.server.ada)
    assert answer.startswith(f"{world.server.ada.mention} is [Ada](https://www.kaggle.com/Ada)")
    assert world.server.ada.mention in await world.ask(world.server.bob, "whois", username="ADA")


async def test_link_that_replaces_another_says_so(world: World) -> None:
    server = world.server
    assert "replaces" not in await world.ask(server.ada, "link", username="ada")
    assert "replaces" not in await world.ask(server.ada, "link", username="ADA")
    replaced = "-# This replaces the link to [ADA](https://www.kaggle.com/ADA)."
    assert replaced in await world.ask(server.ada, "link", username="bob")
    assert "replaces" not in await world.ask(server.bob, "link", username="bob"), "not linked yet"


async def test_name_on_no_board_is_linked_with_a_hint(world: World) -> None:
    answer = await world.ask(world.server.ada, "link", username="not_yet_there")
    assert "You are [not\\_yet\\_there](https://www.kaggle.com/not_yet_there)" in answer
    assert "not on any board that this server follows yet" in answer


async def test_name_of_a_team_is_told_from_a_user_name(world: World) -> None:
    teams = [Team(1, "Owls", "0.9", "olga,otto"), Team(2, "owls", "0.8"), Team(3, "Owls_2", "0.7")]
    world.serve("titanic", teams)
    await world.follow()
    answer = await world.ask(world.server.ada, "link", username="owls")
    assert (
        "⚠️ This is a team's name. If you meant the team, use `/link` again with the user name of"
        " its member:\n- **Owls** #1 on Titanic · olga, otto\n- **owls** #2 on Titanic\n-# This"
    ) in answer
    assert "#3" not in answer
    answer = await world.ask(world.server.ada, "link", username="otto")
    assert "This is a team's name" not in answer


async def test_a_name_belongs_to_one_member(world: World) -> None:
    await world.ask(world.server.ada, "link", username="ada")
    answer = await world.ask(world.server.bob, "link", username="ADA")
    assert f"is linked to {world.server.ada.mention} here" in answer
    await world.ask(world.server.ada, "link", username="other")
    assert "You are [ADA]" in await world.ask(world.server.bob, "link", username="ADA")


@pytest.mark.parametrize("name", ["a b", "--help", "https://evil.example/ada", "@everyone x"])
async def test_invalid_name_is_an_error(world: World, name: str) -> None:
    assert "is not a Kaggle user name" in await world.ask(world.server.ada, "link", username=name)


async def test_only_managers_link_others(world: World) -> None:
    ada, bob, manager = world.server.ada, world.server.bob, world.server.manager
    assert "need the permission *Manage Server*" in await world.ask(
        ada, "link", username="bob", member=bob
    )
    answer = await world.ask(manager, "link", username="bob", member=bob)
    assert f"{bob.mention} is [bob]" in answer
    assert f"by {manager.mention}" in await world.ask(ada, "whois", member=bob)
    assert "need the permission *Manage Server*" in await world.confirm(ada, "unlink", member=bob)
    answer = await world.confirm(manager, "unlink", member=bob)
    assert f"{bob.mention} is no longer linked to [bob]" in answer
    answer = await world.confirm(manager, "unlink", member=bob)
    assert f"{bob.mention} hasn't linked" in answer
    assert "You are [ada]" in await world.ask(ada, "link", username="ada", member=ada)


async def test_bots_cannot_be_linked(world: World) -> None:
    robot = world.server.guild.add_member(world.env.create_user("robot", bot=True))
    answer = await world.ask(world.server.manager, "link", username="robot", member=robot)
    assert "does not compete" in answer


async def test_unlinking_oneself(world: World) -> None:
    ada = world.server.ada
    assert "use `/link`" in await world.confirm(ada, "unlink")
    await world.ask(ada, "link", username="ada")
    assert is_private(await world.run(ada, "unlink"))
    answer = await world.confirm(ada, "unlink")
    assert answer.startswith("You are no longer linked to [ada]")
    assert "use `/link`" in await world.ask(ada, "whois")


async def test_whois_of_unlinked_members_and_names(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    assert "Nobody here has linked [eve]" in await world.ask(ada, "whois", username="eve")
    assert f"{bob.mention} hasn't linked" in await world.ask(ada, "whois", member=bob)
    assert "not both" in await world.ask(ada, "whois", member=bob, username="bob")


async def test_each_member_chooses_whether_to_be_pinged(world: World) -> None:
    ada, manager = world.server.ada, world.server.manager
    assert "use `/link`" in await world.ask(ada, "pingme", enabled=True)
    await world.ask(ada, "link", username="ada")
    assert "has pings turned off" in await world.ask(ada, "pingme", enabled=True)
    await world.ask(manager, "announcements", mention=True)
    result = await world.run(ada, "pingme", enabled=True)
    assert is_private(result)
    assert "will ping you from now on" in response_text(result)
    assert "will not ping you" in await world.ask(ada, "pingme", enabled=False)


async def test_user_names_of_followed_boards_are_autocompleted(world: World) -> None:
    assert await world.autocomplete(world.server.ada, "link", "username", "a") == []
    world.serve("titanic", SMALL)
    await world.follow()
    assert await world.autocomplete(world.server.ada, "link", "username", "A") == ["ada"]
    assert await world.autocomplete(world.server.ada, "whois", "username", "ca") == ["carol"]


async def test_new_link_starts_from_the_teams_rank_at_that_time(world: World) -> None:
    world.sync_every(minutes=60)
    world.serve("titanic", crowd(120))
    await world.follow()
    await world.ask(world.server.ada, "link", username="user10")
    await world.pass_time(hours=1)
    await world.confirm(world.server.ada, "unlink")
    fallen = [*crowd(9), *crowd(120)[10:], crowd(10)[-1]]
    world.serve("titanic", fallen)
    await world.pass_time(hours=1)
    told = len(announced(world))
    await world.ask(world.server.ada, "link", username="user10")
    world.serve("titanic", [*fallen, Team(500, "Late", "0.1", "late")])
    await world.pass_time(hours=1)
    assert len(announced(world)) == told
