"""The panel of `/settings`, as a manager uses it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from typing import Any

import pytest
import simcord

from cogs.server.settings_sections import NONE, SECTIONS
from leaderboards.news.channel_mode import ChannelMode
from records.guilds import GuildSettings
from tests.cogs.world import Server, World, private, said, text_of


@dataclass
class Panel:
    """The panel of a server, open before somebody."""

    world: World
    actor: simcord.MemberActor
    message: Any

    @classmethod
    async def opened(cls, world: World, server: Server | None = None) -> "Panel":
        manager = (server or world.server).manager
        result = await world.run(manager, "settings")
        assert private(result)
        return cls(world, manager, result.response)

    @property
    def text(self) -> str:
        return text_of(self.message.components)

    async def turn(self, section: str) -> str:
        return await self.choose("section", section)

    async def choose(self, control: str, *values: Any) -> str:
        custom_id = f"settings:{control}"
        return self._shown(await self.actor.select(self.message, values, custom_id=custom_id))

    async def press(self, label: str) -> str:
        return self._shown(await self.actor.click(self.message, label=label))

    async def fill(self, label: str, **fields: str) -> str:
        form = await self.actor.click(self.message, label=label)
        assert form.modal is not None
        inputs = [part["component"]["custom_id"] for part in form.modal["components"]]
        values = dict(zip(inputs, fields.values(), strict=True))
        return self._shown(await self.actor.submit_modal(form, values))

    async def filled_in(self, label: str) -> list[str | None]:
        form = await self.actor.click(self.message, label=label)
        assert form.modal is not None
        return [part["component"].get("value") for part in form.modal["components"]]

    def _shown(self, result: simcord.InteractionResult) -> str:
        if result.followups:
            return said(result)
        self.message = result.response or self.message
        return self.text

    async def settings(self) -> GuildSettings:
        return await self.world.storage.guilds.load_settings(self.world.server.guild.id)


@pytest.fixture(autouse=True)
async def _nothing_changes_in_another_server(world: World) -> AsyncIterator[None]:
    elsewhere = world.another_server()
    before = (await Panel.opened(world, elsewhere)).text
    yield
    assert (await Panel.opened(world, elsewhere)).text == before


async def test_everything_is_shown_and_a_section_turns_to_its_controls(world: World) -> None:
    panel = await Panel.opened(world)
    for line in (
        "Announcements are **on**, in **no channel yet**",
        "A new best score is told **always**",
        "Every channel is told **everything at once**",
        "There are no quiet hours",
        "No digest is sent",
        "Told **7 days, 24 hours and 1 hour** ahead",
        "Every link counts",
    ):
        assert line in panel.text
    text = await panel.turn("deadlines")
    assert text.startswith("### ⏰ Deadlines")
    assert "Told **24 hours and 1 hour** ahead" in await panel.press("7 days ahead: on")
    assert "Told **1 hour** ahead" in await panel.press("24 hours ahead: on")
    assert "No deadline is told" in await panel.press("1 hour ahead: on")
    assert "Told **1 hour** ahead" in await panel.press("1 hour ahead: off")


async def test_channels_are_chosen_and_each_has_its_mode(world: World) -> None:
    panel, channel = await Panel.opened(world), world.server.channel
    await panel.turn("announcements")
    text = await panel.choose("channel:announcements", channel)
    assert f"Announcements are **on**, in {channel.mention}" in text
    assert "Announcements are **off**" in await panel.press("Announcements: on")
    assert "Pings are **on, for those who asked" in await panel.press("Pings: off")
    await panel.turn("channels")
    await panel.choose("channel:channels", channel)
    text = await panel.choose(f"mode:{channel.id}", "digest")
    assert f"{channel.mention}: **digests only**" in text
    modes = await world.storage.channels.load_modes(world.server.guild.id)
    assert modes == {channel.id: ChannelMode.DIGEST}


async def test_quiet_hours_are_whole_and_digests_have_an_hour(world: World) -> None:
    panel = await Panel.opened(world)
    await panel.turn("quiet")
    text = await panel.choose("choose:quiet:quiet_from", "23")
    assert "from **23:00** to **07:00**" in text
    text = await panel.choose("choose:quiet:quiet_to", "9")
    assert "from **23:00** to **09:00**" in text
    refusal = await panel.choose("choose:quiet:quiet_to", "23")
    assert "cannot end in the hour in which they begin" in refusal
    text = await panel.choose("choose:quiet:quiet_from", "9")
    assert "from **09:00** to **17:00**" in text
    assert "no quiet hours" in await panel.choose("choose:quiet:quiet_from", NONE)
    await panel.turn("digests")
    await panel.press("Daily digest: off")
    await panel.choose("choose:digests:weekly_digest_day", "6")
    text = await panel.choose("choose:digests:digest_hour", "18")
    assert "A digest comes **every day and every Sunday** at **18:00**, UTC time" in text


async def test_roles_are_given_for_ranks_unless_they_are_above_the_bot(world: World) -> None:
    panel, guild = await Panel.opened(world), world.server.guild
    champion, above = guild.create_role("Champion"), guild.create_role("Above", position=90)
    panel.actor = guild.add_member(guild.owner)
    panel.message = (await world.run(panel.actor, "settings")).response
    assert "No role is given for a rank" in await panel.turn("roles")
    text = await panel.choose("role:first", champion)
    assert f"Number one among the members: {champion.mention}" in text
    assert "stands above my own" in await panel.choose("role:gold", above)
    assert "No role is given" in await panel.choose("role:first")


async def test_what_is_typed_is_kept_or_refused_in_words(world: World) -> None:
    panel = await Panel.opened(world)
    await panel.turn("news")
    text = await panel.fill("Change …", rise="3", fall="20")
    assert "when it gains 3 places or more" in text
    assert "from **20 places** on" in text
    assert await panel.filled_in("Change …") == ["3", "20"]
    refusal = await panel.fill("Change …", rise="3", fall="none")
    assert "Give whole numbers of places, from 1 to 100,000." in refusal
    await panel.turn("quiet")
    assert "in **Europe/Berlin** time" in await panel.fill("Time zone …", zone=" berlin ")
    assert await panel.filled_in("Time zone …") == ["Europe/Berlin"]
    assert "America/New York" in await panel.fill("Time zone …", zone="america/new york")
    refusal = await panel.fill("Time zone …", zone="@everyone Mars")
    assert "I know no time zone @\u2060everyone Mars." in refusal
    assert await panel.settings() == GuildSettings(
        world.server.guild.id, smallest_rise=3, smallest_fall=20, time_zone="America/New_York"
    )


async def test_an_open_panel_is_of_no_use_to_who_manages_no_more(world: World) -> None:
    panel = await Panel.opened(world)
    await panel.turn("members")
    await world.restart()
    assert "Only **proven** links count" in await panel.press("Only proven links: off")
    world.loosen("settings")
    refused = await world.ask(world.server.ada, "settings")
    assert "for those who may manage the server" in refused
    guild = world.env.backend.guilds[world.server.guild.id]
    guild.members[panel.actor.id].role_ids.clear()
    assert "for those who may manage" in await panel.press("Only proven links: on")
    assert (await panel.settings()).require_verified


def test_every_setting_has_a_control() -> None:
    with_control = {"channel_id"}  # A channel select, which is no part of the declaration.
    for spec in SECTIONS.values():
        with_control.update(spec.selects, spec.toggles, spec.form.fields if spec.form else ())
    settings = {field.name for field in fields(GuildSettings)} - {"guild_id"}
    assert settings - with_control == set(), "declare a control in cogs/server/settings_sections.py"
    assert with_control <= settings, "add a field to records.guilds.GuildSettings"
