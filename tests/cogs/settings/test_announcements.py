import discord
import pytest

from tests.cogs.threads import deny
from tests.cogs.world import World, is_private, response_text


async def test_announcements_shows_the_defaults(world: World) -> None:
    result = await world.run(world.server.manager, "announcements")
    assert is_private(result)
    assert response_text(result).split("\n") == [
        "### 📣 Announcements",
        "Announcements are **on**, but **no channel** is chosen yet",
        "Pings are **off**, for everybody",
        "Report **every** new best score",
        (
            "Report falls of **50 places or more**, if the rank also grew by at least a tenth more"
            " than the board did"
        ),
        "-# `/announcements channel:` chooses a channel.",
    ]


async def test_each_setting_can_be_changed(world: World) -> None:
    manager, channel = world.server.manager, world.server.channel
    answer = await world.ask(
        manager,
        "announcements",
        channel=channel,
        enabled=False,
        smallest_rise=3,
        smallest_fall=1,
        mention=True,
    )
    assert answer.split("\n") == [
        "### ✅ Saved",
        f"Announcements are **off**; their channel is {channel.mention}",
        "Pings are **on**, for members who asked with `/pingme`",
        "Report new best scores that gain **3 places or more**",
        (
            "Report falls of **1 place or more**, if the rank also grew by at least a tenth more"
            " than the board did"
        ),
    ]
    answer = await world.ask(manager, "announcements", enabled=True)
    assert f"Announcements are **on**, in {channel.mention}" in answer


async def test_unwritable_channel_is_refused(world: World) -> None:
    hidden = world.server.guild.create_text_channel(
        "hidden",
        overwrites={
            world.server.guild.default_role: discord.PermissionOverwrite(
                view_channel=False, send_messages=False
            )
        },
    )
    manager = world.server.guild.owner
    member = world.server.guild.add_member(manager)
    answer = await world.ask(member, "announcements", channel=hidden)
    assert "Please give me *View Channel* and *Send Messages* there." in answer
    assert "**no channel** is chosen yet" in await world.ask(member, "announcements")


@pytest.mark.parametrize("options", [{}, {"enabled": False}])
async def test_members_are_refused_even_if_the_server_shows_them_the_command(
    world: World, options: dict[str, bool]
) -> None:
    world.allow_everyone("announcements")
    result = await world.run(world.server.ada, "announcements", **options)
    assert "need the permission *Manage Server*" in response_text(result)
    assert is_private(result)
    assert "Announcements are **on**" in await world.ask(world.server.manager, "announcements")


@pytest.mark.parametrize(
    ("denied", "said"),
    [
        ("attach_files", "⚠️ {}: please give me *Attach Files*; until then announcements have no"),
        ("send_messages", "⚠️ I can't write in {}. Please give me *Send Messages* there."),
    ],
)
async def test_announcements_say_what_the_bot_may_not_do_in_a_channel(
    world: World, denied: str, said: str
) -> None:
    server = world.server
    assert "⚠️" not in await world.ask(server.manager, "announcements", channel=server.channel)
    deny(world, server.channel, denied)
    expected = said.format(server.channel.mention)
    assert expected in await world.ask(server.manager, "announcements", mention=True)
    assert expected in await world.ask(server.manager, "announcements")
    assert expected in await world.ask(server.manager, "settings")
