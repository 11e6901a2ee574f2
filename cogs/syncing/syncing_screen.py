"""Sentences about syncs and the bot's health, and the messages to the bot's owner.

What `/status` says of a lockout stands in `cogs/server/status_screen.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_sentence
from cogs.framework.layout import RED, card

_MAX_NAMED = 5
"""Late competitions that the bot's owner is told by name."""

BACKUP_BUG_TEXT = "The daily backup failed because of a bug; my log has the details."
LOOKING_FOR_PRIVATE_TEXT = "Looking for the private board"
TOO_MANY_REQUESTS_TEXT = "Too many requests to Kaggle are waiting right now. Try again in a minute."


def asking_text(slug: str) -> str:
    """Return the progress line for the download of a board."""
    return f"Asking Kaggle for {slug}"


def renamed_on_kaggle_text(slug: str, new_slug: str) -> str:
    """Return that Kaggle may have renamed a competition, and what to do."""
    return (
        f"Kaggle does not know {slug} any more, but {new_slug} has the same deadline. If that is"
        " its new slug, the command /competition rename moves it there, with its history."
    )


def rate_limit_text(minutes: int) -> str:
    """Return that Kaggle asks for fewer calls, and how long to wait."""
    return f"Kaggle asks for fewer calls; try again in {minutes} min."


def checked_just_now_text(seconds: int) -> str:
    """Return that a member asked a moment ago, and how long to wait."""
    return f"I checked a moment ago. Try again in {fmt.plural(seconds, 'second')}."


def write_timeout_text(seconds: float) -> str:
    """Return that the database does not answer writes."""
    return f"The database has not answered a write for {seconds:.0f} seconds."


def rescued_text(file_name: str) -> str:
    """Return which file has a copy of a database that was moved or deleted."""
    return f"A copy of it is {file_name}."


def late_text(slugs: Sequence[str]) -> str:
    """Return which competitions were not synced in time."""
    return f"{fmt.join_some(slugs, _MAX_NAMED)} should have been read by now."


def problems_view(problems: Sequence[str]) -> ui.LayoutView:
    """Build the message about the bot's health."""
    return card(
        "### ⚠️ I do not work as I should",
        "\n".join(escape_sentence(problem, 400) for problem in problems)
        + "\n\nMy log has the details. I send this once; `/status` shows whether it lasts.",
        colour=RED,
    )


def login_view(error: str) -> ui.LayoutView:
    """Build the message about a login that Kaggle refuses, with its sentence."""
    return card(
        "### ⚠️ I cannot read any leaderboard",
        f"{escape(error, 400)}\n\nThe last try was refused as well, so it is no mishap."
        " Nothing that is stored is lost. I go on by myself once Kaggle lets me in.",
        colour=RED,
    )
