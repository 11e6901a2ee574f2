"""Reminders of deadlines, and the deadlines that managers set."""

from datetime import timedelta

from leaderboards.kaggle.cli_output import CompetitionInfo
from leaderboards.news.channel_mode import ChannelMode
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, announced

END = START + timedelta(hours=24, minutes=8)


async def test_reminder_is_sent_once_to_every_server_that_wants_it(world: World) -> None:
    world.serve("titanic", SMALL)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", deadline=END)
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
    assert "titanic](https://www.kaggle.com/competitions/titanic/leaderboard) ends <t:" in reminder
    assert "one of you is on the board" in reminder
    assert len(announced(world, silent)) == len(announced(world, quiet)) == 1

    assert await storage.deadlines.queue_reminders(END - timedelta(minutes=59)) == 2
    assert await storage.deadlines.queue_reminders(END - timedelta(minutes=50)) == 0
    await storage.competitions.add("titanic", deadline=END + timedelta(days=7))
    assert await storage.deadlines.queue_reminders(END) == 2
    assert await storage.deadlines.queue_reminders(END + timedelta(days=8)) == 0
    row = await storage.outbox.find_next(world.server.channel.id)
    assert row is not None
    assert row.kind == "reminder"


async def test_managers_set_the_deadlines_that_kaggle_does_not_list(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    other = world.add_server()
    await world.follow(server=other)
    manager = world.server.manager
    answer = await world.ask(manager, "competition deadline", kind="entry", at="2026-01-02")
    assert answer.startswith("The entry deadline of **titanic** is <t:1767398340:f>")
    assert "is over" in await world.ask(
        manager, "competition deadline", kind="merger", at="2025-12-31"
    )
    assert "Give the time in UTC" in await world.ask(
        manager, "competition deadline", kind="merger", at="soon"
    )
    await world.ask(manager, "competition deadline", kind="merger", at="2026-01-04 12:00")
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
    assert "no entry deadline" in await world.ask(manager, "competition deadline", kind="entry")
    assert await world.storage.deadlines.queue_reminders(START + timedelta(days=3)) == 1
    world.allow_everyone("competition")
    refused = await world.ask(
        world.server.ada, "competition deadline", kind="entry", at="2027-01-01"
    )
    assert "for those who may manage the server" in refused
