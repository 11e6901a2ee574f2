"""Scheduled Events of a server for the deadlines of what it follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import discord
import pytest
from simcord.backend.errors import BackendError
from simcord.backend.models import ScheduledEvent

from cogs.calendar.scheduled_event_service import ScheduledEventService
from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.world import START, Server, World, response_text

END = START + timedelta(days=60)
TITANIC = CompetitionInfo(
    "titanic",
    END,
    "Featured",
    title="Titanic - *ML*",
    merger_deadline=END - timedelta(days=7),
    entry_deadline=END - timedelta(days=7),
)
EVENT_PERMISSIONS = discord.Permissions(create_events=True, manage_events=True)
MISSING = (
    "I need *Create Events* and *Manage Events* for Scheduled Events: please give them to me in the"
    " server settings, under *Roles*."
)


async def press(world: World, *labels: str, server: Server | None = None) -> str:
    """Press buttons of the section on deadlines, one after the other; return what is shown."""
    manager = (server or world.server).manager
    result = await world.run(manager, "settings")
    assert result.response is not None
    result = await manager.select(result.response, ["deadlines"], custom_id="settings:section")
    for label in labels:
        assert result.response is not None
        result = await manager.click(result.response, label=label)
    await update(world)
    return response_text(result)


async def update(world: World) -> None:
    """Update the events now: SimCord does not wait for listeners."""
    await world.bot.services.get(ScheduledEventService).update()
    await world.env.settle()


async def follow(world: World, slug: str = "titanic", server: Server | None = None) -> None:
    world.serve(slug, SMALL)
    await world.follow(slug, server)
    await update(world)


async def move(world: World, info: CompetitionInfo) -> None:
    """Change the deadlines in Kaggle's list."""
    competition = await world.storage.competitions.find(info.slug)
    assert competition is not None
    await world.storage.deadlines.store_listed(competition.id, info, world.env.now())
    await update(world)


def events(world: World, server: Server | None = None) -> list[ScheduledEvent]:
    """Return the events of a server that have not ended, the next one first."""
    stored = world.env.backend.get_guild((server or world.server).guild.id).scheduled_events
    ahead = [event for event in stored.values() if event.status in {1, 2}]
    return sorted(ahead, key=lambda event: (ends(event), event.id))


def ends(event: ScheduledEvent) -> datetime:
    assert event.scheduled_end_time is not None
    return datetime.fromisoformat(event.scheduled_end_time)


def names(world: World, server: Server | None = None) -> list[str]:
    return [event.name for event in events(world, server)]


def edit(world: World, event: ScheduledEvent, **changes: Any) -> None:
    """Change an event as a member with *Manage Events* does."""
    world.env.backend.edit_scheduled_event(event.guild_id, event.id, changes)


def delete(world: World, event: ScheduledEvent) -> None:
    world.env.backend.delete_scheduled_event(event.guild_id, event.id)


def add_party(world: World, number: int = 0, server: Server | None = None) -> ScheduledEvent:
    """Create an event of a member."""
    guild = (server or world.server).guild
    return world.env.backend.create_scheduled_event(
        guild.id,
        name=f"Party {number}",
        entity_type=3,
        scheduled_start_time=(END + timedelta(days=1)).isoformat(),
        scheduled_end_time=(END + timedelta(days=2)).isoformat(),
        creator_id=world.server.ada.id,
        entity_metadata={"location": "The park"},
    )


def permit_events(world: World, *, allowed: bool) -> None:
    """Add the permissions for events to the bot's own role, or remove them."""
    backend, guild_id = world.env.backend, world.server.guild.id
    (role,) = (role for role in backend.get_guild(guild_id).roles.values() if role.managed)
    value = EVENT_PERMISSIONS.value
    permissions = role.permissions | value if allowed else role.permissions & ~value
    backend.edit_role(guild_id, role.id, {"permissions": permissions})


@contextmanager
def lost_answers(world: World) -> Iterator[None]:
    """Simulate that Discord creates events, and answers that it failed."""
    create = world.env.backend.create_scheduled_event

    def create_without_answer(*arguments: Any, **more: Any) -> ScheduledEvent:
        create(*arguments, **more)
        raise BackendError(503, 0, "no answer")

    with mock.patch.object(world.env.backend, "create_scheduled_event", create_without_answer):
        yield


async def test_deadlines_are_events_that_end_at_the_deadline(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await follow(world)
    assert events(world) == [], "off until a manager asks for it"
    text = await press(world, "Create Scheduled Events")
    assert "Deadlines are **Scheduled Events** of this server, which end at the deadline" in text
    merger, final = events(world)
    assert final.name == "Titanic - *ML*: final submission deadline"
    assert merger.name == "Titanic - *ML*: team merger deadline and entry deadline"
    assert final.entity_metadata == {"location": "https://www.kaggle.com/competitions/titanic"}
    assert final.entity_type == discord.EntityType.external.value
    assert datetime.fromisoformat(final.scheduled_start_time) == END - timedelta(hours=1)
    assert ends(final) == END
    assert ends(merger) == END - timedelta(days=7)
    *text_lines, _marker = (final.description or "").splitlines()
    assert text_lines == [
        "This event ends at the deadline. Submissions count until then.",
        "",
        "If the deadline moves, Podium moves this event, unless somebody edited or deleted it.",
    ]


async def test_deadline_of_the_server_is_an_event_there_only(world: World) -> None:
    elsewhere = world.add_server()
    for server in (world.server, elsewhere):
        await follow(world, server=server)
        await press(world, "Create Scheduled Events", server=server)
    await world.ask(
        world.server.manager,
        "competition deadline",
        kind="final",
        at="2026-02-03 12:00",
        competition="titanic",
    )
    await update(world)
    (event,) = events(world)
    assert "a manager of this server set it" in (event.description or "")
    assert ends(event) == START.replace(month=2, day=3, hour=12)
    assert events(world, elsewhere) == []
    await press(world, "Stop Scheduled Events", "Delete them")
    assert events(world) == []
    assert await wants_events(world, elsewhere)


async def wants_events(world: World, server: Server) -> bool:
    settings = await world.storage.guilds.load_settings(server.guild.id)
    return settings.scheduled_events


async def test_events_are_created_once(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    await follow(world)
    before = [event.id for event in events(world)]
    assert len(before) == 2
    await world.pass_time(minutes=15)
    await world.restart()
    await world.pass_time(minutes=15)
    assert [event.id for event in events(world)] == before


async def test_creation_without_an_answer_is_found_again(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    with lost_answers(world):
        await follow(world)
        assert len(events(world)) == 1
        status = await world.ask(world.server.ada, "status")
        assert "⚠️ The Scheduled Events are not up to date. Discord answered with an error" in status
    await world.restart()
    await world.pass_time(minutes=15)
    assert len(events(world)) == len(set(names(world))) == 2
    assert "Scheduled Events" not in await world.ask(world.server.ada, "status")


async def test_event_that_was_made_twice_is_removed(world: World) -> None:
    """discord.py sends a request again after a 502, whatever Discord has done with it."""
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    create = world.env.backend.create_scheduled_event

    def create_twice(*arguments: Any, **more: Any) -> ScheduledEvent:
        create(*arguments, **more)
        return create(*arguments, **more)

    with mock.patch.object(world.env.backend, "create_scheduled_event", create_twice):
        await follow(world)
    assert len(events(world)) == len(set(names(world))) == 2


async def test_event_moves_with_its_deadline_and_takes_the_own_name(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    await follow(world)
    _, before = events(world)
    moved = replace(TITANIC, deadline=END + timedelta(days=14))
    await move(world, moved)
    await world.ask(
        world.server.manager, "competition name", competition="titanic", name="Ships, 2nd\nround"
    )
    await update(world)
    merger, final = events(world)
    assert final.id == before.id
    assert final.name == "Ships, 2nd round: final submission deadline"
    assert ends(final) == END + timedelta(days=14)
    assert datetime.fromisoformat(final.scheduled_start_time) == ends(final) - timedelta(hours=1)
    assert ends(merger) == END - timedelta(days=7)


async def test_event_under_way_is_replaced_when_its_deadline_moves_away(world: World) -> None:
    world.sync_every(minutes=60)
    end = START + timedelta(hours=5)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", end, "Featured")
    await press(world, "Create Scheduled Events")
    await follow(world)
    (before,) = events(world)
    await world.pass_time(hours=4, minutes=30)
    assert before.status == 2
    await move(world, CompetitionInfo("titanic", end + timedelta(minutes=20), "Featured"))
    assert [(event.id, ends(event)) for event in events(world)] == [
        (before.id, end + timedelta(minutes=20))
    ]
    await move(world, CompetitionInfo("titanic", end + timedelta(days=3), "Featured"))
    (after,) = events(world)
    assert after.id != before.id
    assert (after.status, ends(after)) == (1, end + timedelta(days=3))


async def test_event_ends_with_its_deadline(world: World) -> None:
    world.sync_every(minutes=60)
    end = START + timedelta(hours=3)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", end, "Featured")
    await press(world, "Create Scheduled Events")
    await follow(world)
    (event,) = events(world)
    await world.pass_time(hours=4)
    assert event.status == 3
    assert events(world) == []
    assert await world.storage.scheduled_events.load_by_guild(world.server.guild.id) == []


async def test_deadline_within_the_hour_has_an_event_that_starts_soon(world: World) -> None:
    end = START + timedelta(minutes=30)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", end, "Featured")
    await press(world, "Create Scheduled Events")
    await follow(world)
    (event,) = events(world)
    starts = datetime.fromisoformat(event.scheduled_start_time)
    assert timedelta(0) < starts - world.env.now() <= timedelta(minutes=3)
    assert ends(event) == end


@pytest.mark.parametrize("change", [{"name": "Last chance!"}, {"description": "At Ada's"}])
async def test_event_that_somebody_changed_is_left_alone(
    world: World, change: dict[str, str]
) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", END, "Featured")
    await press(world, "Create Scheduled Events")
    await follow(world)
    (event,) = events(world)
    edit(world, event, **change)
    await move(world, CompetitionInfo("titanic", END + timedelta(days=1), "Featured"))
    assert [one.id for one in events(world)] == [event.id]
    assert ends(event) == END
    await press(world, "Stop Scheduled Events")
    assert [one.id for one in events(world)] == [event.id]
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    await update(world)
    assert [one.id for one in events(world)] == [event.id]


async def test_event_that_somebody_deleted_comes_again_only_when_asked(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", END, "Featured")
    await press(world, "Create Scheduled Events")
    await follow(world)
    delete(world, events(world)[0])
    for days in (1, 2):
        await move(world, CompetitionInfo("titanic", END + timedelta(days=days), "Featured"))
        assert events(world) == []
    await press(world, "Stop Scheduled Events")
    await press(world, "Create Scheduled Events")
    assert [ends(event) for event in events(world)] == [END + timedelta(days=2)]


@pytest.mark.parametrize("command", ["competition remove", "competition pause"])
async def test_events_of_what_is_not_followed_any_more_are_deleted(
    world: World, command: str
) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    await follow(world)
    party = add_party(world)
    assert len(events(world)) == 3
    await world.confirm(world.server.manager, command, competition="titanic")
    await update(world)
    assert events(world) == [party]


async def test_turning_off_asks_what_becomes_of_the_events(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    await follow(world)
    party = add_party(world)
    before = names(world)
    assert await press(world, "Stop Scheduled Events") == (
        "### ⏰ Delete the events too?\n"
        "This server has **2 Scheduled Events** that I created for deadlines. Events that stay are"
        " not moved when a deadline moves. Events that somebody changed are never deleted."
    )
    text = await press(world, "Stop Scheduled Events", "Go on with events")
    assert "Deadlines are **Scheduled Events**" in text
    text = await press(world, "Stop Scheduled Events", "Let them stay")
    assert "This server has no Scheduled Events for deadlines" in text
    await move(world, replace(TITANIC, deadline=END + timedelta(days=3)))
    assert names(world) == before
    assert END in map(ends, events(world))
    # They are known again, and not created a second time.
    await press(world, "Create Scheduled Events")
    assert sorted(names(world)) == sorted(before)
    assert END not in map(ends, events(world))
    await press(world, "Stop Scheduled Events", "Delete them")
    assert events(world) == [party]


async def test_next_deadlines_come_first_when_the_server_has_many_events(world: World) -> None:
    for number in range(98):
        add_party(world, number)
    await press(world, "Create Scheduled Events")
    for days, slug in ((30, "later"), (20, "soon"), (10, "next")):
        world.kaggle.listed[slug] = CompetitionInfo(slug, START + timedelta(days=days), "Featured")
        await follow(world, slug)
    assert [name for name in names(world) if "Party" not in name] == [
        "Next: final submission deadline",
        "Soon: final submission deadline",
    ]
    assert len(events(world)) == 100
    status = await world.ask(world.server.ada, "status")
    assert (
        "⚠️ Without a Scheduled Event: 1 deadline, because a server can have at most 100"
        " events. The next deadlines have one; the others follow when there is room."
    ) in status
    delete(world, events(world)[-1])
    world.sync_every(minutes=30)
    await world.pass_time(hours=1)
    assert "Later: final submission deadline" in names(world)
    assert len(events(world)) == 100
    assert "Without a Scheduled Event" not in await world.ask(world.server.ada, "status")


async def test_limit_that_counts_events_which_the_bot_does_not_see(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    too_many = "Maximum number of guild scheduled events reached (100)"
    world.env.inject_error(
        "POST", "/guilds/*/scheduled-events", status=400, code=30038, message=too_many, times=None
    )
    await follow(world)
    assert events(world) == []
    status = await world.ask(world.server.ada, "status")
    assert "⚠️ Without a Scheduled Event: 2 deadlines, because" in status
    world.env.backend.faults.clear()
    await world.pass_time(minutes=10)
    assert len(events(world)) == 2


async def test_missing_permission_is_told_and_noticed_when_given(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await follow(world)
    permit_events(world, allowed=False)
    assert await press(world, "Create Scheduled Events") == f"⚠️ {MISSING}"
    assert not await wants_events(world, world.server)
    assert "Scheduled Events" not in await world.ask(world.server.ada, "status")
    permit_events(world, allowed=True)
    await press(world, "Create Scheduled Events")
    permit_events(world, allowed=False)
    await move(world, replace(TITANIC, deadline=END + timedelta(days=3)))
    assert f"⚠️ {MISSING}" in await world.ask(world.server.ada, "status")
    assert ends(events(world)[1]) == END
    permit_events(world, allowed=True)
    await world.pass_time(minutes=10)
    assert ends(events(world)[1]) == END + timedelta(days=3)
    assert "Scheduled Events" not in await world.ask(world.server.ada, "status")


async def test_refusal_is_told_and_tried_again_later(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", END, "Featured")
    await press(world, "Create Scheduled Events")
    world.env.inject_error(
        "POST", "/guilds/*/scheduled-events", status=400, code=50035, message="Invalid *Form*"
    )
    await follow(world)
    status = await world.ask(world.server.ada, "status")
    assert (
        r"⚠️ The Scheduled Events are not up to date. Discord refused the change (Invalid \*Form\*)."
        " I will try again."
    ) in status
    world.sync_every(minutes=30)
    await world.pass_time(hours=1)
    assert len(events(world)) == 1


async def test_refused_event_keeps_back_no_other_and_can_be_turned_off(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    world.env.inject_error(
        "POST", "/guilds/*/scheduled-events", status=400, code=240000, message="Blocked"
    )
    await follow(world)
    assert names(world) == ["Titanic - *ML*: final submission deadline"]
    status = await world.ask(world.server.ada, "status")
    assert "Discord refused the change (Blocked). I will try again." in status
    await press(world, "Stop Scheduled Events", "Delete them")
    assert events(world) == []


async def test_events_are_deleted_once_the_permission_is_back(world: World) -> None:
    world.kaggle.listed["titanic"] = TITANIC
    await press(world, "Create Scheduled Events")
    await follow(world)
    permit_events(world, allowed=False)
    await press(world, "Stop Scheduled Events", "Delete them")
    assert len(events(world)) == 2
    assert f"⚠️ {MISSING}" in await world.ask(world.server.ada, "status")
    permit_events(world, allowed=True)
    await world.pass_time(minutes=10)
    assert events(world) == []
    assert "Scheduled Events" not in await world.ask(world.server.ada, "status")
