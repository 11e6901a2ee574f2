"""The screen of `/whatif`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.forecasts.forecast_screen import format_later_score
from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import card, zone_colour
from cogs.framework.texts import PERHAPS_TEXT, PUBLIC_BOARD_TEXT
from cogs.ranks.rank_screen import format_forecast
from leaderboards.board import BoardKind, Entry
from leaderboards.forecast.medal_lines import MedalLine
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.placement import Placement
from leaderboards.forecast.rank_forecast import DayForecast, ZoneForecast
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
_OWN_SCORE_TEXT = "with **{score}**"
_BEST_TEXT = "It would be your team's new best, up {places}: now it has **{score}** and is {rank}."
_BEST_SAME_RANK_TEXT = (
    "It would be your team's new best, at the same rank: now it has **{score}** and is {rank}."
)
_WORSE_TEXT = "**{score}** is worse than your **{own}**: you stay **{rank}**."
_ENDED_WORSE_TEXT = "**{score}** is worse than your **{own}**: you would have stayed **{rank}**."
_EQUAL_SCORE_TEXT = "That is your score already: **{rank}**."
_ZONE_LATER_TEXTS = {
    ZoneForecast.KEPT: "{medal} now, {then} likely still {medal}",
    ZoneForecast.UNSURE: "{medal} now, {then} not sure",
    ZoneForecast.LEFT: "{medal} now, {then} likely below",
}
_ZONE_BEFORE_LAST_DAY_TEXT = "{medal} now, {then} not sure: more teams submit on the last day"
_LAST_DAY_ZONE_TEXT = "{medal} now, at the deadline not sure"
"""What becomes of the medal zone, which the first line shows as it is now."""
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
_TIED_TEXT = "It would come after {teams} with the same score, which had it first."
_ENDED_TEXT = "The competition has ended: this is where the score would have stood."
_AWAITED_TEXT = (
    "The deadline has passed. This is where the score would stand on the public board. The private"
    " board decides the medals, and I do not have it yet."
)
_AWAITED_WITHOUT_MEDALS_TEXT = (
    "The deadline has passed. This is where the score would stand on the public board. I do not"
    " have the final board yet."
)
_MEDALS_TEXT = "**What each medal takes now**"
_ENDED_MEDALS_TEXT = "**What each medal took**"
_PUBLIC_MEDALS_TEXT = "**Medal zones of the public board**"
_EQUAL_TEXT = "-# An equal score is not enough: it comes after those that had it first."
_PERHAPS_TEXT = f"-# {PERHAPS_TEXT}"
_PUBLIC_BOARD_TEXT = f"-# {PUBLIC_BOARD_TEXT}"
_LAST_DAY_TEXT = (
    "There is no forecast in the last 24 hours: more teams submit than before, so this rank can"
    " fall."
)
_HELD_TEXT = "{medal} ✓ your team is in it now; its last score is **{score}**"
_ABOVE_TEXT = "{medal} ✓ your team is above it now; its last score is **{score}**"
_TO_BEAT_TEXT = "{medal} better than **{score}**"
_CONDITION_TEXT = "If your team submits nothing better:"
_REACHED_TEXT = "✓ reached now"
_PUBLIC_REACHED_TEXT = "✓ above the line"
_ENDED_REACHED_TEXT = "✓ reached"


@dataclass(frozen=True, slots=True)
class WhatIfForecast:
    """Forecast for a day in which as many teams come in as of late."""

    day: DayForecast | None
    """Of the score; None if it is not better than that of the reader's team, or the last."""
    lines: Mapping[MedalZone, MedalLine]
    """The scores that medal zones may take; none where no medals are awarded."""
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
    """Whether the reader has a link."""
    own: Entry | None
    """The reader's team; None if it is not on the board."""
    improves: bool
    """Whether the score is better than that of the reader's team, if there is one."""
    best: Entry
    """The first team of the board."""
    passed: Sequence[Entry]
    """Teams of members that are ahead now and would be behind, best first."""
    teams_to_beat: Mapping[MedalZone, Entry]
    """For each zone, best first, the team whose score must be beaten for it."""
    last_teams_held: Mapping[MedalZone, Entry]
    """For each zone that the reader's team is in or above, its last team; none after the end."""
    forecast: WhatIfForecast | None
    """None where there is none."""
    obstacle: ForecastObstacle | None
    """Why there is no forecast; None if there is one."""
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    now: datetime

    @property
    def rank(self) -> int:
        """The rank with the better one of the score and that of the reader's team."""
        return self.placement.rank if self.own is None or self.improves else self.own.rank

    @property
    def better_score_text(self) -> str:
        """The better one of the score and that of the reader's team."""
        return self.score_text if self.own is None or self.improves else self.own.score_text

    @property
    def medal_zone(self) -> MedalZone | None:
        """The zone of that rank; None where no medals are awarded."""
        awards = self.competition.awards_medals
        return medal_zone(self.rank, self.placement.team_count) if awards else None

    @property
    def own_zone(self) -> MedalZone | None:
        """The zone of the reader's team now, as if the competition awarded medals."""
        return medal_zone(self.own.rank, self.info.team_count) if self.own else None

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
    """Build the screen."""
    return card(
        _title(data),
        ui.Separator(),
        "\n".join(_facts(data)),
        "\n".join(_medal_lines(data)),
        f"-# read {fmt.when(data.competition.synced_at)}",
        colour=zone_colour(None if data.is_best_of_all else data.medal_zone),
    )


def _title(data: WhatIfData) -> str:
    competition, count = data.competition, data.placement.team_count
    link = fmt.competition_link(competition.slug, competition.name)
    where = [link, _board(data), fmt.deadline(competition.deadline, data.now)]
    share = fmt.share_of_teams(data.rank, count)
    if data.rank >= count:
        share = f"the last of {fmt.plural(count, 'team')}"
    if data.own is not None and not data.improves:
        return f"{_no_change(data, data.own)}\n{share}\n{fmt.join_dotted(where)}"
    question = ""
    if data.is_best_of_all:
        question = f"{_first(data)}\n"
    text = _GIVEN_SCORE_TEXT if data.own is None or data.improves else _OWN_SCORE_TEXT
    score = text.format(score=escape(data.better_score_text))
    return (
        f"{question}# {fmt.rank_with_medal(data.rank, data.medal_zone)}\n{_zone_later(data)}"
        f"{fmt.join_dotted([score, fmt.better(data.info.order)])}\n"
        f"{share}\n"
        f"{fmt.join_dotted(where)}"
    )


def _first(data: WhatIfData) -> str:
    return _FIRST_TEXT.format(score=escape(data.score_text), best=escape(data.best.score_text))


def _no_change(data: WhatIfData, own: Entry) -> str:
    """Format that a score is not better than that of the reader's team."""
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


def _zone_later(data: WhatIfData) -> str:
    """Return the line on the medal zone now and later; empty where that is not known."""
    if data.medal_zone is None or data.is_best_of_all:
        return ""
    if data.obstacle is ForecastObstacle.LAST_DAY:
        return f"**{_LAST_DAY_ZONE_TEXT.format(medal=fmt.MEDALS[data.medal_zone])}**\n"
    if data.day is None:
        return ""
    text = _ZONE_LATER_TEXTS[data.day.zone_later]
    if data.day.zone_later is ZoneForecast.UNSURE and not data.day.may_leave_zone:
        text = _ZONE_BEFORE_LAST_DAY_TEXT
    then = "at the deadline" if data.day.at_deadline else "in 24 h"
    return f"**{text.format(medal=fmt.MEDALS[data.medal_zone], then=then)}**\n"


def _board(data: WhatIfData) -> str:
    is_private = data.info.kind is BoardKind.PRIVATE
    return fmt.final_board(is_private) if data.competition.archived_at else "public board"


def _facts(data: WhatIfData) -> Iterable[str]:
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
    if data.passed:
        label = "Passes" if own else "Ahead of"
        yield f"**{label}** {fmt.join_some(_format_passed(data), _MAX_PASSED)}"
    if data.forecast is not None and data.day is not None:
        seen_at = data.forecast.seen_at
        yield format_forecast(data.day, data.medal_zone, seen_at, data.now, _CONDITION_TEXT)


def _deadline_facts(data: WhatIfData) -> Iterable[str]:
    """Format what the deadline that is near or has passed means for the score."""
    if data.awaits_final_board:
        awards = data.competition.awards_medals
        yield _AWAITED_TEXT if awards else _AWAITED_WITHOUT_MEDALS_TEXT
    elif data.has_ended:
        yield _ENDED_TEXT
    elif data.obstacle is ForecastObstacle.LAST_DAY and not data.is_best_of_all:
        yield _LAST_DAY_TEXT


def _format_passed(data: WhatIfData) -> Sequence[str]:
    return [f"{fmt.people(team, data.links)} {fmt.rank(team.rank)}" for team in data.passed]


def _medal_lines(data: WhatIfData) -> Iterable[str]:
    """Format the score that each zone takes, how far away it is, and what it may take later."""
    if not data.competition.awards_medals or not data.teams_to_beat:
        return
    reached = ZONES_BEST_FIRST.index(data.medal_zone)
    at_deadline = data.forecast is not None and data.forecast.at_deadline
    heading, reached_text = _MEDALS_TEXT, _REACHED_TEXT
    if data.awaits_final_board:
        heading, reached_text = _PUBLIC_MEDALS_TEXT, _PUBLIC_REACHED_TEXT
    elif data.has_ended:
        heading, reached_text = _ENDED_MEDALS_TEXT, _ENDED_REACHED_TEXT
    yield heading
    for zone, team in data.teams_to_beat.items():
        line = data.forecast.lines.get(zone) if data.forecast else None
        later = ""
        if line is not None:
            later = format_later_score(line, team.score_text, at_deadline=at_deadline)
        medal, last_team = fmt.MEDALS[zone], data.last_teams_held.get(zone)
        if last_team is not None:
            text = _HELD_TEXT if zone is data.own_zone else _ABOVE_TEXT
            held = text.format(medal=medal, score=escape(last_team.score_text))
            yield fmt.join_dotted([held, later])
            continue
        to_beat = _TO_BEAT_TEXT.format(medal=medal, score=escape(team.score_text))
        is_reached = ZONES_BEST_FIRST.index(zone) >= reached
        how_far = reached_text if is_reached else _missing(data, team)
        # A score better than all may be a mistake.
        yield fmt.join_dotted([to_beat, "" if data.is_best_of_all else how_far, later])
    yield _EQUAL_TEXT
    if data.forecast and data.forecast.lines:
        yield _PERHAPS_TEXT
    if not data.has_ended:
        yield _PUBLIC_BOARD_TEXT


def _missing(data: WhatIfData, team: Entry) -> str:
    gap = fmt.score_gap(data.better_score_text, team.score_text)
    return f"{escape(gap)} away" if gap else "same score"
