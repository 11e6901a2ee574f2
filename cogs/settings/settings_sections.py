"""The sections of `/settings`: the controls of each setting, and the sentences that describe it.

A new setting needs a field in `records.guilds.GuildSettings`, a column in a migration, and, in one
of the sections below, a control (a toggle, a select or a modal field) and a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICE_LENGTH
from cogs.framework.responses import UserError
from cogs.members.roles_screen import CRITERION_NAMES, UNVERIFIED_WARNING_TEXT
from cogs.settings.panel_data import PanelData
from cogs.settings.time_zones import show_name
from leaderboards.display_text import clean_and_shorten
from leaderboards.news.channel_mode import ChannelMode
from records.feeds import FeedKind
from records.guilds import GuildSettings, NewsChannel, SettingValue

Changes = dict[str, SettingValue]
"""New values of `GuildSettings`, by field name."""

MAX_PLACES = 100_000
"""The largest rise or fall that can be set; no board has as many teams."""
MIN_RISE, MIN_FALL = 0, 1
"""The smallest ones that can be set."""

NONE = "none"
"""The value of a select option that clears the setting."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a select: its label, and a line that explains it."""

    label: str
    description: str


MODES = {
    ChannelMode.EVERYTHING: Option(
        "Everything, right away",
        "All news as it happens: climbs, falls, medals, reminders and ends",
    ),
    ChannelMode.BIG: Option(
        "Big news only",
        "Of team news: better medal zones, a new number one, a first top 10 %;"
        " and all other messages",
    ),
    ChannelMode.DIGEST: Option(
        "Digests only",
        "Digests (turned on under Digests), live boards, new competitions;"
        " no news, reminders or ends",
    ),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_REMINDERS_BEFORE_TEXT = (
    "Reminders that would fall into quiet hours come half an hour before those begin"
)
_DEFAULT_QUIET_LENGTH = 8
"""How many hours quiet hours last when only their start was chosen."""


class Section(StrEnum):
    """A page of the panel; its value is part of custom_ids."""

    ANNOUNCEMENTS = "announcements"
    NEWS = "news"
    CHANNELS = "channels"
    QUIET = "quiet"
    TIME_ZONE = "time_zone"
    DIGESTS = "digests"
    DEADLINES = "deadlines"
    LINKS = "links"
    ROLES = "roles"


_ANNOUNCED = frozenset(
    {Section.NEWS, Section.CHANNELS, Section.QUIET, Section.DIGESTS, Section.DEADLINES}
)
"""The sections on what is announced, when and where."""

_FEED_NAMES = {
    FeedKind.COMPETITION: "**new competitions on Kaggle**",
    FeedKind.TOPIC: "**topics of the followed competitions**",
    FeedKind.NOTEBOOK: "**notebooks of the followed competitions**",
}


@dataclass(frozen=True, slots=True)
class SelectSpec:
    """A select with the values of one setting."""

    options: Mapping[str, Option]
    """By value, which is a number or `NONE`."""
    build_changes: Callable[[GuildSettings, int | None], Changes] | None = None
    """Returns what changes with the selected value. None: only the setting itself changes."""
    is_shown: Callable[[GuildSettings], bool] = lambda _settings: True


@dataclass(frozen=True, slots=True)
class ToggleSpec:
    """The two labels of a button, which say what a press does."""

    turn_on: str
    turn_off: str


@dataclass(frozen=True, slots=True)
class TextFieldSpec:
    """A text field with the value of one setting."""

    label: str
    description: str
    max_length: int
    parse: Callable[[str], SettingValue]
    """Convert the text to the setting's value; raises `UserError`."""


@dataclass(frozen=True, slots=True)
class ModalSpec:
    """A modal, opened by a button."""

    button: str
    title: str
    fields: Mapping[str, TextFieldSpec]
    """By setting."""


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """Content of a section. Channels, roles and the time zone have controls beside these."""

    emoji: str
    title: str
    summary: str
    describe: Callable[[PanelData], list[str]]
    selects: Mapping[str, SelectSpec] = field(default_factory=dict)
    """By setting."""
    toggles: Mapping[str, ToggleSpec] = field(default_factory=dict)
    """By setting, which is a `bool`."""
    modal: ModalSpec | None = None
    leads_to: Mapping[Section, str] = field(default_factory=dict)
    """Labels of buttons that show other sections."""


def describe_rise(smallest_rise: int) -> str:
    """Return the line that says which new best scores are announced."""
    if smallest_rise == 0:
        return "Report **every** new best score"
    return f"Report new best scores that gain **{fmt.plural(smallest_rise, 'place')} or more**"


def describe_fall(smallest_fall: int) -> str:
    """Return the line that says which falls are announced."""
    places = fmt.plural(smallest_fall, "place")
    return (
        f"Report falls of **{places} or more**, if the rank also grew by at least a tenth more"
        " than the board did"
    )


def describe_news_channel(channel: NewsChannel) -> str:
    """Return which competitions are announced in a channel, as plain text of one line."""
    if not channel.competitions:
        return "No competition is announced here yet"
    return clean_and_shorten(f"News of {fmt.join_words(channel.competitions)}", MAX_CHOICE_LENGTH)


def parse_places(minimum: int, error_text: str, text: str) -> int:
    """Parse a number of places; raises `UserError` with `error_text`."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or not minimum <= int(digits) <= MAX_PLACES:
        raise UserError(error_text)
    return int(digits)


def _change_quiet_start(settings: GuildSettings, start: int | None) -> Changes:
    end = settings.quiet_to
    if start is None:
        end = None
    elif end in {None, start}:
        end = (start + _DEFAULT_QUIET_LENGTH) % 24
    return {"quiet_from": start, "quiet_to": end}


def _change_quiet_end(settings: GuildSettings, end: int | None) -> Changes:
    if settings.quiet_from is None:
        raise UserError("There are no quiet hours any more: choose first when they begin.")
    if end == settings.quiet_from:
        raise UserError("Quiet hours cannot end in the hour in which they begin.")
    return {"quiet_to": end}


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _build_hour_options(label: str, description: str) -> dict[str, Option]:
    """Build an option for each hour; `{hour}` stands for it in the texts."""
    return {
        str(hour): Option(label.format(hour=_hour(hour)), description.format(hour=_hour(hour)))
        for hour in range(24)
    }


def _time_zone(settings: GuildSettings) -> str:
    return show_name(settings.time_zone)


def describe_announcements(settings: GuildSettings, mode: ChannelMode) -> list[str]:
    """Return the lines on whether and where news is announced, which of it, and who is pinged."""
    if settings.mention:
        pings = "Pings are **on**, for members who asked with `/pingme`"
    else:
        pings = "Pings are **off**, for everybody"
    if settings.channel_id is None:
        if settings.announce:
            return ["Announcements are **on**, but **no channel** is chosen yet", pings]
        return ["Announcements are **off**, and **no channel** is chosen", pings]
    if not settings.announce:
        return [f"Announcements are **off**; their channel is <#{settings.channel_id}>", pings]
    if mode is ChannelMode.EVERYTHING:
        return [f"Announcements are **on**, in <#{settings.channel_id}>", pings]
    label = MODES[mode].label.lower()
    return [f"Announcements are **on**, in <#{settings.channel_id}>: **{label}**", pings]


def explain_silence(data: PanelData, section: Section) -> list[str]:
    """Return why nothing is announced, for a section about announcements; no line elsewhere.

    The overview needs no such line: its first section says it.
    """
    if section not in _ANNOUNCED:
        return []
    if not data.settings.announce:
        return ["⚠️ Announcements are off, so nothing is posted: turn them on under Announcements"]
    if not data.channels and section is not Section.CHANNELS:
        return ["⚠️ No channel is chosen yet, so nothing is posted: choose one under Announcements"]
    if section is Section.CHANNELS:
        return [f"⚠️ {problem}" for problem in data.channel_problems]
    return []


def _describe_announcements(data: PanelData) -> list[str]:
    problems = [f"⚠️ {problem}" for problem in data.channel_problems]
    return [*describe_announcements(data.settings, data.mode), *problems]


def _describe_news(data: PanelData) -> list[str]:
    settings = data.settings
    if settings.replay_at_end:
        replays = "A **replay** of the whole competition follows the announcement of its end"
    else:
        replays = "No replay is posted at the end of a competition"
    return [describe_rise(settings.smallest_rise), describe_fall(settings.smallest_fall), replays]


def _describe_channels(data: PanelData) -> list[str]:
    facts: defaultdict[int, list[str]] = defaultdict(list)
    for channel in data.channels:
        facts[channel.channel_id].append(f"**{MODES[channel.mode].label.lower()}**")
    for channel_id, kinds in data.feeds.items():
        facts[channel_id] += [_FEED_NAMES[kind] for kind in kinds]
    for channel_id in sorted(data.published & facts.keys()):
        facts[channel_id].append("**published** to the channels that follow it")
    lines = [f"<#{channel_id}>: {fmt.join_dotted(of_one)}" for channel_id, of_one in facts.items()]
    if not data.channels:
        lines.insert(0, "No channel gets news yet: choose one under Announcements")
    settings = data.settings
    for_digests = any(channel.mode is ChannelMode.DIGEST for channel in data.channels)
    if for_digests and not settings.daily_digest and settings.weekly_digest_day is None:
        lines.append("⚠️ No digest is turned on: channels for digests only get no news")
    return lines


def _describe_quiet_hours(data: PanelData) -> list[str]:
    settings = data.settings
    if settings.quiet_from is None or settings.quiet_to is None:
        hours = "There are no quiet hours"
    else:
        hours = (
            f"Nothing is announced from **{_hour(settings.quiet_from)}** to"
            f" **{_hour(settings.quiet_to)}**, {_time_zone(settings)} time; then there is a summary"
        )
        return [hours, _REMINDERS_BEFORE_TEXT]
    return [hours]


def _describe_time_zone(data: PanelData) -> list[str]:
    zone = _time_zone(data.settings)
    return [f"Quiet hours and digests are in **{zone}** time"]


def _describe_digests(data: PanelData) -> list[str]:
    settings = data.settings
    quiet_end = settings.quiet_to
    waits = quiet_end is not None and settings.quiet_hours.includes(settings.digest_hour)
    hour = _hour(settings.digest_hour if quiet_end is None or not waits else quiet_end)
    zone, day = _time_zone(settings), _DAYS[settings.weekly_digest_day or 0]
    if settings.weekly_digest_day is None and not settings.daily_digest:
        return ["There are no digests"]
    if settings.weekly_digest_day is None:
        line = f"A digest comes **every day** at **{hour}**, {zone} time"
    elif settings.daily_digest:
        line = (
            f"A digest comes **every day** at **{hour}**, {zone} time; on **{day}** it covers the"
            " week"
        )
    else:
        line = f"A digest comes **every {day}** at **{hour}**, {zone} time"
    if not waits:
        return [line]
    own_hour = _hour(settings.digest_hour)
    return [line, f"Quiet hours end then; the digests' own hour, {own_hour}, is within them"]


def _describe_deadlines(data: PanelData) -> list[str]:
    settings = data.settings
    reminders = {
        "7 days": settings.remind_week,
        "24 hours": settings.remind_day,
        "1 hour": settings.remind_hour,
    }
    chosen = [period for period, enabled in reminders.items() if enabled]
    if settings.scheduled_events:
        events = "Deadlines are **Scheduled Events** of this server, which end at the deadline"
    else:
        events = "This server has no Scheduled Events for deadlines"
    if not chosen:
        return ["There are no reminders of deadlines", events]
    lines = [f"Reminders come **{fmt.join_words(chosen)}** ahead of each deadline"]
    if settings.quiet_from is not None:
        lines.append(_REMINDERS_BEFORE_TEXT)
    return [*lines, events]


def _describe_links(data: PanelData) -> list[str]:
    verified = data.settings.require_verified
    return [
        "Only **verified** links count" if verified else "Links count **without verification**",
        "A member verifies a link with the code that `/link` gives",
    ]


def _describe_roles(data: PanelData) -> list[str]:
    roles = sorted(data.roles.items())
    lines = [f"{CRITERION_NAMES[criterion]}: <@&{role_id}>" for criterion, role_id in roles]
    if lines and not data.settings.require_verified:
        lines.append(f"⚠️ {UNVERIFIED_WARNING_TEXT}")
    return lines or ["No roles for ranks"]


def _build_places_field(
    label: str, description: str, minimum: int, error_text: str
) -> TextFieldSpec:
    parse = partial(parse_places, minimum, error_text)
    return TextFieldSpec(label, description, max_length=len(str(MAX_PLACES)), parse=parse)


SECTIONS: Mapping[Section, SectionSpec] = {
    Section.ANNOUNCEMENTS: SectionSpec(
        emoji="📣",
        title="Announcements",
        summary="Whether news is announced, in which channel, and with pings or without",
        describe=_describe_announcements,
        toggles={
            "announce": ToggleSpec("Turn announcements on", "Turn announcements off"),
            "mention": ToggleSpec("Turn pings on", "Turn pings off"),
        },
    ),
    Section.NEWS: SectionSpec(
        emoji="🚀",
        title="What is news",
        summary="How many places a climb or a fall must have to be announced, and replays",
        describe=_describe_news,
        toggles={"replay_at_end": ToggleSpec("Post replays at the end", "Stop posting replays")},
        modal=ModalSpec(
            button="Change the places …",
            title="What is news",
            fields={
                "smallest_rise": _build_places_field(
                    "A new best score must gain",
                    "Number of places; 0 announces all",
                    MIN_RISE,
                    f"A new best score must gain a whole number of places from {MIN_RISE} to"
                    f" {MAX_PLACES:,}.",
                ),
                "smallest_fall": _build_places_field(
                    "A fall must be",
                    "Number of places, at least 1",
                    MIN_FALL,
                    f"A fall must be a whole number of places from {MIN_FALL} to {MAX_PLACES:,}.",
                ),
            },
        ),
    ),
    Section.CHANNELS: SectionSpec(
        emoji="#️⃣",
        title="Channels",
        summary="Which channel gets everything, big news or digests only, and what is published",
        describe=_describe_channels,
    ),
    Section.QUIET: SectionSpec(
        emoji="🌙",
        title="Quiet hours",
        summary="Hours in which news waits, for one summary of each competition at their end",
        describe=_describe_quiet_hours,
        selects={
            "quiet_from": SelectSpec(
                {
                    NONE: Option("No quiet hours", "News is announced at any hour"),
                    **_build_hour_options("Quiet from {hour}", "News waits from {hour} on"),
                },
                build_changes=_change_quiet_start,
            ),
            "quiet_to": SelectSpec(
                _build_hour_options("Quiet until {hour}", "What waited is summed up at {hour}"),
                build_changes=_change_quiet_end,
                is_shown=lambda settings: settings.quiet_from is not None,
            ),
        },
        leads_to={Section.TIME_ZONE: "Change the time zone"},
    ),
    Section.TIME_ZONE: SectionSpec(
        emoji="🌍",
        title="Time zone",
        summary="The time zone in which quiet hours and digests are set",
        describe=_describe_time_zone,
    ),
    Section.DIGESTS: SectionSpec(
        emoji="🗞️",
        title="Digests",
        summary="Summaries of a day or a week, and their hour",
        describe=_describe_digests,
        selects={
            "weekly_digest_day": SelectSpec(
                {
                    NONE: Option("No weekly digest", "No summary of the week is posted"),
                    **{
                        str(number): Option(
                            f"A digest every {day}",
                            f"Each {day}, the last seven days in one message",
                        )
                        for number, day in enumerate(_DAYS)
                    },
                }
            ),
            "digest_hour": SelectSpec(
                _build_hour_options(
                    "Digests at {hour}", "Daily and weekly digests are posted at {hour}"
                )
            ),
        },
        toggles={
            "daily_digest": ToggleSpec("Turn the daily digest on", "Turn the daily digest off")
        },
        leads_to={Section.TIME_ZONE: "Change the time zone"},
    ),
    Section.DEADLINES: SectionSpec(
        emoji="⏰",
        title="Deadlines",
        summary="How long before a deadline a reminder comes, and Scheduled Events",
        describe=_describe_deadlines,
        toggles={
            "remind_week": ToggleSpec("Remind 7 days ahead", "Don't remind 7 days ahead"),
            "remind_day": ToggleSpec("Remind 24 hours ahead", "Don't remind 24 hours ahead"),
            "remind_hour": ToggleSpec("Remind 1 hour ahead", "Don't remind 1 hour ahead"),
            "scheduled_events": ToggleSpec("Create Scheduled Events", "Stop Scheduled Events"),
        },
    ),
    Section.LINKS: SectionSpec(
        emoji="🔗",
        title="Links",
        summary="Whether a link to a Kaggle account must be verified to count",
        describe=_describe_links,
        toggles={"require_verified": ToggleSpec("Count only verified links", "Count every link")},
    ),
    Section.ROLES: SectionSpec(
        emoji="🏅",
        title="Roles",
        summary="Which roles members get for their ranks",
        describe=_describe_roles,
    ),
}

MODALS: Mapping[Section, ModalSpec] = {
    section: spec.modal for section, spec in SECTIONS.items() if spec.modal is not None
}
