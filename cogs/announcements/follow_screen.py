"""The announcement that a competition is followed from now on."""

from __future__ import annotations

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import card
from leaderboards.news.messages import FollowedMessage


def followed_view(row_id: int, message: FollowedMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the announcement that a competition is followed from now on."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    members = message.members_on_board
    if message.team_count == 0:
        return card(
            f"### Now following {link}\nIts board has no teams yet. I wait for the first ones.",
            id=row_id,
        )
    among = {
        0: "No linked member is on it yet: use `/link`.",
        1: "One linked member is on it.",
    }.get(members, f"{fmt.number(members)} linked members are on it.")
    return card(
        f"### Now following {link}\n"
        f"The board has {fmt.plural(message.team_count, 'team')}."
        f" {among} Announcements about it will come here.",
        id=row_id,
    )
