"""The panel of `/settings`, as a manager uses it."""

from dataclasses import fields

import pytest
from discord import app_commands

from cogs.settings.settings_sections import NONE, SECTIONS
from records.guilds import GuildSettings
from tests.cogs.examples import SMALL
from tests.cogs.settings.panel import Panel
from tests.cogs.world import World

pytestmark = pytest.mark.usefixtures("unchanged_elsewhere")


async def test_overview_shows_all_sections_and_a_section_its_controls(world: World) -> None:
    panel = await Panel.open(world)
    for line in (
        "Announcements are **on**, but **no channel** is chosen yet",
        "Report **every** new best score",
        "No channel gets news yet: choose one under Announcements",
        "There are no quiet hours",
        "There are no digests",
        "Reminders come **7 days, 24 hours and 1 hour** ahead of each deadline",
        "Links count **without verification**",
    ):
        assert line in panel.text
    text = await panel.select_section("deadlines")
    assert text.startswith("### ⏰ Deadlines")
    text = await panel.press("Don't remind 7 days ahead")
    assert "Reminders come **24 hours and 1 hour** ahead of each deadline" in text
    text = await panel.press("Don't remind 24 hours ahead")
    assert "Reminders come **1 hour** ahead of each deadline" in text
    text = await panel.press("Don't remind 1 hour ahead")
    assert "There are no reminders of deadlines" in text
    text = await panel.press("Remind 1 hour ahead")
    assert "Reminders come **1 hour** ahead of each deadline" in text


@pytest.mark.parametrize("section", SECTIONS)
async def test_every_section_leads_back_and_to_the_overview(world: World, section: str) -> None:
    panel = await Panel.open(world)
    overview = panel.text
    await panel.select_section(section)
    assert await panel.press("Overview") == overview
    other = "links" if section != "links" else "news"
    shown = await panel.select_section(other)
    await panel.select_section(section)
    await world.restart()
    assert await panel.press("← Back") == shown
    assert await panel.press("← Back") == overview
    assert "← Back" not in panel.labels()


async def test_back_leads_to_the_last_section_also_after_a_change(world: World) -> None:
    panel = await Panel.open(world)
    quiet = await panel.select_section("quiet")
    await panel.select_section("deadlines")
    await panel.press("Don't remind 7 days ahead")
    await panel.select_section("deadlines")
    assert await panel.press("← Back") == quiet


async def test_every_option_is_explained_in_a_line(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    panel = await Panel.open(world)
    await panel.select_section("quiet")
    await panel.select("choose:quiet:quiet_from", "22")
    for section in SECTIONS:
        await panel.select_section(section)
        selects = panel.selects()
        assert "settings:section" in selects
        for custom_id, options in selects.items():
            for option in options:
                description = option.get("description") or ""
                assert 10 < len(description) <= 100, (custom_id, option)
                assert description != option["label"]
    await panel.select_section("channels")
    modes = panel.offered(f"mode:{world.server.channel.id}")
    assert modes["Big news only"] == (
        "Of team news: better medal zones, a new number one, a first top 10 %;"
        " and all other messages"
    )


async def test_panel_offers_what_the_options_of_announcements_offer(world: World) -> None:
    command = world.bot.tree.get_command("announcements")
    assert isinstance(command, app_commands.Command)
    settings = {"channel": "channel_id", "enabled": "announce"}
    options = {settings.get(option.name, option.name) for option in command.parameters}
    offered = {"channel_id"}  # The select of the section of announcements.
    for spec in SECTIONS.values():
        offered |= {*spec.toggles, *spec.selects, *(spec.modal.fields if spec.modal else ())}
    assert options <= offered
    panel = await Panel.open(world)
    await panel.select_section("announcements")
    await panel.select("channel:announcements", world.server.channel)
    stored = await world.storage.guilds.load_settings(world.server.guild.id)
    assert stored.channel_id == world.server.channel.id


@pytest.mark.parametrize("section", ["news", "channels", "quiet", "digests", "deadlines"])
async def test_section_says_why_nothing_of_it_is_posted(world: World, section: str) -> None:
    panel = await Panel.open(world)
    unchosen = "No channel gets news yet" if section == "channels" else "⚠️ No channel is chosen yet"
    assert unchosen in await panel.select_section(section)
    assert "⚠️" not in await panel.select_section("announcements")
    await panel.select("channel:announcements", world.server.channel)
    assert "⚠️" not in await panel.select_section(section)
    await panel.select_section("announcements")
    await panel.press("Turn announcements off")
    assert "⚠️ Announcements are off, so nothing is posted" in await panel.select_section(section)
    assert "⚠️" not in await panel.press("Overview"), "it says so itself"


async def test_quiet_hours_have_start_and_end_and_digests_an_hour(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("quiet")
    text = await panel.select("choose:quiet:quiet_from", "23")
    assert "from **23:00** to **07:00**" in text
    text = await panel.select("choose:quiet:quiet_to", "9")
    assert "from **23:00** to **09:00**" in text
    error = await panel.select("choose:quiet:quiet_to", "23")
    assert "cannot end in the hour in which they begin" in error
    text = await panel.select("choose:quiet:quiet_from", "9")
    assert "from **09:00** to **17:00**" in text
    assert "no quiet hours" in await panel.select("choose:quiet:quiet_from", NONE)
    await panel.select_section("digests")
    await panel.press("Turn the daily digest on")
    await panel.select("choose:digests:weekly_digest_day", "6")
    text = await panel.select("choose:digests:digest_hour", "18")
    assert (
        "A digest comes **every day** at **18:00**, UTC time; on **Sunday** it covers the week"
        in text
    )


async def test_digests_and_reminders_name_the_quiet_hours_that_move_them(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("digests")
    await panel.press("Turn the daily digest on")
    text = await panel.select("choose:digests:digest_hour", "8")
    assert "**every day** at **08:00**, UTC time" in text
    assert "within them" not in text
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=22, quiet_to=9)
    for section in ("quiet", "deadlines"):
        panel = await Panel.open(world)
        text = await panel.select_section(section)
        assert "Reminders that would fall into quiet hours come half an hour before" in text
    panel = await Panel.open(world)
    text = await panel.select_section("digests")
    assert "A digest comes **every day** at **09:00**, UTC time" in text
    assert "Quiet hours end then; the digests' own hour, 08:00, is within them" in text
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=22, quiet_to=0)
    text = await (await Panel.open(world)).select_section("digests")
    assert "**every day** at **08:00**" in text


async def test_end_of_quiet_hours_that_another_manager_removed_is_not_stored(world: World) -> None:
    first, second = await Panel.open(world), await Panel.open(world)
    await first.select_section("quiet")
    await first.select("choose:quiet:quiet_from", "22")
    await second.select_section("quiet")
    await first.select("choose:quiet:quiet_from", NONE)
    answer = await second.select("choose:quiet:quiet_to", "7")
    assert answer.endswith("There are no quiet hours any more: choose first when they begin.")
    assert await first.settings() == GuildSettings(world.server.guild.id)


async def test_links_stop_counting_only_after_a_question(world: World) -> None:
    await world.ask(world.server.ada, "link", username="ada")
    panel = await Panel.open(world)
    await panel.select_section("links")
    text = await panel.press("Count only verified links")
    assert "Not verified: **1 of 1 link**.\nUntil their members verify them with `/link`," in text
    assert "Links count **without verification**" in await panel.press("Go on counting every link")
    assert not (await panel.settings()).require_verified
    await panel.press("Count only verified links")
    await world.restart()
    assert "Only **verified** links count" in await panel.press("Count only verified links")
    assert (await panel.settings()).require_verified


async def test_modal_stores_only_what_was_changed_in_it(world: World) -> None:
    """Another manager may have changed the other fields while it was open."""
    panels = [await Panel.open(world) for _ in range(2)]
    for panel in panels:
        await panel.select_section("news")
    rise, fall = await panels[0].read_modal("Change the places …")
    assert rise is not None
    assert fall is not None
    await panels[0].fill("Change the places …", rise="3", fall=fall)
    await panels[1].fill("Change the places …", rise=rise, fall="20")
    assert await panels[1].settings() == GuildSettings(
        world.server.guild.id, smallest_rise=3, smallest_fall=20
    )


async def test_modal_stores_valid_values_and_explains_invalid_ones(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("news")
    text = await panel.fill("Change the places …", rise="3", fall="20")
    assert "that gain **3 places or more**" in text
    assert "falls of **20 places or more**" in text
    assert await panel.read_modal("Change the places …") == ["3", "20"]
    error = await panel.fill("Change the places …", rise="3", fall="none")
    assert "A fall must be a whole number of places from 1 to 100,000." in error
    error = await panel.fill("Change the places …", rise="many", fall="20")
    assert "A new best score must gain a whole number of places from 0 to 100,000." in error
    assert await panel.settings() == GuildSettings(
        world.server.guild.id, smallest_rise=3, smallest_fall=20
    )


async def test_open_panel_is_refused_after_the_permission_is_lost(world: World) -> None:
    panel = await Panel.open(world)
    await panel.select_section("links")
    await world.restart()
    assert "Only **verified** links count" in await panel.press("Count only verified links")
    world.allow_everyone("settings")
    error = await world.ask(world.server.ada, "settings")
    assert "need the permission *Manage Server*" in error
    guild = world.env.backend.guilds[world.server.guild.id]
    guild.members[panel.actor.id].role_ids.clear()
    assert "need the permission *Manage Server*" in await panel.press("Count every link")
    assert (await panel.settings()).require_verified


def test_every_setting_has_a_control() -> None:
    with_control = {"channel_id", "time_zone"}  # These selects are no part of the declaration.
    for spec in SECTIONS.values():
        with_control.update(spec.selects, spec.toggles, spec.modal.fields if spec.modal else ())
    settings = {field.name for field in fields(GuildSettings)} - {"guild_id"}
    assert settings - with_control == set(), (
        "declare a control in cogs/settings/settings_sections.py"
    )
    assert with_control <= settings, "add a field to records.guilds.GuildSettings"


async def test_switch_that_two_managers_press_at_once_changes_once(world: World) -> None:
    first, second = await Panel.open(world), await Panel.open(world)
    for panel in (first, second):
        await panel.select_section("links")
    assert "Only **verified** links count" in await first.press("Count only verified links")
    assert "Only **verified** links count" in await second.press("Count only verified links")
    assert (await first.settings()).require_verified


async def test_button_of_an_old_panel_does_what_its_label_says(world: World) -> None:
    first, second = await Panel.open(world), await Panel.open(world)
    for panel in (first, second):
        await panel.select_section("announcements")
    await first.press("Turn announcements off")
    await first.press("Turn announcements on")
    await first.press("Turn pings on")
    text = await second.press("Turn announcements off")
    # The rest of the panel is as stored now, too.
    assert "Announcements are **off**" in text
    assert "Pings are **on**" in text
    assert {"Turn announcements on", "Turn pings off"} <= panel.labels()


async def test_panel_is_drawn_anew_where_its_control_is_refused(world: World) -> None:
    first, second = await Panel.open(world), await Panel.open(world)
    await first.select_section("quiet")
    await first.select("choose:quiet:quiet_from", "22")
    await second.select_section("quiet")
    await first.select("choose:quiet:quiet_from", NONE)
    error = await second.select("choose:quiet:quiet_to", "7")
    assert "There are no quiet hours any more" in error
    assert "There are no quiet hours" in second.text
    assert "settings:choose:quiet:quiet_to" not in second.selects()


async def test_quiet_hours_that_two_managers_change_at_once_have_both_ends_or_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, guilds = await Panel.open(world), world.storage.guilds
    await panel.select_section("quiet")
    await panel.select("choose:quiet:quiet_from", "22")
    load_settings = guilds.load_settings

    async def load_before_a_change(guild_id: int) -> GuildSettings:
        """Load the settings; then another manager removes the quiet hours."""
        settings = await load_settings(guild_id)
        await guilds.change_settings(guild_id, quiet_from=None, quiet_to=None)
        return settings

    monkeypatch.setattr(guilds, "load_settings", load_before_a_change)
    await panel.select("choose:quiet:quiet_to", "9")
    settings = await load_settings(world.server.guild.id)
    assert (settings.quiet_from is None) == (settings.quiet_to is None)
