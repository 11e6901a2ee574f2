"""Scheduled Events: which deadlines want one, and what is stored of those created."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.news.deadlines import DeadlineKind
from records.scheduled_events import StoredEvent
from storage.storage import Storage
from tests.storage.examples import MESSAGE, NOW

GUILD, ELSEWHERE = 1, 2
DAY = timedelta(days=1)
FINAL, MERGER, ENTRY = DeadlineKind.FINAL, DeadlineKind.MERGER, DeadlineKind.ENTRY


async def follow(
    storage: Storage,
    final: datetime | None = NOW + 30 * DAY,
    merger: datetime | None = None,
    entry: datetime | None = None,
    slug: str = "titanic",
) -> int:
    """Follow a competition in two servers, of which one wants events; return its id."""
    info = CompetitionInfo(slug, final, merger_deadline=merger, entry_deadline=entry)
    competition = await storage.competitions.add_info_for_owner(info)
    for guild_id in (GUILD, ELSEWHERE):
        assert await storage.guilds.follow(guild_id, competition.id, None, 7, NOW, MESSAGE)
    await storage.guilds.change_settings(GUILD, scheduled_events=True)
    return competition.id


async def wanted(storage: Storage) -> list[tuple[tuple[DeadlineKind, ...], datetime]]:
    """Return the kinds and times of the deadlines that want an event."""
    servers = await storage.scheduled_events.load_all(NOW)
    assert {server.guild_id for server in servers} <= {GUILD}
    return [(one.kinds, one.at) for server in servers for one in server.wanted]


async def test_deadlines_at_the_same_time_are_one_event(storage: Storage) -> None:
    early, late = NOW + 20 * DAY, NOW + 30 * DAY
    await follow(storage, late, early, early + timedelta(minutes=1))
    assert await wanted(storage) == [((MERGER, ENTRY), early), ((FINAL,), late)]


async def test_deadlines_that_the_server_set_count_where_kaggle_lists_none(
    storage: Storage,
) -> None:
    competition_id = await follow(storage)
    for guild_id, kind, days in ((GUILD, FINAL, 3), (GUILD, ENTRY, 4), (ELSEWHERE, MERGER, 5)):
        await storage.deadlines.set(guild_id, competition_id, kind, NOW + days * DAY)
    assert await wanted(storage) == [((ENTRY,), NOW + 4 * DAY), ((FINAL,), NOW + 30 * DAY)]
    (server,) = await storage.scheduled_events.load_all(NOW)
    assert [one.is_given for one in server.wanted] == [True, False]


@pytest.mark.parametrize("final", [NOW, NOW - DAY, NOW + 2000 * DAY, None])
async def test_deadlines_that_have_passed_or_are_years_ahead_want_none(
    storage: Storage, final: datetime | None
) -> None:
    await follow(storage, final)
    assert await wanted(storage) == []


async def test_paused_competitions_want_none(storage: Storage) -> None:
    await follow(storage)
    await storage.guilds.pause(GUILD, "titanic")
    assert await wanted(storage) == []
    await storage.guilds.resume(GUILD, "titanic")
    assert len(await wanted(storage)) == 1


async def test_events_of_a_server_that_the_bot_has_left_stay(storage: Storage) -> None:
    competition_id = await follow(storage)
    event = StoredEvent(GUILD, competition_id, FINAL, NOW + DAY, 50, "abc")
    assert await storage.scheduled_events.save(event)
    await storage.guilds.mark_left(GUILD, NOW)
    assert await storage.scheduled_events.load_all(NOW) == []
    await storage.guilds.mark_rejoined(GUILD)
    (server,) = await storage.scheduled_events.load_all(NOW)
    assert (len(server.wanted), server.stored) == (1, [event])


async def test_event_is_stored_until_its_deadline_and_only_where_events_are_on(
    storage: Storage,
) -> None:
    competition_id = await follow(storage)
    events = storage.scheduled_events
    event = StoredEvent(GUILD, competition_id, FINAL, NOW + DAY)
    assert await events.save(event)
    assert not await events.save(replace(event, guild_id=ELSEWHERE))
    seen = replace(event, event_id=50, fingerprint="abc")
    assert await events.save(seen)
    assert await events.load_by_guild(GUILD) == [seen]
    await events.delete_passed(NOW)
    assert await events.load_by_guild(GUILD) == [seen]
    await events.delete_passed(NOW + DAY)
    assert await events.load_by_guild(GUILD) == []


async def test_events_outlive_the_follow_until_they_are_removed(storage: Storage) -> None:
    competition_id = await follow(storage)
    event = StoredEvent(GUILD, competition_id, FINAL, NOW + DAY, 50, "abc")
    assert await storage.scheduled_events.save(event)
    await storage.guilds.unfollow(GUILD, "titanic", NOW)
    await storage.guilds.change_settings(GUILD, scheduled_events=False)
    (server,) = await storage.scheduled_events.load_all(NOW)
    assert (server.wanted, server.stored) == ([], [event])
    await storage.scheduled_events.delete(event)
    assert await storage.scheduled_events.load_all(NOW) == []


async def test_turning_off_keeps_nothing_stored_if_the_events_stay(storage: Storage) -> None:
    competition_id = await follow(storage)
    event = StoredEvent(GUILD, competition_id, FINAL, NOW + DAY, 50, "abc")
    left_alone = replace(event, kind=ENTRY, left_alone=True)
    events = storage.scheduled_events
    for one in (event, left_alone):
        assert await events.save(one)
    await events.delete_left_alone(GUILD)
    assert await events.load_by_guild(GUILD) == [event]
    await events.turn_off_and_keep(GUILD)
    assert await events.load_by_guild(GUILD) == []
    assert not (await storage.guilds.load_settings(GUILD)).scheduled_events


async def test_event_moves_with_a_renamed_competition(storage: Storage) -> None:
    old = await follow(storage)
    new = await follow(storage, slug="titanic-2")
    await storage.guilds.unfollow(GUILD, "titanic-2", NOW)
    event = StoredEvent(GUILD, old, FINAL, NOW + DAY, 50, "abc")
    assert await storage.scheduled_events.save(event)
    kept = await storage.competition_renames.rename(old, "titanic-2", NOW)
    assert kept in {old, new}
    assert await storage.scheduled_events.load_by_guild(GUILD) == [
        replace(event, competition_id=kept)
    ]
