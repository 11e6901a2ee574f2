"""The panel of `/settings`: what is set, a section at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import Item, card
from cogs.members.roles_screen import NAMES
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.guilds import GuildSettings

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MODES = {
    ChannelMode.EVERYTHING: "Everything at once",
    ChannelMode.BIG: "Big news only",
    ChannelMode.DIGEST: "Digests only",
}
"""What a channel can be told."""


class Section(StrEnum):
    """A part of the settings that is changed on one page."""

    ANNOUNCEMENTS = "announcements"
    NEWS = "news"
    CHANNELS = "channels"
    QUIET = "quiet"
    DIGESTS = "digests"
    DEADLINES = "deadlines"
    MEMBERS = "members"
    ROLES = "roles"


TITLES = {
    Section.ANNOUNCEMENTS: ("📣", "Announcements", "on or off, where, pings"),
    Section.NEWS: ("🚀", "What is news", "how large a climb or a fall must be"),
    Section.CHANNELS: ("#️⃣", "Channels", "everything, big news or digests only"),
    Section.QUIET: ("🌙", "Quiet hours", "and the time zone"),
    Section.DIGESTS: ("🗞️", "Digests", "daily and weekly"),
    Section.DEADLINES: ("⏰", "Deadlines", "how long ahead they are told"),
    Section.MEMBERS: ("🔗", "Links", "whether they must be proven"),
    Section.ROLES: ("🏅", "Roles", "which are given for ranks"),
}
"""By section: its sign, its name, and what is found there."""


@dataclass(frozen=True, slots=True)
class SettingsScreen:
    """All that the panel shows."""

    settings: GuildSettings
    modes: Mapping[int, ChannelMode]
    """What channels are told, where it is not everything."""
    roles: Mapping[RoleCriterion, int]
    """Which roles are given for what."""
    section: Section | None = None
    """None shows everything at once."""
    channel_id: int | None = None
    """The channel whose mode is being chosen."""


def _hour(value: int) -> str:
    """Write an hour of the day."""
    return f"{value:02}:00"


def _hours(words: str) -> Mapping[str, str]:
    return {str(number): f"{words} {_hour(number)}" for number in range(24)}


ON_OFF: Mapping[Section, Mapping[str, str]] = {
    Section.ANNOUNCEMENTS: {"announce": "Announcements", "mention": "Pings"},
    Section.DIGESTS: {"daily_digest": "Daily digest"},
    Section.DEADLINES: {
        "remind_week": "7 days ahead",
        "remind_day": "24 hours ahead",
        "remind_hour": "1 hour ahead",
    },
    Section.MEMBERS: {"require_verified": "Only proven links"},
}
"""By section: the settings that are on or off, and what their buttons say."""

NONE = "none"
"""Stands in a select for what is not to be."""

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "quiet_from": {NONE: "No quiet hours", **_hours("Quiet from")},
    "quiet_to": _hours("Quiet until"),
    "digest_hour": _hours("Digests at"),
    "weekly_digest_day": {
        NONE: "No weekly digest",
        **{str(number): f"A digest every {day}" for number, day in enumerate(DAYS)},
    },
}
"""By setting: what can be chosen for it."""


def settings_view(screen: SettingsScreen, rows: Sequence[Sequence[Item]]) -> ui.LayoutView:
    """Build the panel."""
    if screen.section is None:
        head = "### ⚙️ Settings of this server"
        body = "\n".join(f"{_title(section)}\n{_said(screen, section)}" for section in Section)
        return card(head, body, buttons=rows)
    sign, name, _ = TITLES[screen.section]
    return card(f"### {sign} {name}", "\n".join(_lines(screen, screen.section)), buttons=rows)


def _title(section: Section) -> str:
    sign, name, _ = TITLES[section]
    return f"{sign} **{name}**"


def _said(screen: SettingsScreen, section: Section) -> str:
    return "\n".join(f"-# {line}" for line in _lines(screen, section))


def _lines(screen: SettingsScreen, section: Section) -> list[str]:
    match section:
        case Section.CHANNELS:
            return _modes(screen)
        case Section.ROLES:
            return _roles(screen)
    return _LINES[section](screen.settings)


def _announcements(settings: GuildSettings) -> list[str]:
    on = "on" if settings.announce else "off"
    pings = "on, for those who asked with `/pingme`" if settings.mention else "off"
    return [
        f"Announcements are **{on}**, in {_channel(settings.channel_id)}",
        f"Pings are **{pings}**",
    ]


def _news(settings: GuildSettings) -> list[str]:
    return [
        f"A new best score is told **{_rise(settings.smallest_rise)}**",
        f"A fall is told from **{fmt.plural(settings.smallest_fall, 'place')}** on",
    ]


def _members(settings: GuildSettings) -> list[str]:
    return ["Only **proven** links count" if settings.require_verified else "Every link counts"]


def _channel(channel_id: int | None) -> str:
    return f"<#{channel_id}>" if channel_id else "**no channel yet**"


def _rise(smallest: int) -> str:
    return f"when it gains {fmt.plural(smallest, 'place')} or more" if smallest else "always"


def _modes(screen: SettingsScreen) -> list[str]:
    shown = {channel: MODES[mode] for channel, mode in sorted(screen.modes.items())}
    if screen.channel_id is not None:
        shown.setdefault(screen.channel_id, MODES[ChannelMode.EVERYTHING])
    lines = [f"<#{channel}>: **{mode.lower()}**" for channel, mode in list(shown.items())[:20]]
    return lines or ["Every channel is told **everything at once**"]


def _roles(screen: SettingsScreen) -> list[str]:
    lines = [f"{NAMES[reward]}: <@&{role_id}>" for reward, role_id in sorted(screen.roles.items())]
    return lines or ["No role is given for a rank"]


def _quiet(settings: GuildSettings) -> str:
    if settings.quiet_from is None or settings.quiet_to is None:
        return "There are no quiet hours"
    return (
        f"Nothing is announced from **{_hour(settings.quiet_from)}** to"
        f" **{_hour(settings.quiet_to)}**; then it is summed up"
    )


def _zone(settings: GuildSettings) -> str:
    return f"Hours are in **{_place(settings)}** time"


def _place(settings: GuildSettings) -> str:
    return settings.time_zone.replace("_", " ")


def _digests(settings: GuildSettings) -> str:
    wanted = ["every day"] * settings.daily_digest
    if settings.weekly_digest_day is not None:
        wanted.append(f"every {DAYS[settings.weekly_digest_day]}")
    if not wanted:
        return "No digest is sent"
    return (
        f"A digest comes **{fmt.join_words(wanted)}** at **{_hour(settings.digest_hour)}**,"
        f" {_place(settings)} time"
    )


def _deadlines(settings: GuildSettings) -> str:
    chosen = [
        name
        for name, wanted in (
            ("7 days", settings.remind_week),
            ("24 hours", settings.remind_day),
            ("1 hour", settings.remind_hour),
        )
        if wanted
    ]
    return f"Told **{fmt.join_words(chosen)}** ahead" if chosen else "No deadline is told"


_LINES: Mapping[Section, Callable[[GuildSettings], list[str]]] = {
    Section.ANNOUNCEMENTS: _announcements,
    Section.NEWS: _news,
    Section.QUIET: lambda settings: [_quiet(settings), _zone(settings)],
    Section.DIGESTS: lambda settings: [_digests(settings)],
    Section.DEADLINES: lambda settings: [_deadlines(settings)],
    Section.MEMBERS: _members,
}
