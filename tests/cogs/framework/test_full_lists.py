"""Every list, filled to its bound: all of it can be reached, and Discord takes each page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from simcord.components import walk_components

from leaderboards.competition_info import CompetitionInfo
from leaderboards.members.role_criteria import RoleCriterion
from leaderboards.news.channel_mode import ChannelMode
from records.teammates import TeammateProfile
from storage.errors import SearchRefused
from tests.cogs.examples import crowd
from tests.cogs.world import START, Team, World, text_of
from tests.storage.examples import execute
from tests.wire.http.command_limits import choice_problems
from tests.wire.http.limits import component_problems

pytestmark = pytest.mark.long

LONG = "a-competition-with-a-name-of-a-hundred-letters"
TITLE = "*A* [title] of _markdown_ " * 4
AT = int(START.timestamp())
MANY = 100
RUNNING = 25
"""The competitions that one server can follow at a time; those in the archive are not counted."""


@dataclass
class Listing:
    """A command whose response is a list, and what must be in it."""

    command: str
    entries: Sequence[str]
    """Texts that must each be on a page."""
    values: Sequence[str] = ()
    """Values, custom ids or their beginnings, that a control must offer on a page."""
    options: dict[str, Any] = field(default_factory=dict)
    by_manager: bool = False


def slug(number: int) -> str:
    return f"{number:03}-{LONG}".ljust(100, "x")


async def follow_many(world: World) -> list[str]:
    """Follow as many competitions as a server can, and 75 that are over; none has a board."""
    slugs = [slug(number) for number in range(MANY)]
    for number, name in enumerate(slugs):
        competition = await world.storage.competitions.add_for_owner(name)
        guild_id = world.server.guild.id
        await world.storage.guilds.follow(guild_id, competition.id, None, 1, START, None)
        await world.storage.guilds.pause(guild_id, name)
        over = AT if number >= RUNNING else None
        await execute(
            world.storage,
            "UPDATE competitions SET title = ?, reward = ?, ended_at = ?, archived_at = ?,"
            " error = iif(?, NULL, ?), error_at = ?, renamed_to = iif(?, NULL, ?) WHERE id = ?",
            *(f"{number:03} {TITLE}", "*" * 100, over, over, over, "_Why_ " * 60, AT),
            *(over, f"new-{number:03}", competition.id),
        )
    return slugs


async def link_many(world: World) -> list[str]:
    """Link members to the teams of a board of 100, and return their mentions."""
    world.serve("titanic", crowd(MANY))
    await world.follow()
    guild, mentions = world.server.guild, []
    for number in range(1, MANY + 1):
        member = guild.add_member(world.env.create_user(f"member{number}"))
        await world.storage.links.link(guild.id, member.id, f"user{number}", member.id, START)
        mentions.append(member.mention)
    return mentions


async def fill_boards(world: World) -> list[str]:
    """Follow 100 competitions with a board on which ada is."""
    slugs = await follow_many(world)
    for name in slugs:
        world.serve(name, [Team(1, "*Long* [name] " * 10, "0.123456789", "ada")])
        competition = await world.storage.competitions.find(name)
        assert competition is not None
        await world.sync_service.sync(competition)
    return slugs


async def fill_list(world: World) -> Listing:
    return Listing("competition list", await follow_many(world), by_manager=True)


async def fill_status(world: World) -> Listing:
    """Rename each running competition; close 100 channels, of which each refused a message."""
    slugs = await follow_many(world)
    waiting, abandoned = ([10**17 + 1000 * n + i for i in range(MANY)] for n in (1, 2))
    for channel_id in (*waiting, *abandoned):
        await execute(
            world.storage,
            "INSERT INTO outbox (guild_id, channel_id, nonce, message, created_at, attempted_at,"
            " error, abandoned_at) VALUES (?, ?, ?, '{}', ?, ?, ?, iif(?, ?, NULL))",
            *(world.server.guild.id, channel_id, f"{channel_id}", AT, AT, "_Why_ " * 60),
            *(channel_id in abandoned, AT),
        )
    channels = [f"<#{channel_id}>" for channel_id in (*waiting, *abandoned)]
    names = [f"**{number:03} " for number in range(len(slugs))]
    offers = [f"new-{number:03}" for number in range(RUNNING)]
    return Listing("status", [*names, *channels], offers, by_manager=True)


async def fill_overview(world: World) -> Listing:
    slugs = await fill_boards(world)
    return Listing("rank", [f"/{name}/" for name in slugs], slugs, {"username": "ada"})


async def fill_server_overview(world: World) -> Listing:
    slugs = await fill_boards(world)
    await world.ask(world.server.ada, "link", username="ada")
    return Listing("overview", [f"/{name}/" for name in slugs[:RUNNING]])


async def fill_hall(world: World) -> Listing:
    mentions = await link_many(world)
    await execute(
        world.storage, "UPDATE competitions SET ended_at = ?1, archived_at = ?1 WHERE id = 1", AT
    )
    return Listing("hall", mentions)


async def fill_deadlines(world: World) -> Listing:
    """Set three deadlines of each running competition."""
    slugs = (await follow_many(world))[:RUNNING]
    later = int((START + timedelta(days=9)).timestamp())
    await execute(
        world.storage,
        "UPDATE competitions SET deadline = ?1, merger_deadline = ?1, entry_deadline = ?1",
        later,
    )
    labels = ("Final submission deadline", "Entry deadline", "Team merger deadline")
    links = [f"/{name}/leaderboard)**\n-# {label}" for name in slugs for label in labels]
    return Listing("deadlines", links)


async def fill_directory(world: World) -> Listing:
    return Listing("members", await link_many(world))


async def fill_season_list(world: World) -> Listing:
    """Create 25 seasons of 25 competitions, which is the bound."""
    slugs = (await follow_many(world))[:25]
    names = [f"{number:02} {'_*season*_ ' * 5}".strip() for number in range(25)]
    for name in names:
        await world.run(world.server.manager, "season create", name=name)
    await execute(
        world.storage,
        "INSERT INTO season_competitions (season_id, competition_id)"
        " SELECT s.id, c.id FROM seasons s, competitions c WHERE c.slug < ?",
        slug(25),
    )
    titles = [
        f"\n-# {number:03} " if number == 0 else f", {number:03} " for number in range(len(slugs))
    ]
    return Listing("season list", [*(f"**{name[:2]} " for name in names), *titles])


async def fill_standings(world: World) -> Listing:
    mentions = await link_many(world)
    await world.run(world.server.manager, "season create", name="Winter")
    await world.run(world.server.manager, "season add", season="Winter", competition="titanic")
    return Listing("season standings", mentions)


async def fill_browse(world: World) -> Listing:
    for number in range(MANY):
        world.kaggle.listed[slug(number)] = CompetitionInfo(
            slug(number), START, "_Category_ " * 5, "*" * 100, 10**6, title=TITLE
        )
    slugs = [slug(number) for number in range(MANY)]
    return Listing(
        "competition browse",
        [f"/{name}/" for name in slugs],
        slugs,
        {"words": LONG[:40]},
        by_manager=True,
    )


async def fill_members(world: World) -> Listing:
    return Listing("leaderboard", await link_many(world), options={"members": True})


async def fill_roles(world: World) -> Listing:
    """Add one role for each criterion, which is the bound."""
    roles = [world.server.guild.create_role("r" * 100) for _ in RoleCriterion]
    for criterion, role in zip(RoleCriterion, roles, strict=True):
        await world.storage.roles.set_role(world.server.guild.id, criterion, role.id)
    return Listing("roles list", [role.mention for role in roles], by_manager=True)


async def fill_settings(world: World) -> Listing:
    """Use a channel for each running competition, which is the bound."""
    await follow_many(world)
    channels = [world.server.guild.create_text_channel("c" * 100) for _ in range(RUNNING)]
    for channel, name in zip(channels, (slug(number) for number in range(MANY)), strict=False):
        await execute(
            world.storage,
            "UPDATE follows SET channel_id = ? WHERE competition_id ="
            " (SELECT id FROM competitions WHERE slug = ?)",
            *(channel.id, name),
        )
        await world.storage.channels.set_mode(world.server.guild.id, channel.id, ChannelMode.BIG)
    await fill_roles(world)
    return Listing("settings", [channel.mention for channel in channels], by_manager=True)


async def fill_team_list(world: World) -> Listing:
    """Open a search for team mates of 100 members, with as much text as fits."""
    await link_many(world)
    await world.ask(world.server.ada, "link", username="ada")
    for number, link in enumerate(await world.storage.links.load_links(world.server.guild.id)):
        profile = TeammateProfile(f"{number:03} {'[*x*](y) ' * 22}"[:200], "*" * 60, "Asia/Tokyo")
        with suppress(SearchRefused):
            await world.storage.teammate_searches.save(
                link.guild_id, link.user_id, 1, profile, START
            )
    await world.restart()
    names = [f"> {number:03} " for number in range(MANY + 1)]
    return Listing("team list", names[1:])


async def fill_team_reports(world: World) -> Listing:
    mentions = await link_many(world)
    for number, mention in enumerate(mentions):
        await execute(
            world.storage,
            "INSERT INTO teammate_notes (guild_id, competition_id, sender_id, recipient_id,"
            " sentence, state, sent_at) VALUES (?, 1, ?, 1, ?, 'reported', ?)",
            *(world.server.guild.id, int(mention[2:-1]), f"{number:03} {'[*x*](y) ' * 22}"[:200]),
            AT,
        )
    return Listing("team reports", mentions, by_manager=True)


FILLS: Sequence[Callable[[World], Awaitable[Listing]]] = (
    fill_list,
    fill_status,
    fill_overview,
    fill_server_overview,
    fill_hall,
    fill_deadlines,
    fill_directory,
    fill_season_list,
    fill_standings,
    fill_browse,
    fill_members,
    fill_roles,
    fill_settings,
    fill_team_list,
    fill_team_reports,
)


@pytest.mark.parametrize("fill", FILLS, ids=lambda fill: fill.__name__)
async def test_every_entry_of_a_full_list_can_be_reached(
    world: World, fill: Callable[[World], Awaitable[Listing]]
) -> None:
    listing = await fill(world)
    actor = world.server.manager if listing.by_manager else world.server.ada
    texts, offered = [], []
    result = await world.run(actor, listing.command, **listing.options)
    while True:
        assert result.response is not None
        components = result.response.components
        texts.append(text_of(components))
        assert list(component_problems(components, v2=True)) == [], texts[-1]
        offered += list(find_values(components))
        if not can_turn(components):
            break
        result = await actor.click(result.response, label="▶")
    pages = "\n".join(texts)
    assert [entry for entry in listing.entries if entry not in pages] == []
    assert [value for value in listing.values if not any(value in one for one in offered)] == []


def find_values(components: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Find the custom ids and values of controls."""
    for component in walk_components(list(components)):
        yield component.get("custom_id", "")
        yield from (option["value"] for option in component.get("options", ()))


def can_turn(components: Sequence[dict[str, Any]]) -> bool:
    return any(
        component.get("label") == "▶" and not component.get("disabled")
        for component in walk_components(list(components))
    )


async def test_every_competition_can_be_chosen_by_what_is_typed(world: World) -> None:
    slugs = await follow_many(world)
    actor, channel = world.server.ada, world.server.channel
    for typed in ("", *slugs):
        choices = await actor.autocomplete(channel, "leaderboard", "competition", typed)
        assert list(choice_problems(choices)) == []
        assert typed in [choice["value"] for choice in choices] if typed else len(choices) == 25
