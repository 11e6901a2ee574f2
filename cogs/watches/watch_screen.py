"""The screens of `/watch`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import CHARACTERS, Item, card, join_lines
from leaderboards.display_text import clean, shorten
from leaderboards.news.watches import MAX_WATCHES, Watch, WatchKind
from records.competitions import Competition

WATCHED_ALREADY_TEXT = "You watch that already: `/watch list` shows all that you watch here."
TOO_MANY_WATCHES_TEXT = (
    f"You watch {MAX_WATCHES} things in this server: more are not possible. Remove one with"
    " `/watch list`."
)
NO_RIVAL_TEXT = "Choose a rival: a `member` of this server, or a `username` or team on Kaggle."
OWN_TEAM_TEXT = "That is you: choose somebody else."

_NOTHING_WATCHED_TEXT = (
    "### 🔕 You watch nothing here\n"
    "`/watch news`, `/watch medals`, `/watch forecast`, `/watch rank`, `/watch rival` and"
    " `/watch deadline` say what I tell you in a direct message."
)
_FOOT = (
    "-# I only write when one of these happens: a direct message, but not in the quiet hours of"
    " this server. Nobody else sees what you watch."
)
_FORECAST_TEXT = (
    "-# 🔮 A forecast is no promise: many teams leave their medal zone without a message before."
    " There is none in the first 12 hours of a board, in simulations, and often on the last day"
    " before the deadline."
)
_UNLINKED_TEXT = "⚠️ Without a link I only tell you of last days: use `/link`."
_CHOICES = {
    WatchKind.NEWS: "All news of your team",
    WatchKind.MEDAL_ZONE: "Your medal zone",
    WatchKind.LAST_DAY: "The last day",
    WatchKind.ZONE_EXIT: "Likely to leave your medal zone",
}
_ROOM = CHARACTERS - 800
"""Characters for the list; the menu has all watches."""
_LABEL_WIDTH, _NAME_WIDTH = 45, 40
"""Characters of a choice and of the name of its competition."""


@dataclass(frozen=True, slots=True)
class WatchesData:
    """What a member watches in a server."""

    watches: Sequence[Watch]
    competitions: Mapping[int, Competition]
    """What the server follows, by id."""
    is_linked: bool
    paused: Collection[int] = ()
    """The ids of competitions that are paused here, of which nothing is told."""


def competition_ended_text(competition: Competition) -> str:
    """Return that a competition has ended, so that nothing more happens there."""
    name = fmt.competition_name(competition.slug, competition.name)
    return f"**{name}** has ended: there is nothing to watch any more."


def watches_view(data: WatchesData, controls: Sequence[Item]) -> ui.LayoutView:
    """Build the list of what a member watches, with the menu that removes some of it."""
    if not data.watches:
        return card(_NOTHING_WATCHED_TEXT)
    lines = [
        fmt.join_dotted([_describe(watch), _describe_place(watch, data)]) for watch in data.watches
    ]
    shown, more = join_lines(
        (f"{number}. {line}" for number, line in enumerate(lines, start=1)), _ROOM
    )
    has_forecast = any(watch.kind is WatchKind.ZONE_EXIT for watch in data.watches)
    return card(
        f"### 🔔 You watch here ({len(lines)} of {MAX_WATCHES})",
        shown,
        f"-# and {fmt.number(more)} more in the menu below" if more else "",
        "" if data.is_linked else _UNLINKED_TEXT,
        _FORECAST_TEXT if has_forecast else "",
        _FOOT,
        buttons=[controls],
    )


def watch_choice(watch: Watch, data: WatchesData) -> tuple[str, str]:
    """Return a watch as a choice, which Discord shows as plain text: what, and where."""
    return _cut(_choice_text(watch), _LABEL_WIDTH), _cut(_place(watch, data), _NAME_WIDTH)


def _describe(watch: Watch) -> str:
    if watch.kind is not WatchKind.RIVAL:
        return f"**{_choice_text(watch)}**"
    if watch.rival_user_name is not None:
        return f"**Passed by** {fmt.profile_link(watch.rival_user_name)}"
    return f"**Passed by** {plain(watch.rival_name or '')}"


def _choice_text(watch: Watch) -> str:
    match watch.kind:
        case WatchKind.RANK if watch.rank == 1:
            return "Rank 1"
        case WatchKind.RANK:
            return f"The top {fmt.number(watch.rank or 0)}"
        case WatchKind.RIVAL:
            return f"Passed by {watch.rival_user_name or watch.rival_name}"
        case WatchKind.NEWS | WatchKind.MEDAL_ZONE | WatchKind.LAST_DAY | WatchKind.ZONE_EXIT:
            return _CHOICES[watch.kind]
        case _:
            assert_never(watch.kind)


def _describe_place(watch: Watch, data: WatchesData) -> str:
    competition = data.competitions.get(watch.competition_id or 0)
    if competition is None:
        return _place(watch, data)
    link = fmt.competition_link(competition.slug, competition.name)
    return fmt.join_dotted([link, "⏸️ paused" if competition.id in data.paused else ""])


def _place(watch: Watch, data: WatchesData) -> str:
    competition = data.competitions.get(watch.competition_id or 0)
    return "every competition here" if competition is None else competition.name


def _cut(text: str, length: int) -> str:
    return shorten(clean(text), length)[:length]
