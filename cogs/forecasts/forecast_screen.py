"""The screen of `/forecast`: words at once, and a picture that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import Picture, card, zone_colour
from cogs.framework.texts import PERHAPS_TEXT, PUBLIC_BOARD_TEXT
from cogs.ranks.rank_screen import format_forecast
from leaderboards.board import BoardKind, Entry
from leaderboards.display_text import clean, format_top_share, shorten
from leaderboards.forecast.medal_lines import MedalLine
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.rank_forecast import DayForecast
from leaderboards.medals import MedalZone
from plots.specs import ForecastStep
from records.competitions import BoardInfo, Competition
from records.members import StoredLink

MAX_AHEAD = timedelta(hours=48)
"""How far ahead a forecast reaches."""
_HOUR = timedelta(hours=1)
_NAME_LENGTH = 28
_DAY_HOURS = 24
_DESCRIBED_HOURS = 12
"""The picture's description has a forecast for every twelfth hour, and the last one."""

_OBSTACLE_TEXTS = {
    ForecastObstacle.OVER: "There is no forecast, as the competition has ended.",
    ForecastObstacle.HELD: (
        "There is no forecast now, as the newest board looks wrong and I wait for the next one."
    ),
    ForecastObstacle.SCORES_MOVE: (
        "There is no forecast for this board, as its scores change without submissions, as in a"
        " simulation."
    ),
    ForecastObstacle.OLD: (
        "There is no forecast now, as the board was last read more than three hours ago."
    ),
    ForecastObstacle.LAST_DAY: (
        "There is no forecast in the last 24 hours before the deadline: more teams submit than"
        " before, and I can only say how many after I have seen three competitions end."
    ),
    ForecastObstacle.YOUNG: (
        "There is no forecast yet, as it takes twelve hours of boards. Ask again after the next"
        " sync."
    ),
}
_MEDALS_NOW_TEXT = "`/whatif` shows what each medal takes now."
_AWAITED_TEXT = (
    "There is no forecast, as the competition has ended. The private board decides the medals, and"
    " I do not have it yet."
)
_UNCHANGED_TEXT = (
    "There is no forecast yet, as I have seen too few changes of this board. Ask again when it has"
    " changed."
)
_YOUNG_TEXT = (
    "There is no forecast yet, as it takes twelve hours of boards. Ask again after {time} ({when})."
)
_RESCORED_TEXT = (
    "There is no forecast now, as Kaggle has rescored the board: it takes twelve hours of boards"
    " since then. Ask again after {time} ({when})."
)
_LATER_TEXT = "**In {hours} h** about {rank}, likely {low} to {high}"
_SURE_LATER_TEXT = "**In {hours} h** about {rank}"
_LAST_DAY_BEGINS_TEXT = "the last day begins then"
_DEADLINE_TEXT = "the deadline is then (public board)"
_LINE_TEXT = "{medal} better than **{now}** now"
_HELD_LINE_TEXT = "{medal} ✓ the team is in this zone now, which ends at **{now}**"
_ABOVE_LINE_TEXT = "{medal} ✓ the team is above this zone now, which ends at **{now}**"
_LATER_SCORE_TEXT = "in 24 h perhaps {worst} to {best}, or better"
_SURE_LATER_SCORE_TEXT = "in 24 h perhaps {best}, or better"
_SAME_LATER_SCORE_TEXT = "in 24 h perhaps the same, perhaps a better score"
_DEADLINE_SCORE_TEXT = "at the deadline perhaps {worst} to {best}, or better"
_SURE_DEADLINE_SCORE_TEXT = "at the deadline perhaps {best}, or better"
_SAME_DEADLINE_SCORE_TEXT = "at the deadline perhaps the same, perhaps a better score"
_LIKELY_TEXT = (
    "-# *Likely*: on recorded boards, the true rank was in this range in about eight of ten cases."
)
_PERHAPS_FOOT_TEXT = f"-# {PERHAPS_TEXT} `/whatif` shows where another score would stand."


@dataclass(frozen=True, slots=True)
class TeamForecast:
    """Forecast of a team's rank without a submission, and of the medal lines."""

    day: DayForecast
    steps: tuple[ForecastStep, ...]
    """The rank when the board was last seen, then the forecast for each hour."""
    lines: Sequence[MedalLine]
    """In a day, or at the deadline; gold first; empty where no medals are awarded."""
    seen_at: datetime
    """When the board was last seen."""
    deadline: datetime | None
    """Kaggle's, or else the latest that servers gave, once all have given one."""


@dataclass(frozen=True, slots=True)
class ForecastData:
    """One team on one board, and what becomes of its rank without a submission."""

    competition: Competition
    info: BoardInfo
    team: Entry
    medal_zone: MedalZone | None
    """None outside the zones, and where the competition awards no medals."""
    forecast: TeamForecast | ForecastObstacle
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    now: datetime
    possible_at: datetime | None = None
    """When there are enough hours of boards; None if there are, or it is not known."""


def forecast_view(data: ForecastData, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build the screen."""
    forecast = data.forecast
    if isinstance(forecast, ForecastObstacle):
        note = _public_board(data) if forecast is ForecastObstacle.LAST_DAY else ""
        parts = ["\n".join(filter(None, [_obstacle(data, forecast), note]))]
    else:
        text = format_forecast(forecast.day, data.medal_zone, forecast.seen_at, data.now)
        lines = [text, *_later_line(forecast), *_medal_lines(data, forecast)]
        foot = [_LIKELY_TEXT, _PERHAPS_FOOT_TEXT if forecast.lines else "", _public_board(data)]
        parts = ["\n".join(lines), "\n".join(filter(None, foot))]
    return card(
        f"{_head(data)}\n{_team(data)}",
        ui.Separator(),
        *parts,
        colour=zone_colour(data.medal_zone),
        pictures=pictures,
    )


def forecast_picture(data: ForecastData, forecast: TeamForecast, png: bytes) -> Picture:
    """Build the attachment, with a description that says the same in words."""
    name = shorten(clean(data.team.team_name), _NAME_LENGTH)
    now, *steps = forecast.steps
    ahead = "; ".join(
        f"in {fmt.plural(hours, 'hour')} about {step.rank}, likely {step.low} to {step.high}"
        for hours, step in enumerate(steps, 1)
        if hours % _DESCRIBED_HOURS == 0 or hours == len(steps)
    )
    text = (
        f"Rank of {name} in {data.competition.name} over the last two days, and if the team"
        f" submits nothing: now {now.rank} of {now.team_count}; {ahead}"
    )
    return Picture("forecast.png", png, text)


def _head(data: ForecastData) -> str:
    competition = data.competition
    is_private = data.info.kind is BoardKind.PRIVATE
    deadline = competition.deadline
    if isinstance(data.forecast, TeamForecast):
        deadline = data.forecast.deadline
    facts = [
        fmt.plural(data.info.team_count, "team"),
        fmt.final_board(is_private) if competition.archived_at else "",
        fmt.deadline(deadline, data.now),
        f"read {fmt.when(competition.synced_at)}",
    ]
    link = fmt.competition_link(competition.slug, competition.name)
    return f"### 🔮 Forecast · {link}\n-# {fmt.join_dotted(facts)}"


def _obstacle(data: ForecastData, obstacle: ForecastObstacle) -> str:
    """Return why there is no forecast, and when it can be asked for again if that is known."""
    competition, possible_at = data.competition, data.possible_at
    is_awaited = competition.awaits_final_board(data.now) and competition.awards_medals
    if obstacle is ForecastObstacle.OVER and is_awaited:
        return _AWAITED_TEXT
    if obstacle is ForecastObstacle.LAST_DAY and competition.awards_medals:
        return f"{_OBSTACLE_TEXTS[obstacle]} {_MEDALS_NOW_TEXT}"
    if possible_at is None or possible_at <= data.now:
        # No other sync helps where no board is compared with another yet.
        if obstacle is ForecastObstacle.YOUNG and data.info.scores_move is None:
            return _UNCHANGED_TEXT
        # The hours may be over, but no board was read since.
        return _OBSTACLE_TEXTS[obstacle]
    text = _YOUNG_TEXT if data.info.rescored_at is None else _RESCORED_TEXT
    return text.format(time=fmt.date_and_time(possible_at), when=fmt.when(possible_at))


def _public_board(data: ForecastData) -> str:
    """Return the note that another board gives the medals; empty where there are none."""
    return f"-# {PUBLIC_BOARD_TEXT}" if data.competition.awards_medals else ""


def _team(data: ForecastData) -> str:
    team = data.team
    rank = f"**{fmt.rank_with_medal(team.rank, data.medal_zone)}**"
    name = f"**{escape(team.team_name, _NAME_LENGTH)}**"
    share = format_top_share(team.rank, data.info.team_count)
    return fmt.join_dotted([rank, share, fmt.people(team, data.links), name])


def _later_line(forecast: TeamForecast) -> Iterable[str]:
    """Format the end of a forecast that reaches further than a day."""
    hours, last = len(forecast.steps) - 1, forecast.steps[-1]
    if hours > _DAY_HOURS:
        text = _SURE_LATER_TEXT if last.low == last.high else _LATER_TEXT
        rank, low, high = (fmt.rank(at) for at in (last.rank, last.low, last.high))
        yield fmt.join_dotted(
            [text.format(hours=hours, rank=rank, low=low, high=high), _why_no_further(forecast)]
        )


def _why_no_further(forecast: TeamForecast) -> str:
    """Return what begins where a forecast ends; empty if it reaches as far as forecasts do."""
    last = forecast.steps[-1]
    if forecast.deadline is None or last.at - forecast.seen_at >= MAX_AHEAD:
        return ""
    return _DEADLINE_TEXT if forecast.deadline - last.at < _HOUR else _LAST_DAY_BEGINS_TEXT


def _medal_lines(data: ForecastData, forecast: TeamForecast) -> Iterable[str]:
    """Format the score that must be beaten for each medal, now and later."""
    for line in forecast.lines:
        text = _LINE_TEXT
        if data.medal_zone is line.medal_zone:
            text = _HELD_LINE_TEXT
        elif data.team.rank <= line.rank:
            text = _ABOVE_LINE_TEXT
        now = escape(fmt.score(line.score, data.team.score_text))
        later = format_later_score(line, data.team.score_text, at_deadline=forecast.day.at_deadline)
        yield fmt.join_dotted([text.format(medal=fmt.MEDALS[line.medal_zone], now=now), later])


def format_later_score(line: MedalLine, example: str, *, at_deadline: bool) -> str:
    """Format the scores that a medal may take in a day or at the deadline.

    `example` is a score of the board as it shows scores.
    """
    now, worst, best = (
        escape(fmt.score(score, example))
        for score in (line.score, line.shown_worst_score, line.best_score)
    )
    same, sure, unsure = _SAME_LATER_SCORE_TEXT, _SURE_LATER_SCORE_TEXT, _LATER_SCORE_TEXT
    if at_deadline:
        same, sure = _SAME_DEADLINE_SCORE_TEXT, _SURE_DEADLINE_SCORE_TEXT
        unsure = _DEADLINE_SCORE_TEXT
    text = unsure if worst != best else same if best == now else sure
    return text.format(worst=worst, best=best)
