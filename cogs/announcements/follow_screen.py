"""The announcement that a competition is followed from now on."""

from __future__ import annotations

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import card
from leaderboards.news.messages import FollowedMessage


def followed_view(row_id: int, message: FollowedMessage, titles: fmt.Titles) -> ui.LayoutView:
    """Build the announcement that a competition is followed from now on."""
    link = fmt.competition_link(message.slug, titles.get(message.slug))
    members = message.members_on_board
    if message.team_count == 0:
        return card(
            f"### Now following {link}\nIts board has no teams yet. I wait for the first ones.",
            id=row_id,
        )
    among = {
        0: "None of you is among them yet; `/link` tells me who you are on Kaggle.",
        1: "One of you is among them.",
    }.get(members, f"{fmt.number(members)} of you are among them.")
    are = "is" if message.team_count == 1 else "are"
    return card(
        f"### Now following {link}\n"
        f"{fmt.plural(message.team_count, 'team')} {are} on the board."
        f" {among} When you climb, it will be told here.",
        id=row_id,
    )
