"""The time zone of a server, set in the panel of `/settings` or by its option."""

import pytest

from records.guilds import GuildSettings
from tests.cogs.settings.panel import Panel
from tests.cogs.world import World

pytestmark = pytest.mark.usefixtures("unchanged_elsewhere")


async def test_time_zone_is_chosen_from_those_near_the_member(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("quiet")
    text = await panel.press("Change the time zone")
    assert text == "### 🌍 Time zone\nQuiet hours and digests are in **UTC** time"
    offered = panel.offered("zone")
    # SimCord's members speak American English.
    assert list(offered)[:3] == ["UTC", "America/New York", "America/Chicago"]
    assert len(offered) == 25
    assert offered["America/New York"] == "It is 19:00 there now (UTC-05:00)"
    assert offered["Asia/Kolkata"] == "It is 05:30 there now (UTC+05:30)"
    text = await panel.select("zone", "America/Los_Angeles")
    assert "in **America/Los Angeles** time" in text
    assert next(iter(panel.offered("zone"))) == "America/Los Angeles"
    assert (await panel.press("← Back")).startswith("### 🌙 Quiet hours")


async def test_time_zone_is_found_by_a_part_of_its_name(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("time_zone")
    assert "in **Europe/Berlin** time" in await panel.fill("Search …", zone=" berlin ")
    # The tz database has these cities under two names for the same zone each.
    assert "in **Europe/Istanbul** time" in await panel.fill("Search …", zone="Istanbul")
    assert "Buenos Aires** time" in await panel.fill("Search …", zone="Buenos Aires")
    assert "in **America/New York** time" in await panel.fill("Search …", zone="york")
    text = await panel.fill("Search …", zone="west")
    assert "in **America/New York** time" in text
    assert text.endswith("2 time zones match **west** (a country or city): choose one.")
    assert list(panel.offered("zone")) == ["Australia/West", "Brazil/West"]
    assert "in **Brazil/West** time" in await panel.select("zone", "Brazil/West")
    text = await panel.fill("Search …", zone="america")
    assert "time zones match **america**: here are the first 25. Search for a city to find" in text
    assert len(panel.offered("zone")) == 25
    await world.restart()
    assert "in **America/Adak** time" in await panel.select("zone", "America/Adak")


async def test_wrong_time_zone_is_refused_with_close_ones_and_an_example(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("time_zone")
    example = "Type a city, a country, or a name such as Europe/Berlin, America/New York or UTC."
    for typed, answer in (
        ("tokio", f"There is no time zone tokio. Did you mean Asia/Tokyo? {example}"),
        ("Europe/Berln", "Did you mean Europe/Berlin"),
        ("@everyone Mars", f"There is no time zone @\u2060everyone Mars. {example}"),
        ("Etc/GMT+2", "There is no time zone Etc/GMT+2."),
        (" ", example),
    ):
        assert answer in await panel.fill("Search …", zone=typed)
        assert answer in await world.ask(panel.actor, "settings", time_zone=typed)
    answer = await world.ask(panel.actor, "settings", time_zone="west")
    assert answer == (
        "⚠️ Several time zones match west: Australia/West, Brazil/West. Type the name of one."
    )
    assert await panel.settings() == GuildSettings(world.server.guild.id)


async def test_time_zone_is_completed_and_set_by_the_command(world: World) -> None:
    manager = world.server.manager
    choices = await world.autocomplete(manager, "settings", "time_zone", "")
    assert choices[:2] == ["UTC", "America/New_York"]
    choices = await world.autocomplete(manager, "settings", "time_zone", "new y")
    assert choices == ["America/New_York"]
    answer = await world.ask(manager, "settings", time_zone="America/New_York")
    assert "Quiet hours and digests are in **America/New York** time" in answer
    choices = await world.autocomplete(manager, "settings", "time_zone", " ")
    assert choices[0] == "America/New_York"
