"""The leaderboard screen: lines that stand below each other on a desk and on a phone.

Discord's code font is as wide for every letter of Latin, Greek and Cyrillic, but nothing holds it
to two columns for a Chinese character or an emoji. So names come last in a line, and whatever
stands in them moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import in_code, join_lines
from cogs.framework.layout import CHARACTERS, Item, card
from leaderboards.board import Entry, ScoreOrder
from leaderboards.medals import MedalThresholds, MedalZone
from leaderboards.news.messages import LiveBoardMessage
from records.members import StoredLink

LINES = 20
"""Teams on a page."""

_WIDTH = 27
"""Columns of a code block in a card that a phone shows without breaking the line."""
_NAME = 9, 20
"""Columns of a name at least and at most."""
_SCORE = 14
_MEMBER, _ASKER = "•", "▸"
_RULE, _GAP = "─", "⋮"
_SPARE = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board."""

    entry: Entry
    """A benchmark has rank 0."""
    place: int | None = None
    """Where it stands among the members, when only they are shown."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks at a board."""

    user_id: int
    linked: bool
    line: Line | None
    """None while they are not on the board."""


@dataclass(frozen=True, slots=True)
class BoardScreen:
    """All that one page of a board shows."""

    slug: str
    team_count: int
    order: ScoreOrder | None
    ranks_derived: bool
    deadline: datetime | None
    final: bool
    """Whether it is the board that counts in the end."""
    private: bool
    frozen_at: datetime | None
    """Of when a public board is beside which there is a private one; else None."""
    medals: MedalThresholds | None
    """None where none are awarded."""
    synced_at: datetime | None
    failed_at: datetime | None
    """When the last attempt to read it failed; None when it went well."""
    lines: Sequence[Line]
    leader: Entry | None
    asker: Asker | None
    """None for a board that nobody asked for."""
    before: Mapping[int, int | None]
    """Earlier ranks by team id; empty when no earlier board is known."""
    since: datetime | None
    """How far back those ranks are."""
    now: datetime
    users: Mapping[str, StoredLink]
    """Whose Discord user ids may be shown, by casefolded Kaggle user name."""
    start: int
    """The place of the first team shown, from 1."""
    count: int
    """How many teams there are to page through."""
    members_only: bool


def board_view(screen: BoardScreen, controls: Sequence[Sequence[Item]] = ()) -> ui.LayoutView:
    """Build the screen."""
    head, foot, asker = _head(screen), _foot(screen), _asker(screen)
    if not screen.lines:
        return card(head, _empty(screen), buttons=controls)
    table = f"```\n{_table(screen)}\n```"
    people = _people(screen, CHARACTERS - sum(map(len, (head, table, asker, foot))) - _SPARE)
    below = "\n".join(filter(None, [asker, people]))
    return card(head, table, *filter(None, [below]), foot, buttons=controls)


def live_board_view(row_id: int, message: LiveBoardMessage) -> ui.LayoutView:
    """Build what stands in the place of a live board until it is shown for the first time."""
    return card(f"### {fmt.competition_link(message.slug)}\nThe board is on its way …", id=row_id)


def _head(screen: BoardScreen) -> str:
    facts = [
        fmt.plural(screen.team_count, "team"),
        fmt.better(screen.order),
        _which(screen),
        fmt.deadline(screen.deadline, screen.now),
    ]
    head = f"### {fmt.competition_link(screen.slug)}\n-# {fmt.join_dotted(facts)}"
    if screen.failed_at is not None:
        head += f"\n-# ⚠️ The last try {fmt.when(screen.failed_at)} failed; see `/status`."
    return head


def _which(screen: BoardScreen) -> str:
    if screen.frozen_at is not None:
        return f"public board of {fmt.date(screen.frozen_at)}"
    return fmt.final_board(screen.private) if screen.final else ""


def _table(screen: BoardScreen) -> str:
    own = screen.asker.line if screen.asker else None
    shown = {line.entry.team_id for line in screen.lines}
    apart = own if own is not None and own.entry.team_id not in shown else None
    columns = _Columns.of(screen, [*screen.lines, *filter(None, [apart])])
    lines = list(_ruled(screen, columns))
    if apart is not None:
        above = apart.entry.rank < next(one.entry.rank for one in screen.lines if one.entry.rank)
        text = columns.line(apart, _ASKER)
        lines = [text, _GAP, *lines] if above else [*lines, _GAP, text]
    return "\n".join(lines)


def _ruled(screen: BoardScreen, columns: _Columns) -> Iterator[str]:
    """Give the lines, with a rule above each medal zone and below the last one."""
    own = screen.asker.line if screen.asker else None
    here: MedalZone | None = None
    for line in screen.lines:
        entry = line.entry
        if entry.rank and screen.medals is not None:
            medal_zone = screen.medals.medal_zone(entry.rank)
            if medal_zone is not here:
                here = medal_zone
                yield _rule(medal_zone, screen.medals)
        if not entry.rank:
            yield columns.benchmark(entry)
        elif own is not None and entry.team_id == own.entry.team_id:
            yield columns.line(line, _ASKER)
        else:
            member = not screen.members_only and fmt.find_links(entry, screen.users)
            yield columns.line(line, _MEMBER if member else " ")


def _rule(medal_zone: MedalZone | None, places: MedalThresholds) -> str:
    if medal_zone is None:
        return _RULE * 20
    end = _RULE * 2
    last_rank = fmt.rank(places.last_rank(medal_zone))
    return f"{end} {fmt.MEDALS[medal_zone]} {medal_zone}, to {last_rank} {end}"


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide each column of a page is."""

    place: int
    rank: int
    change: int
    score: int
    name: int
    changes: Mapping[int, str]

    @classmethod
    def of(cls, screen: BoardScreen, lines: Sequence[Line]) -> _Columns:
        ranked = [line for line in lines if line.entry.rank]
        changes = {
            line.entry.team_id: fmt.change(
                screen.before[line.entry.team_id], line.entry.rank
            )
            for line in ranked
            if line.entry.team_id in screen.before
        }  # fmt: skip
        place = max((len(_place(line)) for line in ranked), default=0)
        rank = max((len(_rank(line)) for line in ranked), default=1)
        change = max(map(len, changes.values()), default=0)
        score = max(len(_score(line.entry)) for line in lines)
        used = 1 + place + rank + bool(change) + change + 1 + score + 1
        least, most = _NAME
        return cls(place, rank, change, score, max(least, min(most, _WIDTH - used)), changes)

    def line(self, line: Line, mark: str) -> str:
        entry = line.entry
        change = self.changes.get(entry.team_id, "")
        moved = f" {change:<{self.change}}" if self.change else ""
        rank = f"{_place(line):>{self.place}}{_rank(line):>{self.rank}}"
        return f"{mark}{rank}{moved}{self._end(entry)}"

    def benchmark(self, entry: Entry) -> str:
        width = self.place + self.rank + bool(self.change) + self.change
        return f" {_RULE * width}{self._end(entry)}"

    def _end(self, entry: Entry) -> str:
        name = in_code(entry.team_name, self.name).rstrip()
        return f" {_score(entry):>{self.score}} {name}"


def _place(line: Line) -> str:
    return "" if line.place is None else f"{line.place} "


def _rank(line: Line) -> str:
    rank = line.entry.rank
    return fmt.number(rank) if line.place is None else fmt.rank(rank)


def _score(entry: Entry) -> str:
    return in_code(entry.score_text, _SCORE).rstrip()


def _asker(screen: BoardScreen) -> str:
    """Say how the one who looks stands, or what to do to stand there."""
    asker = screen.asker
    if asker is None:
        return ""
    if not asker.linked:
        return f"-# {fmt.UNKNOWN_TO_ME}"
    links = [link for link in screen.users.values() if link.user_id == asker.user_id]
    who = f"{_ASKER} {fmt.person(links[0]) if links else fmt.member(asker.user_id)}"
    if asker.line is None:
        return f"{who} is not on this board yet."
    entry, leader = asker.line.entry, screen.leader
    gap = fmt.score_gap(entry.score_text, leader.score_text) if leader else ""
    return fmt.join_dotted(
        [
            f"{who} **{fmt.rank(entry.rank)}**",
            fmt.percentile(entry.rank, screen.team_count),
            f"{gap} behind the first" if gap and entry.rank > 1 else "",
        ]
    )


def _people(screen: BoardScreen, room: int) -> str:
    """Say which lines are members of the server."""
    own = screen.asker.user_id if screen.asker else None
    parts = []
    for line in screen.lines:
        links = [one for one in fmt.find_links(line.entry, screen.users) if one.user_id != own]
        if links:
            parts.append(f"{fmt.rank(line.entry.rank)} {fmt.join_words(map(fmt.person, links))}")
    text, left_out = join_lines(parts, room)
    if not text:
        return ""
    more = f" and {fmt.plural(left_out, 'more team')}" if left_out else ""
    return f"{_MEMBER} {fmt.join_dotted(text.splitlines())}{more}"


def _foot(screen: BoardScreen) -> str:
    changes = ""
    if screen.since is not None:
        full_day = screen.now - screen.since >= timedelta(hours=23)
        changes = "change in 24 h" if full_day else f"change since {fmt.when(screen.since)}"
    last = min(screen.start + LINES - 1, screen.count)
    shown = f"{fmt.number(screen.start)} to {fmt.number(last)}"
    who = "members of this server" if screen.members_only else ""
    return "-# " + fmt.join_dotted(
        [
            f"{shown} of {fmt.number(screen.count)} {who}".strip(),
            changes,
            f"read {fmt.when(screen.synced_at)}",
            "ranks follow from the scores: the file has none" if screen.ranks_derived else "",
        ]
    )


def _empty(screen: BoardScreen) -> str:
    if not screen.members_only:
        return "Nobody is on this board yet."
    return f"Nobody from this server is on this board yet. {fmt.UNKNOWN_TO_ME}"
