"""What is for managers is refused to others at run time, whatever the server shows them."""

from typing import Any

import pytest
from discord import app_commands

from tests.cogs.examples import SMALL
from tests.cogs.world import World, is_private, response_text
from tests.security.database import cells

REFUSAL = "need the permission *Manage Server*"

EVERYBODY = "@everyone"
"""Stands for the role that every server has."""

OWN_CHANNEL = "#kaggle"
"""Stands for the server's channel."""

ASKED: dict[str, dict[str, Any]] = {
    "competition add": {"competition": "house-prices"},
    "competition remove": {"competition": "titanic"},
    "competition name": {"competition": "titanic", "name": "Ships"},
    "competition rename": {"competition": "titanic", "slug": "house-prices"},
    "competition list": {},
    "competition browse": {"words": "titanic"},
    "competition live": {},
    "competition pause": {},
    "competition resume": {},
    "competition sync": {},
    "competition deadline": {"kind": "entry", "at": "2099-12-31"},
    "feed competitions": {"channel": OWN_CHANNEL},
    "feed discussion": {"channel": OWN_CHANNEL},
    "feed notebooks": {"channel": OWN_CHANNEL},
    "roster import": {"file": ("class.csv", b"discord,kaggle\nada,ada\n")},
    "roster export": {},
    "settings": {},
    "roles set": {"criterion": "first", "role": EVERYBODY},
    "roles remove": {"criterion": "first"},
    "roles list": {},
    "announcements": {"enabled": False, "smallest_rise": 9, "smallest_fall": 9, "mention": True},
}


def for_managers(world: World) -> set[str]:
    """Return the commands that are hidden from ordinary members."""
    return {
        command.qualified_name
        for command in world.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
        and (command.root_parent or command).default_permissions is not None
    }


async def test_every_command_for_managers_is_asked_below(world: World) -> None:
    assert for_managers(world) == set(ASKED)


@pytest.mark.parametrize("command", ASKED)
async def test_a_member_is_refused_where_everybody_sees_the_command(
    world: World, command: str
) -> None:
    world.serve("titanic", SMALL)
    world.serve("house-prices", SMALL)
    await world.follow()
    if command == "competition resume":
        await world.ask(world.server.manager, "competition pause")
    downloads, before = list(world.kaggle.downloads), await cells(world.storage)

    stands_for = {EVERYBODY: world.server.guild.default_role, OWN_CHANNEL: world.server.channel}
    options = {name: stands_for.get(value, value) for name, value in ASKED[command].items()}
    world.allow_everyone(command.split(maxsplit=1)[0])
    result = await world.run(world.server.ada, command, **options)
    assert REFUSAL in response_text(result)
    assert is_private(result)
    assert await cells(world.storage) == before
    assert world.kaggle.downloads == downloads

    assert REFUSAL not in await world.ask(world.server.manager, command, **options)


@pytest.mark.parametrize("command", ["link", "unlink"])
async def test_a_member_does_not_speak_for_another(world: World, command: str) -> None:
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="bob")
    before = await cells(world.storage)
    options = {"username": "mallory"} if command == "link" else {}
    assert REFUSAL in await world.ask(ada, command, member=bob, **options)
    assert await cells(world.storage) == before


async def test_a_manager_of_one_server_is_a_member_in_another(world: World) -> None:
    elsewhere = world.add_server()
    guest = elsewhere.guild.add_member(world.server.manager.user)
    world.serve("titanic", SMALL)
    await world.follow(server=elsewhere)
    world.allow_everyone("competition", elsewhere)
    assert REFUSAL in await world.ask(guest, "competition remove", competition="titanic")
