"""The sections of `/settings`: the controls of each setting, and the sentences that describe it.

A new setting needs a field in `records.guilds.GuildSettings`, a column in a migration, and in one
section below a control (a toggle, a select or a form field) and a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from zoneinfo import ZoneInfo, available_timezones

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.responses import UserError
from cogs.members.roles_screen import CRITERION_NAMES, UNVERIFIED_WARNING
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.guilds import GuildSettings, SettingValue

Changes = dict[str, SettingValue]
"""New values of `GuildSettings`, by field name."""

MAX_PLACES = 100_000
"""The largest rise or fall that can be set; no board has as many teams."""
MIN_RISE, MIN_FALL = 0, 1

NONE = "none"
"""The value of a select option that clears the setting."""

MODE_NAMES = {
    ChannelMode.EVERYTHING: "Everything, right away",
    ChannelMode.BIG: "Big news only",
    ChannelMode.DIGEST: "Digests only",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DEFAULT_QUIET_HOURS = 8
"""How long quiet hours last when only their start was chosen."""
_MAX_CHANNELS_SHOWN = 20
_SAMPLED_WEEKS = 3_500
"""Weeks from 1970 to 2037, in which time zones are compared."""


class Section(StrEnum):
    """A page of the panel; its value is part of custom_ids."""

    ANNOUNCEMENTS = "announcements"
    NEWS = "news"
    CHANNELS = "channels"
    QUIET = "quiet"
    DIGESTS = "digests"
    DEADLINES = "deadlines"
    LINKS = "links"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class PanelData:
    """Everything that the panel shows of one server."""

    settings: GuildSettings
    channel_modes: Mapping[int, ChannelMode]
    """By channel id; channels without one get everything."""
    roles: Mapping[RoleCriterion, int]
    """Role ids by what they are given for."""


@dataclass(frozen=True, slots=True)
class SelectSpec:
    """A select with the values of one setting."""

    options: Mapping[str, str]
    """Labels by value, which is a number or `NONE`."""
    build_changes: Callable[[GuildSettings, int | None], Changes] | None = None
    """Return what changes with the selected value; without it only the setting itself."""
    is_shown: Callable[[GuildSettings], bool] = lambda _settings: True


@dataclass(frozen=True, slots=True)
class TextFieldSpec:
    """A text field with the value of one setting."""

    label: str
    description: str
    max_length: int
    parse: Callable[[str], SettingValue]
    """Convert the text to the setting's value; raises `UserError`. Called in a thread."""


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A form, opened by a button."""

    button: str
    title: str
    fields: Mapping[str, TextFieldSpec]
    """By setting."""


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """What a section shows. Channels and roles have controls of their own beside these."""

    emoji: str
    title: str
    summary: str
    describe: Callable[[PanelData], list[str]]
    selects: Mapping[str, SelectSpec] = field(default_factory=dict)
    """By setting."""
    toggles: Mapping[str, str] = field(default_factory=dict)
    """Button labels by setting, which is a `bool`."""
    form: FormSpec | None = None


def describe_rise(smallest_rise: int) -> str:
    """Write which new best scores are announced."""
    if smallest_rise == 0:
        return "Report **every** new best score"
    return f"Report new best scores that gain **{fmt.plural(smallest_rise, 'place')} or more**"


def describe_fall(smallest_fall: int) -> str:
    """Write which falls are announced."""
    places = fmt.plural(smallest_fall, "place")
    return f"Report drops of **{places} or more** that the board's growth does not explain"


def parse_places(minimum: int, text: str) -> int:
    """Parse a number of places; raises `UserError`."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or not minimum <= int(digits) <= MAX_PLACES:
        raise UserError(f"Give a whole number of places from {minimum} to {MAX_PLACES:,}.")
    return int(digits)


def parse_time_zone(text: str) -> str:
    """Find a name of the tz database by the whole name or the city; raises `UserError`."""
    names = _time_zones()
    wanted = text.strip().casefold().replace(" ", "_")
    if wanted in names:
        return names[wanted]
    found = [name for folded, name in names.items() if folded.rpartition("/")[2] == wanted]
    if len({_sample_offsets(name) for name in found}) == 1:
        # Of the names of one zone, the longer is usually the current one.
        return max(found, key=len)
    if found:
        raise UserError(
            f"There are several such time zones: {fmt.join_words(found)}. Give one of them."
        )
    raise UserError(
        f"There is no time zone {plain(text)}. Give its name as in Europe/Berlin, America/New York"
        " or Asia/Tokyo, or UTC."
    )


@cache
def _time_zones() -> dict[str, str]:
    """Return the names of the tz database by their casefolded form."""
    return {name.casefold(): name for name in sorted(available_timezones())}


def _sample_offsets(name: str) -> tuple[timedelta | None, ...]:
    """Return the offsets of a time zone from UTC, which are equal for two names of the same zone.

    The tz database has two zones only where clocks differed since 1970.
    """
    zone, start = ZoneInfo(name), datetime(1970, 1, 1, tzinfo=UTC)
    weeks = (start + timedelta(weeks=week) for week in range(_SAMPLED_WEEKS))
    return tuple(week.astimezone(zone).utcoffset() for week in weeks)


def _change_quiet_start(settings: GuildSettings, start: int | None) -> Changes:
    end = settings.quiet_to
    if start is None:
        end = None
    elif end in {None, start}:
        end = (start + _DEFAULT_QUIET_HOURS) % 24
    return {"quiet_from": start, "quiet_to": end}


def _change_quiet_end(settings: GuildSettings, end: int | None) -> Changes:
    if settings.quiet_from is None:
        raise UserError("There are no quiet hours any more: choose first when they begin.")
    if end == settings.quiet_from:
        raise UserError("Quiet hours cannot end in the hour in which they begin.")
    return {"quiet_to": end}


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _hour_options(prefix: str) -> dict[str, str]:
    return {str(hour): f"{prefix} {_hour(hour)}" for hour in range(24)}


def _time_zone(settings: GuildSettings) -> str:
    return settings.time_zone.replace("_", " ")


def _describe_announcements(server: PanelData) -> list[str]:
    settings = server.settings
    on = "on" if settings.announce else "off"
    channel = f"<#{settings.channel_id}>" if settings.channel_id else "**no channel yet**"
    pings = "on, for those who asked with `/pingme`" if settings.mention else "off"
    return [f"Announcements are **{on}**, in {channel}", f"Pings are **{pings}**"]


def _describe_news(server: PanelData) -> list[str]:
    settings = server.settings
    return [describe_rise(settings.smallest_rise), describe_fall(settings.smallest_fall)]


def _describe_channels(server: PanelData) -> list[str]:
    modes = sorted(server.channel_modes.items())
    lines = [
        f"<#{channel_id}>: **{MODE_NAMES[mode].lower()}**"
        for channel_id, mode in modes[:_MAX_CHANNELS_SHOWN]
    ]
    if len(modes) > len(lines):
        left_out = fmt.plural(len(modes) - len(lines), "more channel")
        lines.append(f"and {left_out}; choose one to see its mode")
    return lines or ["Every channel gets **everything, right away**"]


def _describe_quiet_hours(server: PanelData) -> list[str]:
    settings = server.settings
    if settings.quiet_from is None or settings.quiet_to is None:
        hours = "There are no quiet hours"
    else:
        hours = (
            f"Nothing is announced from **{_hour(settings.quiet_from)}** to"
            f" **{_hour(settings.quiet_to)}**; then there is a summary"
        )
    return [hours, f"Hours are in **{_time_zone(settings)}** time"]


def _describe_digests(server: PanelData) -> list[str]:
    settings = server.settings
    days = ["every day"] if settings.daily_digest else []
    if settings.weekly_digest_day is not None:
        days.append(f"every {_DAYS[settings.weekly_digest_day]}")
    if not days:
        return ["No digests"]
    hour = f"**{_hour(settings.digest_hour)}**, {_time_zone(settings)} time"
    return [f"A digest comes **{fmt.join_words(days)}** at {hour}"]


def _describe_deadlines(server: PanelData) -> list[str]:
    settings = server.settings
    reminders = {
        "7 days": settings.remind_week,
        "24 hours": settings.remind_day,
        "1 hour": settings.remind_hour,
    }
    chosen = [period for period, enabled in reminders.items() if enabled]
    return [f"Reminders **{fmt.join_words(chosen)}** ahead" if chosen else "No reminders"]


def _describe_links(server: PanelData) -> list[str]:
    verified = server.settings.require_verified
    return ["Only **verified** links count" if verified else "Every link counts"]


def _describe_roles(server: PanelData) -> list[str]:
    roles = sorted(server.roles.items())
    lines = [f"{CRITERION_NAMES[criterion]}: <@&{role_id}>" for criterion, role_id in roles]
    if lines and not server.settings.require_verified:
        lines.append(f"⚠️ {UNVERIFIED_WARNING}")
    return lines or ["No roles for ranks"]


def _places_field(label: str, description: str, minimum: int) -> TextFieldSpec:
    parse = partial(parse_places, minimum)
    return TextFieldSpec(label, description, max_length=len(str(MAX_PLACES)), parse=parse)


_TIME_ZONE_FORM = FormSpec(
    button="Time zone",
    title="Time zone",
    fields={
        "time_zone": TextFieldSpec(
            label="Time zone",
            description="For example Europe/Berlin, or only the city",
            max_length=64,
            parse=parse_time_zone,
        )
    },
)

SECTIONS: Mapping[Section, SectionSpec] = {
    Section.ANNOUNCEMENTS: SectionSpec(
        emoji="📣",
        title="Announcements",
        summary="on or off, where, pings",
        describe=_describe_announcements,
        toggles={"announce": "Announcements", "mention": "Pings"},
    ),
    Section.NEWS: SectionSpec(
        emoji="🚀",
        title="What is news",
        summary="how large a climb or a drop must be",
        describe=_describe_news,
        form=FormSpec(
            button="Change",
            title="What is news",
            fields={
                "smallest_rise": _places_field(
                    "A new best score must gain", "Number of places; 0 announces all", MIN_RISE
                ),
                "smallest_fall": _places_field(
                    "A drop must be", "Number of places, at least 1", MIN_FALL
                ),
            },
        ),
    ),
    Section.CHANNELS: SectionSpec(
        emoji="#️⃣",
        title="Channels",
        summary="everything, big news or digests only",
        describe=_describe_channels,
    ),
    Section.QUIET: SectionSpec(
        emoji="🌙",
        title="Quiet hours",
        summary="and the time zone",
        describe=_describe_quiet_hours,
        selects={
            "quiet_from": SelectSpec(
                {NONE: "No quiet hours", **_hour_options("Quiet from")},
                build_changes=_change_quiet_start,
            ),
            "quiet_to": SelectSpec(
                _hour_options("Quiet until"),
                build_changes=_change_quiet_end,
                is_shown=lambda settings: settings.quiet_from is not None,
            ),
        },
        form=_TIME_ZONE_FORM,
    ),
    Section.DIGESTS: SectionSpec(
        emoji="🗞️",
        title="Digests",
        summary="daily and weekly",
        describe=_describe_digests,
        selects={
            "weekly_digest_day": SelectSpec(
                {
                    NONE: "No weekly digest",
                    **{str(number): f"A digest every {day}" for number, day in enumerate(_DAYS)},
                }
            ),
            "digest_hour": SelectSpec(_hour_options("Digests at")),
        },
        toggles={"daily_digest": "Daily digest"},
        form=_TIME_ZONE_FORM,
    ),
    Section.DEADLINES: SectionSpec(
        emoji="⏰",
        title="Deadlines",
        summary="how long ahead reminders come",
        describe=_describe_deadlines,
        toggles={
            "remind_week": "7 days ahead",
            "remind_day": "24 hours ahead",
            "remind_hour": "1 hour ahead",
        },
    ),
    Section.LINKS: SectionSpec(
        emoji="🔗",
        title="Links",
        summary="whether they must be verified",
        describe=_describe_links,
        toggles={"require_verified": "Only verified links"},
    ),
    Section.ROLES: SectionSpec(
        emoji="🏅",
        title="Roles",
        summary="which roles members get for ranks",
        describe=_describe_roles,
    ),
}

FORMS: Mapping[Section, FormSpec] = {
    section: spec.form for section, spec in SECTIONS.items() if spec.form is not None
}
