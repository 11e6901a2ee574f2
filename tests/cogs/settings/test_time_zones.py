"""Time zones that are suggested and found."""

from zoneinfo import available_timezones

import discord
import pytest

from cogs.framework.layout import MAX_CHOICES
from cogs.settings.time_zones import search_time_zones, suggest_time_zones


@pytest.mark.parametrize("locale", list(discord.Locale))
def test_every_language_of_discord_has_suggestions(locale: discord.Locale) -> None:
    names = suggest_time_zones(locale, "Pacific/Chatham")
    assert names[0] == "Pacific/Chatham"
    assert len(names) == len(set(names)) == MAX_CHOICES
    assert set(names) <= available_timezones()
    assert names[1] != "UTC", "the first that is not of the language"


def test_zones_of_ones_own_language_come_first() -> None:
    german = suggest_time_zones(discord.Locale.german, "UTC")
    assert german[:4] == ["UTC", "Europe/Berlin", "Europe/Vienna", "Europe/Zurich"]
    assert suggest_time_zones(discord.Locale.japanese, "Asia/Tokyo")[:2] == ["Asia/Tokyo", "UTC"]


def test_every_zone_is_found_by_its_name() -> None:
    names = {
        name
        for name in available_timezones() - {"localtime", "Factory"}
        if not name.startswith("Etc/")
    }
    assert {name for name in names if search_time_zones(name) != [name]} == set()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("india", "Asia/Kolkata"),
        ("Germany", "Europe/Berlin"),
        ("germ", "Europe/Berlin"),
        ("UK", "Europe/London"),
        ("Britain", "Europe/London"),
        ("United States", "America/New_York"),
        ("us", "America/New_York"),
        ("korea", "Asia/Pyongyang"),
        ("vietnam", "Asia/Ho_Chi_Minh"),
        ("Georgia", "Asia/Tbilisi"),
    ],
)
def test_country_is_found_by_its_name(typed: str, first: str) -> None:
    assert search_time_zones(typed)[0] == first


def test_cities_that_begin_with_the_text_come_before_others() -> None:
    found = search_time_zones("por")
    assert found.index("America/Port-au-Prince") < found.index("Asia/Singapore")
    assert search_time_zones("") == []
