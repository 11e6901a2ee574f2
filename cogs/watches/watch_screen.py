"""The screens of `/watch`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Item, card, join_lines
from cogs.framework.texts import ENDED_CHOICE_TEXT
from leaderboards.display_text import clean_and_shorten
from leaderboards.news.watches import MAX_WATCHES, Watch, WatchKind
from records.competitions import Competition
from records.members import StoredLink

WATCHED_ALREADY_TEXT = "You watch that already: `/watch list` shows all that you watch here."
WATCHED_EVERYWHERE_TEXT = "You watch that already for every competition."
TOO_MANY_WATCHES_TEXT = (
    f"You watch {MAX_WATCHES} things in this server: more are not possible. Remove one with"
    " `/watch list`."
)
NO_RIVAL_TEXT = "Choose a rival: a `member` of this server, or a `username` or team on Kaggle."
OWN_TEAM_TEXT = "That is you: choose somebody else."

_NOTHING_WATCHED_TEXT = (
    "### 🔕 You watch nothing here\n"
    "Choose what I tell you in direct messages: `/watch news`, `/watch medals`, `/watch forecast`,"
    " `/watch rank`, `/watch rival` or `/watch deadline`."
)
_FOOT = (
    "-# When one of these happens, I send you a direct message. What happens in the quiet hours of"
    " this server is told when they end. Nobody else sees what you watch."
)
_FORECAST_TEXT = (
    "-# 🔮 A forecast is no promise. I write when your team, if it submits nothing, is likely to"
    " leave its medal zone within 24 hours. Many teams leave their zone without a message, so do"
    " not rely on it alone. A message can come less than an hour before. There is no forecast in"
    " the first 12 hours of a board, in simulations, and often on the last day before the deadline."
)
_UNLINKED_TEXT = "⚠️ Until you `/link` your Kaggle account, I only tell you when a last day begins."
_CHOICES = {
    WatchKind.NEWS: "All news of your team",
    WatchKind.MEDAL_ZONE: "Medal zone entered or left",
    WatchKind.LAST_DAY: "Last day begins",
    WatchKind.ZONE_EXIT: "Likely to leave your medal zone within a day",
}
_ROOM = CHARACTERS - 800
"""Characters for the list; the select has all watches."""
_LABEL_WIDTH, _NAME_WIDTH = 45, 40
"""Characters of a choice and of the name of its competition."""


@dataclass(frozen=True, slots=True)
class WatchesData:
    """Watches of a member in a server."""

    watches: Sequence[Watch]
    competitions: Mapping[int, Competition]
    """What the server follows, by id."""
    is_linked: bool
    paused: Collection[int] = ()
    """The ids of competitions that are paused here, of which nothing is told."""
    without_deadline: Collection[int] = ()
    """The ids of competitions whose deadline is not known."""
    team_counts: Mapping[int, int] = field(default_factory=dict)
    """The numbers of teams on the boards that were read, by the competition's id."""
    links: Mapping[str, StoredLink] = field(default_factory=dict)
    """The links of this server by casefolded Kaggle user name, if a rival is watched."""


def competition_ended_text(competition: Competition) -> str:
    """Return that a competition has ended, so that nothing more happens there."""
    name = fmt.competition_name(competition.slug, competition.name)
    return f"**{name}** has ended: there is nothing to watch any more."


def deadline_passed_text(competition: Competition) -> str:
    """Return that a competition has no last day to come."""
    name = fmt.competition_name(competition.slug, competition.name)
    return f"The deadline of **{name}** has passed: its last day can't be watched any more."


def no_medals_text(competition: Competition) -> str:
    """Return that a competition has no medal zones, and what can be watched instead."""
    name = fmt.competition_name(competition.slug, competition.name)
    return (
        f"**{name}** awards no medals, so there is no medal zone to watch. `/watch rank` works"
        " there."
    )


def no_forecast_text(competition: Competition) -> str:
    """Return that a competition has no forecasts, and what can be watched instead."""
    name = fmt.competition_name(competition.slug, competition.name)
    return (
        f"The scores of **{name}** move without submissions, so there is no forecast to watch."
        " `/watch medals` works there."
    )


def rival_ahead_text(rival_name: str, competitions: Sequence[Competition]) -> str:
    """Return that a rival need not pass any more; the name is escaped."""
    names = (f"**{fmt.competition_name(one.slug, one.name)}**" for one in competitions)
    return (
        f"{rival_name} is ahead of you now in {fmt.join_words(names)}. I write when you have passed"
        " them and they then pass you again."
    )


def watches_view(data: WatchesData, controls: Sequence[Item], note: str = "") -> ui.LayoutView:
    """Build the list of what a member watches, with the select that removes some of it.

    `note` is about the watch that was added.
    """
    if not data.watches:
        return card(_NOTHING_WATCHED_TEXT)
    lines = [
        fmt.join_dotted(
            [_describe(watch, data), _describe_place(watch, data), _describe_lack(watch, data)]
        )
        for watch in data.watches
    ]
    shown, more = join_lines(
        (f"{number}. {line}" for number, line in enumerate(lines, start=1)), _ROOM
    )
    has_forecast = any(watch.kind is WatchKind.ZONE_EXIT for watch in data.watches)
    return card(
        f"### 🔔 You watch here ({len(lines)} of {MAX_WATCHES})",
        shown,
        note,
        f"-# and {fmt.number(more)} more in the menu below" if more else "",
        "" if data.is_linked else _UNLINKED_TEXT,
        _FORECAST_TEXT if has_forecast else "",
        _FOOT,
        buttons=[controls],
    )


def watch_choice(watch: Watch, data: WatchesData) -> tuple[str, str]:
    """Return a watch as a choice, which Discord shows as plain text: what, and where."""
    return clean_and_shorten(_choice_text(watch), _LABEL_WIDTH), clean_and_shorten(
        _place(watch, data), _NAME_WIDTH
    )


def _describe(watch: Watch, data: WatchesData) -> str:
    if watch.kind is not WatchKind.RIVAL:
        return f"**{_choice_text(watch)}**"
    user_name = watch.rival_user_name
    if user_name is None:
        return f"{escape(watch.rival_name or '')} **passes you**"
    link = data.links.get(user_name.casefold())
    if link is None:
        return f"{fmt.profile_link(user_name)} **passes you**"
    return f"{fmt.member(link.user_id)} ({fmt.profile_link(user_name)}) **passes you**"


def _choice_text(watch: Watch) -> str:
    match watch.kind:
        case WatchKind.RANK if watch.rank == 1:
            return "Into or out of rank 1"
        case WatchKind.RANK:
            return f"Into or out of the top {fmt.number(watch.rank or 0)}"
        case WatchKind.RIVAL:
            return f"{watch.rival_user_name or watch.rival_name} passes you"
        case WatchKind.NEWS | WatchKind.MEDAL_ZONE | WatchKind.LAST_DAY | WatchKind.ZONE_EXIT:
            return _CHOICES[watch.kind]
        case _:
            assert_never(watch.kind)


def _describe_place(watch: Watch, data: WatchesData) -> str:
    competition = data.competitions.get(watch.competition_id or 0)
    if competition is None:
        return _place(watch, data)
    link = fmt.competition_link(competition.slug, competition.name)
    ended = ENDED_CHOICE_TEXT if competition.archived_at is not None else ""
    return fmt.join_dotted([link, "⏸️ paused" if competition.id in data.paused else "", ended])


def _describe_lack(watch: Watch, data: WatchesData) -> str:
    """Return why a watch tells nothing as things are; empty if it may tell something."""
    id_, competitions = watch.competition_id, data.competitions
    if watch.kind is WatchKind.LAST_DAY and id_ in data.without_deadline:
        return "no deadline is known yet; I tell you once there is one and its last day begins"
    if watch.kind is WatchKind.RANK:
        return _describe_missing_ranks(watch, data)
    if watch.kind not in (WatchKind.MEDAL_ZONE, WatchKind.ZONE_EXIT):
        return ""
    if not all(one.awards_no_medals for one in competitions.values() if id_ in (None, one.id)):
        return ""
    return "no medals are awarded" if id_ is not None else "none awards medals now"


def _describe_missing_ranks(watch: Watch, data: WatchesData) -> str:
    """Return that no board has as many teams as a watched rank; empty if one has, or may have."""
    running = [
        one.id
        for one in data.competitions.values()
        if one.archived_at is None and watch.competition_id in (None, one.id)
    ]
    rank = watch.rank or 0
    if not running or any(data.team_counts.get(id_, rank) >= rank for id_ in running):
        return ""
    if watch.competition_id is not None:
        return "the board has fewer teams, so this tells you nothing now"
    return "every board here has fewer teams, so this tells you nothing now"


def _place(watch: Watch, data: WatchesData) -> str:
    competition = data.competitions.get(watch.competition_id or 0)
    return "every competition here" if competition is None else competition.name
