"""The leaderboard screen: one page of lines that stand below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.ui import format as fmt
from cogs.ui.layout import CHARACTERS, Item, card
from cogs.ui.text import in_code, join_lines, plain
from leaderboards.board import Entry, Order
from leaderboards.text import display_width

LINES = 20
"""Teams on a page."""

_MARK = "•"
_NAME = 18
"""Columns of a team's name at most: a line fits on a phone."""
_SPARE = 150
"""Characters for what stands below the members."""


@dataclass(frozen=True, slots=True)
class BoardScreen:
    """All that one page of a board shows."""

    slug: str
    team_count: int
    order: Order | None
    ranks_derived: bool
    synced_at: datetime | None
    failed_at: datetime | None
    """When the last attempt to read it failed; None when it went well."""
    entries: Sequence[Entry]
    """Benchmarks among them have rank 0."""
    before: Mapping[int, int | None]
    """Earlier ranks by team id; empty when no earlier board is known."""
    since: datetime | None
    """How far back those ranks are."""
    now: datetime
    users: Mapping[str, int]
    """Members of this server by casefolded Kaggle user name."""
    page: int
    pages: int
    members_only: bool


def board_view(screen: BoardScreen, buttons: Sequence[Sequence[Item]]) -> ui.LayoutView:
    """Build the screen."""
    head = f"### {fmt.competition_link(screen.slug)}\n-# " + fmt.dotted(
        [
            f"{fmt.plural(screen.team_count, 'team')}",
            fmt.better(screen.order),
            f"read {fmt.when(screen.synced_at)}",
        ]
    )
    if screen.failed_at is not None:
        head += f"\n-# ⚠️ The last try {fmt.when(screen.failed_at)} failed; see `/status`."
    foot = _foot(screen)
    if not screen.entries:
        return card(head, _empty(screen), buttons=buttons)
    table = f"```\n{_table(screen)}\n```"
    room = CHARACTERS - len(head) - len(table) - len(foot) - _SPARE
    members = _members(screen, room)
    return card(head, table, *filter(None, [members]), foot, buttons=buttons)


def _table(screen: BoardScreen) -> str:
    entries = screen.entries
    ranks = [fmt.number(entry.rank) if entry.rank else "·" for entry in entries]
    changes = [_change(screen, entry) for entry in entries]
    scores = [in_code(entry.score_text, 14).rstrip() for entry in entries]
    names = min(_NAME, max(display_width(in_code(e.team_name, _NAME).rstrip()) for e in entries))
    rank_width, change_width, score_width = (max(map(len, c)) for c in (ranks, changes, scores))
    lines = []
    for entry, rank, change, score in zip(entries, ranks, changes, scores, strict=True):
        mark = _MARK if _member_ids(screen, entry) else " "
        moved = f" {change:<{change_width}}" if change_width else ""
        name = in_code(entry.team_name, names)
        lines.append(f"{mark}{rank:>{rank_width}}{moved} {name} {score:>{score_width}}")
    return "\n".join(lines)


def _change(screen: BoardScreen, entry: Entry) -> str:
    if not entry.rank or entry.team_id not in screen.before:
        return ""
    return fmt.change(screen.before[entry.team_id], entry.rank)


def _members(screen: BoardScreen, room: int) -> str:
    lines = []
    for entry in screen.entries:
        user_ids = _member_ids(screen, entry)
        if user_ids:
            who = fmt.joined(map(fmt.member, user_ids))
            lines.append(f"{_MARK} **{fmt.rank(entry.rank)}** {who} · {plain(entry.team_name, 28)}")
    text, left_out = join_lines(lines, room)
    return text + (f"\n-# and {fmt.plural(left_out, 'more team')} of this server" * bool(left_out))


def _member_ids(screen: BoardScreen, entry: Entry) -> list[int]:
    if not entry.rank:
        return []
    folded = (user_name.casefold() for user_name in entry.members)
    return [screen.users[name] for name in folded if name in screen.users]


def _foot(screen: BoardScreen) -> str:
    changes = ""
    if screen.since is not None:
        full_day = screen.now - screen.since >= timedelta(hours=23)
        changes = "change in 24 h" if full_day else f"change since {fmt.when(screen.since)}"
    return "-# " + fmt.dotted(
        [
            f"Page {fmt.number(screen.page)} of {fmt.number(screen.pages)}",
            "members of this server" if screen.members_only else "",
            changes,
            "ranks follow from the scores: the file has none" if screen.ranks_derived else "",
        ]
    )


def _empty(screen: BoardScreen) -> str:
    if not screen.members_only:
        return "Nobody is on this board yet."
    return "Nobody from this server is on this board yet. `/link` tells me who you are on Kaggle."
