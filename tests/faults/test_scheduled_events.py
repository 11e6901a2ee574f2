"""Faults of Discord: every Scheduled Event is created once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from cogs.calendar.scheduled_event_service import ScheduledEventService
from leaderboards.competition_info import CompetitionInfo
from tests.faults.channels import Channels, open_channels
from tests.wire.control.client import Wire
from tests.wire.http import faults
from tests.wire.http.faults import Fault
from tests.wire.state.scheduled_events import SCHEDULED_EVENTS

ONE = f"{SCHEDULED_EVENTS}/{{guild_scheduled_event_id}}"
AHEAD = timedelta(days=30)
WEEK = timedelta(days=7)


@pytest.fixture
async def channels(wire: Wire, tmp_path: Path) -> AsyncIterator[Channels]:
    async with open_channels(wire, tmp_path) as channels:
        storage, now = channels.storage, channels.clock.now()
        info = CompetitionInfo(
            "titanic", now + AHEAD, title="Titanic", merger_deadline=now + AHEAD - WEEK
        )
        competition = await storage.competitions.add_info_for_owner(info)
        await storage.guilds.follow(channels.guild.id, competition.id, None, 1, now, None)
        await storage.guilds.change_settings(channels.guild.id, scheduled_events=True)
        yield channels


async def update(channels: Channels) -> None:
    await channels.bot.services.get(ScheduledEventService).update()


async def move(channels: Channels, ahead: timedelta) -> None:
    """Change the final deadline in Kaggle's list."""
    storage, now = channels.storage, channels.clock.now()
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    await storage.deadlines.store_listed(
        competition.id, CompetitionInfo("titanic", now + ahead), now
    )
    await update(channels)


async def names(channels: Channels) -> Counter[str]:
    listed = await channels.wire.scheduled_events(channels.guild.id)
    return Counter(event["name"] for event in listed)


BOTH = Counter(["Titanic: final submission deadline", "Titanic: team merger deadline"])


async def test_events_are_created_changed_and_deleted(channels: Channels) -> None:
    await update(channels)
    assert await names(channels) == BOTH
    await move(channels, AHEAD + WEEK)
    assert await names(channels) == BOTH
    await channels.storage.guilds.unfollow(channels.guild.id, "titanic", channels.clock.now())
    await update(channels)
    assert await names(channels) == Counter()
    asked = [*await channels.wire.requests(route=SCHEDULED_EVENTS)]
    asked += await channels.wire.requests(route=ONE)
    assert Counter(request.method for request in asked if request.method != "GET") == {
        "POST": 2,
        "PATCH": 1,
        "DELETE": 2,
    }


async def test_event_under_way_is_ended_when_its_deadline_moves_away(channels: Channels) -> None:
    await move(channels, timedelta(hours=3))
    await channels.advance(timedelta(hours=2, minutes=30))
    await move(channels, AHEAD)
    assert await names(channels) == BOTH
    ended = [one for one in await channels.wire.requests(route=ONE) if one.method == "PATCH"]
    assert [one.body for one in ended] == [{"status": 3}]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.rate_limit(0.3, route=SCHEDULED_EVENTS, method="POST"), id="429"),
        pytest.param(
            faults.server_error(502, "after", route=SCHEDULED_EVENTS, method="POST"),
            id="502 after the event was made",
        ),
        pytest.param(
            faults.server_error(503, "after", route=SCHEDULED_EVENTS, method="POST"),
            id="503 after the event was made",
        ),
        pytest.param(
            faults.cut_before(route=SCHEDULED_EVENTS, method="POST"), id="connection broken before"
        ),
        pytest.param(
            faults.cut_after(route=SCHEDULED_EVENTS, method="POST"),
            id="connection broken after the event was made",
        ),
        pytest.param(faults.cut_inside(route=SCHEDULED_EVENTS, method="POST"), id="answer cut off"),
        pytest.param(
            faults.server_error(503, route=SCHEDULED_EVENTS, method="GET", skip=1),
            id="the list fails after the events were made",
        ),
    ],
)
async def test_events_are_created_once_despite_faults(channels: Channels, fault: Fault) -> None:
    await channels.wire.fault(fault)
    for _ in range(2):
        await update(channels)
        await channels.advance(timedelta(minutes=2))
    assert await names(channels) == BOTH
    stored = await channels.storage.scheduled_events.load_by_guild(channels.guild.id)
    assert all(event.event_id and not event.left_alone for event in stored)


@pytest.mark.parametrize("kind", [faults.cut_before, faults.cut_after])
async def test_event_moves_despite_a_lost_answer(channels: Channels, kind: object) -> None:
    await update(channels)
    assert callable(kind)
    await channels.wire.fault(kind(route=ONE, method="PATCH"))
    await move(channels, AHEAD + WEEK)
    await channels.advance(timedelta(minutes=2))
    await update(channels)
    listed = await channels.wire.scheduled_events(channels.guild.id)
    (final,) = (event for event in listed if "final" in event["name"])
    (row,) = (
        row
        for row in await channels.storage.scheduled_events.load_by_guild(channels.guild.id)
        if row.kind == "final"
    )
    assert final["scheduled_end_time"] == row.at.isoformat()
    assert not row.left_alone


async def test_missing_permission_is_told(channels: Channels) -> None:
    refusal = faults.refusal(50013, method="POST", route=SCHEDULED_EVENTS)
    await channels.wire.fault(refusal)
    await update(channels)
    assert "Discord refused the change (Missing Permissions). I will try again." in (
        await channels.status()
    )
    await channels.advance(timedelta(hours=1))
    await update(channels)
    assert await names(channels) == BOTH
    assert "Discord refused the change" not in await channels.status()
