"""The screen of `/competition browse`, and what `/competition add` offers while one types."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import Item, card
from leaderboards.kaggle.client import CompetitionInfo

PAGE = 5
"""Competitions on a page."""
_LONGEST_CHOICE = 100
"""Characters that Discord allows."""


@dataclass(frozen=True, slots=True)
class BrowseScreen:
    """One page of what Kaggle found."""

    words: str
    found: Sequence[CompetitionInfo]
    """On this page."""
    count: int
    """On all pages."""
    page: int
    pages: int
    followed: Collection[str]
    now: datetime


def browse_view(screen: BrowseScreen, buttons: Sequence[Sequence[Item]]) -> ui.LayoutView:
    """Build the screen."""
    about = f"for **{plain(screen.words, 60)}**" if screen.words else "that are hot at present"
    if not screen.count:
        return card(
            f"### Kaggle finds nothing {about}\n"
            "Try fewer words. A competition that is not listed, such as a private one, can still be"
            " followed: give its address to `/competition add`."
        )
    head = f"### 🔎 Competitions on Kaggle {about}"
    lines = [_competition(screen, one) for one in screen.found]
    foot = f"-# Page {screen.page} of {screen.pages} · {fmt.plural(screen.count, 'competition')}"
    return card(head, "\n".join(lines), foot, buttons=buttons)


def choice_name(found: CompetitionInfo, now: datetime, *, followed: bool) -> str:
    """Write a competition as autocomplete shows it: plain text, as Discord has no more there."""
    facts = [
        "followed" if followed else "",
        fmt.plural(found.team_count, "team") if found.team_count is not None else "",
        _until(found.deadline, now),
    ]
    about = fmt.join_dotted(facts)
    room = _LONGEST_CHOICE - len(about) - 3
    name = found.slug if len(found.slug) <= room else f"{found.slug[: room - 1]}…"
    return fmt.join_dotted([name, about])


def _competition(screen: BrowseScreen, found: CompetitionInfo) -> str:
    followed = " ✅ followed" if found.slug in screen.followed else ""
    facts = [
        plain(found.category) if found.category else "",
        plain(found.reward) if found.reward else "",
        fmt.plural(found.team_count, "team") if found.team_count is not None else "",
        fmt.deadline(found.deadline, screen.now),
    ]
    return f"**{fmt.competition_link(found.slug)}**{followed}\n-# {fmt.join_dotted(facts)}"


def _until(deadline: datetime | None, now: datetime) -> str:
    if deadline is None:
        return ""
    return f"{'ends' if deadline > now else 'ended'} {deadline:%Y-%m-%d}"
