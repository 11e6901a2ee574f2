"""Sentences that screens of several rooms show."""

from __future__ import annotations

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from leaderboards.board import Entry
from records.competitions import FormerMember

BUG_TEXT = "An internal error of the bot; its log has the details."
"""The reason of a failure that is neither Kaggle's nor Discord's."""

UNLINKED_TEXT = "You have no linked Kaggle account that counts here yet: use `/link`."
"""Also true for a link that is not verified, where only verified ones count."""

MEMBER_OR_USERNAME_TEXT = "Choose a member or a `username`, not both."

CHOICE_EXPIRED_TEXT = "This choice has expired. Use the command again."
NOT_YOUR_CHOICE_TEXT = "Only the person who used the command can choose this."


def unlinked_text(user_id: int) -> str:
    """Return that a member is not linked, or not with a link that counts."""
    return f"{fmt.member(user_id)} has no linked Kaggle account that counts here yet."


def was_on_board_text(who: str, board: str, former: FormerMember) -> str:
    """Return that somebody was on a board, until when, and how to tell a new name.

    `who` and `board` are escaped.
    """
    text = (
        f"{who} was {fmt.rank(former.rank)} on {board} until {fmt.day(former.seen_at)} but is no"
        " longer on the board. If the Kaggle user name has changed, use `/link` with the new one."
    )
    return text if former.team is None else f"{text} {_team_on_board_text(former.team)}"


def _team_on_board_text(team: Entry) -> str:
    name, rank = plain(team.team_name), fmt.rank(team.rank)
    members = fmt.join_words(map(plain, team.members))
    if not members:
        return f"**{name}** is still on it: {rank}."
    return f"**{name}** is still on it: {rank} ({members})."
