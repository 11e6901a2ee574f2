"""The rank card: one look says how a team stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord import ui

from cogs.past import Past
from cogs.standing import Standing
from cogs.ui import format as fmt
from cogs.ui.layout import BLUE, BRONZE, CHARACTERS, GOLD, SILVER
from cogs.ui.text import plain
from leaderboards.board import Entry
from leaderboards.medals import Zone

_COLOURS = {Zone.GOLD: GOLD, Zone.SILVER: SILVER, Zone.BRONZE: BRONZE, None: BLUE}
_MOST = 10
"""Cards in one message, each of three components."""


def rank_view(standings: Sequence[Standing]) -> ui.LayoutView:
    """Build a card for each board that somebody is on."""
    view = ui.LayoutView(timeout=None)
    shown = 0
    room = CHARACTERS - 100
    for standing in standings[:_MOST]:
        texts = [_title(standing), _facts(standing)]
        room -= sum(map(len, texts))
        if room < 0 and shown:
            break
        view.add_item(ui.Container(*map(ui.TextDisplay, texts), accent_colour=_colour(standing)))
        shown += 1
    if shown < len(standings):
        left_out = fmt.plural(len(standings) - shown, "more competition")
        view.add_item(ui.TextDisplay(f"-# and {left_out}; name one to see it"))
    return view


def _colour(standing: Standing) -> discord.Colour:
    return _COLOURS[standing.zone]


def _title(standing: Standing) -> str:
    team, info = standing.team, standing.info
    medal = f"{fmt.MEDALS[standing.zone]} " if standing.zone else ""
    return (
        f"## {medal}{fmt.rank(team.rank)} of {fmt.number(info.team_count)}"
        f" · {fmt.percentile(team.rank, info.team_count)}\n"
        f"{_people(standing)}**{plain(team.team_name)}** in"
        f" {fmt.competition_link(standing.competition.slug)}"
    )


def _people(standing: Standing) -> str:
    """Name members of this server as Discord does, team mates from elsewhere as Kaggle does."""
    members, others = [], []
    for user_name in standing.team.members:
        user_id = standing.users.get(user_name.casefold())
        if user_id is None:
            others.append(plain(user_name))
        else:
            members.append(fmt.member(user_id))
    people = members + others
    return f"{fmt.joined(people)} · " if people else ""


def _facts(standing: Standing) -> str:
    team = standing.team
    submitted = (
        f"last {fmt.when(team.last_submission_at)}" if team.last_submission_at is not None else ""
    )
    count = fmt.plural(team.submissions, "submission") if team.submissions is not None else ""
    lines = [
        f"**Score** {plain(team.score_text)}"
        + (f" ({fmt.better(standing.info.order)})" if standing.info.order else ""),
        fmt.dotted([count, submitted]),
        _next_place(standing),
        *_zones(standing),
        _changes(standing),
        f"-# read {fmt.when(standing.competition.synced_at)}",
    ]
    return "\n".join(filter(None, lines))


def _next_place(standing: Standing) -> str:
    own, above, below = standing.team, standing.above, standing.below
    if above is not None:
        gap = fmt.score_gap(own.score_text, above.score_text)
        how = f"is {gap} ahead" if gap else "has the same score"
        return f"**Next place** {_neighbour(standing, above)} {how}"
    if own.rank == 1 and below is not None:
        gap = fmt.score_gap(own.score_text, below.score_text)
        how = f"{gap} ahead of" if gap else "level with"
        return f"**In the lead**, {how} {_neighbour(standing, below)}"
    return ""


def _neighbour(standing: Standing, entry: Entry) -> str:
    folded = (user_name.casefold() for user_name in entry.members)
    members = [fmt.member(standing.users[name]) for name in folded if name in standing.users]
    who = fmt.joined(members) if members else f"**{plain(entry.team_name, 28)}**"
    return f"{fmt.rank(entry.rank)} {who}"


def _zones(standing: Standing) -> Iterable[str]:
    if standing.zone is not None:
        yield f"**Zone** {standing.zone}, to rank {fmt.number(standing.zone_last_rank or 0)}"
    if standing.next_zone is not None:
        aim = standing.next_zone
        places = fmt.plural(standing.team.rank - aim.last_rank, "place")
        gap = fmt.score_gap(standing.team.score_text, aim.last.score_text) if aim.last else ""
        yield f"**To {aim.zone}** {fmt.MEDALS[aim.zone]} {places}{gap and f', {gap} in score'}"


def _changes(standing: Standing) -> str:
    team = standing.team
    pasts = [(name, past) for name, past in _periods(standing) if past is not None]
    changes = [
        f"{name} {fmt.change(past.ranks[team.team_id], team.rank) or '±0'}"
        for name, past in pasts
        if team.team_id in past.ranks
    ]
    short = [past.since for _, past in pasts if not past.whole]
    known = f" (known since {fmt.when(short[0])})" if short else ""
    return f"**Change** {fmt.dotted(changes)}{known}" if changes else ""


def _periods(standing: Standing) -> Iterable[tuple[str, Past | None]]:
    yield "last sync", standing.last_sync
    yield "24 h", standing.day
    yield "7 d", standing.week
