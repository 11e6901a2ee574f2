"""The screens of `/history` and `/compare`: a picture, and words that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import Item, Picture, card, zone_colour
from cogs.framework.texts import WAITING_FOR_BOARD_TEXT
from leaderboards.board import Entry
from leaderboards.display_text import clean, shorten
from leaderboards.history import TeamHistory
from leaderboards.history.past_continuations import PastContinuation
from leaderboards.history.team_history import RankSummary
from leaderboards.medals import MedalZone, medal_zone
from records.competitions import BoardInfo, Competition
from records.members import StoredLink


class Period(StrEnum):
    """Period of which a history is shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    def start(self, now: datetime) -> datetime | None:
        """Return when the period began; None for the whole history."""
        days = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}.get(self)
        return None if days is None else now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class TeamRankHistory:
    """One team's history in a period."""

    team: Entry
    history: TeamHistory
    summary: RankSummary | None
    """None if the team was not on the board in that period."""
    continuations: Sequence[PastContinuation] = ()
    """Those into the team in that period, oldest first."""
    final: Entry | None = None
    """The team on the private board; None if it is not on it, or if there is none."""
    ahead_since: datetime | None = None
    """Since when the team listed above is ahead of this one; None if unknown, or after the end."""


@dataclass(frozen=True, slots=True)
class RankHistories:
    """The histories of some teams on one public board."""

    competition: Competition
    info: BoardInfo
    teams: Sequence[TeamRankHistory]
    """By rank; after the end by the final one."""
    period: Period
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    final_info: BoardInfo | None = None
    """The facts about the private board; None if there is none."""
    start: datetime | None = None
    """When the period began; None for the whole history."""
    tracked_since: datetime | None = None
    """The time of the first board; None if there is no history yet."""
    awaits_final_board: bool = False
    """Whether the deadline has passed, but it is not known yet which board is final."""


YOURSELF_TEXT = "That is you. Choose somebody else to compare yourself with."
YOUR_TEAM_TEXT = "That is your own team. Choose another one to compare yourself with."


def teams_gone_text(board: str) -> str:
    """Return that no team is left to show; the name of the board is escaped."""
    return f"None of these teams is on the board of **{board}** any more."


def repeated_text(names: Sequence[str]) -> str:
    """Return the note on people who were named twice; their names are escaped."""
    return f"-# Named more than once: {fmt.join_words(names)}."


def only_best_text(shown: int, count: int, *, with_own: bool) -> str:
    """Return the note that not all teams are shown; `with_own`: the last one is the reader's."""
    if with_own:
        return f"-# Only the best {shown - 1} of these {count} teams and yours are shown."
    return f"-# Only the best {shown} of these {count} teams are shown."


def not_on_board_text(names: Sequence[str]) -> str:
    """Return the note on people who are not on the board; their names are escaped."""
    return f"-# Not on this board: {fmt.join_words(names)}."


PERIOD_LABELS = {Period.DAY: "24 h", Period.WEEK: "7 d", Period.MONTH: "30 d", Period.ALL: "All"}

_PERIOD_TEXTS = {
    Period.DAY: "the last 24 hours",
    Period.WEEK: "the last 7 days",
    Period.MONTH: "the last 30 days",
    Period.ALL: "since tracking began",
}
_NO_NEW_BOARD_TEXTS = {
    Period.DAY: "There was no new board in the last 24 hours.",
    Period.WEEK: "There was no new board in the last 7 days.",
    Period.MONTH: "There was no new board in the last 30 days.",
}
_NAME_LENGTH = 28
_DESCRIPTION_LENGTH = 1024
"""Discord's limit for the description of an attachment."""


def history_view(
    histories: RankHistories,
    buttons: Sequence[Item] = (),
    *,
    note: str = "",
    pictures: Sequence[Picture] = (),
) -> ui.LayoutView:
    """Build the history of one team, or the comparison of several."""
    best = histories.teams[0]
    zone = None
    if len(histories.teams) > 1:
        text = _comparison(histories)
    else:
        text = _single_history(histories, best)
        if histories.competition.awards_medals:
            zone = _medal_zone(histories, best)
    return card(
        _head(histories),
        text,
        *filter(None, [note]),
        colour=zone_colour(zone),
        pictures=pictures,
        buttons=[buttons] if buttons else [],
    )


def _medal_zone(histories: RankHistories, team: TeamRankHistory) -> MedalZone | None:
    if histories.final_info is None:
        return medal_zone(team.team.rank, histories.info.team_count)
    if team.final is None:
        return None
    return medal_zone(team.final.rank, histories.final_info.team_count)


def history_picture(histories: RankHistories, png: bytes) -> Picture:
    """Build the attachment, with a description that says the same in words."""
    words = "; ".join(_describe(team) for team in histories.teams)
    period = _PERIOD_TEXTS[histories.period]
    board = (
        f"{histories.competition.name}, on the public board"
        if histories.final_info
        else histories.competition.name
    )
    text = f"Rank over time in {board}, {period}. {words}"
    return Picture("ranks.png", png, text[:_DESCRIPTION_LENGTH])


def _head(histories: RankHistories) -> str:
    final = histories.final_info
    facts = [
        fmt.plural((final or histories.info).team_count, "team"),
        fmt.final_board(private=True) if final else "",
        WAITING_FOR_BOARD_TEXT if histories.awaits_final_board else "",
        _period(histories),
        f"read {fmt.when(histories.competition.synced_at)}",
    ]
    link = fmt.competition_link(histories.competition.slug, histories.competition.name)
    return f"### 📈 {link}\n-# {fmt.join_dotted(facts)}"


def _period(histories: RankHistories) -> str:
    text = _PERIOD_TEXTS[histories.period]
    if histories.start is not None or histories.tracked_since is None:
        return text
    return f"{text} ({fmt.date(histories.tracked_since)})"


def _single_history(histories: RankHistories, team: TeamRankHistory) -> str:
    summary = team.summary
    who = _team_label(histories, team)
    if summary is None or len(team.history) < 2:
        if summary and histories.start and summary.first.taken_at <= histories.start:
            nothing = _NO_NEW_BOARD_TEXTS[histories.period]
        else:
            nothing = "Only one board is stored so far. Changes will show here."
        return f"{_place(histories, team)} {who}\n{nothing}"
    first, last = fmt.rank(summary.first.rank or 0), fmt.rank(summary.last.rank or 0)
    moved = f"**{first} → {last}** {_rank_change(summary)}"
    if histories.final_info is None:
        head, score = [f"{moved} · {who}"], "Score"
    else:
        final_score = f"**Final score** {escape(team.final.score_text)}" if team.final else ""
        head = [f"{_place(histories, team)} · {who}", final_score, f"**Public board** {moved}"]
        score = "Public score"
    lines = [
        *head,
        f"**Best** {fmt.rank(summary.best.rank or 0)} {fmt.when(summary.best.taken_at)}",
        f"**Worst** {fmt.rank(summary.worst.rank or 0)} {fmt.when(summary.worst.taken_at)}",
        f"**{score}** {_scores(summary)}",
        _submissions(summary),
        _format_joining(summary),
        _format_return(summary),
        *(_format_continuation(past, team.team.team_name) for past in team.continuations),
        _format_rescoring(histories),
    ]
    return "\n".join(filter(None, lines))


def _format_continuation(continuation: PastContinuation, team_name: str) -> str:
    """Return the line that says which team merged into this one, and when."""
    moment = datetime.fromtimestamp(continuation.taken_at, UTC)
    name = escape(continuation.source_name, _NAME_LENGTH)
    return f"-# **{name}** merged into **{escape(team_name, _NAME_LENGTH)}** {fmt.when(moment)}"


def _format_joining(summary: RankSummary) -> str:
    """Return the line for a team that joined later: since when its ranks are counted."""
    if not summary.joined:
        return ""
    return f"-# On the board since {fmt.date_and_time(summary.first.taken_at)}"


def _format_return(summary: RankSummary) -> str:
    """Return the line for a team that was away from the board: since when its ranks are counted."""
    if summary.best_before is None:
        return ""
    best = fmt.rank(summary.best_before.rank or 0)
    when = fmt.when(summary.first.taken_at)
    return f"-# Counted since the team's return to the board, {when}; best rank before that: {best}"


def _format_rescoring(histories: RankHistories) -> str:
    """Return the line that says that ranks are compared only since a part of the period."""
    moment = histories.info.rescored_at
    if moment is None or (histories.start is not None and moment <= histories.start):
        return ""
    return f"-# Ranks are compared since Kaggle rescored the board, {fmt.when(moment)}"


def _place(histories: RankHistories, team: TeamRankHistory) -> str:
    """Return the rank that counts; after the end, the public one follows in brackets."""
    public = fmt.rank(team.team.rank)
    if histories.final_info is None:
        return f"**{public}**"
    if team.final is None:
        return f"**Not on the final board** (public {public})"
    return f"**Final {fmt.rank(team.final.rank)}** (public {public})"


def _comparison(histories: RankHistories) -> str:
    blocks = []
    for number, team in enumerate(histories.teams, 1):
        facts = [escape((team.final or team.team).score_text)]
        if team.summary is not None:
            best = fmt.rank(team.summary.best.rank or 0)
            if histories.final_info is None:
                facts += [_rank_change(team.summary), f"best {best}"]
            else:
                facts += [f"public {_rank_change(team.summary)}", f"best public {best}"]
        head = f"{number}. {_place(histories, team)} {_team_label(histories, team)}"
        joining = _format_joining(team.summary) if team.summary is not None else ""
        blocks.append("\n".join(filter(None, [head, fmt.join_dotted(facts), joining])))
    for index, (ahead, behind) in enumerate(pairwise(histories.teams), 1):
        better, worse = ahead.team, behind.team
        if histories.final_info is not None:
            if ahead.final is None or behind.final is None:
                continue
            better, worse = ahead.final, behind.final
        places = fmt.plural(worse.rank - better.rank, "place")
        gap = fmt.score_gap(better.score_text, worse.score_text)
        behind_by = f"{places} and {gap} behind" if gap else f"{places} behind"
        blocks[index] += f"\n-# {behind_by} {_ahead_since(histories, ahead, behind)}"
    return "\n".join(filter(None, [*blocks, _format_rescoring(histories)]))


def _ahead_since(histories: RankHistories, ahead: TeamRankHistory, behind: TeamRankHistory) -> str:
    """Return who is ahead, and since when if that is known."""
    links = fmt.find_links(ahead.team, histories.links)
    is_person = len(links) == 1
    who = f"**{escape(ahead.team.team_name, _NAME_LENGTH)}**"
    if is_person:
        who = fmt.member(links[0].user_id)
    moment = behind.ahead_since
    if moment is None:
        return who
    since = fmt.date_and_time(moment)
    if moment == histories.tracked_since:
        # In the whole history, the head of the screen has that day already.
        began = "tracking began"
        since = began if histories.start is None else f"{began} ({fmt.date(moment)})"
    return f"{who}, {'who' if is_person else 'which'} has been ahead since {since}"


def _team_label(histories: RankHistories, team: TeamRankHistory) -> str:
    members = fmt.people(team.team, histories.links)
    name = f"**{escape(team.team.team_name, _NAME_LENGTH)}**"
    return f"{members} · {name}" if members else name


def _rank_change(summary: RankSummary) -> str:
    return fmt.change_or_unchanged(summary.first.rank, summary.last.rank or 0)


def _scores(summary: RankSummary) -> str:
    first, last = summary.first.score_text or "?", summary.last.score_text or "?"
    return escape(last) if first == last else f"{escape(first)} → {escape(last)}"


def _submissions(summary: RankSummary) -> str:
    count = summary.submissions
    return "" if count is None else f"-# {fmt.plural(count, 'submission')} in this period"


def _describe(team: TeamRankHistory) -> str:
    name = shorten(clean(team.team.team_name), _NAME_LENGTH)
    if team.final is not None:
        name = f"{name}: final rank {team.final.rank}, public board"
    summary = team.summary
    if summary is None:
        return f"{name}: rank {team.team.rank}"
    first, last, best = summary.first, summary.last, summary.best
    return (
        f"{name}: rank {first.rank} on {_day(first.taken_at)}, {last.rank} on"
        f" {_day(last.taken_at)}, best {best.rank} on {_day(best.taken_at)}"
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
