"""The rank card: one look says how a team stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import CHARACTERS, Item, Picture, card, zone_colour
from cogs.ranks.past import Past
from cogs.ranks.rank_data import Standing
from leaderboards.board import BoardKind, Entry

_MOST = 10
"""Boards in one overview."""
_NAME = 28


def rank_card(standing: Standing, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build the card of one team on one board."""
    return card(
        _title(standing),
        ui.Separator(),
        _facts(standing),
        _foot(standing),
        colour=zone_colour(standing.medal_zone),
        pictures=pictures,
    )


def overview(who: str, standings: Sequence[Standing], closer: Item) -> ui.LayoutView:
    """Build some lines for each board that somebody is on, and what shows one of them in full."""
    head = f"## {who}\n-# on {fmt.plural(len(standings), 'board')} followed here"
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(head))
    room = CHARACTERS - len(head) - 100
    shown = 0
    for standing in standings[:_MOST]:
        text = _summary(standing)
        room -= len(text)
        if room < 0:
            break
        view.add_item(
            ui.Container(ui.TextDisplay(text), accent_colour=zone_colour(standing.medal_zone))
        )
        shown += 1
    if shown < len(standings):
        left_out = fmt.plural(len(standings) - shown, "more competition")
        view.add_item(ui.TextDisplay(f"-# and {left_out}; name one to see it"))
    view.add_item(ui.ActionRow(closer))
    return view


def _title(standing: Standing) -> str:
    team, info, competition = standing.team, standing.info, standing.competition
    where = fmt.join_dotted(
        [
            fmt.competition_link(competition.slug),
            fmt.final_board(info.kind is BoardKind.PRIVATE) if competition.archived_at else "",
            fmt.deadline(competition.deadline, standing.now),
        ]
    )
    of = f"of {fmt.plural(info.team_count, 'team')}"
    return (
        f"# {_medal(standing)}{fmt.rank(team.rank)}\n"
        f"**{fmt.percentile(team.rank, info.team_count)}** {of}\n{where}\n"
        f"{_people(standing)}**{plain(team.team_name)}**"
    )


def _medal(standing: Standing) -> str:
    return f"{fmt.MEDALS[standing.medal_zone]} " if standing.medal_zone else ""


def _people(standing: Standing) -> str:
    """Name members of this server as Discord does, team mates from elsewhere as Kaggle does."""
    members, others = [], []
    for user_name in standing.team.members:
        link = standing.users.get(user_name.casefold())
        if link is None:
            others.append(plain(user_name))
        else:
            members.append(fmt.person(link))
    people = members + others
    return f"{fmt.join_words(people)} · " if people else ""


def _facts(standing: Standing) -> str:
    team = standing.team
    score = fmt.join_dotted([plain(team.score_text), fmt.better(standing.info.order)])
    lines = [f"**Score** {score}", *_public(standing), *_neighbours(standing), *_zones(standing)]
    trend = _trend(standing)
    return "\n".join([*lines, f"**Trend** {trend}"] if trend else lines)


def _public(standing: Standing) -> Iterable[str]:
    before, now = standing.public_rank, standing.team.rank
    if before is not None:
        moved = fmt.join_dotted([fmt.rank(before), fmt.change(before, now) or "±0"])
        yield f"**Public board** {moved}"


def _neighbours(standing: Standing) -> Iterable[str]:
    for word, entry, side in (
        ("Above", standing.above, "ahead"),
        ("Below", standing.below, "behind"),
    ):
        if entry is not None:
            gap = fmt.score_gap(standing.team.score_text, entry.score_text)
            how = f"{gap} {side}" if gap else "same score"
            yield f"**{word}** {_neighbour(standing, entry)} · {how}"


def _neighbour(standing: Standing, entry: Entry) -> str:
    members = fmt.people(entry, standing.users)
    return f"{fmt.rank(entry.rank)} {members or plain(entry.team_name, _NAME)}"


def _zones(standing: Standing) -> Iterable[str]:
    if standing.medal_zone is not None:
        last = fmt.rank(standing.zone_last_rank or 0)
        yield f"**Zone** {fmt.MEDALS[standing.medal_zone]} {standing.medal_zone}, down to {last}"
    if standing.next_zone is not None:
        yield f"**Next** {_aim(standing)}"


def _aim(standing: Standing) -> str:
    """Say what is missing to the next zone."""
    aim = standing.next_zone
    if aim is None:
        return ""
    places = fmt.plural(standing.team.rank - aim.last_rank, "place")
    gap = fmt.score_gap(standing.team.score_text, aim.last.score_text) if aim.last else ""
    return f"{fmt.MEDALS[aim.medal_zone]} {aim.medal_zone} in {places}{gap and f', {gap} in score'}"


def _trend(standing: Standing) -> str:
    """Say how many places were gained in a day, in a week, or as long as there are boards."""
    changes: dict[str, str] = {}
    for name, past in (
        ("24 h", standing.day),
        ("7 d", standing.week),
        ("last sync", standing.last_sync),
    ):
        if past is not None:
            period = name if past.whole else f"since {fmt.when(past.since)}"
            changes[period] = _change(standing.team, past)
    return fmt.join_dotted(f"{period} {change}" for period, change in changes.items() if change)


def _change(team: Entry, past: Past) -> str:
    if team.team_id not in past.ranks:
        return ""
    return fmt.change(past.ranks[team.team_id], team.rank) or fmt.SAME


def _foot(standing: Standing) -> str:
    team = standing.team
    count = fmt.plural(team.submissions, "submission") if team.submissions is not None else ""
    last = f"last {fmt.when(team.last_submission_at)}" if team.last_submission_at else ""
    read = f"read {fmt.when(standing.competition.synced_at)}"
    return f"-# {fmt.join_dotted([count, last, read])}"


def _summary(standing: Standing) -> str:
    team, info = standing.team, standing.info
    place = f"{_medal(standing)}{fmt.rank(team.rank)} of {fmt.number(info.team_count)}"
    lines = [
        f"### {place} · {fmt.percentile(team.rank, info.team_count)}",
        f"{fmt.competition_link(standing.competition.slug)} · **{plain(team.team_name, _NAME)}**",
        fmt.join_dotted([plain(team.score_text), _trend(standing)]),
        _aim(standing),
    ]
    return "\n".join(filter(None, lines))
