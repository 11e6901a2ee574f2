"""The screen of `/whatif`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import card, zone_colour
from cogs.framework.texts import PERHAPS_TEXT, PUBLIC_BOARD_TEXT, REACHES_LAST_DAY_TEXT
from leaderboards.board import BoardKind, Entry
from leaderboards.forecast.medal_lines import MedalLine
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.placement import Placement
from leaderboards.forecast.rank_forecast import DayForecast
from leaderboards.medals import ZONES_BEST_FIRST, MedalZone, medal_zone
from records.competitions import BoardInfo, Competition
from records.members import StoredLink

_MAX_PASSED = 10
"""Teams that are named; more are counted."""

ORDER_UNKNOWN_TEXT = (
    "This board does not show yet whether the higher or the lower score is better, so a score has"
    " no rank on it."
)
_GIVEN_SCORE_TEXT = "if your team had **{score}**"
_BEST_TEXT = "-# Your team now has **{score}** and is {rank}: this is {places} better."
_BEST_SAME_RANK_TEXT = "-# Your team now has **{score}** and is {rank} too."
_WORSE_TEXT = "**{score}** is worse than your **{own}**: you stay **{rank}**."
_ENDED_WORSE_TEXT = "**{score}** is worse than your **{own}**: you would have stayed **{rank}**."
_EQUAL_SCORE_TEXT = "That is your score already: **{rank}**."
_LATER_TEXT = (
    "**In 24 h** about {rank}, likely {low} to {high}, if your team submits nothing better"
)
_SURE_LATER_TEXT = "**In 24 h** about {rank}, if your team submits nothing better"
_DEADLINE_TEXT = (
    "**At the deadline** about {rank} (public board), likely {low} to {high}, if your team submits"
    " nothing better"
)
_SURE_DEADLINE_TEXT = (
    "**At the deadline** about {rank} (public board), if your team submits nothing better"
)
# What becomes of the medal zone, which the first line shows as it is now:
_ZONE_KEPT_TEXT = "{medal} now, {then} likely still {medal}"
_ZONE_UNSURE_TEXT = "{medal} now, {then} not sure: the zone ends near {last} then"
_ZONE_LEFT_TEXT = "{medal} now, likely below it from {time} on"
_ZONE_LEFT_BY_NOW_TEXT = "likely below {medal} by now"
_ZONE_BEFORE_LAST_DAY_TEXT = "{medal} now, {then} not sure: more teams submit on the last day"
_LAST_DAY_ZONE_TEXT = "{medal} now, at the deadline not sure"
_MOVING_NOT_BETTER_TEXT = "**{score}** is not better than your team's own score, **{own}**."
"""Where scores move by themselves, and a worse score could become a better one."""
_NEW_TEAM_TEXT = "Your team is not on this board, so it is counted as one more."
_UNLINKED_TEXT = (
    "It is counted as that of one more team. If yours is on this board, `/link` your Kaggle account"
    " to see what would change for you."
)
_FIRST_TEXT = (
    "**{score}** is better than every score on this board; the best is **{best}**. Is it written"
    " as the board shows scores?"
)
_LAST_TEXT = "No team would be behind it."
_TIED_TEXT = "-# {teams} with the same score would stay ahead: they had it first."
_ENDED_TEXT = "The competition has ended: this is where the score would have stood."
_AWAITED_TEXT = (
    "The deadline has passed. This is where the score would stand on the public board. The private"
    " board decides the medals, and I do not have it yet."
)
_AWAITED_WITHOUT_MEDALS_TEXT = (
    "The deadline has passed. This is where the score would stand on the public board. I do not"
    " have the final board yet."
)
_NEXT_TEXT = "**Next** {medal} better than **{score}** · {gap}"
_MEDALS_TEXT = "**To beat now** {scores}"
_ENDED_MEDALS_TEXT = "**The scores to beat were** {scores}"
_PUBLIC_MEDALS_TEXT = "**To beat on the public board** {scores}"
_LATER_MEDALS_TEXT = "**In 24 h perhaps** {scores}, or better"
_DEADLINE_MEDALS_TEXT = "**At the deadline perhaps** {scores}, or better"
_NO_BREAK = "\N{NO-BREAK SPACE}"
"""Keeps a medal, its score and ✓ in one line on a phone."""
_RANGE_TEXT = f"{{medal}}{_NO_BREAK}{{worst}} to {{best}}"
_NO_FORECAST_TEXT = (
    "There is no forecast in the last 24 hours before the deadline: more teams submit than before,"
    " so this rank can fall."
)


@dataclass(frozen=True, slots=True)
class WhatIfForecast:
    """Forecast for a day, from how many teams came in lately."""

    day: DayForecast | None
    """Of the score; None if it is not better than that of the user's team, or if its rank would be
    the last."""
    lines: Mapping[MedalZone, MedalLine]
    """The score that each medal zone may need later; none where no medals are awarded."""
    at_deadline: bool
    """Whether it is for the deadline, which is less than a day away."""
    seen_at: datetime
    """When the board was last seen."""


@dataclass(frozen=True, slots=True)
class WhatIfData:
    """A score that a team could have, and what it would be worth on one board."""

    competition: Competition
    info: BoardInfo
    score_text: str
    placement: Placement
    is_linked: bool
    """Whether the user has a link."""
    own: Entry | None
    """The user's team; None if it is not on the board."""
    improves: bool
    """Whether the score is better than that of the user's team, if there is one."""
    best: Entry
    """The first team of the board."""
    passed: Sequence[Entry]
    """Teams of members that are ahead now and would be behind, best first."""
    teams_to_beat: Mapping[MedalZone, Entry]
    """For each zone, best first, the team whose score must be beaten for it."""
    last_teams_held: Mapping[MedalZone, Entry]
    """For each zone that the user's team is in or above, its last team; none after the end."""
    forecast: WhatIfForecast | None
    """None where there is none."""
    obstacle: ForecastObstacle | None
    """Why there is no forecast; None if there is one."""
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    now: datetime

    @property
    def rank(self) -> int:
        """The rank with the better one of the score and that of the user's team."""
        return self.placement.rank if self.own is None or self.improves else self.own.rank

    @property
    def better_score_text(self) -> str:
        """The better one of the score and that of the user's team."""
        return self.score_text if self.own is None or self.improves else self.own.score_text

    @property
    def medal_zone(self) -> MedalZone | None:
        """The zone of that rank; None where no medals are awarded."""
        awards = self.competition.awards_medals
        return medal_zone(self.rank, self.placement.team_count) if awards else None

    @property
    def has_ended(self) -> bool:
        """Whether no score changes the board any more."""
        return self.competition.archived_at is not None or self.awaits_final_board

    @property
    def awaits_final_board(self) -> bool:
        """Whether the deadline has passed, and the final board is not known yet."""
        return self.competition.awaits_final_board(self.now)

    @property
    def is_best_of_all(self) -> bool:
        """Whether the score is better than that of every other team, which may be a mistake."""
        if self.rank > self.best.rank or self.placement.tied:
            return False
        return self.own is None or self.own.team_id != self.best.team_id

    @property
    def day(self) -> DayForecast | None:
        """Where the score would be in a day; None if that is not known or not to be believed."""
        return None if self.forecast is None or self.is_best_of_all else self.forecast.day


def not_a_score_text(typed: str, example: str) -> str:
    """Return that what was typed is no score, with one of the board as an example."""
    return (
        f"{escape(typed)} is not a score that I can read. Type it as this board shows scores, for"
        f" example **{escape(example)}**."
    )


def whatif_view(data: WhatIfData) -> ui.LayoutView:
    """Build the screen: first what was asked, then how it compares and what it is based on."""
    return card(
        "\n".join(_answer(data)),
        ui.Separator(),
        "\n".join([*_facts(data), *_medal_lines(data), *_foot(data)]),
        colour=zone_colour(None if data.is_best_of_all else data.medal_zone),
    )


def _answer(data: WhatIfData) -> Iterable[str]:
    """Return the rank now and later, the zone, what the next zone takes, and who is passed."""
    count = data.placement.team_count
    share = fmt.share_of_teams(data.rank, count)
    if data.rank >= count:
        share = f"the last of {fmt.plural(count, 'team')}"
    if data.own is not None and not data.improves:
        yield f"{_no_change(data, data.own)}\n{share}"
    else:
        if data.is_best_of_all:
            score, best = escape(data.score_text), escape(data.best.score_text)
            yield _FIRST_TEXT.format(score=score, best=best)
        yield f"# {fmt.rank_with_medal(data.rank, data.medal_zone)}"
        yield fmt.join_dotted([_GIVEN_SCORE_TEXT.format(score=escape(data.score_text)), share])
        yield from _later(data)
    yield from _next_zone(data)
    if data.passed:
        label = "Passes" if data.own else "Ahead of"
        yield f"**{label}** {fmt.join_some(_name_passed(data), _MAX_PASSED)}"


def _no_change(data: WhatIfData, own: Entry) -> str:
    """Format that a score is not better than that of the user's team."""
    rank = fmt.rank_with_medal(own.rank, data.medal_zone)
    if data.info.scores_move:
        text = _MOVING_NOT_BETTER_TEXT.format(
            score=escape(data.score_text), own=escape(own.score_text)
        )
        return f"# Not better\n{text}"
    text = _ENDED_WORSE_TEXT if data.has_ended else _WORSE_TEXT
    if float(data.score_text) == own.score:
        text = _EQUAL_SCORE_TEXT
    told = text.format(score=escape(data.score_text), own=escape(own.score_text), rank=rank)
    return f"# No change\n{told}"


def _later(data: WhatIfData) -> Iterable[str]:
    """Format the rank in a day or at the deadline, and what becomes of the medal zone."""
    day, zone = data.day, _zone_later(data)
    if day is not None:
        sure, unsure = _SURE_LATER_TEXT, _LATER_TEXT
        if day.at_deadline:
            sure, unsure = _SURE_DEADLINE_TEXT, _DEADLINE_TEXT
        text = sure if day.low == day.high else unsure
        rank, low, high = (fmt.rank(at) for at in (day.rank, day.low, day.high))
        says_why = data.medal_zone is not None and not (day.zone_exit or day.may_leave_zone)
        worse = REACHES_LAST_DAY_TEXT if day.reaches_last_day and not says_why else ""
        yield fmt.join_dotted([text.format(rank=rank, low=low, high=high), worse])
    if zone:
        yield f"**{zone}**"


def _zone_later(data: WhatIfData) -> str:
    """Return what becomes of the medal zone; empty where that is not known."""
    if data.medal_zone is None or data.is_best_of_all:
        return ""
    medal = fmt.MEDALS[data.medal_zone]
    if data.obstacle is ForecastObstacle.LAST_DAY:
        return _LAST_DAY_ZONE_TEXT.format(medal=medal)
    day, forecast = data.day, data.forecast
    if day is None or forecast is None:
        return ""
    if day.zone_exit is not None:
        left_at = forecast.seen_at + day.zone_exit
        text = _ZONE_LEFT_TEXT if left_at > data.now else _ZONE_LEFT_BY_NOW_TEXT
        return text.format(medal=medal, time=fmt.future_time(left_at, data.now))
    then = "at the deadline" if day.at_deadline else "in 24 h"
    if day.may_leave_zone and day.zone_last_rank is not None:
        return _ZONE_UNSURE_TEXT.format(medal=medal, then=then, last=fmt.rank(day.zone_last_rank))
    text = _ZONE_BEFORE_LAST_DAY_TEXT if day.reaches_last_day else _ZONE_KEPT_TEXT
    return text.format(medal=medal, then=then)


def _next_zone(data: WhatIfData) -> Iterable[str]:
    """Format what the next better zone takes; nothing where no score can get it any more."""
    better = ZONES_BEST_FIRST[: ZONES_BEST_FIRST.index(data.medal_zone)]
    ahead = [zone for zone in data.teams_to_beat if zone in better]
    if not data.competition.awards_medals or not ahead or data.is_best_of_all or data.has_ended:
        return
    team = data.teams_to_beat[ahead[-1]]
    gap = fmt.score_gap(data.better_score_text, team.score_text)
    yield _NEXT_TEXT.format(
        medal=fmt.MEDALS[ahead[-1]],
        score=escape(team.score_text),
        gap=f"{escape(gap)} away" if gap else "same score",
    )


def _facts(data: WhatIfData) -> Iterable[str]:
    """Format what the deadline means for the score, and what it is compared with."""
    own, placement = data.own, data.placement
    yield from _deadline_facts(data)
    if own is None:
        yield _NEW_TEAM_TEXT if data.is_linked else _UNLINKED_TEXT
    elif not data.improves:
        return
    else:
        score, rank = escape(own.score_text), fmt.rank(own.rank)
        places = own.rank - data.rank
        text = _BEST_TEXT if places else _BEST_SAME_RANK_TEXT
        yield text.format(score=score, rank=rank, places=fmt.plural(places, "place"))
    if placement.tied:
        yield _TIED_TEXT.format(teams=fmt.plural(placement.tied, "team"))
    if not placement.behind:
        yield _LAST_TEXT


def _deadline_facts(data: WhatIfData) -> Iterable[str]:
    """Format what the deadline that is near or has passed means for the score."""
    if data.awaits_final_board:
        awards = data.competition.awards_medals
        yield _AWAITED_TEXT if awards else _AWAITED_WITHOUT_MEDALS_TEXT
    elif data.has_ended:
        yield _ENDED_TEXT
    elif data.obstacle is ForecastObstacle.LAST_DAY and not data.is_best_of_all:
        yield _NO_FORECAST_TEXT


def _name_passed(data: WhatIfData) -> Sequence[str]:
    return [f"{fmt.people(team, data.links)} {fmt.rank(team.rank)}" for team in data.passed]


def _medal_lines(data: WhatIfData) -> Iterable[str]:
    """Format the score to beat for each medal, now and later; ✓ is for those that are reached."""
    if not data.competition.awards_medals or not data.teams_to_beat:
        return
    text = _MEDALS_TEXT
    if data.has_ended:
        text = _PUBLIC_MEDALS_TEXT if data.awaits_final_board else _ENDED_MEDALS_TEXT
    yield text.format(scores=fmt.join_dotted(_scores_to_beat(data)))
    if data.forecast and data.forecast.lines:
        text = _DEADLINE_MEDALS_TEXT if data.forecast.at_deadline else _LATER_MEDALS_TEXT
        yield text.format(scores=fmt.join_dotted(_later_scores(data, data.forecast.lines)))
        yield f"-# {PERHAPS_TEXT}"
    if not data.has_ended:
        yield f"-# {PUBLIC_BOARD_TEXT}"


def _scores_to_beat(data: WhatIfData) -> Iterable[str]:
    reached = ZONES_BEST_FIRST.index(data.medal_zone)
    for zone, team in data.teams_to_beat.items():
        # A zone that the user's team is in ends with the score of its last team.
        last = data.last_teams_held.get(zone, team)
        is_reached = ZONES_BEST_FIRST.index(zone) >= reached or zone in data.last_teams_held
        # A score better than all may be a mistake.
        sign = f"{_NO_BREAK}✓" if is_reached and not data.is_best_of_all else ""
        yield f"{fmt.MEDALS[zone]}{_NO_BREAK}**{escape(last.score_text)}**{sign}"


def _later_scores(data: WhatIfData, lines: Mapping[MedalZone, MedalLine]) -> Iterable[str]:
    for zone, line in lines.items():
        worst, best = (
            escape(fmt.score(score, data.best.score_text))
            for score in (line.shown_worst_score, line.best_score)
        )
        medal = fmt.MEDALS[zone]
        yield (
            _RANGE_TEXT.format(medal=medal, worst=worst, best=best)
            if worst != best
            else f"{medal}{_NO_BREAK}{best}"
        )


def _foot(data: WhatIfData) -> Iterable[str]:
    competition = data.competition
    facts = [
        fmt.competition_link(competition.slug, competition.name),
        _board(data),
        fmt.better(data.info.order),
        fmt.deadline(competition.deadline, data.now),
        f"read {fmt.when(competition.synced_at)}",
    ]
    yield f"-# {fmt.join_dotted(facts)}"


def _board(data: WhatIfData) -> str:
    is_private = data.info.kind is BoardKind.PRIVATE
    return fmt.final_board(is_private) if data.competition.archived_at else "public board"
