"""The reminder of a deadline, and the announcement that some moved."""

from __future__ import annotations

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import GOLD, card
from leaderboards.news.deadlines import (
    DeadlineKind,
    DeadlineMove,
    DeadlineMovedMessage,
    ReminderMessage,
)

_VERBS = {
    DeadlineKind.FINAL: "ends",
    DeadlineKind.ENTRY: "closes for new teams",
    DeadlineKind.MERGER: "closes for team mergers",
}


def reminder_view(row_id: int, message: ReminderMessage, titles: fmt.Titles) -> ui.LayoutView:
    """Build the reminder of a deadline."""
    what = describe_deadline(message.slug, message.kind, titles)
    facts = fmt.join_dotted([fmt.date(message.at), _members(message.members_on_board)])
    text = f"### ⏰ {what} {fmt.when(message.at)}\n{facts}"
    if not message.confirmed:
        text += "\n-# Kaggle's list could not be read before this: look there whether it has moved."
    return card(text, colour=GOLD, id=row_id)


def deadline_moved_view(
    row_id: int, message: DeadlineMovedMessage, titles: fmt.Titles
) -> ui.LayoutView:
    """Build the announcement that deadlines moved."""
    first = message.moves[0]
    what = describe_deadline(message.slug, first.kind, titles)
    head = f"### 📅 {what} {fmt.when(first.at)}"
    return card("\n".join([head, *map(_describe_move, message.moves)]), colour=GOLD, id=row_id)


def _describe_move(move: DeadlineMove) -> str:
    name = "deadline" if move.kind is DeadlineKind.FINAL else f"{move.kind} deadline"
    return f"The {name} moved from {fmt.date(move.previous)} to {fmt.date(move.at)}."


def describe_deadline(slug: str, kind: DeadlineKind, titles: fmt.Titles) -> str:
    """Return what happens at a deadline; the time comes after it."""
    return f"{fmt.competition_link(slug, titles.get(slug))} {_VERBS[kind]}"


def _members(count: int) -> str:
    if count == 0:
        return ""
    return "one of you is on the board" if count == 1 else f"{count} of you are on the board"
