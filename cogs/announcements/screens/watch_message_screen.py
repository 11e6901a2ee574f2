"""The direct message of what a member watches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from cogs.announcements.screens.news_screen import own_news_item_text
from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import join_lines
from cogs.framework.texts import REACHES_LAST_DAY_TEXT
from leaderboards.news.watches import (
    LastDayEvent,
    NewsEvent,
    RankEvent,
    ResultEvent,
    RivalEvent,
    WatchEvent,
    WatchMessage,
    ZoneExit,
    ZoneExitEvent,
)
from records.competitions import Competition

_ROOM = 3500
"""Characters: below it the server can say why it shows the message."""
_ZONE_EXIT_TEXT = "🔮 **If your team submits nothing,** it will likely leave {zone} around {time}"
_AHEAD_TEXT = "now **{now}**, about {ahead} in 24 h, likely {low} to {high}"
_SURE_AHEAD_TEXT = "now **{now}**, about {ahead} in 24 h"
_AT_DEADLINE_TEXT = (
    "now **{now}**, about {ahead} at the deadline (public board), likely {low} to {high}"
)
_SURE_AT_DEADLINE_TEXT = "now **{now}**, about {ahead} at the deadline (public board)"
_FOOT_TEXT = "-# To change this, use `/watch list` in **{server}**."


def watch_message_text(
    message: WatchMessage, server: str, competitions: Mapping[int, Competition]
) -> str:
    """Return what a member's watches tell, by competition; what does not fit is counted.

    `server` is the server's name, escaped.
    """
    foot = _FOOT_TEXT.format(server=server)
    head = f"### 🔔 What you watch in {server}"
    lines: list[str] = []
    by_competition: dict[int, list[WatchEvent]] = {}
    for event in message.events:
        by_competition.setdefault(event.competition_id, []).append(event)
    for competition_id, events in by_competition.items():
        competition = competitions[competition_id]
        name = fmt.competition_link(competition.slug, competition.name)
        first, *rest = map(_event_text, events)
        # A heading never stands alone.
        lines += [f"**{name}**\n{first}", *rest]
    text, more = join_lines(lines, _ROOM - len(head) - len(foot) - 50)
    parts = [head, text]
    if more:
        parts.append(f"-# and {fmt.plural(more, 'more change')}: `/overview` shows all teams")
    return "\n".join([*parts, foot])


def _event_text(event: WatchEvent) -> str:
    match event:
        case NewsEvent():
            return "\n".join(map(own_news_item_text, event.news.items))
        case RankEvent():
            return _rank_text(event)
        case RivalEvent():
            return (
                f"⚔️ Your rival **{escape(event.rival_name)}** has passed you:"
                f" **{fmt.rank(event.rival_rank)}**, you are at **{fmt.rank(event.rank)}**"
            )
        case ResultEvent():
            return _result_text(event)
        case LastDayEvent():
            at = fmt.join_dotted([fmt.date_and_time(event.deadline), fmt.when(event.deadline)])
            return f"⏳ The last day has begun. Deadline: {at}"
        case ZoneExitEvent():
            return _zone_exit_text(event.zone_exit) if event.zone_exit else ""
        case _:
            assert_never(event)


def _rank_text(event: RankEvent) -> str:
    places = f"**{fmt.rank(event.rank)}**"
    top = f"top {fmt.number(event.limit)}"
    if event.rank_before is None:
        if event.limit == 1:
            return f"👑 You have entered the board as the first: {places}"
        return f"🎯 You have entered the board in the {top}: {places}"
    # A change that waited for the cooldown is older than the rank before: both are on one side.
    if (event.rank_before <= event.limit) is not event.holds:
        before = fmt.rank(event.rank_before)
        places += f", up from {before}" if event.holds else f", down from {before}"
    if event.limit == 1:
        return f"👑 You are first: {places}" if event.holds else f"💨 You are not first: {places}"
    if event.holds:
        return f"🎯 You are in the {top} now: {places}"
    return f"💨 You are out of the {top}: {places}"


def _zone_exit_text(found: ZoneExit) -> str:
    """Return when a zone is likely to be left; as a message is also read later, with the time."""
    left = _ZONE_EXIT_TEXT.format(
        zone=f"{fmt.MEDALS[found.medal_zone]} {found.medal_zone}",
        time=fmt.date_and_time(found.leaves_at),
    )
    now, ahead, low, high = (
        fmt.rank(at) for at in (found.rank, found.rank_ahead, found.low, found.high)
    )
    sure, unsure = _SURE_AHEAD_TEXT, _AHEAD_TEXT
    if found.at_deadline:
        sure, unsure = _SURE_AT_DEADLINE_TEXT, _AT_DEADLINE_TEXT
    text = unsure if low != high else sure
    ranks = text.format(now=now, ahead=ahead, low=low, high=high)
    return fmt.join_dotted([left, ranks, REACHES_LAST_DAY_TEXT if found.reaches_last_day else ""])


def _result_text(event: ResultEvent) -> str:
    if event.rank is None:
        name = escape(event.team_name)
        return f"🏁 It has ended, and your team **{name}** is not on the final board"
    rank, teams = fmt.rank_with_medal(event.rank, event.medal), fmt.number(event.team_count)
    if event.is_correction:
        return f"🏁 The final board has changed: you are now at **{rank}** of {teams}"
    if event.public_rank is None:
        return f"🏁 It has ended: you have finished at **{rank}** of {teams}"
    return (
        f"🏁 It has ended: you have finished at **{rank}** of {teams},"
        f" {fmt.rank(event.public_rank)} on the public board"
    )
