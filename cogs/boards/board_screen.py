"""The screen of a board: one line for each team, with rank, change and score in aligned columns.

The columns are inline code, whose characters have the same width. The name follows as text, so that
phones wrap a long one instead of cutting it, and that members stand beside it as mentions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_code
from cogs.framework.layout import CHARACTERS, Item, card, join_lines
from cogs.framework.texts import WAITING_FOR_BOARD_TEXT, was_on_board_text
from leaderboards.board import Entry, ScoreOrder
from leaderboards.display_text import format_top_share
from leaderboards.medals import MedalThresholds, MedalZone
from leaderboards.news.messages import LiveBoardMessage
from records.competitions import FormerMember
from records.members import StoredLink

LINES, DETAILED_LINES = 20, 10
"""Lines on a page, without and with details."""

_NAME_WIDTHS = (32, 20, 12)
"""Columns of a name; the smaller ones if the names are so long in characters that a page of them
would exceed Discord's limit, as names of joined emoji are."""
_SCORE_WIDTH = 14
_NO_RANK, _GAP = "─", "⋮"
_MAX_MATES = 5
"""User names of a team that are named."""
_RESERVED_CHARACTERS = 100

NO_PRIVATE_TEXT = "There is no private board: the public one is shown anyway."
OTHER_MEMBERS_TEXT = "Other members are only shown on the board in your server."


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of a board."""

    entry: Entry
    """A benchmark has rank 0."""
    member_rank: int | None = None
    """The rank among the members if only they are shown."""
    link: StoredLink | None = None
    """The member whose line it is if only members are shown."""


@dataclass(frozen=True, slots=True)
class RequesterLine:
    """The member who asked for a board, and their team's line."""

    user_id: int
    unlinked_text: str
    """The sentence for a member without a link that counts; empty for one who has one."""
    line: BoardLine | None
    """None if they are not on the board."""
    former: FormerMember | None = None
    """Given if they were on it before."""


@dataclass(frozen=True, slots=True)
class BoardData:
    """All that one page of a board shows."""

    slug: str
    name: str
    """What the competition is called."""
    team_count: int
    order: ScoreOrder | None
    ranks_derived: bool
    deadline: datetime | None
    final: bool
    """Whether the competition is archived; only a recheck can still change the board."""
    private: bool
    public_taken_at: datetime | None
    """The time of the public board, if it is shown although there is a private one; else None."""
    thresholds: MedalThresholds | None
    """None if the competition awards no medals."""
    read_at: datetime | None
    """When the last sync was. None for a live board: it shows `changed_at`, so that its text is not
    another one after each sync."""
    changed_at: datetime | None
    """When the board was last changed; None but for a live board."""
    failed_at: datetime | None
    """When the last sync failed; None if it succeeded, and for a live board.

    A sync that Kaggle refuses in a lockout does not count.
    """
    lines: Sequence[BoardLine]
    leader: Entry | None
    requester: RequesterLine | None
    """None for a live board, which nobody asked for."""
    ranks_before: Mapping[int, int | None]
    """Earlier ranks by team id, or of a private board the public ones; empty if there are none."""
    compared_at: datetime | None
    """When the teams had those ranks; None for a private board, which has public ones."""
    now: datetime
    links: Mapping[str, StoredLink]
    """Links whose Discord user ids may be shown, by casefolded Kaggle user name."""
    start: int
    """The first rank on the page, or with members only the number of its first line."""
    count: int
    """The last rank on the board, or with members only the number of all lines."""
    members_only: bool
    details: bool = False
    """Whether submissions and user names are shown."""
    awaits_final_board: bool = False
    """Whether the deadline has passed, but it is not known yet which board is final."""

    @property
    def page_length(self) -> int:
        """The number of lines on a page."""
        return DETAILED_LINES if self.details else LINES


def no_page_text(page: int, last: int) -> str:
    """Return that a board has no page of that number."""
    return f"There is no page {fmt.number(page)}: this is the last one, {fmt.number(last)}."


def not_a_page_text(typed: str) -> str:
    """Return that what was typed is no number of a page."""
    return f"{escape(typed)} is not a page number. Give a number such as 3."


def board_view(data: BoardData, controls: Sequence[Sequence[Item]] = ()) -> ui.LayoutView:
    """Build the screen."""
    head, requester = _head(data), _requester_line(data)
    if not data.lines:
        return card(head, _empty(data), buttons=controls)
    footer = _footer(data)
    room = CHARACTERS - sum(map(len, (head, requester, footer))) - _RESERVED_CHARACTERS
    return card(head, _table(data, room), requester, footer, buttons=controls)


def live_board_placeholder(
    row_id: int, message: LiveBoardMessage, names: fmt.Names
) -> ui.LayoutView:
    """Build the placeholder of a live board until its first update."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    return card(f"### {link}\nThe board is on its way …", id=row_id)


def former_live_board_view(moved_to: int | None) -> ui.LayoutView:
    """Build what the first message of a forum post shows once its live board was moved.

    `moved_to` is None if it was removed.
    """
    if moved_to is None:
        return card("The live board that was here is no longer updated.")
    return card(f"The live board that was here has moved to <#{moved_to}>.")


def _head(data: BoardData) -> str:
    facts = [
        fmt.plural(data.team_count, "team"),
        fmt.better(data.order),
        _board_kind(data),
        fmt.deadline(data.deadline, data.now),
    ]
    head = f"### {fmt.competition_link(data.slug, data.name)}\n-# {fmt.join_dotted(facts)}"
    if data.failed_at is not None:
        head += f"\n-# ⚠️ The last try {fmt.when(data.failed_at)} failed; see `/status`."
    return head


def _board_kind(data: BoardData) -> str:
    if data.public_taken_at is not None:
        return f"public board of {fmt.date_and_time(data.public_taken_at)}"
    if data.awaits_final_board:
        return WAITING_FOR_BOARD_TEXT
    return fmt.final_board(data.private) if data.final else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table as text, and what is added to it where there is room."""

    text: str
    people: str = ""
    details: str = ""


def _table(data: BoardData, room: int) -> str:
    """Format the rows in about `room` characters.

    Where not all fits, details are left out first, then members. Only if the rows alone are too
    long, names are cut, and at last rows are left out, as with very many benchmarks.
    """
    for width in _NAME_WIDTHS:
        rows = list(_build_rows(data, width))
        text, left_out = join_lines((row.text for row in rows), room)
        if not left_out:
            break
    room -= len(text)
    lines = text.split("\n")
    without_people = 0
    for index, row in enumerate(rows[: len(lines)]):
        if len(row.people) <= room:
            lines[index] += row.people
            room -= len(row.people)
        else:
            without_people += 1
    for index, row in enumerate(rows[: len(lines)]):
        if len(row.details) <= room:
            lines[index] += row.details
            room -= len(row.details)
    if left_out:
        lines.append(f"-# {fmt.plural(left_out, 'more line')} too long to show")
    if without_people:
        teams = fmt.plural(without_people, "team")
        lines.append(f"-# The members of {teams} are left out: too many")
    return "\n".join(lines)


def _build_rows(data: BoardData, name_width: int) -> Iterator[_Row]:
    own = data.requester.line if data.requester else None
    separate = None if own is None or any(_is_same(own, line) for line in data.lines) else own
    columns = _Columns.from_data(data, [*data.lines, *([separate] if separate else [])])
    rows = _build_rows_with_zones(data, columns, name_width)
    if separate is None:
        yield from rows
        return
    row = _build_row(data, columns, separate, name_width)
    # A page has no team if the board lost its last ones while the page was loaded.
    first = next((one for one in data.lines if one.entry.rank), None)
    if first is None or _sort_key(separate) < _sort_key(first):
        yield from (row, _Row(_GAP), *rows)
    else:
        yield from (*rows, _Row(_GAP), row)


def _build_rows_with_zones(data: BoardData, columns: _Columns, name_width: int) -> Iterator[_Row]:
    """Yield the rows, with a heading above each medal zone, and one above the teams below them."""
    current: MedalZone | None = None
    for line in data.lines:
        if line.entry.rank and data.thresholds is not None:
            medal_zone = data.thresholds.medal_zone(line.entry.rank)
            if medal_zone is not current:
                current = medal_zone
                yield _Row(_zone_heading(medal_zone, data.thresholds))
        yield _build_row(data, columns, line, name_width)


def _zone_heading(medal_zone: MedalZone | None, thresholds: MedalThresholds) -> str:
    if medal_zone is None:
        return "-# below the medal zones"
    last_rank = fmt.rank(thresholds.last_rank(medal_zone))
    return f"-# {fmt.MEDALS[medal_zone]} {medal_zone}, to {last_rank}"


def _build_row(data: BoardData, columns: _Columns, line: BoardLine, name_width: int) -> _Row:
    entry = line.entry
    own = data.requester.line if data.requester else None
    name = escape(entry.team_name, name_width)
    if own is not None and _is_same(own, line):
        name = f"**{name}**"
    member = fmt.person(line.link) if line.link else ""
    people = "" if line.link else fmt.people(entry, data.links)
    return _Row(
        " ".join(filter(None, [columns.code(line), member, name])),
        f" {people}" if people else "",
        _details(entry) if data.details else "",
    )


def _is_same(one: BoardLine, other: BoardLine) -> bool:
    """Return whether two lines show the same team, or the same member where only they are shown."""
    return one.entry.team_id == other.entry.team_id and one.link == other.link


def _sort_key(line: BoardLine) -> tuple[int, int]:
    """Return what the lines of a board are sorted by: members of one team share its rank."""
    return line.entry.rank, line.link.user_id if line.link else 0


def _details(entry: Entry) -> str:
    """Format submissions and user names as a line below the row."""
    names = fmt.join_some([escape(name) for name in entry.members], _MAX_MATES)
    facts = fmt.join_dotted([fmt.submissions(entry), names])
    return f"\n-# {facts}" if facts else ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of a page's columns, and the text of the change column by team id."""

    member_rank: int
    rank: int
    change: int
    score: int
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
        return cls(
            member_rank=max((len(_member_rank(line)) for line in ranked), default=0),
            rank=max((len(_rank(line)) for line in ranked), default=1),
            change=max(map(len, changes.values()), default=0),
            score=max(len(_score(line.entry)) for line in lines),
            changes=changes,
        )

    def code(self, line: BoardLine) -> str:
        """Return the columns of a line as inline code; a benchmark has no rank."""
        entry = line.entry
        score = f"{_score(entry):>{self.score}}"
        if not entry.rank:
            width = self.member_rank + self.rank + bool(self.change) + self.change
            return f"`{_NO_RANK * width} {score}`"
        change = self.changes.get(entry.team_id, "")
        moved = f" {change:<{self.change}}" if self.change else ""
        return (
            f"`{_member_rank(line):>{self.member_rank}}{_rank(line):>{self.rank}}{moved} {score}`"
        )


def _member_rank(line: BoardLine) -> str:
    return "" if line.member_rank is None else f"{line.member_rank} "


def _rank(line: BoardLine) -> str:
    rank = line.entry.rank
    return fmt.number(rank) if line.member_rank is None else fmt.rank(rank)


def _score(entry: Entry) -> str:
    return escape_code(entry.score_text, _SCORE_WIDTH).rstrip()


def _requester_line(data: BoardData) -> str:
    """Format the requester's own rank, or how to get one."""
    requester = data.requester
    if requester is None:
        return ""
    if requester.unlinked_text:
        return f"-# {requester.unlinked_text}"
    links = [link for link in data.links.values() if link.user_id == requester.user_id]
    who = fmt.person(links[0]) if links else fmt.member(requester.user_id)
    if requester.line is None and requester.former is not None:
        return was_on_board_text(who, fmt.competition_name(data.slug, data.name), requester.former)
    if requester.line is None:
        return f"{who} is not on this board." if data.final else f"{who} is not on this board yet."
    entry, leader = requester.line.entry, data.leader
    gap = fmt.score_gap(entry.score_text, leader.score_text) if leader else ""
    return fmt.join_dotted(
        [
            f"{who} **{fmt.rank(entry.rank)}**",
            format_top_share(entry.rank, data.team_count),
            f"{gap} behind the first" if gap and entry.rank > 1 else "",
        ]
    )


def _footer(data: BoardData) -> str:
    changes = ""
    if data.private and data.ranks_before:
        changes = f"{fmt.UP}{fmt.DOWN} against the public rank"
    elif data.compared_at is not None:
        full_day = fmt.spans_day(data.compared_at, data.now)
        changes = "change in 24 h" if full_day else fmt.change_since(data.compared_at)
    first, count = fmt.number(data.start), fmt.number(data.count)
    last = fmt.number(min(data.start + data.page_length - 1, data.count))
    shown = f"{first} to {last} of {count}"
    if data.members_only:
        shown = f"{first} to {last} of {count} members of this server"
    return "-# " + fmt.join_dotted(
        [
            shown,
            changes,
            f"last changed {fmt.when(data.changed_at)}"
            if data.changed_at
            else f"read {fmt.when(data.read_at)}",
            "Kaggle gave no ranks: these follow from the scores" if data.ranks_derived else "",
        ]
    )


def _empty(data: BoardData) -> str:
    if not data.members_only:
        return "Nobody has these ranks." if data.team_count else "Nobody is on this board yet."
    text = "No member with a link that counts is on this board yet."
    if data.final:
        text = "No member with a link that counts is on this board."
    return f"{text} {data.requester.unlinked_text}".strip() if data.requester else text
