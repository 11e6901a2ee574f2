"""The screens of `/rank`: the card of one team, and the list of ranks on several boards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Item, Picture, card, zone_colour
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import (
    REACHES_LAST_DAY_TEXT,
    WAITING_FOR_BOARD_TEXT,
    WAITING_FOR_MEDALS_TEXT,
)
from leaderboards.board import BoardKind, Entry
from leaderboards.display_text import format_top_share
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.rank_forecast import DayForecast
from leaderboards.medals import MedalZone
from records.competitions import BoardInfo, Competition, TeamOnBoard
from records.members import StoredLink

_MAX_BOARDS = 10
"""Boards on one page of a list of ranks."""
_MAX_SUMMARY_FACTS = 340
"""Characters of a summary besides link, name and score: ranks, which board, three changes, the
next zone."""
_NAME_LENGTH = 28

_ZONE_TEXT = "**Zone** {medal} {zone}, to {last}"
_PUBLIC_ZONE_TEXT = "**Zone** {medal} {zone} on the public board, to {last}"
_CONDITION_TEXT = "If the team submits nothing:"
_PUBLIC_CONDITION_TEXT = "If the team submits nothing (public board):"
_LAST_DAY_TEXT = (
    "**Forecast** none in the last 24 hours before the deadline: more teams submit than before"
)
_FORECAST_TEXT = "**{condition}** about {rank} in 24 h, likely {low} to {high}"
_SURE_FORECAST_TEXT = "**{condition}** about {rank} in 24 h"
_DEADLINE_FORECAST_TEXT = (
    "**{condition}** about {rank} at the deadline (public board), likely {low} to {high}"
)
_SURE_DEADLINE_FORECAST_TEXT = "**{condition}** about {rank} at the deadline (public board)"
_ZONE_EXIT_TEXT = "likely leaves {zone} around {time}"
_PAST_ZONE_EXIT_TEXT = "has likely left {zone} by now"
_MAY_LEAVE_TEXT = "may leave {zone}, which ends near {last} by then"


@dataclass(frozen=True, slots=True)
class NextMedalZone:
    """The next better medal zone."""

    medal_zone: MedalZone
    last_rank: int
    last_team: Entry | None
    """The team at `last_rank`, or the next better one."""


class PeriodStart(Enum):
    """Kind of the moment with which a period of comparison begins."""

    REQUESTED = auto()
    """The moment asked for."""
    FIRST_BOARD = auto()
    RESCORED = auto()
    """The board that Kaggle scored anew."""
    RETURN = auto()
    """The team was away from the board before."""


_PERIOD_START_TEXTS = {
    PeriodStart.FIRST_BOARD: "since tracking began ({day})",
    PeriodStart.RESCORED: "since Kaggle rescored the board ({day})",
    PeriodStart.RETURN: "since the team's return ({day})",
}


@dataclass(frozen=True, slots=True)
class PastRank:
    """The rank of a team at an earlier moment."""

    since: datetime
    """The moment asked for, or the first later one that can be compared."""
    start: PeriodStart
    rank: int | None
    """None if the team was not on the board."""


@dataclass(frozen=True, slots=True)
class RankData:
    """One team on one board: all that the rank card shows."""

    competition: Competition
    info: BoardInfo
    team: Entry
    public_rank: int | None
    """Its rank on the public board if this is the private one; else None."""
    above: Entry | None
    """The next team ahead. Ranks can be missing: it need not be one rank better."""
    below: Entry | None
    medal_zone: MedalZone | None
    """None outside the zones, and where the competition awards no medals."""
    zone_last_rank: int | None
    next_zone: NextMedalZone | None
    last_sync: PastRank | None
    day: PastRank | None
    week: PastRank | None
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    now: datetime
    forecast: DayForecast | ForecastObstacle | None = None
    """The forecast, or why there is none; None in a list, and until it is loaded."""


def rank_card(data: RankData, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build the card of one team on one board."""
    return card(
        _title(data),
        ui.Separator(),
        _facts(data),
        _foot(data),
        colour=zone_colour(data.medal_zone),
        pictures=pictures,
    )


def select_rank_list_page(boards: Sequence[TeamOnBoard], number: int) -> Page[TeamOnBoard]:
    """Return the boards of one page of a list, of which only these need be loaded."""
    return select_page(
        boards,
        number,
        max_characters=CHARACTERS - 300,
        length=_estimate_summary,
        max_items=_MAX_BOARDS,
    )


def _estimate_summary(board: TeamOnBoard) -> int:
    """Return how many characters the summary of a board has at most."""
    competition, _, team = board
    link = fmt.competition_link(competition.slug, competition.name)
    name = escape(team.team_name, _NAME_LENGTH)
    return len(link) + len(name) + len(escape(team.score_text)) + _MAX_SUMMARY_FACTS


def rank_list(
    name: str, board_count: int, page: Page[RankData], rows: Sequence[Sequence[Item]]
) -> ui.LayoutView:
    """Build a summary of each board of a page, and below them the rows of controls."""
    head = f"## {name}\n-# on {fmt.plural(board_count, 'board')} followed here"
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(head))
    for data in page.items:
        summary = ui.TextDisplay[Any](_summary(data))
        view.add_item(ui.Container(summary, accent_colour=zone_colour(data.medal_zone)))
    if page.count > 1:
        view.add_item(ui.TextDisplay(page.number_line()))
    for row in rows:
        view.add_item(ui.ActionRow(*row))
    return view


def _title(data: RankData) -> str:
    team, info, competition = data.team, data.info, data.competition
    where = fmt.join_dotted([_board(data), fmt.deadline(competition.deadline, data.now)])
    return (
        f"# {_medal(data)}{fmt.rank(team.rank)}\n"
        f"{fmt.share_of_teams(team.rank, info.team_count)}\n{where}\n"
        f"{_team_members(data)}**{escape(team.team_name)}**"
    )


def _board(data: RankData) -> str:
    """Return the competition, and after its end which board is meant or awaited."""
    competition = data.competition
    state = ""
    if competition.archived_at:
        state = fmt.final_board(data.info.kind is BoardKind.PRIVATE)
    elif competition.awaits_final_board(data.now):
        waiting = WAITING_FOR_MEDALS_TEXT if competition.awards_medals else WAITING_FOR_BOARD_TEXT
        state = f"**{waiting}**"
    return fmt.join_dotted([fmt.competition_link(competition.slug, competition.name), state])


def _medal(data: RankData) -> str:
    return f"{fmt.MEDALS[data.medal_zone]} " if data.medal_zone else ""


def _team_members(data: RankData) -> str:
    """Format a team's members: mentions of linked ones first, then the Kaggle names of others."""
    members, others = [], []
    for user_name in data.team.members:
        link = data.links.get(user_name.casefold())
        if link is None:
            others.append(escape(user_name))
        else:
            members.append(fmt.person(link))
    names = members + others
    return f"{fmt.join_words(names)} · " if names else ""


def _facts(data: RankData) -> str:
    team = data.team
    score = fmt.join_dotted([escape(team.score_text), fmt.better(data.info.order)])
    lines = [
        f"**Score** {score}",
        *_public_rank_line(data),
        *_neighbour_lines(data),
        *_medal_zone_lines(data),
    ]
    trend = _trend(data)
    if trend:
        lines.append(f"**Trend** {trend}")
    lines += _forecast_line(data)
    return "\n".join(lines)


def _forecast_line(data: RankData) -> Iterable[str]:
    forecast, competition = data.forecast, data.competition
    if forecast is ForecastObstacle.LAST_DAY:
        yield _LAST_DAY_TEXT
    elif isinstance(forecast, DayForecast):
        # Forecasts for the deadline name the board themselves.
        names_board = competition.awards_medals and not forecast.at_deadline
        condition = _PUBLIC_CONDITION_TEXT if names_board else _CONDITION_TEXT
        seen_at = competition.synced_at
        yield format_forecast(forecast, data.medal_zone, seen_at, data.now, condition)


def _public_rank_line(data: RankData) -> Iterable[str]:
    before, now = data.public_rank, data.team.rank
    if before is not None:
        moved = fmt.join_dotted([fmt.rank(before), fmt.change_or_unchanged(before, now)])
        yield f"**Public board** {moved}"


def _neighbour_lines(data: RankData) -> Iterable[str]:
    for word, entry, side in (
        ("Above", data.above, "ahead"),
        ("Below", data.below, "behind"),
    ):
        if entry is not None:
            gap = fmt.score_gap(data.team.score_text, entry.score_text)
            how = f"{gap} {side}" if gap else "same score"
            yield f"**{word}** {_neighbour(data, entry)} · {how}"


def _neighbour(data: RankData, entry: Entry) -> str:
    members = fmt.people(entry, data.links)
    return f"{fmt.rank(entry.rank)} {members or escape(entry.team_name, _NAME_LENGTH)}"


def _medal_zone_lines(data: RankData) -> Iterable[str]:
    if data.medal_zone is not None:
        last = fmt.rank(data.zone_last_rank or 0)
        text = _ZONE_TEXT
        if data.competition.awaits_final_board(data.now):
            text = _PUBLIC_ZONE_TEXT
        yield text.format(medal=fmt.MEDALS[data.medal_zone], zone=data.medal_zone, last=last)
    if data.next_zone is not None:
        yield f"**Next** {_next_zone(data)}"


def _next_zone(data: RankData) -> str:
    """Format how many places and how much score the next medal zone is away."""
    zone = data.next_zone
    if zone is None:
        return ""
    places = fmt.plural(data.team.rank - zone.last_rank, "place")
    text = f"{fmt.MEDALS[zone.medal_zone]} {zone.medal_zone}, {places} up"
    gap = ""
    if zone.last_team is not None:
        gap = fmt.score_gap(data.team.score_text, zone.last_team.score_text)
    # With an equal score the team would rank below those that had that score first.
    return fmt.join_dotted([text, f"a score better by more than {gap}" if gap else ""])


def _trend(data: RankData) -> str:
    """Format the places gained in a day, in a week, and since the last sync.

    Periods that reach back before the first board show the change since that board, once.
    """
    changes: dict[str, str] = {}
    for name, past in (
        ("24 h", data.day),
        ("7 d", data.week),
        ("last sync", data.last_sync),
    ):
        if past is not None:
            since = _PERIOD_START_TEXTS.get(past.start, name)
            period = since.format(day=fmt.date(past.since))
            changes[period] = fmt.change_or_unchanged(past.rank, data.team.rank)
    return fmt.join_dotted(f"{period} {change}" for period, change in changes.items())


def format_forecast(
    forecast: DayForecast,
    zone: MedalZone | None,
    seen_at: datetime | None,
    now: datetime,
    condition: str = _CONDITION_TEXT,
) -> str:
    """Format where a team will be if it submits nothing, in words that promise nothing.

    It is for the next day, or the deadline if that is sooner. No medal is named that the team could
    get or keep, only the zone that it is likely to leave, or may leave. `seen_at` is when the board
    was last seen.
    """
    rank, low, high = (fmt.rank(at) for at in (forecast.rank, forecast.low, forecast.high))
    sure, unsure = _SURE_FORECAST_TEXT, _FORECAST_TEXT
    if forecast.at_deadline:
        sure, unsure = _SURE_DEADLINE_FORECAST_TEXT, _DEADLINE_FORECAST_TEXT
    text = sure if low == high else unsure
    where = text.format(condition=condition, rank=rank, low=low, high=high)
    leaves, name = "", f"{fmt.MEDALS[zone]} {zone}" if zone else ""
    if zone and seen_at and forecast.zone_exit:
        left_at = seen_at + forecast.zone_exit
        leaves = _ZONE_EXIT_TEXT.format(zone=name, time=fmt.future_time(left_at, now))
        if left_at <= now:
            leaves = _PAST_ZONE_EXIT_TEXT.format(zone=name)
    elif zone and forecast.zone_last_rank is not None and forecast.may_leave_zone:
        leaves = _MAY_LEAVE_TEXT.format(zone=name, last=fmt.rank(forecast.zone_last_rank))
    return fmt.join_dotted(
        [where, leaves, REACHES_LAST_DAY_TEXT if forecast.reaches_last_day else ""]
    )


def _foot(data: RankData) -> str:
    read = f"read {fmt.when(data.competition.synced_at)}"
    return f"-# {fmt.join_dotted([fmt.submissions(data.team), read])}"


def _summary(data: RankData) -> str:
    team, info = data.team, data.info
    name = escape(team.team_name, _NAME_LENGTH)
    rank = f"{_medal(data)}{fmt.rank(team.rank)} of {fmt.number(info.team_count)}"
    lines = [
        f"### {fmt.join_dotted([rank, format_top_share(team.rank, info.team_count)])}",
        f"{_board(data)} · **{name}**",
        fmt.join_dotted([escape(team.score_text), _trend(data)]),
        _next_zone(data),
    ]
    return "\n".join(filter(None, lines))
