"""Long lists have pages that show all of them."""

from __future__ import annotations

from typing import Any

import simcord

from cogs.framework.pages import Page, select_page
from cogs.settings.channel_controls import ChannelSelect
from leaderboards.kaggle_ids import readable_slug
from tests.cogs.examples import SMALL
from tests.cogs.members.links import link_unseen
from tests.cogs.world import START, Team, World, is_private, response_text


def read_pages(lines: list[str], limit: int) -> list[Page[str]]:
    first = select_page(lines, 1, max_characters=limit, length=len)
    pages = range(1, first.count + 1)
    return [select_page(lines, number, max_characters=limit, length=len) for number in pages]


def test_pages_hold_every_item_once_and_keep_the_limit() -> None:
    lines = [f"line {n} " + "x" * (n % 40) for n in range(100)]
    pages = read_pages(lines, 200)
    assert [line for page in pages for line in page.items] == lines
    assert all(len("\n".join(page.items)) <= 200 for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert select_page(lines, 999, max_characters=200, length=len) == pages[-1]


def test_a_list_of_nothing_is_one_empty_page_without_a_number() -> None:
    nothing: list[str] = []
    page = select_page(nothing, 1, max_characters=200, length=len)
    assert (page.items, page.number, page.count, page.number_line()) == ([], 1, 1, "")


async def read_all(actor: simcord.MemberActor, result: simcord.InteractionResult) -> str:
    """Return the text of all pages of a list."""
    texts, message = [response_text(result)], result.response
    while message is not None and not _is_last(texts[-1]):
        result = await actor.click(message, label="▶")
        texts.append(response_text(result))
    return "\n".join(texts)


def _is_last(text: str) -> bool:
    notes = [line for line in text.splitlines() if line.startswith("-# Page ")]
    if not notes:
        return True
    number, count = notes[0].removeprefix("-# Page ").split(" of ")
    return number == count


async def follow_many(world: World, count: int) -> list[str]:
    slugs = [f"competition-with-a-rather-long-name-of-its-own-{n:03}" for n in range(count)]
    for slug in slugs:
        competition = await world.storage.competitions.add_for_owner(slug)
        await world.storage.guilds.follow(
            world.server.guild.id, competition.id, None, 1, START, None
        )
        await world.storage.guilds.pause(world.server.guild.id, slug)
    return slugs


async def test_competition_list_and_status_have_pages(world: World) -> None:
    slugs = await follow_many(world, 60)
    for actor, command in (
        (world.server.manager, "competition list"),
        (world.server.ada, "status"),
    ):
        result = await world.run(actor, command)
        assert "Page 1 of" in response_text(result)
        await world.restart()
        text = await read_all(actor, result)
        for slug in slugs:
            name = readable_slug(slug)
            assert text.count(f"{name}*") + text.count(f"{name}]") == 1, command


async def test_status_shows_what_does_not_work_first(world: World) -> None:
    await follow_many(world, 60)
    role = world.server.guild.create_role("First")
    guild_id = world.server.guild.id
    await world.storage.roles.set_role(guild_id, "first", role.id)  # type: ignore[arg-type]
    bots_own = next(role for role in world.server.guild._guild.roles.values() if role.managed)
    world.env.backend.edit_role(guild_id, bots_own.id, {"position": 0})
    text = await world.ask(world.server.ada, "status")
    assert text.index(role.mention) < text.index("Competition With")


async def test_season_list_has_pages(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, ada = world.server.manager, world.server.ada
    names = [f"Season {n:02}" for n in range(25)]
    competitions = await follow_many(world, 12)
    for name in names:
        await world.ask(manager, "season create", name=name)
    seasons = await world.storage.seasons.load_seasons(world.server.guild.id)
    for season in seasons:
        for slug in competitions:
            competition = await world.storage.competitions.find(slug)
            assert competition is not None
            await world.storage.seasons.add_competition(season.id, competition.id)
    text = await read_all(ada, await world.run(ada, "season list"))
    assert all(text.count(name) == 1 for name in names)


async def test_comparison_and_link_say_what_they_leave_out(world: World) -> None:
    guild_id = world.server.guild.id
    teams = [Team(n, f"Team {n}", f"0.{99 - n}", f"user{n}") for n in range(1, 16)]
    for slug in ("titanic", *(f"competition-{n}" for n in range(11))):
        world.serve(slug, teams)
        await world.follow(slug)
    await link_unseen(world, *(f"user{n}" for n in range(1, 16)))
    answer = await world.ask(world.server.ada, "compare", competition="titanic")
    assert "Only the best 6 of these 15 teams are shown." in answer
    answer = await world.ask(world.server.ada, "link", username="user1")
    assert "is linked to" in answer
    await world.storage.links.unlink(guild_id, 10**17 + 1)
    answer = await world.ask(world.server.ada, "link", username="user1")
    assert "and 2 more boards; `/rank` shows all" in answer


def test_panel_offers_the_channels_that_the_option_offers(world: World) -> None:
    command: Any = world.bot.tree.get_command("announcements")
    offered = set(command.get_parameter("channel").channel_types)
    assert set(ChannelSelect().item.channel_types) == offered


async def test_season_standings_have_pages_which_others_get_for_themselves(world: World) -> None:
    count = 90
    teams = [Team(n, f"Team {n}", f"0.{999 - n}", f"user{n}") for n in range(1, count + 1)]
    world.serve("titanic", teams)
    await world.follow()
    mentions = await link_unseen(world, *(f"user{n}" for n in range(1, count + 1)))
    await world.ask(world.server.manager, "season create", name="Winter")
    await world.ask(world.server.manager, "season add", season="Winter", competition="titanic")
    shown = await world.run(world.server.ada, "season standings")
    assert not is_private(shown)
    first = response_text(shown)
    assert "Page 1 of" in first
    assert shown.response is not None
    turned = await world.server.bob.click(shown.response, label="▶")
    assert is_private(turned)
    text = first + await read_all(world.server.bob, turned)
    assert all(text.count(mention) == 1 for mention in mentions)
    await world.confirm(world.server.manager, "season delete", season="Winter")
    gone = await world.server.ada.click(shown.response, label="▶")
    assert response_text(gone) == "⚠️ That season no longer exists. `/season list` shows all."
