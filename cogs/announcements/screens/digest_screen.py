"""The digest of a day or a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from discord import ui

from cogs.announcements.screens.deadline_screen import describe_deadline
from cogs.announcements.screens.new_posts_screen import post_section
from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Picture, card, join_lines
from leaderboards.medals import ZONES_BEST_FIRST
from leaderboards.news.digest import (
    CompetitionDigest,
    DigestKind,
    DigestMessage,
    DigestTeam,
    EndedCompetition,
    ranks_gained,
)

_TITLES = {DigestKind.DAILY: "## 🗞️ Daily digest", DigestKind.WEEKLY: "## 🗞️ Weekly digest"}
_MAX_COMPETITIONS = 10
"""In one message: each competition is a text component, of which Discord allows 40."""
_POST_CHARACTERS = 1500
"""Room for topics and notebooks, however much there is to tell of the members."""

_MEMBER_LEAVES_ZONE_TEXT = (
    "⏳ {who} {rank} likely leaves {zone} around {time}, if the team submits nothing"
)
_MEMBERS_LEAVE_ZONE_TEXT = (
    "⏳ {who} {rank} likely leave {zone} around {time}, if the team submits nothing"
)
"""Of several members."""
_MORE_LEAVING_TEXTS = (
    "more team likely leaves its medal zone within 24 hours, if it submits nothing",
    "more teams likely leave their medal zone within 24 hours, if they submit nothing",
)
_ENDED_TEXT = "🏁 {link} has ended: {results}"
_ENDED_WITHOUT_MEMBERS_TEXT = (
    # Without the option, the command shows a competition that still runs.
    "🏁 {link} has ended: `/leaderboard competition:{slug}` shows its final board"
)
_ENDED_CHARACTERS = 500
_MAX_FINAL_TEAMS = 5
"""Teams of an ended competition that are named; more are counted."""
_MAX_LEAVING = 3
"""Teams of a competition that are named as likely to leave their medal zone."""
_COMPETITION_CHARACTERS = 2700
"""The most characters of a competition's text with the teams that likely leave a zone; those for
which there is no room are counted."""
_RESCORED_TEXT = "-# 🧮 Kaggle rescored the board on {time}; ranks are compared since then"
_ENTERED_ZONE_TEXT = "{medal} {who} {place} · into the {zone} zone"
_NEW_IN_ZONE_TEXT = "{medal} {who} {place}, new · into the {zone} zone"
_LOWER_ZONE_TEXT = "💨 {who} {place} · down to the {zone} zone"
_LEFT_ZONES_TEXT = "💨 {who} {place} · out of the {before} zone"
_MAX_ZONE_CHANGES = 10
"""Teams of a competition that are named as in another medal zone than before."""


def digest_view(
    row_id: int, message: DigestMessage, names: fmt.Names, pictures: Sequence[Picture] = ()
) -> ui.LayoutView:
    """Build the digest; competitions that do not fit are counted."""
    since = min(
        (one.began_at or message.since for one in message.competitions), default=message.since
    )
    began = " (tracking began)" if since > message.since else ""
    start, end = fmt.date_and_time(since), fmt.date_and_time(message.until)
    head = f"{_TITLES[message.kind]}\n-# {start}{began} to {end}"
    deadlines = [
        f"⏰ {describe_deadline(one.slug, one.kind, names)}: {fmt.when(one.at)}"
        for one in message.deadlines
    ]
    ahead, later = join_lines(deadlines, 600)
    if later:
        ahead += f"\n-# and {fmt.plural(later, 'later deadline')}"
    ended, more_ended = join_lines([_ended(one, names) for one in message.ended], _ENDED_CHARACTERS)
    if more_ended:
        ended += f"\n-# and {fmt.plural(more_ended, 'more ended competition')}"
    parts = [
        _competition(one, names, since, message.until)
        for one in message.competitions[:_MAX_COMPETITIONS]
    ]
    room = CHARACTERS - len(head) - len(ended) - len(ahead) - 100
    # The members come first: the most active competition is told in any case, the others if they
    # leave room for some topics.
    least = _POST_CHARACTERS if message.posts else 0
    first = min(len(parts[0]), room) if parts else 0
    of_teams, left_out = join_lines(parts, max(room - least, first))
    posts = post_section(message.posts, names, room - len(of_teams))
    shown = parts[: len(parts) - left_out]
    more = len(message.competitions) - len(shown)
    foot = f"-# and news of {fmt.plural(more, 'more competition')}" if more else ""
    return card(
        head, *shown, *filter(None, [foot, ended, posts, ahead]), pictures=pictures, id=row_id
    )


def digest_picture_text(teams: int, board: str) -> str:
    """Return the description of the picture below a digest."""
    return f"Ranks of {fmt.plural(teams, 'team')} then and now, in {board}"


def _competition(
    digest: CompetitionDigest, names: fmt.Names, since: datetime, until: datetime
) -> str:
    """Format what changed; `since` and `until` are what the head of the message says."""
    began_at = digest.began_at
    began = f"tracking began {fmt.date_and_time(began_at)}" if began_at and began_at > since else ""
    head = f"### {fmt.competition_link(digest.slug, names.get(digest.slug))}"
    facts = fmt.join_dotted([fmt.plural(digest.team_count, "team"), began])
    parts = [head, f"-# {facts}"]
    if digest.rescored_at is not None:
        parts.append(_RESCORED_TEXT.format(time=fmt.date_and_time(digest.rescored_at)))
    text = "\n".join([*parts, *_lines(digest)])
    leaving = [_leaving_team(team, until) for team in digest.leaving_zone]
    shown, left_out = join_lines(leaving[:_MAX_LEAVING], _COMPETITION_CHARACTERS - len(text))
    more = left_out + len(leaving[_MAX_LEAVING:])
    foot = fmt.plural(more, *_MORE_LEAVING_TEXTS)
    return "\n".join(filter(None, [text, shown, f"-# {foot}" if more else ""]))


def _ended(competition: EndedCompetition, names: fmt.Names) -> str:
    """Return the final ranks of an ended competition, of as many teams as fit into the room."""
    link = fmt.competition_link(competition.slug, names.get(competition.slug))
    results = [
        f"{fmt.members_or_team(team.user_ids, team.team_name)}"
        f" **{fmt.rank_with_medal(team.rank, team.medal)}**"
        for team in competition.teams
    ]
    for count in range(min(len(results), _MAX_FINAL_TEAMS), 0, -1):
        text = _ENDED_TEXT.format(link=link, results=fmt.join_some(results, count))
        if len(text) <= _ENDED_CHARACTERS:
            return text
    return _ENDED_WITHOUT_MEMBERS_TEXT.format(link=link, slug=competition.slug)


def _lines(digest: CompetitionDigest) -> Iterator[str]:
    changes = digest.zone_changes
    yield from map(_zone_change, changes[:_MAX_ZONE_CHANGES])
    if changes[_MAX_ZONE_CHANGES:]:
        more = len(changes[_MAX_ZONE_CHANGES:])
        yield f"-# and {fmt.plural(more, 'more change')} of medal zones"
    yield from (_joined_team(team) for team in digest.joined)
    yield from (f"📈 {_who(team)} {_place(team)}" for team in digest.climbers)
    yield from (f"📉 {_who(team)} {_place(team)}" for team in digest.fallers)
    yield from (f"👋 {_who(team)} {_place(team)}, new" for team in digest.newcomers)
    if digest.busiest:
        counts = (f"{_who(team)} {fmt.number(team.submissions)}" for team in digest.busiest)
        yield f"⌨️ Most submissions: {fmt.join_dotted(counts)}"


def _joined_team(team: DigestTeam) -> str:
    who, name, rank = _who(team), escape(team.team_name), _rank(team)
    mates = fmt.join_words(map(escape, team.teammates))
    many = len(team.user_ids) > 1
    if mates and many:
        return f"👋 {who} are now in team **{name}** with {mates}: {rank}"
    if mates:
        return f"👋 {who} is now in team **{name}** with {mates}: {rank}"
    if many:
        return f"👋 {who} are now in team **{name}**: {rank}"
    return f"👋 {who} is now in team **{name}**: {rank}"


def _leaving_team(team: DigestTeam, until: datetime) -> str:
    text = _MEMBERS_LEAVE_ZONE_TEXT if len(team.user_ids) > 1 else _MEMBER_LEAVES_ZONE_TEXT
    zone = f"{fmt.MEDALS[team.medal_zone]} {team.medal_zone}" if team.medal_zone else ""
    time = fmt.future_time(team.leaves_zone_at, until) if team.leaves_zone_at else ""
    return text.format(who=_who(team), rank=_rank(team), zone=zone, time=time)


def _zone_change(team: DigestTeam) -> str:
    zone, before = team.medal_zone, team.medal_zone_before
    who, place = _who(team), f"{_rank(team)}{_moved(team)}"
    if zone is None:
        return _LEFT_ZONES_TEXT.format(who=who, place=place, before=before)
    is_up = before is None or ZONES_BEST_FIRST.index(zone) < ZONES_BEST_FIRST.index(before)
    text = _ENTERED_ZONE_TEXT if is_up else _LOWER_ZONE_TEXT
    if team.rank_before is None:
        text = _NEW_IN_ZONE_TEXT
    return text.format(medal=fmt.MEDALS[zone], who=who, place=place, zone=zone)


def _who(team: DigestTeam) -> str:
    return fmt.members_or_team(team.user_ids, team.team_name)


def _place(team: DigestTeam) -> str:
    medal = f" {fmt.MEDALS[team.medal_zone]}" if team.medal_zone else ""
    return f"{_rank(team)}{_moved(team)}{medal}"


def _moved(team: DigestTeam) -> str:
    return f" {fmt.change(team.rank_before, team.rank)}" if ranks_gained(team) else ""


def _rank(team: DigestTeam) -> str:
    return f"**{fmt.rank(team.rank)}**"
