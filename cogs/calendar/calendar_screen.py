"""The screen of `/deadlines`, and the calendar file below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import DEADLINE_LABELS
from leaderboards.deadline_calendar import CalendarEvent, build_calendar
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import Competition

FILE_NAME = "kaggle-deadlines.ics"

_CALENDAR_NAME = "Kaggle deadlines"
_MAX_ON_PAGE = 10
_FILE_TEXT = (
    "-# Open the file to add the deadlines to your calendar. If a deadline changes, use"
    " `/deadlines` again and open the new file: it corrects your calendar."
)

NO_DEADLINE_TEXT = (
    "No deadline is ahead in the competitions that this server follows. A manager can follow more"
    " with `/competition add`, or set a deadline that Kaggle does not list with"
    " `/competition deadline`."
)
NO_DEADLINE_ANYWHERE_TEXT = (
    "No deadline is ahead in the competitions that your servers follow. There a manager can follow"
    " more with `/competition add`, or set a deadline that Kaggle does not list with"
    " `/competition deadline`."
)


@dataclass(frozen=True, slots=True)
class FollowedDeadline:
    """A deadline ahead in a followed competition."""

    competition: Competition
    kind: DeadlineKind
    at: datetime
    paused: bool
    """Whether the competition is paused in the server that set the deadline. For a deadline of
    Kaggle's list: in all of the reader's servers that follow the competition."""
    guild_id: int | None
    """The server that set the deadline; None for one of Kaggle's list."""


def no_deadline_of_text(competition: Competition) -> str:
    """Return that a running competition has no deadline ahead, and what to do."""
    return (
        f"No deadline of **{_name(competition)}** is ahead. A manager can set one that Kaggle does"
        " not list with `/competition deadline`."
    )


def ended_text(competition: Competition) -> str:
    """Return that no deadline of a competition can be ahead."""
    return (
        f"**{_name(competition)}** ended {fmt.when(competition.ended_at)}: no deadline of it is"
        " ahead."
    )


def deadlines_view(
    deadlines: Sequence[FollowedDeadline],
    number: int,
    server_names: Mapping[int, str] | None,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
) -> ui.LayoutView:
    """Build a page of deadlines, to be sent with the file of `build_calendar_file`.

    `server_names` are those of the servers that set deadlines; None in a server, where all that was
    set was set there.
    """
    count = len({one.competition.id for one in deadlines})
    facts = [fmt.plural(len(deadlines), "deadline"), fmt.plural(count, "competition")]
    head = f"## 📅 Deadlines ahead\n-# {fmt.join_dotted(facts)}"
    page = select_page(
        [_deadline(one, server_names) for one in deadlines],
        number,
        max_characters=CHARACTERS - len(head) - len(_FILE_TEXT) - 100,
        length=len,
        max_items=_MAX_ON_PAGE,
    )
    body = "\n".join(page.items)
    foot: tuple[str | Item, ...] = (ui.Separator(), page.number_line(), _FILE_TEXT)
    view = card(head, body, *foot, buttons=build_buttons(page))
    view.add_item(ui.File(f"attachment://{FILE_NAME}"))
    return view


def build_calendar_file(deadlines: Sequence[FollowedDeadline], now: datetime) -> bytes:
    """Return the calendar file with an event for each deadline, of all pages."""
    events = [
        CalendarEvent(
            slug=one.competition.slug,
            first_slug=one.competition.first_slug or one.competition.slug,
            kind=one.kind,
            at=one.at,
            summary=f"{one.competition.name}: {fmt.DEADLINE_NAMES[one.kind]}",
            guild_id=one.guild_id,
        )
        for one in deadlines
    ]
    return build_calendar(_CALENDAR_NAME, events, now)


def _deadline(deadline: FollowedDeadline, server_names: Mapping[int, str] | None) -> str:
    competition = deadline.competition
    facts = [
        f"{DEADLINE_LABELS[deadline.kind]}: {fmt.date_and_time(deadline.at)}",
        fmt.when(deadline.at),
        "⏸️ paused" if deadline.paused else "",
        _origin(deadline.guild_id, server_names),
    ]
    link = fmt.competition_link(competition.slug, competition.name)
    return f"**{link}**\n-# {fmt.join_dotted(facts)}"


def _origin(guild_id: int | None, server_names: Mapping[int, str] | None) -> str:
    """Return where a deadline was set; empty for one of Kaggle's list."""
    if guild_id is None:
        return ""
    if server_names is None:
        return "set by a manager here"
    name = server_names.get(guild_id)  # None if the bot has left the server just now.
    return "" if name is None else f"set in {escape(name)}"


def _name(competition: Competition) -> str:
    return fmt.competition_name(competition.slug, competition.name)
