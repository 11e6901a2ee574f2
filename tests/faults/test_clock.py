"""Faults of the clock of the machine under the bot."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from records.competitions import Competition
from storage.boards.competitions import Competitions
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, build_zip
from tests.faults.machine import Observe


class MachineClock:
    """This machine's clock, which may be set; time itself, Discord's and Kaggle's, goes on."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real_now = world.env.now
        self.wrong_by = timedelta(0)
        monkeypatch.setattr(world.env, "now", lambda: self.real_now() + self.wrong_by)

    def board(self, *, teams: int) -> bytes:
        return build_zip("titanic", crowd(teams), at=self.real_now())


@pytest.mark.parametrize(
    ("fault", "jump"),
    [
        ("clock set back by a minute", timedelta(minutes=-1)),
        ("clock set back by a day", timedelta(days=-1)),
        ("clock set back by five years", timedelta(days=-5 * 365)),
        ("clock set forward by an hour", timedelta(hours=1)),
        ("clock set forward by five years", timedelta(days=5 * 365)),
    ],
)
async def test_rounds_continue_after_the_clock_jumps(
    fault: str, jump: timedelta, world: World, monkeypatch: pytest.MonkeyPatch, observe: Observe
) -> None:
    rounds: list[datetime] = []
    load_due = Competitions.load_due

    async def counted(self: Competitions, now: datetime) -> list[Competition]:
        rounds.append(now)
        return await load_due(self, now)

    monkeypatch.setattr(Competitions, "load_due", counted)
    clock = MachineClock(world, monkeypatch)
    world.sync_every(minutes=15)
    world.kaggle.boards["titanic"] = clock.board(teams=20)
    await world.follow()
    await world.pass_time(minutes=50)
    for wrong_by in (jump, timedelta(0)):  # And set right again.
        clock.wrong_by = wrong_by
        world.kaggle.downloads.clear()
        rounds.clear()
        await world.pass_time(hours=2)
        assert 7 <= len(world.kaggle.downloads) <= 9
        assert 7 <= len(rounds) <= 10
        teams = 21 if wrong_by else 22
        world.kaggle.boards["titanic"] = clock.board(teams=teams)
        await world.pass_time(minutes=20)
        assert f"{teams} teams" in await world.ask(world.server.ada, "leaderboard")
    assert "All is well" in await world.ask(world.server.ada, "status")
    observe(fault, "one sync at each interval, no pause and no burst; new boards are taken in")


async def test_failing_competition_is_retried_after_the_clock_jumps(
    world: World, monkeypatch: pytest.MonkeyPatch, observe: Observe
) -> None:
    clock = MachineClock(world, monkeypatch)
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = OSError("a fault")
    await world.pass_time(hours=3)
    for wrong_by in (timedelta(days=-1), timedelta(days=1)):
        clock.wrong_by = wrong_by
        world.kaggle.downloads.clear()
        await world.pass_time(hours=6)
        assert 3 <= len(world.kaggle.downloads) <= 5, "tried at once, then every two hours"
    world.kaggle.boards["titanic"] = build_zip("titanic", SMALL, at=clock.real_now())
    await world.pass_time(hours=2, minutes=30)
    assert "All is well" in await world.ask(world.server.ada, "status")
    observe("clock jumps during a back-off", "tried at once, then the back-off goes on")
