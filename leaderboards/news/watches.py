"""Watches: what a member asked to be told in direct messages, and what they are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self, assert_never

from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import is_moved
from leaderboards.news.items import NewsMessage

MAX_WATCHES = 20
"""Watches of one member in one server; the select of `/watch list` has room for 25."""


class WatchKind(StrEnum):
    """Kind of watch, by what it tells."""

    NEWS = "news"
    """`/watch news`: all news of the member's own team."""
    MEDAL_ZONE = "medal_zone"
    """`/watch medals`: the member's team enters or leaves a medal zone."""
    RANK = "rank"
    """`/watch rank`: the member's team reaches or leaves a rank."""
    RIVAL = "rival"
    """`/watch rival`: a rival passes the member's team."""
    LAST_DAY = "last_day"
    """`/watch deadline`: the last day of a competition begins."""
    ZONE_EXIT = "zone_exit"
    """`/watch forecast`: the member's team is likely to leave its medal zone within a day."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Request of one member of a server to be told of something, in one competition or in all."""

    id: int
    guild_id: int
    user_id: int
    kind: WatchKind
    competition_id: int | None = None
    """None: every competition that the server follows."""
    rank: int | None = None
    """For a watch of a rank: the worst rank that counts, such as 10 for the top 10."""
    rival_user_name: str | None = None
    """For a rival who is a Kaggle user: on each board the rival is this user's team."""
    rival_team_id: int | None = None
    """For a rival that is a team, in one competition; after a merger the team that continues it."""
    rival_name: str | None = None
    """That team's name when it was chosen or merged."""


@dataclass(frozen=True, slots=True)
class WatchBaseline:
    """State that a watch told last in a competition."""

    watch_id: int
    holds: bool
    """Whether the rank was reached, the rival ahead, or the zone likely to be left."""
    team_id: int
    told_at: datetime
    rival_team_id: int | None = None
    medal_zone: MedalZone | None = None
    """For a watch of a forecast: the zone that is likely to be left."""


@dataclass(frozen=True, slots=True)
class WatchState:
    """A watch in the competition whose board is stored."""

    watch: Watch
    competition_id: int
    rival_team_id: int | None
    """The rival's team on the new board; None if it is not there, or there is no rival."""
    baseline: WatchBaseline | None


@dataclass(frozen=True, slots=True)
class NewsEvent:
    """News of the member's team, as a channel gets it."""

    watch_id: int
    competition_id: int
    news: NewsMessage
    """With one item, which names no other member."""
    type: Literal["news"] = "news"


@dataclass(frozen=True, slots=True)
class RankEvent:
    """The member's team reached or left a rank."""

    watch_id: int
    competition_id: int
    limit: int
    rank: int
    rank_before: int | None
    """None if it was on no board before."""
    undo_only: bool = False
    """Whether the member is not told of it: it only removes the opposite event that still waits."""
    type: Literal["rank"] = "rank"

    @property
    def holds(self) -> bool:
        """Whether the rank is reached."""
        return self.rank <= self.limit


@dataclass(frozen=True, slots=True)
class RivalEvent:
    """A rival passed the member's team, or was passed by it."""

    watch_id: int
    competition_id: int
    rival_name: str
    rival_rank: int
    rank: int
    undo_only: bool = False
    """As in `RankEvent`."""
    type: Literal["rival"] = "rival"

    @property
    def holds(self) -> bool:
        """Whether the rival is ahead."""
        return self.rival_rank < self.rank


@dataclass(frozen=True, slots=True)
class ResultEvent:
    """The competition ended, and the member's team has a final rank."""

    watch_id: int
    competition_id: int
    team_name: str
    rank: int | None
    """None for a team that is not on the private board."""
    public_rank: int | None
    medal: MedalZone | None
    team_count: int
    is_correction: bool = False
    """Whether it was told before, with another rank or medal."""
    type: Literal["result"] = "result"


@dataclass(frozen=True, slots=True)
class LastDayEvent:
    """The last day of a competition has begun."""

    watch_id: int
    competition_id: int
    deadline: datetime
    type: Literal["last_day"] = "last_day"


@dataclass(frozen=True, slots=True)
class ZoneExit:
    """Time at which a team is likely to be below its medal zone if it submits nothing."""

    medal_zone: MedalZone
    rank: int
    """Now."""
    leaves_at: datetime
    rank_ahead: int
    """In a day, or at the deadline."""
    low: int
    """The best rank of the 80 % interval by then."""
    high: int
    """The worst one."""
    reaches_last_day: bool = False
    """Whether it can be worse, as some of the hours are in the last day before the deadline."""
    at_deadline: bool = False
    """Whether the deadline is less than a day away."""

    def export(self) -> dict[str, Any]:
        """Describe it as the file of `/privacy export` shows it."""
        return {
            "medal_zone": self.medal_zone,
            "rank": self.rank,
            "likely_leaves_at": self.leaves_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class ZoneExitEvent:
    """The member's team is likely to leave its medal zone within a day."""

    watch_id: int
    competition_id: int
    zone_exit: ZoneExit | None
    """None if it no longer is: the member is not told that, but what still waits is removed."""
    is_repeat: bool = False
    """Whether it was told before, so that it only replaces what still waits."""
    type: Literal["zone_exit"] = "zone_exit"


WatchEvent = NewsEvent | RankEvent | RivalEvent | ResultEvent | LastDayEvent | ZoneExitEvent


@dataclass(frozen=True, slots=True)
class WatchMessage:
    """All that the watches of a member have to tell since the last message."""

    events: tuple[WatchEvent, ...]
    type: Literal["watch"] = "watch"

    def add(self, events: Iterable[WatchEvent]) -> Self:
        """Return the message with more events; what they undo is taken out of it."""
        merged = {_key(event): event for event in self.events}
        for event in events:
            key = _key(event)
            waiting = merged.pop(key, None)
            left = _merge(waiting, event)
            if left is not None:
                merged[key] = left
        return replace(self, events=tuple(merged.values()))

    def transfer_events(self, removed: Watch, other: Watch) -> Self:
        """Return the message with the events of a removed watch as those of `other`.

        `other` asks for the same, perhaps in other competitions. It takes over the events in its
        competitions in which it has none of its own.
        """
        told = {_key(event) for event in self.events}
        moved = (
            replace(event, watch_id=other.id)
            if event.watch_id == removed.id
            and other.competition_id in {None, event.competition_id}
            and (event.type, other.id, event.competition_id) not in told
            else event
            for event in self.events
        )
        return replace(self, events=tuple(moved))

    def filter(
        self,
        watch_ids: Collection[int],
        final_deadlines: Mapping[int, datetime | None],
        now: datetime,
    ) -> Self | None:
        """Return what is still wanted and true; None if nothing is.

        `watch_ids` are the watches that still exist, `final_deadlines` those of the competitions
        that the server follows.
        """
        events = tuple(
            event
            for event in self.events
            if event.watch_id in watch_ids
            and event.competition_id in final_deadlines
            and _is_true(event, final_deadlines[event.competition_id], now)
        )
        return replace(self, events=events) if events else None

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {"what": "watches", "events": [_export(event) for event in self.events]}


def _is_true(event: WatchEvent, final_deadline: datetime | None, now: datetime) -> bool:
    """Return False for what was to come and has passed, or for a deadline that has moved."""
    if isinstance(event, ZoneExitEvent):
        return event.zone_exit is not None and now < event.zone_exit.leaves_at
    if not isinstance(event, LastDayEvent):
        return True
    is_known = final_deadline is not None and not is_moved(event.deadline, final_deadline)
    return is_known and now < event.deadline


def _key(event: WatchEvent) -> tuple[str, int, int]:
    return event.type, event.watch_id, event.competition_id


def _merge(waiting: WatchEvent | None, event: WatchEvent) -> WatchEvent | None:
    """Merge an event with one of the same watch that waits; None if nothing is left to tell."""
    match event:
        case NewsEvent():
            if not isinstance(waiting, NewsEvent):
                return event
            (news,) = NewsMessage.merge([waiting.news, event.news])
            return replace(event, news=news) if news.items else None
        case RankEvent() | RivalEvent():
            if isinstance(waiting, (RankEvent, RivalEvent)) and waiting.holds is not event.holds:
                return None
            return waiting if event.undo_only else event
        case ResultEvent() | LastDayEvent():
            return event
        case ZoneExitEvent():
            is_told = event.zone_exit is not None and (waiting is not None or not event.is_repeat)
            return event if is_told else None
        case _:
            assert_never(event)


def _export(event: WatchEvent) -> dict[str, Any]:
    match event:
        case NewsEvent():
            return {"watch": event.type, **event.news.export()}
        case RankEvent():
            return {"watch": event.type, "rank": event.rank, "rank_before": event.rank_before}
        case RivalEvent():
            return {"watch": event.type, "rival": event.rival_name, "rank": event.rank}
        case ResultEvent():
            return {"watch": event.type, "team_name": event.team_name, "final_rank": event.rank}
        case LastDayEvent():
            return {"watch": event.type, "deadline": event.deadline.isoformat()}
        case ZoneExitEvent():
            return {"watch": event.type, **(event.zone_exit.export() if event.zone_exit else {})}
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True)
class WatchDecision:
    """Events of a board that the members of one server are told."""

    events: Mapping[int, tuple[WatchEvent, ...]]
    """By Discord user id."""
    baselines: tuple[WatchBaseline, ...] = ()
    """Only those that changed or are new."""


NOTHING_WATCHED = WatchDecision({})
