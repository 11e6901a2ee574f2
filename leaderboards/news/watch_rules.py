"""Watch rules: decide what the watches of a server's members tell of a sync, or of a forecast.

Own news and medal zones are told as in the server's channel, whatever its mode: they are the items
of `decide_news`. A rank or a rival is compared with what the watch told last, or else with the last
board; a team that is on a board for the first time reaches every watched rank that it arrives
within. What no submission caused is told again only after the cooldown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from leaderboards.board import Entry
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.news.follower import Follower
from leaderboards.news.items import Item, NewsMessage, Reason
from leaderboards.news.messages import Finisher
from leaderboards.news.schedules import is_cooldown_over
from leaderboards.news.watches import (
    NOTHING_WATCHED,
    NewsEvent,
    RankEvent,
    ResultEvent,
    RivalEvent,
    WatchBaseline,
    WatchDecision,
    WatchEvent,
    WatchKind,
    WatchState,
    ZoneExit,
    ZoneExitEvent,
)

_MEDAL_KINDS = (WatchKind.MEDAL_ZONE, WatchKind.ZONE_EXIT)
"""Watches that also tell the medal when the competition has ended."""


def decide_watches(
    changes: BoardDiff, follower: Follower, items: Mapping[int, Item], now: datetime
) -> WatchDecision:
    """Decide what members are told of a board; `items` are all news of teams, by team id.

    They are told nothing of the first board, and nothing with `follower.skip_next_news`: the stored
    board is then too old to compare with.
    """
    if not follower.watches or changes.old is None or follower.skip_next_news:
        return NOTHING_WATCHED
    return _Watches(changes, follower, items, now).decide()


def decide_watched_results(
    follower: Follower,
    find_result: Callable[[str], Finisher | None],
    team_count: int,
    *,
    medals: bool,
    is_correction: bool = False,
) -> WatchDecision:
    """Decide who is told their final rank, once each: those who watch their own news or medal zone.

    `find_result` returns the result of a Kaggle user; None if there is nothing to tell. `medals` is
    whether the competition awards them.
    """
    kinds = {WatchKind.NEWS, *(_MEDAL_KINDS if medals else ())}
    names = {link.user_id: link.user_name for link in follower.links}
    events: dict[int, tuple[WatchEvent, ...]] = {}
    for state in follower.watches:
        watch = state.watch
        name = names.get(watch.user_id)
        if watch.kind not in kinds or watch.user_id in events or name is None:
            continue
        team = find_result(name)
        if team is not None:
            events[watch.user_id] = (
                ResultEvent(
                    watch.id,
                    state.competition_id,
                    team.team_name,
                    team.rank,
                    team.public_rank,
                    team.medal,
                    team_count,
                    is_correction,
                ),
            )
    return WatchDecision(events)


def decide_zone_exits(
    watches: Iterable[tuple[WatchState, int]], exits: Mapping[int, ZoneExit], now: datetime
) -> dict[int, WatchDecision]:
    """Decide by server who is told that their team is likely to leave its medal zone.

    Each watch comes with its member's team; `exits` are by team id. A member is told again if the
    danger was over in between, or if the team is in another zone, but only after the cooldown.
    What still waits until then about the zone before is removed.
    """
    events: defaultdict[int, dict[int, tuple[WatchEvent, ...]]] = defaultdict(dict)
    baselines: defaultdict[int, list[WatchBaseline]] = defaultdict(list)
    for state, team_id in watches:
        watch, found, baseline = state.watch, exits.get(team_id), state.baseline
        if baseline is not None and baseline.team_id != team_id:
            baseline = None
        told_zone = baseline.medal_zone if baseline is not None and baseline.holds else None
        if found is None:
            if baseline is None or told_zone is None:
                continue
            baselines[watch.guild_id].append(replace(baseline, holds=False))
        elif found.medal_zone is not told_zone:
            if is_cooldown_over(baseline.told_at if baseline is not None else None, now):
                baselines[watch.guild_id].append(
                    WatchBaseline(watch.id, True, team_id, now, medal_zone=found.medal_zone)
                )
            else:
                found = None  # What still waits is about another zone.
        is_repeat = found is not None and found.medal_zone is told_zone
        event = ZoneExitEvent(watch.id, state.competition_id, found, is_repeat)
        # A watch of one competition and one of all may ask for the same.
        events[watch.guild_id].setdefault(watch.user_id, (event,))
    return {
        guild_id: WatchDecision(told, tuple(baselines[guild_id]))
        for guild_id, told in events.items()
    }


class _Watches:
    """The watches of one server's members on a new board."""

    def __init__(
        self, changes: BoardDiff, follower: Follower, items: Mapping[int, Item], now: datetime
    ) -> None:
        self._changes = changes
        self._follower = follower
        self._items = items
        self._now = now
        self._moves: dict[int, _Move | None] = {}
        self._baselines: list[WatchBaseline] = []

    def decide(self) -> WatchDecision:
        teams = {
            link.user_id: link.team_id for link in self._follower.links if link.team_id is not None
        }
        news_watchers = {
            state.watch.user_id
            for state in self._follower.watches
            if state.watch.kind is WatchKind.NEWS
        }
        events: defaultdict[int, list[WatchEvent]] = defaultdict(list)
        decided: set[tuple[object, ...]] = set()
        for state in self._follower.watches:
            watch = state.watch
            team_id = teams.get(watch.user_id)
            # A watch of one competition and one of all may ask for the same.
            key = (watch.user_id, watch.kind, watch.rank, state.rival_team_id)
            if team_id is None or key in decided:
                continue
            decided.add(key)
            match watch.kind:
                case WatchKind.NEWS:
                    event = self._tell_news(state, team_id)
                case WatchKind.MEDAL_ZONE if watch.user_id in news_watchers:
                    event = None
                case WatchKind.MEDAL_ZONE:
                    event = self._tell_medal_zone(state, team_id)
                case WatchKind.RANK:
                    event = self._tell_rank(state, team_id)
                case WatchKind.RIVAL:
                    event = self._tell_rival(state, team_id)
                case WatchKind.LAST_DAY | WatchKind.ZONE_EXIT:
                    event = None
                case _:
                    assert_never(watch.kind)
            if event is not None:
                events[watch.user_id].append(event)
        return WatchDecision(
            {user_id: tuple(told) for user_id, told in events.items()}, tuple(self._baselines)
        )

    def _tell_news(self, state: WatchState, team_id: int) -> WatchEvent | None:
        item = self._items.get(team_id)
        return None if item is None else self._build_news(state, item)

    def _tell_medal_zone(self, state: WatchState, team_id: int) -> WatchEvent | None:
        item = self._items.get(team_id)
        if item is None:
            return None
        reason = Reason.ZONE
        if reason not in item.reasons:
            # A team that is new on the board had no zone before: that is no `ZONE`.
            reason = Reason.ARRIVAL
            if reason not in item.reasons or item.medal_zone is None:
                return None
        shown = replace(item, reasons=(reason,), passed=(), milestones=(), teammates=())
        return self._build_news(state, shown)

    def _build_news(self, state: WatchState, item: Item) -> WatchEvent | None:
        """Build the news of an item without other members: teams that it passed keep their name."""
        new = self._changes.new
        if new.taken_at is None:
            return None
        own = replace(
            item,
            user_ids=(state.watch.user_id,),
            mention_ids=(),
            passed=tuple(replace(team, user_ids=()) for team in item.passed),
        )
        news = NewsMessage(
            slug=new.slug or "",
            taken_at=new.taken_at,
            team_count=len(new.teams),
            items=(own,),
            more=0,
            rescored_at=self._follower.rescored_at,
        )
        return NewsEvent(state.watch.id, state.competition_id, news)

    def _tell_rank(self, state: WatchState, team_id: int) -> WatchEvent | None:
        limit, own = state.watch.rank, self._find(team_id)
        if limit is None:
            return None
        if own is None:
            return self._tell_arrival(state, team_id, limit)
        baseline = self._find_baseline(state, own)
        held = baseline.holds if baseline is not None else own.before.rank <= limit
        holds = own.after.rank <= limit
        if held is holds:
            return None
        is_told = own.submitted or self._may_tell_again(baseline)
        if is_told:
            self._baselines.append(WatchBaseline(state.watch.id, holds, team_id, self._now))
        return RankEvent(
            state.watch.id,
            state.competition_id,
            limit,
            own.after.rank,
            own.before.rank,
            undo_only=not is_told,
        )

    def _tell_arrival(self, state: WatchState, team_id: int, limit: int) -> WatchEvent | None:
        """Return that a team is on a board for the first time, within the rank.

        One that is back has no `ARRIVAL`, nor has one that merged.
        """
        item = self._items.get(team_id)
        if item is None or Reason.ARRIVAL not in item.reasons or item.rank > limit:
            return None
        self._baselines.append(WatchBaseline(state.watch.id, True, team_id, self._now))
        return RankEvent(state.watch.id, state.competition_id, limit, item.rank, rank_before=None)

    def _tell_rival(self, state: WatchState, team_id: int) -> WatchEvent | None:
        """Return that a rival passed the team; if the team passed it, that undoes what waits."""
        own = self._find(team_id)
        rival = None if state.rival_team_id is None else self._find(state.rival_team_id)
        if own is None or rival is None or state.rival_team_id == team_id:
            return None
        baseline = self._find_baseline(state, own, rival)
        held = baseline.holds if baseline is not None else rival.before.rank < own.before.rank
        holds = rival.after.rank < own.after.rank
        if held is holds:
            return None
        is_told = holds and (own.submitted or rival.submitted or self._may_tell_again(baseline))
        if is_told:
            self._baselines.append(
                WatchBaseline(
                    state.watch.id, holds, team_id, self._now, rival_team_id=state.rival_team_id
                )
            )
        elif baseline is not None and not holds:
            self._baselines.append(replace(baseline, holds=holds))
        return RivalEvent(
            state.watch.id,
            state.competition_id,
            rival.after.team_name,
            rival.after.rank,
            own.after.rank,
            undo_only=not is_told,
        )

    def _may_tell_again(self, baseline: WatchBaseline | None) -> bool:
        return is_cooldown_over(baseline.told_at if baseline is not None else None, self._now)

    def _find(self, team_id: int) -> _Move | None:
        """Return where a team was and is; None if it is not on both boards.

        A team that continues another one was at the place that it took over.
        """
        if team_id not in self._moves:
            change = self._changes.find_change(team_id)
            self._moves[team_id] = (
                None
                if change is None or change.before is None or change.after is None
                else _Move(change.before, change.after, change.submitted)
            )
        return self._moves[team_id]

    def _find_baseline(
        self, state: WatchState, own: _Move, rival: _Move | None = None
    ) -> WatchBaseline | None:
        """Return what the watch told last; None if that was of other teams."""
        baseline = state.baseline
        if baseline is None or baseline.team_id not in own.team_ids:
            return None
        if rival is not None and baseline.rival_team_id not in rival.team_ids:
            return None
        return baseline


@dataclass(frozen=True, slots=True)
class _Move:
    """A team on the last board and on this one."""

    before: Entry
    after: Entry
    submitted: bool

    @property
    def team_ids(self) -> tuple[int, int]:
        return self.before.team_id, self.after.team_id
