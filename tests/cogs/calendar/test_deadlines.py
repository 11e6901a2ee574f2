"""`/deadlines`: what is ahead, and the calendar file below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import simcord
from icalendar import Calendar, Event

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.options.test_visibility import brought_along
from tests.cogs.world import START, Server, World, is_private, response_text
from tests.wire.http.limits import component_problems

END = START + timedelta(days=60)
TITANIC = CompetitionInfo(
    "titanic",
    END,
    "Featured",
    title="Titanic - *ML*",
    merger_deadline=END - timedelta(days=7),
    entry_deadline=END - timedelta(days=8),
)
NOTHING_FOLLOWED = (
    "⚠️ This server follows no competition yet. A manager can add one with `/competition add`."
)
NOTHING_AHEAD = (
    "⚠️ No deadline is ahead in the competitions that this server follows. A manager can follow more"
    " with `/competition add`, or set a deadline that Kaggle does not list with"
    " `/competition deadline`."
)


FOOT = (
    "-# Open the file to add the deadlines to your calendar. If a deadline changes, use"
    " `/deadlines` again and open the new file: it corrects your calendar."
)


def link_to(slug: str, title: str) -> str:
    return f"**[{title}](https://www.kaggle.com/competitions/{slug}/leaderboard)**"


def times(at: datetime) -> str:
    return f"<t:{at.timestamp():.0f}:f> · <t:{at.timestamp():.0f}:R>"


async def events(result: simcord.InteractionResult) -> dict[str, Event]:
    """Return the events of the attached calendar file by their UID."""
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    (file,) = message.attachments
    assert file.filename == "kaggle-deadlines.ics"
    assert any(
        component.get("file", {}).get("url", "").endswith("kaggle-deadlines.ics")
        for component in message.components
    ), "without the component Discord does not show the file"
    return {event.uid: event for event in Calendar.from_ical(await file.read()).events}


async def give(world: World, kind: str, at: str, slug: str, server: Server | None = None) -> None:
    """Set a deadline that Kaggle does not list."""
    manager = (server or world.server).manager
    answer = await world.ask(manager, "competition deadline", kind=kind, at=at, competition=slug)
    assert answer.startswith("The "), answer


async def follow(world: World, slug: str, server: Server | None = None) -> None:
    world.serve(slug, SMALL)
    await world.follow(slug, server)


async def test_deadlines_of_all_running_competitions_soonest_first(world: World) -> None:
    assert await world.ask(world.server.ada, "deadlines") == NOTHING_FOLLOWED
    world.kaggle.listed["titanic"] = TITANIC
    for slug in ("titanic", "digits", "spaceship"):
        await follow(world, slug)
    await give(world, "final", "2026-02-24 12:00", "digits")
    await world.ask(world.server.manager, "competition pause", competition="digits")
    result = await world.run(world.server.ada, "deadlines")
    assert not is_private(result)
    titanic, digits = link_to("titanic", r"Titanic - \*ML\*"), link_to("digits", "Digits")
    given = START.replace(month=2, day=24, hour=12)
    assert response_text(result).splitlines() == [
        "## 📅 Deadlines ahead",
        "-# 4 deadlines · 2 competitions",
        titanic,
        f"-# Entry deadline: {times(END - timedelta(days=8))}",
        titanic,
        f"-# Team merger deadline: {times(END - timedelta(days=7))}",
        digits,
        f"-# Final submission deadline: {times(given)} · ⏸️ paused · set by a manager here",
        titanic,
        f"-# Final submission deadline: {times(END)}",
        FOOT,
    ]
    found = await events(result)
    assert {uid: event.start for uid, event in found.items()} == {
        "titanic.entry@podium": END - timedelta(days=8),
        "titanic.merger@podium": END - timedelta(days=7),
        f"digits.final.{world.server.guild.id}@podium": given,
        "titanic.final@podium": END,
    }
    assert (
        str(found["titanic.final@podium"].get("summary"))
        == "Titanic - *ML*: final submission deadline"
    )


async def test_passed_deadlines_and_ended_competitions_are_left_out(world: World) -> None:
    world.sync_every(minutes=30)
    world.kaggle.listed["titanic"] = replace(TITANIC, deadline=START + timedelta(hours=1))
    entry = START + timedelta(hours=1)
    world.kaggle.listed["digits"] = CompetitionInfo("digits", END, entry_deadline=entry)
    await follow(world, "titanic")
    await world.pass_time(hours=2)
    # Its merger deadline is ahead in Kaggle's list, but it has ended.
    assert await world.ask(world.server.ada, "deadlines") == NOTHING_AHEAD
    await follow(world, "digits")
    result = await world.run(world.server.ada, "deadlines")
    assert "-# 1 deadline · 1 competition\n" in response_text(result)
    assert [*(await events(result))] == ["digits.final@podium"]
    answer = await world.ask(world.server.ada, "deadlines", competition="titanic")
    assert answer == (r"⚠️ **Titanic - \*ML\*** ended <t:1767229200:R>: no deadline of it is ahead.")


async def test_one_competition_can_be_asked_for(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    for slug in ("titanic", "digits"):
        await follow(world, slug)
    await give(world, "entry", "2026-02-01", "digits")
    assert "digits" in await world.autocomplete(
        world.server.ada, "deadlines", "competition", "digi"
    )
    result = await world.run(world.server.ada, "deadlines", competition="digits")
    assert "-# 1 deadline · 1 competition\n" in response_text(result)
    assert len(await events(result)) == 1
    await world.confirm(
        world.server.manager, "competition deadline", kind="entry", competition="digits"
    )
    assert await world.ask(world.server.ada, "deadlines", competition="digits") == (
        "⚠️ No deadline of **Digits** is ahead. A manager can set one that Kaggle does not list with"
        " `/competition deadline`."
    )
    answer = await world.ask(world.server.ada, "deadlines", competition="house-prices")
    assert "This server does not follow **house-prices**" in answer


async def test_moved_deadline_keeps_its_event_and_the_own_name_shows(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await follow(world, "titanic")
    before = await events(await world.run(world.server.ada, "deadlines"))
    moved = replace(TITANIC, deadline=END + timedelta(days=14))
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    await world.pass_time(minutes=2)
    await world.storage.deadlines.store_listed(competition.id, moved, world.env.now())
    await world.ask(
        world.server.manager, "competition name", competition="titanic", name="Ships, 2nd\nround"
    )
    after = await events(await world.run(world.server.ada, "deadlines"))
    assert [*after] == [*before], "the same UIDs in the same order"
    end = after["titanic.final@podium"]
    assert end.start == END + timedelta(days=14)
    assert end.sequence > before["titanic.final@podium"].sequence
    assert str(end.get("summary")) == "Ships, 2nd round: final submission deadline"


async def test_given_deadline_that_moved_keeps_its_event(world: World) -> None:
    await follow(world, "titanic")
    uid = f"titanic.final.{world.server.guild.id}@podium"
    for day in (3, 4):
        await give(world, "final", f"2026-02-0{day} 00:00", "titanic")
        found = await events(await world.run(world.server.ada, "deadlines"))
        assert {one: event.start.day for one, event in found.items()} == {uid: day}


async def test_deadline_that_one_server_set_shows_in_no_other(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    for server in (home, elsewhere):
        await follow(world, "titanic", server)
    await give(world, "final", "2026-02-03 00:00", "titanic", home)
    assert await world.ask(elsewhere.ada, "deadlines") == NOTHING_AHEAD
    await give(world, "entry", "2026-02-01 00:00", "titanic", elsewhere)
    for server, kind in ((home, "final"), (elsewhere, "entry")):
        result = await world.run(server.ada, "deadlines")
        assert [*(await events(result))] == [f"titanic.{kind}.{server.guild.id}@podium"]
        assert response_text(result).count("set by a manager here") == 1
        assert "set in" not in response_text(result)


async def test_direct_messages_show_the_deadlines_of_the_linked_servers(world: World) -> None:
    home, elsewhere, third = world.server, world.add_server("Else_where"), world.add_server("3rd")
    ada = home.ada.user
    assert "There is no board to show you here yet" in response_text(await ada.slash("deadlines"))
    world.kaggle.listed["titanic"] = replace(TITANIC, entry_deadline=None)
    for number, server in enumerate((home, elsewhere, third), 1):
        await follow(world, "titanic", server)
        await give(world, "entry", f"2026-02-0{number} 00:00", "titanic", server)
    await world.ask(home.ada, "link", username="ada")
    guest = elsewhere.guild.add_member(ada)
    await guest.slash(elsewhere.channel, "link", username="ada")
    third.guild.add_member(ada)
    await follow(world, "secret", third)
    await world.ask(home.manager, "competition pause", competition="titanic")
    await world.ask(home.manager, "competition name", competition="titanic", name="Our secret name")

    result = await ada.slash("deadlines")
    titanic = link_to("titanic", r"Titanic - \*ML\*")
    assert not is_private(result)
    assert response_text(result).splitlines()[1:-1] == [
        "-# 4 deadlines · 1 competition",
        titanic,
        # It is paused there, but not in the other server, which has Kaggle's deadlines too.
        f"-# Entry deadline: {times(START.replace(month=2, day=1))} · ⏸️ paused · set in Home",
        titanic,
        f"-# Entry deadline: {times(START.replace(month=2, day=2))} · set in Else\\_where",
        titanic,
        f"-# Team merger deadline: {times(END - timedelta(days=7))}",
        titanic,
        f"-# Final submission deadline: {times(END)}",
    ]
    assert {*(await events(result))} == {
        f"titanic.entry.{home.guild.id}@podium",
        f"titanic.entry.{elsewhere.guild.id}@podium",
        "titanic.merger@podium",
        "titanic.final@podium",
    }
    answer = response_text(await ada.slash("deadlines", competition="secret"))
    assert "None of the servers in which you are linked follows **secret**" in answer
    with brought_along(ada):
        result = await ada.slash("deadlines")
        assert is_private(result)
        assert "set in Home" in response_text(result)


async def test_direct_messages_say_that_nothing_is_ahead(world: World) -> None:
    await follow(world, "titanic")
    await world.ask(world.server.ada, "link", username="ada")
    answer = response_text(await world.server.ada.user.slash("deadlines"))
    assert answer.startswith("⚠️ No deadline is ahead in the competitions that your servers follow.")


async def test_long_list_has_pages_and_the_file_has_all(world: World) -> None:
    storage, guild_id = world.storage, world.server.guild.id
    for number in range(25):
        slug, at = f"{number:02}-{'long-' * 18}name", END + timedelta(days=number)
        info = CompetitionInfo(slug, at, title="*" * 200, merger_deadline=at)
        competition = await storage.competitions.add_info_for_owner(info)
        await storage.guilds.follow(guild_id, competition.id, None, 1, START, None)
    ada, bob = world.server.ada, world.server.bob
    result = await world.run(ada, "deadlines")
    assert "-# 50 deadlines · 25 competitions\n" in response_text(result)
    for page in range(2, 6):
        message = result.response
        assert message is not None
        assert list(component_problems(message.components, v2=True)) == []
        result = await ada.click(message, label="▶")
        assert f"-# Page {page} of " in response_text(result)
        assert len(await events(result)) == 50
    # What others press does not change what ada reads.
    assert result.response is not None
    theirs = await bob.click(result.response, label="◀")
    assert is_private(theirs)
    assert "-# Page 4 of " in response_text(theirs)


async def test_page_of_a_competition_that_is_no_longer_followed(world: World) -> None:
    """In direct messages one competition can have many deadlines, set in as many servers."""
    ada = world.server.ada.user
    servers = [world.server, *(world.add_server(f"Server {number}") for number in range(11))]
    world.serve("titanic", SMALL)
    competition = await world.storage.competitions.add_for_owner("titanic")
    await world.storage.competitions.add_for_owner("digits")
    for number, server in enumerate(servers):
        if number:
            server.guild.add_member(ada)
        guild_id = server.guild.id
        await world.storage.guilds.follow(guild_id, competition.id, None, 1, START, None)
        await world.storage.links.link(guild_id, ada.id, "ada", ada.id, START)
        await give(world, "entry", f"2026-02-{number + 1:02} 00:00", "titanic", server)
    result = await ada.slash("deadlines", competition="titanic")
    assert "-# 12 deadlines · 1 competition\n" in response_text(result)
    assert result.response is not None
    second = await ada.click(result.response, label="▶")
    assert "-# Page 2 of 2" in response_text(second)
    for server in servers:
        await world.confirm(server.manager, "competition remove", competition="titanic")
    await follow(world, "digits")
    gone = await ada.click(result.response, label="◀")
    assert "None of your servers follows this competition any more." in response_text(gone)
