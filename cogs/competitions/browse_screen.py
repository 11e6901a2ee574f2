"""The screen of `/competition browse`, and the choices of `/competition add`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import MAX_CHOICE_LENGTH, Item, card
from leaderboards.kaggle.cli_output import CompetitionInfo

PAGE_SIZE = 5


@dataclass(frozen=True, slots=True)
class BrowseData:
    """One page of what Kaggle found."""

    words: str
    """Empty for the competitions that Kaggle shows without a search."""
    competitions: Sequence[CompetitionInfo]
    """Those on this page."""
    count: int
    """Competitions on all pages."""
    page: int
    """Counted from 1."""
    page_count: int
    followed: Collection[str]
    """Slugs that the server follows already."""
    now: datetime


def browse_view(data: BrowseData, controls: Sequence[Sequence[Item]]) -> ui.LayoutView:
    """Build the screen."""
    about = f"for **{plain(data.words, 60)}**" if data.words else "that are hot at present"
    if not data.count:
        return card(
            f"### Kaggle finds nothing {about}\n"
            "Try fewer words. A competition that is not listed, such as a private one, can still be"
            " followed: give its address to `/competition add`."
        )
    head = f"### 🔎 Competitions on Kaggle {about}"
    lines = [_competition_line(data, competition) for competition in data.competitions]
    count = fmt.plural(data.count, "competition")
    foot = f"-# Page {data.page} of {data.page_count} · {count}"
    return card(head, "\n".join(lines), foot, buttons=controls)


def format_choice(competition: CompetitionInfo, now: datetime, *, followed: bool) -> str:
    """Write an autocomplete choice, which Discord shows as plain text without timestamps."""
    facts = [
        "followed" if followed else "",
        fmt.plural(competition.team_count, "team") if competition.team_count is not None else "",
        _deadline(competition.deadline, now),
    ]
    about = fmt.join_dotted(facts)
    slug, max_length = competition.slug, MAX_CHOICE_LENGTH - len(about) - 3
    name = slug if len(slug) <= max_length else f"{slug[: max_length - 1]}…"
    return fmt.join_dotted([name, about])


def _competition_line(data: BrowseData, competition: CompetitionInfo) -> str:
    followed = " ✅ followed" if competition.slug in data.followed else ""
    facts = [
        plain(competition.category) if competition.category else "",
        plain(competition.reward) if competition.reward else "",
        fmt.plural(competition.team_count, "team") if competition.team_count is not None else "",
        fmt.deadline(competition.deadline, data.now),
    ]
    link = fmt.competition_link(competition.slug)
    return f"**{link}**{followed}\n-# {fmt.join_dotted(facts)}"


def _deadline(deadline: datetime | None, now: datetime) -> str:
    if deadline is None:
        return ""
    return f"{'ends' if deadline > now else 'ended'} {deadline:%Y-%m-%d}"
