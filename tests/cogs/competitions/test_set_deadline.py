"""`/competition deadline`: the deadlines that managers set."""

from datetime import UTC, datetime, timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World


async def test_managers_set_the_deadlines_that_kaggle_does_not_list(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    other = world.add_server()
    await world.follow(server=other)
    manager = world.server.manager
    answer = await world.ask(manager, "competition deadline", kind="entry", at="2026-01-02")
    assert answer.startswith("The entry deadline of **Titanic** is <t:1767398340:f>")
    assert "That date is in the past" in await world.ask(
        manager, "competition deadline", kind="merger", at="2025-12-31"
    )
    assert "Give the time in UTC" in await world.ask(
        manager, "competition deadline", kind="merger", at="soon"
    )
    for unreal in ("2026-13-01", "2026-02-30", "2026-01-04 25:00"):
        answer = await world.ask(manager, "competition deadline", kind="merger", at=unreal)
        assert answer.startswith("⚠️ There is no such day or time"), unreal
    await world.ask(manager, "competition deadline", kind="merger", at="2026-01-04 12:00")
    listed = await world.ask(manager, "competition list")
    assert "entry deadline <t:1767398340:R> (set by a manager here)" in listed
    assert "team merger deadline <t:1767528000:R> (set by a manager here)" in listed
    assert "(set by a manager here)" not in await world.ask(other.manager, "competition list")
    ahead = await world.storage.deadlines.load_upcoming(
        world.server.guild.id, START, timedelta(days=7)
    )
    assert [(one.kind, one.at.isoformat()) for one in ahead] == [
        ("entry", "2026-01-02T23:59:00+00:00"),
        ("merger", "2026-01-04T12:00:00+00:00"),
    ]
    assert (
        await world.storage.deadlines.load_upcoming(other.guild.id, START, timedelta(days=7)) == []
    )
    assert "Removed the entry deadline of **Titanic**" in await world.confirm(
        manager, "competition deadline", kind="entry"
    )
    assert await world.storage.deadlines.queue_reminders(START + timedelta(days=3)) == 1
    world.allow_everyone("competition")
    refused = await world.ask(
        world.server.ada, "competition deadline", kind="entry", at="2027-01-01"
    )
    assert "need the permission *Manage Server*" in refused


@pytest.mark.parametrize(
    "at", ["0226-12-31", "9999-12-31", "<t:1767222>", "2010-01-01 00:00 +14:00"]
)
async def test_deadline_in_a_year_without_kaggle_is_refused_in_words(world: World, at: str) -> None:
    """A mistyped year would end a competition at once, and archive its board."""
    world.serve("titanic", SMALL)
    await world.follow()
    answer = await world.ask(world.server.manager, "competition deadline", kind="final", at=at)
    assert answer.endswith("is out of range. Give one from 2010 to 2100.")
    await world.pass_time(minutes=15)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    assert competition.ended_at is None


async def test_deadlines_of_kaggles_list_are_reminded_and_not_typed(world: World) -> None:
    world.serve("titanic", SMALL)
    at = START + timedelta(days=3)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic",
        START + timedelta(days=60),
        merger_deadline=at,
        entry_deadline=at + timedelta(hours=1),
    )
    await world.follow()
    manager = world.server.manager
    for kind, listed in (("merger", at), ("entry", at + timedelta(hours=1))):
        answer = await world.ask(manager, "competition deadline", kind=kind, at="2026-01-20 12:00")
        assert f"deadline of **Titanic**: <t:{listed.timestamp():.0f}:f>. Only" in answer
    ahead = await world.storage.deadlines.load_upcoming(
        world.server.guild.id, START, timedelta(days=7)
    )
    assert [(deadline.kind, deadline.at) for deadline in ahead] == [
        ("merger", at),
        ("entry", at + timedelta(hours=1)),
    ]
    assert await world.storage.deadlines.queue_reminders(at - timedelta(hours=20)) == 2


@pytest.mark.parametrize("is_listed", [True, False])
@pytest.mark.parametrize(("kind", "name"), [("entry", "entry"), ("merger", "team merger")])
async def test_deadline_after_the_final_one_is_refused(
    world: World, kind: str, name: str, is_listed: bool
) -> None:
    """It would be reminded of, if at all, when it is too late."""
    world.serve("titanic", SMALL)
    final = datetime(2026, 1, 20, 12, tzinfo=UTC)
    if is_listed:
        world.kaggle.listed["titanic"] = CompetitionInfo("titanic", final)
    await world.follow()
    manager = world.server.manager
    if not is_listed:
        await world.ask(manager, "competition deadline", kind="final", at="2026-01-20 12:00")
    answer = await world.ask(manager, "competition deadline", kind=kind, at="2026-01-20 12:01")
    assert answer == (
        f"⚠️ **Titanic** ends <t:{final.timestamp():.0f}:f>, so its {name} deadline cannot be later."
    )
    assert f"{name} deadline" not in await world.ask(manager, "deadlines")
    answer = await world.ask(manager, "competition deadline", kind=kind, at="2026-01-20 12:00")
    assert answer.startswith(f"The {name} deadline of **Titanic** is")


@pytest.mark.parametrize("is_listed", [False, True])
async def test_final_deadline_before_another_one_is_refused(world: World, is_listed: bool) -> None:
    world.serve("titanic", SMALL)
    merger = datetime(2026, 1, 20, 12, tzinfo=UTC)
    if is_listed:
        world.kaggle.listed["titanic"] = CompetitionInfo("titanic", None, merger_deadline=merger)
    await world.follow()
    manager = world.server.manager
    if not is_listed:
        await world.ask(manager, "competition deadline", kind="merger", at="2026-01-20 12:00")
    answer = await world.ask(manager, "competition deadline", kind="final", at="2026-01-20 11:59")
    assert answer == (
        f"⚠️ The team merger deadline of **Titanic** is <t:{merger.timestamp():.0f}:f>, so its"
        " final submission deadline cannot be earlier."
    )
    answer = await world.ask(manager, "competition deadline", kind="final", at="2026-01-20 12:00")
    assert answer.startswith("The final submission deadline of **Titanic** is")
