"""What a channel is told, in the words of somebody who is glad for it."""

from __future__ import annotations

import discord
from discord import ui

from cogs.ui import format as fmt
from cogs.ui.layout import BLUE, BRONZE, CHARACTERS, GOLD, SILVER, card
from cogs.ui.text import join_lines, plain
from leaderboards.medals import Zone
from leaderboards.news import FollowedMessage, Item, NewsMessage, Passed, Reason

_COLOURS = {Zone.GOLD: GOLD, Zone.SILVER: SILVER, Zone.BRONZE: BRONZE}
_BETTER = (Zone.GOLD, Zone.SILVER, Zone.BRONZE, None)


def followed_view(row_id: int, message: FollowedMessage) -> ui.LayoutView:
    """Build what tells a channel that a competition is followed from now on."""
    slug, members = message.slug, message.members_on_board
    among = {
        0: "None of you is among them yet; `/link` tells me who you are on Kaggle.",
        1: "One of you is among them.",
    }.get(members, f"{fmt.number(members)} of you are among them.")
    return card(
        f"### Now following {fmt.competition_link(slug)}\n"
        f"{fmt.plural(message.team_count, 'team')} {_are(message.team_count)} on the board."
        f" {among} When you climb, it will be told here.",
        id=row_id,
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def news_view(row_id: int, message: NewsMessage) -> ui.LayoutView:
    """Build all news of one sync for one channel."""
    head = f"### {fmt.competition_link(message.slug)}"
    foot = f"-# {fmt.plural(message.team_count, 'team')} · board of {fmt.when(message.taken_at)}"
    lines = [_line(item) for item in message.items]
    body, left_out = join_lines(lines, CHARACTERS - len(head) - len(foot) - 100)
    more = left_out + message.more
    if more:
        foot = f"-# and news of {fmt.plural(more, 'more team')}\n{foot}"
    return card(head, *filter(None, [body]), foot, colour=_colour(message), id=row_id)


def _colour(message: NewsMessage) -> discord.Colour:
    entered = [item.zone for item in message.items if _entered(item)]
    best = min(entered, key=_BETTER.index, default=None)
    return _COLOURS.get(best, BLUE) if best else BLUE


def _entered(item: Item) -> bool:
    return Reason.ZONE in item.reasons and _BETTER.index(item.zone) < _BETTER.index(
        item.zone_before
    )


def _line(item: Item) -> str:
    who, place, score = _who(item), f"**{fmt.rank(item.rank)}**", f"**{plain(item.score_text)}**"
    reasons = item.reasons
    if Reason.LEADER in reasons:
        text = f"👑 {who} {_have(item)} taken the lead with {score}{_was(item)}"
    elif Reason.FIRST in reasons:
        text = f"👋 {who} {_is(item)} on the board: {place} with {score}"
    elif Reason.BEST in reasons:
        text = f"🚀 {who} {_climbed(item)} {place} with a new best score: {score}{_was(item)}"
    elif Reason.FALL in reasons:
        text = f"📉 {who} {_is(item)} at {place} now{_places_down(item)}"
    elif Reason.PASSED in reasons:
        text = f"⚔️ {who} {_climbed(item)} {place}"
    else:
        text = f"{_zone_sign(item)} {who} {_is(item)} at {place}"
    return text + _passed(item.passed) + _zone(item) + "."


def _who(item: Item) -> str:
    members = fmt.joined(map(fmt.member, item.user_ids))
    name = f"**{plain(item.team_name)}**"
    return f"{members} ({plain(item.team_name)})" if members else name


def _is(item: Item) -> str:
    return "are" if len(item.user_ids) > 1 else "is"


def _have(item: Item) -> str:
    return "have" if len(item.user_ids) > 1 else "has"


def _climbed(item: Item) -> str:
    before = item.rank_before
    if before is None or before == item.rank:
        return "stays at" if len(item.user_ids) < 2 else "stay at"
    if before < item.rank:
        return f"went from {fmt.rank(before)} to"
    return f"climbed {fmt.plural(before - item.rank, 'place')} to"


def _was(item: Item) -> str:
    before = item.score_text_before
    return f" (was {plain(before)})" if before and before != item.score_text else ""


def _places_down(item: Item) -> str:
    if item.rank_before is None:
        return ""
    return f", {fmt.plural(item.rank - item.rank_before, 'place')} down"


def _passed(passed: tuple[Passed, ...]) -> str:
    if not passed:
        return ""
    names = [
        f"{fmt.joined(map(fmt.member, team.user_ids)) or plain(team.team_name)}"
        f" ({fmt.rank(team.rank)})"
        for team in passed
    ]
    return f", passing {fmt.joined(names)}"


def _zone(item: Item) -> str:
    if Reason.ZONE not in item.reasons:
        return ""
    if item.zone is None:
        return f", out of the {item.zone_before} zone"
    if _entered(item):
        return f", now in the {item.zone} zone {fmt.MEDALS[item.zone]}"
    return f", down to the {item.zone} zone {fmt.MEDALS[item.zone]}"


def _zone_sign(item: Item) -> str:
    return "🎉" if _entered(item) else "💨"
