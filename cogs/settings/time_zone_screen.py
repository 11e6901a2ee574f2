"""Sentences about time zones that are typed or searched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import MAX_CHOICES

EXAMPLE_TEXT = "Type a city, a country, or a name such as Europe/Berlin, America/New York or UTC."
_MAX_NAMED = 5
"""How many matches an error names where there are several."""


def found_text(typed: str, count: int) -> str:
    """Return how many time zones match what was typed, of which the select shows the first."""
    if count > MAX_CHOICES:
        return (
            f"{fmt.number(count)} time zones match **{escape(typed)}**: here are the first"
            f" {MAX_CHOICES}. Search for a city to find the others."
        )
    return (
        f"{fmt.number(count)} time zones match **{escape(typed)}** (a country or city): choose one."
    )


def several_text(typed: str, names: Sequence[str]) -> str:
    """Return that what was typed is not the name of one time zone only."""
    shown = fmt.join_some(names, _MAX_NAMED)
    return f"Several time zones match {escape(typed)}: {shown}. Type the name of one."


def unknown_text(typed: str, close: Sequence[str]) -> str:
    """Return that what was typed is not a time zone, and which names are spelled most like it."""
    if not close:
        return f"There is no time zone {escape(typed)}. {EXAMPLE_TEXT}"
    names = " or ".join(close)
    return f"There is no time zone {escape(typed)}. Did you mean {names}? {EXAMPLE_TEXT}"


def now_text(moment: datetime) -> str:
    """Return what time it is in a time zone, as plain text."""
    offset = moment.strftime("%z")
    return f"It is {moment:%H:%M} there now (UTC{offset[:3]}:{offset[3:5]})"
