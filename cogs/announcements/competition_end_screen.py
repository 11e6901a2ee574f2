"""The announcement that a competition has ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import join_lines, plain
from cogs.framework.layout import BLUE, CHARACTERS, Item, Picture, card, zone_colour
from leaderboards.medals import MedalZone
from leaderboards.news.messages import EndedMessage, Finisher, ShakeUpTeam

_MEDALS = (MedalZone.GOLD, MedalZone.SILVER, MedalZone.BRONZE)


def ended_view(
    row_id: int, message: EndedMessage, pictures: Sequence[Picture] = ()
) -> ui.LayoutView:
    """Build the announcement: the winner, this server's teams, and the shake-up."""
    head = (
        f"## 🏁 {fmt.competition_link(message.slug)} has ended\n"
        f"👑 **{plain(message.winner.team_name)}**{_members(message.winner)} won with"
        f" **{plain(message.winner.score_text)}** among"
        f" {fmt.plural(message.team_count, 'team')}."
    )
    shake = "\n".join(_shake_up_lines(message))
    foot = f"-# {_board_label(message)} · `/leaderboard` shows it"
    max_characters = CHARACTERS - len(head) - len(shake) - len(foot) - 200
    parts: list[str | Item] = [head, ui.Separator(), _own_teams(message, max_characters)]
    if shake:
        parts += [ui.Separator(), shake]
    return card(*parts, foot, colour=_colour(message), pictures=pictures, id=row_id)


def _own_teams(message: EndedMessage, max_characters: int) -> str:
    title = "**Our people**" if len(message.finishers) + message.more > 1 else "**Our one**"
    if not message.finishers:
        return "None of you was on this board."
    won = [team.medal for team in message.finishers]
    medals = "  ".join(
        f"{fmt.MEDALS[medal_zone]} {won.count(medal_zone)}"
        for medal_zone in _MEDALS
        if medal_zone in won
    )
    body, left_out = join_lines(map(_line, message.finishers), max_characters)
    more = left_out + message.more
    rest = f"\n-# and {fmt.plural(more, 'more team')}" if more else ""
    return f"{title}{medals and f'  ·  {medals}'}\n{body}{rest}"


def _line(team: Finisher) -> str:
    who = fmt.join_words(map(fmt.member, team.user_ids)) or f"**{plain(team.team_name)}**"
    if team.rank is None:
        return f"{who} is not on the final board (public {fmt.rank(team.public_rank or 0)})"
    medal = f"{fmt.MEDALS[team.medal]} " if team.medal else ""
    moved = _rank_change(team.public_rank, team.rank)
    return f"{medal}**{fmt.rank(team.rank)}**{moved} {who} · {plain(team.score_text)}"


def _rank_change(public_rank: int | None, rank: int) -> str:
    return "" if public_rank is None else f" {fmt.change_or_unchanged(public_rank, rank)}"


def _members(team: Finisher) -> str:
    members = fmt.join_words(map(fmt.member, team.user_ids))
    return f" ({members})" if members else ""


def _shake_up_lines(message: EndedMessage) -> Iterable[str]:
    if not message.private:
        return
    places = fmt.plural(round(message.mean_places), "place")
    yield f"**Shake-up** {100 * message.mean_shake_up:.1f} %: a team moved {places} on average"
    yield from map(_shake_up_line, (*message.rose, *message.fell))


def _shake_up_line(team: ShakeUpTeam) -> str:
    change = fmt.change(team.public_rank, team.rank)
    ranks = f"{fmt.rank(team.public_rank)} → {fmt.rank(team.rank)}"
    return f"{change} {plain(team.team_name, 24)} · {ranks}"


def _board_label(message: EndedMessage) -> str:
    if message.private:
        return f"final private board · ended {fmt.when(message.ended_at)}"
    return (
        f"Kaggle shows no private board of its own: the public one of {fmt.date(message.public_at)}"
        f" is the final one · ended {fmt.when(message.ended_at)}"
    )


def _colour(message: EndedMessage) -> discord.Colour:
    won = [team.medal for team in message.finishers]
    best = next((medal_zone for medal_zone in _MEDALS if medal_zone in won), None)
    return zone_colour(best) if best else BLUE
