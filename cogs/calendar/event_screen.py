"""Texts of a Scheduled Event, and what managers read about the events of their server."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import RED, Item, card
from leaderboards.display_text import clean_and_shorten
from leaderboards.kaggle_ids import readable_slug
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.secret_redaction import redact_secrets
from records.scheduled_events import MAX_EVENTS, EventDeadline

MAX_NAME_LENGTH = 100
"""Characters of an event's name, and of its location."""

EVENT_AUDIT_TEXT = "A deadline on Kaggle"
"""The reason in the server's audit log."""

_KIND_TEXTS = {
    DeadlineKind.FINAL: "Submissions count until then.",
    DeadlineKind.MERGER: "Teams can merge until then.",
    DeadlineKind.ENTRY: "To take part, accept the rules by then.",
}
_ENDS_TEXT = "This event ends at the deadline."
_GIVEN_TEXT = "Kaggle's list has no such deadline: a manager of this server set it."
_UPDATED_TEXT = (
    "If the deadline moves, Podium moves this event, unless somebody edited or deleted it."
)


def event_name(deadline: EventDeadline) -> str:
    """Return the name of an event, as plain text."""
    names = fmt.join_words(fmt.DEADLINE_NAMES[kind] for kind in deadline.kinds)
    room = MAX_NAME_LENGTH - len(names) - 2
    competition = clean_and_shorten(deadline.name or readable_slug(deadline.slug), room)
    return f"{competition}: {names}"


def event_text(deadline: EventDeadline) -> str:
    """Return what an event says of itself."""
    about = [_ENDS_TEXT, *(_KIND_TEXTS[kind] for kind in deadline.kinds)]
    if deadline.is_given:
        about.append(_GIVEN_TEXT)
    return f"{' '.join(about)}\n\n{_UPDATED_TEXT}"


def missing_permissions_text(permissions: Sequence[str]) -> str:
    """Return which permissions the bot needs to manage events."""
    return (
        f"I need {fmt.join_words(permissions)} for Scheduled Events: please give them to me in the"
        " server settings, under *Roles*."
    )


def no_room_text(count: int) -> str:
    """Return how many deadlines have no event, as the server has too many."""
    return (
        f"Without a Scheduled Event: {fmt.plural(count, 'deadline')}, because a server can have at"
        f" most {MAX_EVENTS} events. The next deadlines have one; the others follow when there is"
        " room."
    )


def event_failure_text(error: str) -> str:
    """Return why the events are not up to date, with what Discord said."""
    return f"The Scheduled Events are not up to date. {escape(error, 200)} I will try again."


def refusal_text(text: str) -> str:
    """Return that Discord refused a change, with its own words."""
    return f"Discord refused the change ({redact_secrets(text)})."


def turn_off_view(count: int, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the question before a server has no more events for deadlines."""
    return card(
        "### ⏰ Delete the events too?",
        f"This server has **{fmt.plural(count, 'Scheduled Event')}** that I created for deadlines."
        " Events that stay are not moved when a deadline moves. Events that somebody changed are"
        " never deleted.",
        colour=RED,
        buttons=[buttons],
    )
