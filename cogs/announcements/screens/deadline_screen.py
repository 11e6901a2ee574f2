"""The reminder of a deadline, and the announcement that some moved."""

from __future__ import annotations

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import GOLD, card
from cogs.framework.texts import DEADLINE_LABELS
from leaderboards.news.deadlines import (
    DeadlineKind,
    DeadlineMove,
    DeadlineMovedMessage,
    ReminderMessage,
)


def reminder_view(row_id: int, message: ReminderMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the reminder of a deadline."""
    what = describe_deadline(message.slug, message.kind, names)
    facts = [
        fmt.date_and_time(message.at),
        fmt.when(message.at),
        _members(message.members_on_board),
    ]
    text = f"### ⏰ {what}\n{fmt.join_dotted(facts)}"
    if not message.confirmed:
        text += (
            "\n-# Kaggle's list could not be read just before this, so the deadline may have moved."
        )
    return card(text, colour=GOLD, id=row_id)


def deadline_moved_view(
    row_id: int, message: DeadlineMovedMessage, names: fmt.Names
) -> ui.LayoutView:
    """Build the announcement that deadlines moved."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    head = f"### 📅 {fmt.plural(len(message.moves), 'deadline')} moved: {link}"
    return card("\n".join([head, *map(_describe_move, message.moves)]), colour=GOLD, id=row_id)


def _describe_move(move: DeadlineMove) -> str:
    previous, at = fmt.date_and_time(move.previous), fmt.date_and_time(move.at)
    return f"{DEADLINE_LABELS[move.kind]}: moved from {previous} to {at}, {fmt.when(move.at)}"


def describe_deadline(slug: str, kind: DeadlineKind, names: fmt.Names) -> str:
    """Return the name of a deadline and its competition.

    Without a verb: the message is also read when the deadline has passed.
    """
    return f"{DEADLINE_LABELS[kind]} of {fmt.competition_link(slug, names.get(slug))}"


def _members(count: int) -> str:
    if count == 0:
        return ""
    return "one of you is on the board" if count == 1 else f"{count} of you are on the board"
