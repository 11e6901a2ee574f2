"""The screen of a board: a table whose columns are aligned on desktops and phones.

Discord's code font has the same width for Latin, Greek and Cyrillic letters, but the width of
Chinese characters and emoji differs between devices. So the name is the last column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import in_code
from cogs.framework.layout import CHARACTERS, Item, card, join_lines
from leaderboards.board import Entry, ScoreOrder
from leaderboards.display_text import format_percentile
from leaderboards.medals import MedalThresholds, MedalZone
from leaderboards.news.messages import LiveBoardMessage
from records.competitions import FormerMember
from records.members import StoredLink

LINES = 20
"""Teams on a page."""

_WIDTH = 27
"""Characters of a line in a code block that phones show without wrapping."""
_MIN_NAME_WIDTH, _MAX_NAME_WIDTH = 9, 20
_SCORE_WIDTH = 14
_MEMBER_MARK, _REQUESTER_MARK = "•", "▸"
_RULE, _GAP = "─", "⋮"
_RESERVED_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of a board."""

    entry: Entry
    """A benchmark has rank 0."""
    member_rank: int | None = None
    """Its rank among the members' teams if only they are shown."""


@dataclass(frozen=True, slots=True)
class RequesterLine:
    """The member who asked for a board, and their team's line."""

    user_id: int
    linked: bool
    line: BoardLine | None
    """None if they are not on the board."""
    former: FormerMember | None = None
    """Given if they were on it before."""


@dataclass(frozen=True, slots=True)
class BoardData:
    """All that one page of a board shows."""

    slug: str
    team_count: int
    order: ScoreOrder | None
    ranks_derived: bool
    deadline: datetime | None
    final: bool
    """Whether the competition is archived, so that the board no longer changes."""
    private: bool
    frozen_at: datetime | None
    """The time of a public board next to which there is a private one; else None."""
    thresholds: MedalThresholds | None
    """None if the competition awards no medals."""
    synced_at: datetime | None
    failed_at: datetime | None
    """When the last sync failed; None if it succeeded."""
    lines: Sequence[BoardLine]
    leader: Entry | None
    requester: RequesterLine | None
    """None for a live board, which nobody asked for."""
    ranks_before: Mapping[int, int | None]
    """Earlier ranks by team id; empty if there is no earlier board."""
    compared_at: datetime | None
    """When the teams had those ranks."""
    now: datetime
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    start: int
    """The number of the first team shown, from 1."""
    count: int
    """The number of teams on all pages."""
    members_only: bool
    title: str | None = None
    """Kaggle's title of the competition; None if not known."""


def board_view(data: BoardData, controls: Sequence[Sequence[Item]] = ()) -> ui.LayoutView:
    """Build the screen."""
    head, footer, requester = _head(data), _footer(data), _requester_line(data)
    if not data.lines:
        return card(head, _empty(data), buttons=controls)
    table = f"```\n{_table(data)}\n```"
    people = _member_lines(
        data, CHARACTERS - sum(map(len, (head, table, requester, footer))) - _RESERVED_CHARACTERS
    )
    below = "\n".join(filter(None, [requester, people]))
    return card(head, table, *filter(None, [below]), footer, buttons=controls)


def live_board_placeholder(row_id: int, message: LiveBoardMessage) -> ui.LayoutView:
    """Build the placeholder of a live board until its first update."""
    return card(f"### {fmt.competition_link(message.slug)}\nThe board is on its way …", id=row_id)


def _head(data: BoardData) -> str:
    facts = [
        fmt.plural(data.team_count, "team"),
        fmt.better(data.order),
        _board_kind(data),
        fmt.deadline(data.deadline, data.now),
    ]
    head = f"### {fmt.competition_link(data.slug, data.title)}\n-# {fmt.join_dotted(facts)}"
    if data.failed_at is not None:
        head += f"\n-# ⚠️ The last try {fmt.when(data.failed_at)} failed; see `/status`."
    return head


def _board_kind(data: BoardData) -> str:
    if data.frozen_at is not None:
        return f"public board of {fmt.date(data.frozen_at)}"
    return fmt.final_board(data.private) if data.final else ""


def _table(data: BoardData) -> str:
    own = data.requester.line if data.requester else None
    shown = {line.entry.team_id for line in data.lines}
    separate = own if own is not None and own.entry.team_id not in shown else None
    columns = _Columns.from_data(data, [*data.lines, *filter(None, [separate])])
    lines = list(_lines_with_rules(data, columns))
    if separate is not None:
        above = separate.entry.rank < next(one.entry.rank for one in data.lines if one.entry.rank)
        text = columns.line(separate, _REQUESTER_MARK)
        lines = [text, _GAP, *lines] if above else [*lines, _GAP, text]
    return "\n".join(lines)


def _lines_with_rules(data: BoardData, columns: _Columns) -> Iterator[str]:
    """Yield the lines, with a rule above each medal zone and below the last one."""
    own = data.requester.line if data.requester else None
    current: MedalZone | None = None
    for line in data.lines:
        entry = line.entry
        if entry.rank and data.thresholds is not None:
            medal_zone = data.thresholds.medal_zone(entry.rank)
            if medal_zone is not current:
                current = medal_zone
                yield _rule(medal_zone, data.thresholds)
        if not entry.rank:
            yield columns.benchmark(entry)
        elif own is not None and entry.team_id == own.entry.team_id:
            yield columns.line(line, _REQUESTER_MARK)
        else:
            member = not data.members_only and fmt.find_links(entry, data.links)
            yield columns.line(line, _MEMBER_MARK if member else " ")


def _rule(medal_zone: MedalZone | None, thresholds: MedalThresholds) -> str:
    if medal_zone is None:
        return _RULE * 20
    end = _RULE * 2
    last_rank = fmt.rank(thresholds.last_rank(medal_zone))
    return f"{end} {fmt.MEDALS[medal_zone]} {medal_zone}, to {last_rank} {end}"


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of a page's columns, and the text of the change column by team id."""

    member_rank: int
    rank: int
    change: int
    score: int
    name: int
    changes: Mapping[int, str]

    @classmethod
    def from_data(cls, data: BoardData, lines: Sequence[BoardLine]) -> _Columns:
        ranked = [line for line in lines if line.entry.rank]
        changes = {
            line.entry.team_id: fmt.change(
                data.ranks_before[line.entry.team_id], line.entry.rank
            )
            for line in ranked
            if line.entry.team_id in data.ranks_before
        }  # fmt: skip
        member_rank = max((len(_member_rank(line)) for line in ranked), default=0)
        rank = max((len(_rank(line)) for line in ranked), default=1)
        change = max(map(len, changes.values()), default=0)
        score = max(len(_score(line.entry)) for line in lines)
        width_before_name = 1 + member_rank + rank + bool(change) + change + 1 + score + 1
        name = max(_MIN_NAME_WIDTH, min(_MAX_NAME_WIDTH, _WIDTH - width_before_name))
        return cls(member_rank, rank, change, score, name, changes)

    def line(self, line: BoardLine, mark: str) -> str:
        entry = line.entry
        change = self.changes.get(entry.team_id, "")
        moved = f" {change:<{self.change}}" if self.change else ""
        rank = f"{_member_rank(line):>{self.member_rank}}{_rank(line):>{self.rank}}"
        return f"{mark}{rank}{moved}{self._score_and_name(entry)}"

    def benchmark(self, entry: Entry) -> str:
        width = self.member_rank + self.rank + bool(self.change) + self.change
        return f" {_RULE * width}{self._score_and_name(entry)}"

    def _score_and_name(self, entry: Entry) -> str:
        name = in_code(entry.team_name, self.name).rstrip()
        return f" {_score(entry):>{self.score}} {name}"


def _member_rank(line: BoardLine) -> str:
    return "" if line.member_rank is None else f"{line.member_rank} "


def _rank(line: BoardLine) -> str:
    rank = line.entry.rank
    return fmt.number(rank) if line.member_rank is None else fmt.rank(rank)


def _score(entry: Entry) -> str:
    return in_code(entry.score_text, _SCORE_WIDTH).rstrip()


def _requester_line(data: BoardData) -> str:
    """Format the requester's own rank, or how to get one."""
    requester = data.requester
    if requester is None:
        return ""
    if not requester.linked:
        return f"-# {fmt.UNLINKED_TEXT}"
    links = [link for link in data.links.values() if link.user_id == requester.user_id]
    who = f"{_REQUESTER_MARK} {fmt.person(links[0]) if links else fmt.member(requester.user_id)}"
    if requester.line is None and requester.former is not None:
        return fmt.was_on_board(who, requester.former)
    if requester.line is None:
        return f"{who} is not on this board yet."
    entry, leader = requester.line.entry, data.leader
    gap = fmt.score_gap(entry.score_text, leader.score_text) if leader else ""
    return fmt.join_dotted(
        [
            f"{who} **{fmt.rank(entry.rank)}**",
            format_percentile(entry.rank, data.team_count),
            f"{gap} behind the first" if gap and entry.rank > 1 else "",
        ]
    )


def _member_lines(data: BoardData, max_characters: int) -> str:
    """List the ranks of the linked members on the page."""
    own = data.requester.user_id if data.requester else None
    parts = []
    for line in data.lines:
        links = [one for one in fmt.find_links(line.entry, data.links) if one.user_id != own]
        if links:
            parts.append(f"{fmt.rank(line.entry.rank)} {fmt.join_words(map(fmt.person, links))}")
    text, left_out = join_lines(parts, max_characters)
    if not text:
        return ""
    more = f" and {fmt.plural(left_out, 'more team')}" if left_out else ""
    return f"{_MEMBER_MARK} {fmt.join_dotted(text.splitlines())}{more}"


def _footer(data: BoardData) -> str:
    changes = ""
    if data.compared_at is not None:
        full_day = data.now - data.compared_at >= timedelta(hours=23)
        changes = "change in 24 h" if full_day else f"change since {fmt.when(data.compared_at)}"
    last = min(data.start + LINES - 1, data.count)
    shown = f"{fmt.number(data.start)} to {fmt.number(last)}"
    who = "members of this server" if data.members_only else ""
    return "-# " + fmt.join_dotted(
        [
            f"{shown} of {fmt.number(data.count)} {who}".strip(),
            changes,
            f"read {fmt.when(data.synced_at)}",
            "ranks follow from the scores: the file has none" if data.ranks_derived else "",
        ]
    )


def _empty(data: BoardData) -> str:
    if not data.members_only:
        return "Nobody is on this board yet."
    is_linked = data.requester is not None and data.requester.linked
    hint = "" if is_linked else f" {fmt.UNLINKED_TEXT}"
    return f"Nobody from this server is on this board yet.{hint}"
