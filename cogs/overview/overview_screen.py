"""The screen of `/overview`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import WAITING_FOR_BOARD_TEXT
from leaderboards.medals import MedalZone
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import MemberResults
from records.competitions import Competition

MAX_TEAMS = 10
"""Teams that are listed of one competition."""
_MAX_MEMBERS = 5
"""Members that are named of one team."""
_MAX_MEDALS = 4
"""Medals that are listed of one member; all are counted."""
_MAX_WITHOUT_MEMBERS = 5
"""Competitions without a member that one line names."""

_MORE_MEMBERS_TEXT = "-# `/leaderboard members:True` shows all members on a board."
_NO_MEDALS_TEXT = "None yet. Medals count once a competition has its final board."


@dataclass(frozen=True, slots=True)
class OverviewTeam:
    """A team with linked members."""

    team_id: int
    user_ids: Sequence[int]
    rank: int
    medal_zone: MedalZone | None


@dataclass(frozen=True, slots=True)
class OverviewBoard:
    """The board of a running competition with linked members."""

    competition: Competition
    paused: bool
    """Whether the server has paused it."""
    team_count: int
    teams: Sequence[OverviewTeam]
    """The best `MAX_TEAMS` of those with linked members, best first."""
    more_members: int
    """Linked members in other teams."""
    ranks_before: Mapping[int, int | None]
    """Earlier ranks by team id; empty if there is no earlier board."""
    compared_at: datetime | None
    """When the teams had those ranks."""


@dataclass(frozen=True, slots=True)
class OverviewData:
    """All that the overview shows."""

    member_count: int
    """Members whose link counts."""
    boards: Sequence[OverviewBoard]
    """Those of running competitions, in the order in which they end."""
    without_members: Sequence[Competition]
    """Running competitions on whose board no linked member is."""
    ended: Mapping[int, Competition]
    """Competitions with a final board, by id."""
    medals: Sequence[MemberResults]
    """Members with medals, those with the best first."""
    now: datetime


def overview_view(
    data: OverviewData,
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
) -> ui.LayoutView:
    """Build a page of the overview."""
    head = _head(data)
    page = select_page(
        list(_sections(data)), number, max_characters=CHARACTERS - len(head) - 300, length=len
    )
    body = "\n".join(page.items)
    foot = _MORE_MEMBERS_TEXT if any(board.more_members for board in data.boards) else ""
    return card(head, body, foot, page.number_line(), buttons=build_buttons(page))


def _head(data: OverviewData) -> str:
    spans_day = any(fmt.spans_day(board.compared_at, data.now) for board in data.boards)
    facts = [
        fmt.plural(data.member_count, "linked member"),
        "change in 24 h" if spans_day else "",
    ]
    return f"## 🔭 Overview\n-# {fmt.join_dotted(facts)}"


def _sections(data: OverviewData) -> Iterator[str]:
    if not data.boards and not data.without_members:
        yield "No competition is running."
    yield from (_board(board, data.now) for board in data.boards)
    for start in range(0, len(data.without_members), _MAX_WITHOUT_MEMBERS):
        names = [
            fmt.competition_name(one.slug, one.name)
            for one in data.without_members[start : start + _MAX_WITHOUT_MEMBERS]
        ]
        yield (
            f"-# No member with a link that counts is on the board of {fmt.join_words(names)} yet."
        )
    first, *others = [_member_medals(one, data.ended) for one in data.medals] or [_NO_MEDALS_TEXT]
    yield f"### 🏅 Medals won so far\n{first}"
    yield from others


def _board(board: OverviewBoard, now: datetime) -> str:
    competition = board.competition
    facts = [
        fmt.plural(board.team_count, "team"),
        _end(competition, now),
        "⏸️ paused" if board.paused else "",
        f"⚠️ last read {fmt.when(competition.synced_at)}" if competition.error else "",
        _period(board, now),
    ]
    lines = [
        f"### {fmt.competition_link(competition.slug, competition.name)}",
        f"-# {fmt.join_dotted(facts)}",
        *(_team(team, board.ranks_before) for team in board.teams),
    ]
    if board.more_members:
        lines.append(f"-# and {fmt.plural(board.more_members, 'more member')}")
    return "\n".join(lines)


def _end(competition: Competition, now: datetime) -> str:
    if competition.ended_at is None:
        return fmt.deadline(competition.deadline, now)
    return f"ended {fmt.when(competition.ended_at)}, {WAITING_FOR_BOARD_TEXT}"


def _period(board: OverviewBoard, now: datetime) -> str:
    """Return since when changes are counted, if that is less than the 24 hours of the heading."""
    if board.compared_at is None or fmt.spans_day(board.compared_at, now):
        return ""
    return fmt.change_since(board.compared_at)


def _team(team: OverviewTeam, ranks_before: Mapping[int, int | None]) -> str:
    change = ""
    if team.team_id in ranks_before:
        change = fmt.change(ranks_before[team.team_id], team.rank)
    members = fmt.join_some([fmt.member(user_id) for user_id in team.user_ids], _MAX_MEMBERS)
    rank = f"**{fmt.rank_with_medal(team.rank, team.medal_zone)}**"
    return " ".join(filter(None, [rank, change, members]))


def _member_medals(member: MemberResults, ended: Mapping[int, Competition]) -> str:
    """Format a member's medals in two lines: counted, and named."""
    medals = [_medal(medal, ended[medal.competition_id]) for medal in member.medals]
    counts = fmt.medal_counts(member.medal_counts)
    return f"{fmt.member(member.user_id)} {counts}\n-# {fmt.join_some(medals, _MAX_MEDALS)}"


def _medal(medal: MemberRank, competition: Competition) -> str:
    name = fmt.competition_name(competition.slug, competition.name, fmt.SHORT_NAME_WIDTH)
    return f"{fmt.rank_with_medal(medal.rank, medal.medal_zone)} {name}"
