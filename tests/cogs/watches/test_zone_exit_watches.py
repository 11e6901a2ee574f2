"""`/watch forecast`: members are told when they are likely to leave their medal zone in a day."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.logs import TextFormatter
from cogs.announcements.screens.watch_message_screen import watch_message_text
from leaderboards.medals import MedalZone
from leaderboards.news.watches import Watch, WatchKind, WatchMessage, ZoneExit, ZoneExitEvent
from records.competitions import Competition
from tests.cogs.examples import crowd, take_rank
from tests.cogs.members.test_privacy import exported
from tests.cogs.steady_board import newcomers
from tests.cogs.watches.four_teams import remove_all
from tests.cogs.world import (
    START,
    Server,
    World,
    direct_messages,
    is_private,
    response_text,
    text_of,
)

pytestmark = pytest.mark.long

LEAVES = "it will likely leave 🥈 silver around <t:"


class GrowingBoard:
    """A board of 1,000 teams, on which silver ends at #50, with newcomers at its top."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.teams = crowd(1000)
        self.came = 0

    async def start(self, *, deadline_days: float = 30) -> None:
        self.world.sync_every(minutes=60)
        self.world.list_competition(deadline=START + timedelta(days=deadline_days))
        self.world.serve("titanic", self.teams)
        await self.world.follow()

    async def pass_hours(self, hours: int) -> None:
        for _ in range(hours):
            self.came += 1
            self.world.serve("titanic", [*newcomers(self.came), *self.teams])
            await self.world.pass_time(hours=1)

    async def submit(self, number: int, place: int) -> None:
        """Submit for a team, which moves among the first teams."""
        self.teams = take_rank(self.teams, number, place, self.world.env.now())


async def watch(world: World, server: Server, number: int) -> None:
    await world.ask(server.ada, "link", username=f"user{number}")
    await world.ask(server.ada, "watch forecast")


async def test_member_is_told_once_before_they_are_likely_to_leave_their_zone(
    world: World,
) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await world.ask(home.ada, "link", username="user30")
    answer = await world.run(home.ada, "watch forecast", competition="titanic")
    assert is_private(answer)
    assert "Likely to leave your medal zone within a day" in response_text(answer)
    assert "A forecast is no promise" in response_text(answer)
    assert "Many teams leave their zone without a message" in response_text(answer)
    await world.ask(home.bob, "link", username="user31")
    await board.pass_hours(11)
    # Less than twelve hours of boards are no forecast.
    assert direct_messages(home.ada) == []
    await board.pass_hours(5)
    (message,) = direct_messages(home.ada)
    assert "What you watch in Home" in message
    assert "**If your team submits nothing,** it will" in message
    assert LEAVES in message
    assert " in 24 h, likely #" in message
    assert direct_messages(home.bob) == direct_messages(home.manager) == []
    await board.pass_hours(6)
    assert len(direct_messages(home.ada)) == 1


async def test_danger_is_told_anew_after_a_submission_ended_it(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await watch(world, home, 30)
    await board.pass_hours(16)
    assert len(direct_messages(home.ada)) == 1
    await board.submit(30, place=9)
    await board.pass_hours(2)
    assert "likely leaves" not in await world.ask(home.ada, "rank")
    assert len(direct_messages(home.ada)) == 1
    await board.pass_hours(14)
    assert "likely leaves" in await world.ask(home.ada, "rank")
    (_, message) = direct_messages(home.ada)
    assert LEAVES in message


async def test_forecast_is_not_told_on_the_last_day(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start(deadline_days=1.4)
    await watch(world, home, 30)
    await board.pass_hours(18)
    assert direct_messages(home.ada) == []


async def test_forecast_waits_for_the_end_of_quiet_hours(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await watch(world, home, 25)
    hour = world.env.now().hour
    quiet = {"quiet_from": (hour + 10) % 24, "quiet_to": (hour + 19) % 24}
    await world.storage.guilds.change_settings(home.guild.id, **quiet)
    await board.pass_hours(18)
    assert "likely leaves 🥈 silver" in await world.ask(home.ada, "rank")
    assert direct_messages(home.ada) == []
    await board.pass_hours(3)
    assert len(direct_messages(home.ada)) == 1


async def test_restart_tells_no_forecast_twice(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await watch(world, home, 30)
    await board.pass_hours(16)
    assert len(direct_messages(home.ada)) == 1
    await world.restart()
    world.sync_every(minutes=60)
    await board.pass_hours(2)
    assert len(direct_messages(home.ada)) == 1


async def test_two_servers_are_apart(world: World) -> None:
    home, elsewhere, board = world.server, world.add_server(), GrowingBoard(world)
    await board.start()
    await world.follow(server=elsewhere)
    other = elsewhere.guild.add_member(home.ada.user)
    await world.ask(other, "link", username="user30")
    await watch(world, home, 31)
    assert "You watch nothing here" in await world.ask(other, "watch list")
    await board.pass_hours(16)
    (message,) = direct_messages(home.ada)
    assert "Home" in message
    assert "Elsewhere" not in message


async def test_closed_direct_messages_show_the_forecast_once_with_the_next_answer(
    world: World,
) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await watch(world, home, 30)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=1)
    await board.pass_hours(16)
    assert direct_messages(home.ada) == []
    result = await world.run(home.ada, "status")
    assert LEAVES in text_of(result.followups[-1].components)
    assert not (await world.run(home.ada, "status")).followups
    document = await exported(world, home.ada)
    assert [one["what"] for one in document["watches"]] == ["zone_exit"]


async def test_forecast_is_removed_with_a_press(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    await watch(world, home, 30)
    assert "You watch nothing here" in await remove_all(world, home.ada)
    await board.pass_hours(16)
    assert direct_messages(home.ada) == []


async def test_forecast_needs_a_link_and_counts_as_one_of_twenty(world: World) -> None:
    home, board = world.server, GrowingBoard(world)
    await board.start()
    assert "You haven't linked" in await world.ask(home.ada, "watch forecast")
    await watch(world, home, 30)
    assert "You watch that already" in await world.ask(home.ada, "watch forecast")
    (stored,) = await world.storage.watches.load(home.guild.id, home.ada.id)
    assert (stored.kind, stored.competition_id) == (WatchKind.ZONE_EXIT, None)
    for rank in range(1, 20):
        more = Watch(0, home.guild.id, home.ada.id, WatchKind.RANK, rank=rank)
        await world.storage.watches.add(more, START)
    assert "20 things" in await world.ask(home.ada, "watch medals")


async def test_failure_of_one_competition_keeps_back_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(TextFormatter())
    home, board = world.server, GrowingBoard(world)
    world.serve("broken", crowd(20))
    await world.follow("broken")
    await board.start()
    await watch(world, home, 30)
    broken = await world.storage.competitions.add_for_owner("broken")
    find_info = world.storage.boards.find_info

    async def fail(competition_id: int) -> object:
        if competition_id == broken.id:
            raise OSError("the disk is broken")
        return await find_info(competition_id)

    monkeypatch.setattr(world.storage.boards, "find_info", fail)
    world.expect(OSError)
    await board.pass_hours(16)
    assert len(direct_messages(home.ada)) == 1
    assert "The forecasts that members watch could not be made (broken)\n" in caplog.text


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "now **#48**, about #60 in 24 h, likely #55 to #66"),
        ({"low": 60, "high": 60}, "now **#48**, about #60 in 24 h"),
        (
            {"reaches_last_day": True},
            (
                "now **#48**, about #60 in 24 h, likely #55 to #66"
                " · can be worse: more teams submit on the last day"
            ),
        ),
        (
            {"at_deadline": True},
            "now **#48**, about #60 at the deadline (public board), likely #55 to #66",
        ),
        (
            {"at_deadline": True, "low": 60, "high": 60},
            "now **#48**, about #60 at the deadline (public board)",
        ),
    ],
)
def test_message_says_when_and_the_likely_ranks(changed: dict[str, Any], text: str) -> None:
    found = replace(ZoneExit(MedalZone.SILVER, 48, START, 60, 55, 66), **changed)
    competition = cast("Competition", SimpleNamespace(id=7, slug="titanic", name="Titanic"))
    message = WatchMessage((ZoneExitEvent(1, 7, found),))
    line = watch_message_text(message, "Home", {7: competition}).split("\n")[2]
    seconds = int(START.timestamp())
    when = f"<t:{seconds}:f>"
    assert line == (
        "🔮 **If your team submits nothing,** it will likely leave 🥈 silver around"
        f" {when} · {text}"
    )
