"""The screen of `/competition browse`, and the choices of `/competition add`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_sentence
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from leaderboards.competition_info import CompetitionInfo

_PAGE_SIZE = 5


@dataclass(frozen=True, slots=True)
class BrowseData:
    """Competitions that Kaggle found."""

    words: str
    """Empty for the competitions that Kaggle shows without a search."""
    competitions: Sequence[CompetitionInfo]
    followed: Collection[str]
    """Slugs that the server follows already."""
    now: datetime


def select_browse_page(data: BrowseData, number: int) -> Page[CompetitionInfo]:
    """Return the competitions of one page."""
    return select_page(
        data.competitions,
        number,
        max_characters=CHARACTERS - 300,
        length=lambda one: len(_competition_line(data, one)),
        max_items=_PAGE_SIZE,
    )


def browse_view(
    data: BrowseData, page: Page[CompetitionInfo], controls: Sequence[Sequence[Item]]
) -> ui.LayoutView:
    """Build the screen of a page."""
    words = escape(data.words, 60) if data.words else ""
    if not data.competitions:
        head = f"### Kaggle finds nothing for **{words}**" if words else "### Kaggle lists nothing"
        return card(
            f"{head}\nCheck the spelling, or try fewer words. A competition that is not listed,"
            " such as a private one, can still be followed: give its address to `/competition add`."
        )
    head = "### 🔎 Competitions on Kaggle that are popular now"
    if words:
        head = f"### 🔎 Competitions on Kaggle for **{words}**"
    lines = [_competition_line(data, competition) for competition in page.items]
    count = fmt.plural(len(data.competitions), "competition")
    foot = f"{page.number_line()} · {count}" if page.count > 1 else f"-# {count}"
    return card(head, "\n".join(lines), foot, buttons=controls)


def unclear_name_text(typed: str) -> str:
    """Return that words do not name one competition."""
    return (
        f"It is not clear which competition **{escape(typed, 60)}** means."
        " `/competition browse` finds it. Or give its slug or its address, for example titanic or"
        " https://www.kaggle.com/competitions/titanic."
    )


def unknown_slug_text(error: str) -> str:
    """Return Kaggle's refusal of a slug, and what finds the right one."""
    sentence = escape_sentence(error)
    return f"{sentence} `/competition browse` finds competitions by words of their titles."


def format_choice(competition: CompetitionInfo, now: datetime, *, followed: bool) -> str:
    """Return an autocomplete choice, which Discord shows as plain text without timestamps."""
    facts = [
        "followed" if followed else "",
        fmt.plural(competition.team_count, "team") if competition.team_count is not None else "",
        _deadline(competition.deadline, now),
    ]
    about = fmt.join_dotted(facts)
    return fmt.competition_choice(competition.slug, competition.title, about)


def _competition_line(data: BrowseData, competition: CompetitionInfo) -> str:
    followed = " ✅ followed" if competition.slug in data.followed else ""
    facts = [
        escape(competition.category) if competition.category else "",
        escape(competition.reward) if competition.reward else "",
        fmt.plural(competition.team_count, "team") if competition.team_count is not None else "",
        fmt.deadline(competition.deadline, data.now),
    ]
    link = fmt.competition_link(competition.slug, competition.title)
    return f"**{link}**{followed}\n-# {fmt.join_dotted(facts)}"


def _deadline(deadline: datetime | None, now: datetime) -> str:
    if deadline is None:
        return ""
    return f"ends {deadline:%Y-%m-%d}" if deadline > now else f"ended {deadline:%Y-%m-%d}"
