"""`/members`: who is linked, who is verified, who is on which boards, and what is missing."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import AsyncMock

import discord
import pytest
import simcord

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL, crowd
from tests.cogs.framework.test_pages import read_all
from tests.cogs.world import START, Team, World, is_private, response_text

UNLINKED = "-# You haven't linked your Kaggle account yet: use `/link`."


async def link(world: World, *user_names: str) -> list[str]:
    """Link new members to Kaggle names; return their mentions."""
    guild = world.server.guild
    members = [guild.add_member(world.env.create_user(name)) for name in user_names]
    for member, name in zip(members, user_names, strict=True):
        await world.storage.links.link(guild.id, member.id, name, member.id, START)
    return [member.mention for member in members]


async def verify(world: World, *user_names: str) -> None:
    async with world.storage.database.write() as connection:
        for name in user_names:
            await connection.execute(
                "UPDATE links SET verification = 'team', verified_at = 1 WHERE user_name = ?",
                (name,),
            )


def profile(name: str) -> str:
    return f"[{name}](https://www.kaggle.com/{name})"


async def test_server_without_links(world: World) -> None:
    result = await world.run(world.server.ada, "members")
    assert is_private(result)
    assert response_text(result) == (
        "### Nobody here has linked a Kaggle account yet\nThe first step is `/link`."
    )


async def test_one_member_before_anything_is_followed(world: World) -> None:
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    result = await world.run(ada, "members")
    assert is_private(result)
    assert response_text(result).splitlines() == [
        "### 👥 1 linked member",
        "-# 0 verified ✓",
        "-# This server follows no competition yet, so nobody is on a board.",
        f"{ada.mention} · {profile('ada')}",
        "-# ▫️ on no board yet",
    ]


async def test_members_with_most_boards_are_first_and_missing_ones_last(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", None, "Featured", title="Titanic *ML*"
    )
    world.serve("titanic", crowd(100))
    world.serve("digits", [Team(1, "Pair", "0.9", "user7,user9"), Team(2, "One", "0.8", "user12")])
    await world.follow()
    await world.follow("digits")
    names = ["zed", "user30", "user9", "Unproven", "user12", "user7"]
    zed, user30, user9, unproven, user12, user7 = await link(world, *names)
    await verify(world, "zed", "user30", "user9", "user7")
    text = await world.ask(world.server.bob, "members")
    assert text.splitlines() == [
        "### 👥 6 linked members",
        "-# 4 verified ✓ · 4 on a board",
        UNLINKED,
        f"{user12} · {profile('user12')}",
        r"-# #2 Digits, 🥈 #12 Titanic \*ML\*",
        f"{user7} ✓ · {profile('user7')}",
        r"-# #1 Digits, 🥇 #7 Titanic \*ML\*",
        f"{user9} ✓ · {profile('user9')}",
        r"-# #1 Digits, 🥇 #9 Titanic \*ML\*",
        f"{user30} ✓ · {profile('user30')}",
        r"-# 🥉 #30 Titanic \*ML\*",
        f"{unproven} · {profile('Unproven')}",
        "-# ▫️ on no board yet",
        f"{zed} ✓ · {profile('zed')}",
        "-# ▫️ on no board yet",
    ]
    await world.storage.guilds.change_settings(world.server.guild.id, require_verified=True)
    text = await world.ask(world.server.bob, "members")
    assert "-# 4 verified ✓ · 3 on a board" in text
    assert text.splitlines()[-4:] == [
        f"{unproven} · {profile('Unproven')}",
        "-# ▫️ not verified, so not counted here: `/link` shows how to verify it",
        f"{user12} · {profile('user12')}",
        "-# ▫️ not verified, so not counted here: `/link` shows how to verify it",
    ]


async def test_many_boards_are_counted_and_a_final_one_is_marked(world: World) -> None:
    for slug in ("alpha", "bravo", "charlie", "delta", "echo"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    archive = "UPDATE competitions SET archived_at = 1, ended_at = 1 WHERE slug = ?"
    await world.storage.database.change(archive, ("alpha",))
    text = await world.ask(ada, "members")
    assert text.endswith("\n-# #1 Bravo, #1 Charlie, #1 Delta and 2 more")
    for slug in ("bravo", "charlie", "delta"):
        await world.confirm(world.server.manager, "competition remove", competition=slug)
    assert (await world.ask(ada, "members")).endswith("\n-# #1 Echo, #1 Alpha 🏁")


async def test_managers_are_told_about_how_many_accounts_are_not_linked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await link(world, "ada", "bob")
    counted = AsyncMock(return_value=SimpleNamespace(approximate_member_count=1_240))
    monkeypatch.setattr(world.bot, "fetch_guild", counted)
    line = "-# About 1,238 of the 1,240 accounts in this server are not linked; bots are counted"
    assert line in await world.ask(world.server.manager, "members")
    counted.assert_awaited_once_with(world.server.guild.id, with_counts=True)
    assert "accounts in this server" not in await world.ask(world.server.ada, "members")
    counted.assert_awaited_once()
    counted.side_effect = discord.DiscordServerError(
        SimpleNamespace(status=503, reason=""),  # type: ignore[arg-type]
        None,
    )
    assert "accounts in this server" not in await world.ask(world.server.manager, "members")
    counted.side_effect = TimeoutError
    assert "2 linked members" in await world.ask(world.server.manager, "members")


async def test_who_left_the_server_is_not_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = world.server
    for actor, name in ((server.ada, "ada"), (server.bob, "bob"), (server.manager, "boss")):
        await world.ask(actor, "link", username=name)
    assert "3 linked members" in await world.ask(server.ada, "members")
    server.guild.remove_member(server.bob)
    await world.pass_time(minutes=6)
    text = await world.ask(server.ada, "members")
    assert "2 linked members" in text
    assert server.bob.mention not in text
    assert "One person with a link has left this server, and is not listed." in text
    server.guild.remove_member(server.manager)
    await world.pass_time(minutes=6)
    assert "2 people with a link have left" in await world.ask(server.ada, "members")
    # Without an answer from Discord, all are listed.
    await world.pass_time(minutes=6)
    monkeypatch.setattr(discord.Guild, "query_members", AsyncMock(side_effect=TimeoutError))
    assert "3 linked members" in await world.ask(server.ada, "members")


async def test_sixty_members_have_pages(world: World) -> None:
    world.serve("titanic", crowd(100))
    await world.follow()
    mentions = await link(world, *(f"user{number}" for number in range(1, 61)))
    shown = await world.run(world.server.ada, "members")
    assert "-# Page 1 of 4" in response_text(shown)
    await world.restart()
    text = await read_all(world.server.ada, shown)
    assert all(text.count(f"{mention} ·") == 1 for mention in mentions)


async def test_who_is_forgotten_is_not_listed_and_servers_are_apart(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    elsewhere = world.add_server()
    await world.ask(ada, "link", username="ada")
    await world.ask(bob, "link", username="bob")
    await world.ask(elsewhere.ada, "link", username="foreign")
    await world.storage.privacy.delete_member_data(bob.id)
    text = await world.ask(bob, "members")
    assert ada.mention in text
    assert bob.mention not in text
    assert "foreign" not in text
    assert UNLINKED in text
    assert "foreign" in await world.ask(elsewhere.bob, "members")


async def test_direct_messages_do_not_have_the_command(world: World) -> None:
    with pytest.raises(simcord.SetupError):
        await world.server.ada.user.slash("members")
