"""Time zones of the tz database: found by what a person types, suggested by their language.

All functions but `show_name` read the disk at their first call: call them in a thread.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import discord

from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import UserError
from cogs.settings.time_zone_screen import EXAMPLE_TEXT, now_text, several_text, unknown_text

Locale = discord.Locale

_COMMON = (
    "UTC",
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Jakarta",
    "Asia/Kolkata",
    "Asia/Karachi",
    "Asia/Dubai",
    "Europe/Istanbul",
    "Africa/Nairobi",
    "Africa/Cairo",
    "Europe/Kyiv",
    "Europe/Berlin",
    "Europe/London",
    "Africa/Lagos",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "America/New_York",
    "America/Bogota",
    "America/Chicago",
    "America/Mexico_City",
    "America/Denver",
    "America/Los_Angeles",
)
"""Zones in which many people live, from east to west."""

_BY_LOCALE: Mapping[Locale, Sequence[str]] = {
    Locale.american_english: (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "Pacific/Honolulu",
    ),
    Locale.british_english: ("Europe/London", "Europe/Dublin"),
    Locale.bulgarian: ("Europe/Sofia",),
    Locale.chinese: ("Asia/Shanghai", "Asia/Singapore"),
    Locale.taiwan_chinese: ("Asia/Taipei", "Asia/Hong_Kong"),
    Locale.croatian: ("Europe/Zagreb",),
    Locale.czech: ("Europe/Prague",),
    Locale.indonesian: ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    Locale.danish: ("Europe/Copenhagen",),
    Locale.dutch: ("Europe/Amsterdam", "Europe/Brussels"),
    Locale.finnish: ("Europe/Helsinki",),
    Locale.french: ("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "America/Toronto"),
    Locale.german: ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    Locale.greek: ("Europe/Athens",),
    Locale.hindi: ("Asia/Kolkata",),
    Locale.hungarian: ("Europe/Budapest",),
    Locale.italian: ("Europe/Rome",),
    Locale.japanese: ("Asia/Tokyo",),
    Locale.korean: ("Asia/Seoul",),
    Locale.latin_american_spanish: (
        "America/Mexico_City",
        "America/Bogota",
        "America/Lima",
        "America/Santiago",
        "America/Argentina/Buenos_Aires",
    ),
    Locale.lithuanian: ("Europe/Vilnius",),
    Locale.norwegian: ("Europe/Oslo",),
    Locale.polish: ("Europe/Warsaw",),
    Locale.brazil_portuguese: ("America/Sao_Paulo", "America/Manaus", "Europe/Lisbon"),
    Locale.romanian: ("Europe/Bucharest",),
    Locale.russian: ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    Locale.spain_spanish: ("Europe/Madrid",),
    Locale.swedish: ("Europe/Stockholm",),
    Locale.thai: ("Asia/Bangkok",),
    Locale.turkish: ("Europe/Istanbul",),
    Locale.ukrainian: ("Europe/Kyiv",),
    Locale.vietnamese: ("Asia/Ho_Chi_Minh",),
}
"""Zones in which a language of Discord is spoken, with the most people first."""

_COUNTRIES: Mapping[str, str] = {
    "england": "GB",
    "great britain": "GB",
    "south korea": "KR",
    "uae": "AE",
    "uk": "GB",
    "us": "US",
    "usa": "US",
}
"""Codes of countries by names that the tz database lacks."""

_SAMPLED_WEEKS = 3_500
"""Weeks from 1970 to 2037, in which time zones are compared."""
_MAX_CLOSE = 2
"""How many close matches an error names."""
_SIMILAR = 0.7
"""The least similarity of a close match, from 0 to 1, as `difflib` measures it."""


def suggest_time_zones(locale: Locale, current: str) -> list[str]:
    """Return the present zone, those of a member's language, and others in which many live."""
    names = dict.fromkeys((current, *_BY_LOCALE.get(locale, ()), *_COMMON))
    known = set(_names().values())
    return [name for name in names if name in known][:MAX_CHOICES]


def search_time_zones(text: str) -> list[str]:
    """Return the zones that a text may mean, the best first; none if nothing is like it.

    A complete name or a city finds only its own zone, a country all of its zones. Any other text
    finds the names that contain all its words or, if there are none, the zones of the countries
    that begin with it.
    """
    names, wanted = _names(), _fold(text)
    if wanted in names:
        return [names[wanted]]
    cities = [name for folded, name in names.items() if _city(folded) == wanted]
    if len({_sample_offsets(name) for name in cities}) == 1:
        # Of the names of one zone, the longer is usually the current one.
        return [max(cities, key=len)]
    if cities:
        return cities
    countries = _zones_by_country()
    if wanted in countries:
        return countries[wanted]
    words = wanted.split()
    found = [folded for folded in names if words and all(word in folded for word in words)]
    found.sort(key=lambda folded: not _city(folded).startswith(wanted))
    if found or not wanted:
        return [names[folded] for folded in found]
    begun = (zones for country, zones in countries.items() if country.startswith(wanted))
    return list(dict.fromkeys(chain.from_iterable(begun)))


def parse_time_zone(text: str) -> str:
    """Return the one zone that a text means; raises `UserError` with others that are like it."""
    found = search_time_zones(text)
    if not found:
        raise build_unknown_error(text)
    if len(found) > 1:
        raise UserError(several_text(text, [show_name(name) for name in found]))
    return found[0]


def build_unknown_error(text: str) -> UserError:
    """Return the error for a text that is not a time zone, with names that are spelled like it."""
    if not text.strip():
        return UserError(EXAMPLE_TEXT)
    return UserError(unknown_text(text, [show_name(name) for name in _find_close(text)]))


def show_name(name: str) -> str:
    """Return a zone's name as people write it, as plain text."""
    return name.replace("_", " ")


def describe_time_zones(names: Iterable[str], now: datetime) -> dict[str, str]:
    """Return a line about each zone: what time it is there."""
    return {name: now_text(now.astimezone(ZoneInfo(name))) for name in names}


def _find_close(text: str) -> list[str]:
    """Return the zones whose name or city is spelled most like a text."""
    names, wanted = _names(), _fold(text)
    spelled = {_city(folded): name for folded, name in names.items()} | dict(names)
    close = difflib.get_close_matches(wanted, spelled, 2 * _MAX_CLOSE, _SIMILAR)
    return list(dict.fromkeys(spelled[one] for one in close))[:_MAX_CLOSE]


@cache
def _names() -> dict[str, str]:
    """Return the names of the tz database by their folded form.

    Names such as Etc/GMT+2 are left out: that is two hours *behind* UTC, which nobody expects.
    """
    names = sorted(available_timezones() - {"localtime", "Factory"})
    return {_fold(name): name for name in names if not name.startswith("Etc/")}


@cache
def _zones_by_country() -> dict[str, list[str]]:
    """Return the zones of each country by its folded name, in the order of the tz database.

    "Korea (South)" and "Korea (North)" are both found as "korea".
    """
    known, zones = set(_names().values()), dict[str, list[str]]()
    for code, _coordinates, name, *_ in _read_table("zone.tab"):
        if name in known:
            zones.setdefault(code, []).append(name)
    found = {name: list(zones.get(code, ())) for name, code in _COUNTRIES.items()}
    for code, country, *_ in _read_table("iso3166.tab"):
        for name in dict.fromkeys(map(_fold, (country, country.partition(" (")[0]))):
            found.setdefault(name, []).extend(zones.get(code, ()))
    return {country: names for country, names in found.items() if names}


def _read_table(name: str) -> list[list[str]]:
    """Return the rows of a table of the tz database; none where the system lacks it."""
    places = [*map(Path, TZPATH)]
    with suppress(ModuleNotFoundError):
        places.append(Path(str(files("tzdata.zoneinfo"))))
    for place in places:
        with suppress(OSError):
            lines = (place / name).read_text(encoding="utf-8").splitlines()
            return [line.split("\t") for line in lines if line and not line.startswith("#")]
    return []


def _fold(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


def _city(folded: str) -> str:
    return folded.rpartition("/")[2]


@cache
def _sample_offsets(name: str) -> tuple[timedelta | None, ...]:
    """Return the offsets of a time zone from UTC, which are equal for two names of the same zone.

    The tz database has two zones only where clocks differed since 1970.
    """
    zone, start = ZoneInfo(name), datetime(1970, 1, 1, tzinfo=UTC)
    weeks = (start + timedelta(weeks=week) for week in range(_SAMPLED_WEEKS))
    return tuple(week.astimezone(zone).utcoffset() for week in weeks)
