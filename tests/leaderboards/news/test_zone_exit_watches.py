"""What watches of forecasts tell: that a team is likely to leave its medal zone, once a danger."""

from dataclasses import replace
from datetime import timedelta

from leaderboards.medals import MedalZone
from leaderboards.news.watch_rules import decide_zone_exits
from leaderboards.news.watches import (
    Watch,
    WatchBaseline,
    WatchKind,
    WatchMessage,
    WatchState,
    ZoneExit,
    ZoneExitEvent,
)
from tests.leaderboards.boards import START

HOME, ADA, TITANIC, TEAM = 1, 10, 7, 5
WATCH = Watch(3, HOME, ADA, WatchKind.ZONE_EXIT)
SILVER = ZoneExit(MedalZone.SILVER, 48, START + timedelta(hours=9), 60, 55, 66)
BRONZE = replace(SILVER, medal_zone=MedalZone.BRONZE)


class Forecasts:
    """Forecasts of a team that a member watches; what they tell waits."""

    def __init__(self, *watches: Watch) -> None:
        self.watches = watches or (WATCH,)
        self.now = START
        self.team_id = TEAM
        self.known: dict[int, WatchBaseline] = {}
        self.waiting = WatchMessage(())

    def look(self, found: ZoneExit | None, hours: float = 1) -> None:
        """Advance the time, and apply a new forecast."""
        self.now += timedelta(hours=hours)
        states = [
            (WatchState(watch, TITANIC, None, self.known.get(watch.id)), self.team_id)
            for watch in self.watches
        ]
        exits = {} if found is None else {self.team_id: found}
        for decision in decide_zone_exits(states, exits, self.now).values():
            self.known |= {one.watch_id: one for one in decision.baselines}
            self.waiting = self.waiting.add(decision.events[ADA])

    def watch(self, found: ZoneExit | None, hours: float = 1) -> list[ZoneExit | None]:
        """Apply a new forecast; return what is told of it."""
        self.look(found, hours)
        events, self.waiting = self.waiting.events, WatchMessage(())
        return [event.zone_exit for event in events if isinstance(event, ZoneExitEvent)]


def test_danger_is_told_once() -> None:
    forecasts = Forecasts()
    assert forecasts.watch(None) == []
    assert forecasts.watch(SILVER) == [SILVER]
    assert forecasts.watch(SILVER) == []
    assert forecasts.watch(replace(SILVER, rank=49), hours=30) == []


def test_danger_is_told_again_after_it_was_over() -> None:
    forecasts = Forecasts()
    assert forecasts.watch(SILVER) == [SILVER]
    assert forecasts.watch(None) == []
    assert forecasts.watch(SILVER, hours=7) == [SILVER]


def test_forecast_at_the_border_is_not_told_at_every_look() -> None:
    forecasts = Forecasts()
    told = [forecasts.watch(None if hour % 2 else SILVER) for hour in range(24)]
    assert sum(map(len, told)) == 4


def test_next_zone_is_a_danger_of_its_own() -> None:
    forecasts = Forecasts()
    assert forecasts.watch(SILVER) == [SILVER]
    assert forecasts.watch(BRONZE, hours=9) == [BRONZE]
    assert forecasts.watch(BRONZE) == []


def test_other_team_of_the_member_is_told_anew() -> None:
    forecasts = Forecasts()
    assert forecasts.watch(SILVER) == [SILVER]
    forecasts.team_id = 30
    assert forecasts.watch(SILVER) == [SILVER]
    assert forecasts.watch(SILVER) == []


def test_watches_that_ask_for_the_same_tell_it_once() -> None:
    forecasts = Forecasts(WATCH, replace(WATCH, id=4, competition_id=TITANIC))
    assert forecasts.watch(SILVER) == [SILVER]
    assert forecasts.watch(SILVER) == []
    # When one is removed, the other goes on.
    forecasts.watches = forecasts.watches[1:]
    assert forecasts.watch(SILVER, hours=7) == []


def test_what_waits_is_the_newest_forecast() -> None:
    forecasts = Forecasts()
    forecasts.look(SILVER)
    later = replace(SILVER, leaves_at=SILVER.leaves_at + timedelta(hours=4))
    assert forecasts.watch(later) == [later]


def test_danger_that_is_over_while_it_waits_is_taken_back() -> None:
    forecasts = Forecasts()
    forecasts.look(SILVER)
    assert forecasts.watch(None) == []


def test_what_waits_of_another_zone_than_that_of_the_team_is_taken_back() -> None:
    forecasts = Forecasts()
    forecasts.look(SILVER)
    assert forecasts.watch(BRONZE) == []
    assert forecasts.watch(BRONZE, hours=7) == [BRONZE]


def test_zone_that_was_to_be_left_by_now_is_not_told() -> None:
    message = WatchMessage((ZoneExitEvent(WATCH.id, TITANIC, SILVER),))
    assert message.filter({WATCH.id}, {TITANIC: None}, START) == message
    assert message.filter({WATCH.id}, {TITANIC: None}, SILVER.leaves_at) is None
    assert message.filter(set(), {TITANIC: None}, START) is None
