"""Reminders of deadlines, and announcements of those that moved."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import TimedOut
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.digest import DigestKind, DigestMessage, UpcomingDeadline
from records.outbox import Announcement
from storage.news import outbox
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, announced

END = START + timedelta(hours=24, minutes=8)


async def test_deadline_that_moved_is_announced_instead_of_its_reminder(world: World) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    world.list_competition(deadline=END)
    silent, digests = world.add_server("Silent"), world.add_server("Digests")
    for server in (world.server, silent, digests):
        await world.follow(server=server)
    await world.storage.guilds.change_settings(silent.guild.id, announce=False)
    await world.storage.channels.set_mode(digests.guild.id, digests.channel.id, ChannelMode.DIGEST)

    # It moves unseen before the reminder of a day ahead is due.
    later = END + timedelta(days=7)
    world.list_competition(deadline=later)
    await world.pass_time(minutes=40)
    await world.restart()
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    (moved,) = announced(world)[1:]
    times = (f"<t:{at.timestamp():.0f}:f>" for at in (END, later))
    assert "Final submission deadline: moved from {} to {}".format(*times) in moved
    assert f"<t:{later.timestamp():.0f}:R>" in moved
    assert len(announced(world, silent)) == len(announced(world, digests)) == 1

    # Its reminders follow it, each once; a minute's change is no other deadline.
    world.sync_every(minutes=120)
    world.list_competition(deadline=later + timedelta(seconds=59))
    await world.pass_time(hours=22)
    world.sync_every(minutes=60)
    world.list_competition(deadline=later)
    await world.pass_time(hours=3)
    (reminder,) = announced(world)[2:]
    assert "⏰" in reminder
    assert "could not be read" not in reminder


async def test_merger_and_entry_deadlines_that_moved_are_announced_with_the_final_one(
    world: World,
) -> None:
    """An extension moves all three: one message names each, and reminders follow."""
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    merger, entry, end = (END + timedelta(days=days) for days in (1, 2, 9))
    old = CompetitionInfo("titanic", end, merger_deadline=merger, entry_deadline=entry)
    world.kaggle.listed["titanic"] = old
    no_reminders = world.add_server("Without reminders")
    for server in (world.server, no_reminders):
        await world.follow(server=server)
    await world.storage.guilds.change_settings(
        no_reminders.guild.id, remind_week=False, remind_day=False, remind_hour=False
    )
    week = timedelta(days=7)
    extended = replace(
        old, deadline=end + week, merger_deadline=merger + week, entry_deadline=entry + week
    )
    world.kaggle.listed["titanic"] = extended
    await refresh(world)
    await world.wait_until_delivered()
    (all_moved,) = announced(world)[1:]
    assert all_moved.startswith("### 📅")
    assert "3 deadlines moved" in all_moved.split("\n")[0]
    lines = [
        f"{name}: moved from {date(before)} to {date(before + week)}, {relative(before + week)}"
        for name, before in (
            ("Final submission deadline", end),
            ("Entry deadline", entry),
            ("Team merger deadline", merger),
        )
    ]
    assert all_moved.split("\n")[1:] == lines
    # Who wants no reminders is told of the end only.
    (final_moved,) = announced(world, no_reminders)[1:]
    assert final_moved.split("\n")[1:] == lines[:1]

    # A minute is no other deadline; one that moved alone is told alone, to whom reminders go.
    world.kaggle.listed["titanic"] = replace(
        extended, merger_deadline=merger + week + timedelta(minutes=1)
    )
    await refresh(world)
    await world.wait_until_delivered()
    assert len(announced(world)) == 2
    earlier = merger + week - timedelta(days=3)
    world.kaggle.listed["titanic"] = replace(extended, merger_deadline=earlier)
    await refresh(world)
    await world.wait_until_delivered()
    (alone,) = announced(world)[2:]
    moved = f"Team merger deadline: moved from {date(merger + week, minutes=1)} to"
    assert moved in alone
    assert f"{date(earlier)}, {relative(earlier)}" in alone
    assert len(announced(world, no_reminders)) == 2

    # Its reminders are those of the new time: a day before, when the entry closes in a week.
    storage = world.storage
    assert await storage.deadlines.queue_reminders(merger - timedelta(hours=1)) == 0
    assert await storage.deadlines.queue_reminders(earlier - timedelta(hours=23)) == 2


async def test_merger_deadline_is_read_again_before_its_reminder(world: World) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    info = CompetitionInfo("titanic", START + timedelta(days=60), merger_deadline=END)
    world.kaggle.listed["titanic"] = info
    await world.follow()
    world.kaggle.listed["titanic"] = replace(info, merger_deadline=END + timedelta(days=7))
    await world.pass_time(minutes=40)
    (moved,) = announced(world)[1:]
    assert "📅" in moved
    assert "⏰" not in moved


async def test_merger_deadline_that_moved_into_the_past_is_not_announced(world: World) -> None:
    world.serve("titanic", SMALL)
    info = CompetitionInfo("titanic", START + timedelta(days=60), merger_deadline=END)
    world.kaggle.listed["titanic"] = info
    await world.follow()
    world.kaggle.listed["titanic"] = replace(info, merger_deadline=START - timedelta(days=1))
    await refresh(world)
    await world.wait_until_delivered()
    assert len(announced(world)) == 1


def date(at: datetime, minutes: int = 0) -> str:
    return f"<t:{(at + timedelta(minutes=minutes)).timestamp():.0f}:f>"


def relative(at: datetime) -> str:
    return f"<t:{at.timestamp():.0f}:R>"


async def refresh(world: World) -> None:
    """Read Kaggle's list again, and send what that announces."""
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    await world.sync_service.refresh_info(competition)
    await world.pass_time(minutes=1)


async def test_deadline_that_moved_near_counts_as_reminded(world: World) -> None:
    world.serve("titanic", SMALL)
    world.list_competition(deadline=START + timedelta(days=30))
    await world.follow()
    at = START + timedelta(hours=20)
    world.list_competition(deadline=at)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    await world.sync_service.refresh_info(competition)
    await world.wait_until_delivered()
    assert ["📅" in text for text in announced(world)] == [False, True]
    assert await world.storage.deadlines.queue_reminders(at - timedelta(minutes=59)) == 1


async def test_reminder_says_when_the_list_could_not_be_read(world: World) -> None:
    world.serve("titanic", SMALL)
    world.list_competition(deadline=END)
    await world.follow()
    world.kaggle.listed["titanic"] = TimedOut("Kaggle did not answer.")
    await world.pass_time(minutes=20)
    (reminder,) = announced(world)[1:]
    assert "⏰" in reminder
    assert "Kaggle's list could not be read just before this" in reminder


async def test_bug_while_one_deadline_is_read_again_stops_no_reminder(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug in ("digits", "titanic"):
        world.serve(slug, SMALL)
        world.list_competition(slug, END)
        await world.follow(slug)

    async def broken(_slug: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(world.kaggle, "find_competition", broken)
    await world.pass_time(minutes=20)
    reminders = "\n".join(announced(world)[2:])
    assert "digits" in reminders
    assert "titanic" in reminders


async def test_list_is_read_hourly_in_the_last_two_days(world: World) -> None:
    world.sync_every(minutes=15)
    world.serve("titanic", SMALL)
    world.list_competition(deadline=START + timedelta(hours=50))
    await world.follow()
    await world.pass_time(hours=1, minutes=40)
    assert len(world.kaggle.lookups) == 1
    await world.pass_time(hours=5)
    assert 5 <= len(world.kaggle.lookups) <= 6


async def test_move_in_quiet_hours_is_announced_afterwards_unless_it_was_undone(
    world: World,
) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    end = START + timedelta(days=20)
    world.list_competition(deadline=end)
    other = world.add_server()
    for server in (world.server, other):
        await world.follow(server=server)
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=0, quiet_to=4)
    for days in (5, 0):
        world.list_competition(deadline=end + timedelta(days=days))
        competition = await world.storage.competitions.find("titanic")
        assert competition is not None
        await world.sync_service.refresh_info(competition)
    await world.pass_time(hours=5)
    assert len(announced(world)) == 1
    assert len(announced(world, other)) == 3


async def test_reminder_is_sent_once_to_every_server_that_wants_it(world: World) -> None:
    world.serve("titanic", SMALL)
    world.list_competition(deadline=END)
    silent, quiet = world.add_server("Silent"), world.add_server("Quiet")
    for server in (world.server, silent, quiet):
        await world.follow(server=server)
        await world.run(server.ada, "link", username="bob")
    storage = world.storage
    await storage.guilds.change_settings(silent.guild.id, remind_day=False)
    await storage.channels.set_mode(quiet.guild.id, quiet.channel.id, ChannelMode.DIGEST)
    await world.pass_time(minutes=20)
    await world.restart()
    await world.pass_time(minutes=10)
    reminder = announced(world)[-1]
    assert len(announced(world)) == 2
    head, facts = reminder.split("\n")
    assert head.startswith("### ⏰ Final submission deadline of [Titanic](https://www.kaggle.com/")
    # Without a verb: whoever reads it after the deadline is not told that it "ends".
    assert "end" not in reminder.replace("/leaderboard", "")
    assert facts.startswith("<t:")
    assert "one of you is on the board" in reminder
    assert len(announced(world, silent)) == len(announced(world, quiet)) == 1

    assert await storage.deadlines.queue_reminders(END - timedelta(minutes=59)) == 2
    assert await storage.deadlines.queue_reminders(END - timedelta(minutes=50)) == 0
    await storage.competitions.add_info_for_owner(
        CompetitionInfo("titanic", END + timedelta(days=7))
    )
    assert await storage.deadlines.queue_reminders(END) == 2
    assert await storage.deadlines.queue_reminders(END + timedelta(days=8)) == 0
    row = await storage.outbox.find_next(world.server.channel.id)
    assert row is not None
    assert row.kind == "reminder"


@pytest.mark.parametrize("event", ["reminder", "move", "move of a deadline that was reminded of"])
async def test_closed_channel_is_later_told_nothing_that_is_no_longer_true(
    world: World, event: str
) -> None:
    """Less than a day later too, when waiting messages are not merged yet."""
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    far, soon = START + timedelta(days=30), START + timedelta(hours=3)
    world.list_competition(deadline=far if event == "move" else soon)
    await world.follow()
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    if event == "move":
        world.list_competition(deadline=soon)
        await refresh(world)
    await world.pass_time(hours=2, minutes=20)
    assert await world.storage.outbox.count_waiting() == (2 if event == "move" else 1)
    if event.startswith("move of"):
        world.list_competition(deadline=far)
        await refresh(world)
    else:
        await world.pass_time(hours=1)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    told = announced(world)[1:]
    assert ["📅" in text for text in told] == ([True] if event.startswith("move of") else [])
    assert "⏰" not in "".join(told)
    assert await world.storage.outbox.count_waiting() == 0


@pytest.mark.parametrize("days", [14, 0, -30])
async def test_moves_that_wait_for_a_closed_channel_become_one(world: World, days: int) -> None:
    world.serve("titanic", SMALL)
    world.sync_every(minutes=30)
    end = START + timedelta(days=20)
    world.list_competition(deadline=end)
    await world.follow()
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    for moved_by in (7, days):
        world.list_competition(deadline=end + timedelta(days=moved_by))
        await refresh(world)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    told = announced(world)[1:]
    assert len(told) == (1 if days > 0 else 0), "a move that was undone, or into the past, is none"
    if days > 0:
        times = (date(end), date(end + timedelta(days=days)))
        assert "Final submission deadline: moved from {} to {}".format(*times) in told[0]


async def test_move_that_waits_is_kept_if_another_deadline_moves_that_is_not_announced(
    world: World,
) -> None:
    world.serve("titanic", SMALL)
    world.sync_every(minutes=30)
    end = START + timedelta(days=20)
    old = CompetitionInfo("titanic", end, merger_deadline=END)
    world.kaggle.listed["titanic"] = old
    await world.follow()
    await world.storage.guilds.change_settings(
        world.server.guild.id, remind_week=False, remind_day=False, remind_hour=False
    )
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    moved = replace(old, deadline=end + timedelta(days=7))
    for info in (moved, replace(moved, merger_deadline=END + timedelta(days=7))):
        world.kaggle.listed["titanic"] = info
        await refresh(world)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    (told,) = announced(world)[1:]
    assert (
        f"Final submission deadline: moved from {date(end)} to {date(end + timedelta(days=7))}"
        in told
    )


async def test_reminder_that_waits_is_not_sent_after_a_manager_changed_its_deadline(
    world: World,
) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    servers = (world.server, world.add_server())
    for server in servers:
        await world.follow(server=server)
        at = f"{START + timedelta(hours=3):%Y-%m-%d %H:%M}"
        await world.ask(server.manager, "competition deadline", kind="entry", at=at)
        post = f"/channels/{server.channel.id}/messages"
        world.env.inject_error("POST", post, status=403, code=50013, times=None)
    await world.pass_time(hours=2, minutes=20)
    later = "2026-02-01"
    await world.ask(world.server.manager, "competition deadline", kind="entry", at=later)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    assert [len(announced(world, server)) for server in servers] == [1, 2]


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(days=2)])
async def test_digest_that_is_sent_late_names_no_deadline_that_has_passed(
    world: World, late: timedelta
) -> None:
    world.sync_every(minutes=240)
    world.serve("titanic", SMALL)
    server = world.server
    await world.follow()
    digest = DigestMessage(
        DigestKind.DAILY,
        START - timedelta(days=1),
        START,
        (),
        (
            UpcomingDeadline("titanic", DeadlineKind.ENTRY, START + timedelta(minutes=30)),
            UpcomingDeadline("titanic", DeadlineKind.FINAL, START + timedelta(days=7)),
        ),
    )
    post = f"/channels/{server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    async with world.storage.database.write() as connection:
        await outbox.add(
            connection, Announcement(server.guild.id, server.channel.id, None, digest), START
        )
    await world.pass_time(seconds=late.total_seconds())
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    (told,) = announced(world)[1:]
    assert "Final submission deadline of" in told
    assert "Entry deadline" not in told
