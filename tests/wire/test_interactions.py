"""What members do, from the push to the last edit of the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from tests.wire.control.client import Wire, WireError
from tests.wire.control.results import Guild
from tests.wire.http import faults
from tests.wire.http.faults import CALLBACK
from tests.wire.minimal_bot import MinimalBot, card, online

Interaction = discord.Interaction[Any]


class Name(ui.Modal, title="Who are you?"):
    """Asks for a name."""

    label: ui.Label[ui.LayoutView] = ui.Label(
        text="Kaggle user name", component=ui.TextInput(custom_id="name")
    )

    async def on_submit(self, interaction: Interaction) -> None:
        """Respond with the name."""
        assert isinstance(self.label.component, ui.TextInput)
        await interaction.response.send_message(f"You are {self.label.component.value}")


class Pages(ui.LayoutView):
    """A text with a button and a select."""

    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    choice: ui.ActionRow[ui.LayoutView] = ui.ActionRow()

    def __init__(self, page: int = 1) -> None:
        super().__init__(timeout=None)
        self.page = page
        self.add_item(ui.TextDisplay(f"Page {page}"))

    @row.button(label="Next", custom_id="next")
    async def next(self, interaction: Interaction, _: ui.Button[ui.LayoutView]) -> None:
        """Show the next page."""
        await interaction.response.edit_message(view=Pages(self.page + 1))

    @choice.select(custom_id="to", options=[discord.SelectOption(label="7", value="7")])
    async def to(self, interaction: Interaction, select: ui.Select[ui.LayoutView]) -> None:
        """Show a page, after some thought."""
        await interaction.response.defer()
        await interaction.edit_original_response(view=Pages(int(select.values[0])))


class Talker(MinimalBot):
    """Has a command of each kind."""

    async def setup_hook(self) -> None:
        """Build the commands, and send them to Discord."""
        self.errors: list[discord.app_commands.AppCommandError] = []
        tree, group = self.tree, app_commands.Group(name="board", description="Boards")

        @group.command(description="Show a board")
        async def show(interaction: Interaction, slug: str, places: int = 5) -> None:
            who = interaction.user
            may = "may" if interaction.permissions.manage_guild else "may not"
            await interaction.response.send_message(
                view=card(f"{slug} {places}: {who.name} {may} manage"), ephemeral=True
            )

        @show.autocomplete("slug")
        async def slugs(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}!", value=current)]

        @tree.command(description="Think, and answer then")
        async def think(interaction: Interaction, hidden: bool = False) -> None:
            await interaction.response.defer(thinking=True, ephemeral=hidden)
            await interaction.edit_original_response(view=card("Thought"))
            await interaction.followup.send("And more", ephemeral=hidden)
            assert (await interaction.original_response()).flags.components_v2

        @tree.command(description="Show pages")
        async def pages(interaction: Interaction) -> None:
            await interaction.response.send_message(view=Pages())

        @tree.command(description="Ask for a name")
        async def name(interaction: Interaction) -> None:
            await interaction.response.send_modal(Name())

        @tree.command(description="Answer twice")
        async def twice(interaction: Interaction) -> None:
            await interaction.response.send_message("One")
            interaction.response._response_type = None
            await interaction.response.send_message("Two")

        @tree.context_menu(name="Greet")
        async def greet(interaction: Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(f"Hello {member.name}")

        @tree.error
        async def failed(_: Interaction, error: app_commands.AppCommandError) -> None:
            self.errors.append(error)
            self.dispatch("failed")

        tree.add_command(group)
        await tree.sync()

    def code(self) -> int:
        """Return Discord's code of the one error that occurred."""
        [error] = self.errors
        assert isinstance(error, app_commands.CommandInvokeError)
        assert isinstance(error.original, discord.HTTPException)
        return error.original.code


@pytest.fixture
async def talker(wire: Wire, guild: Guild) -> AsyncIterator[Talker]:
    async with online(wire, Talker()) as talker:
        assert isinstance(talker, Talker)
        yield talker
        assert await wire.violations() == []


@pytest.fixture
def channel(guild: Guild, talker: Talker) -> int:
    return guild.channels["general"]


async def test_ephemeral_response_is_shown_to_one_member(wire: Wire, channel: int) -> None:
    answer = await wire.command(channel, "board show", {"slug": "titanic"}, user_name="ada")
    assert answer.text == "titanic 5: ada may not manage"
    assert answer.ephemeral
    assert await wire.messages(channel) == []
    options = {"slug": "titanic", "places": 9}
    answer = await wire.command(channel, "board show", options, may=["manage_guild"])
    assert answer.text == "titanic 9: ada may manage"


async def test_commands_must_match_the_registered_ones(wire: Wire, channel: int) -> None:
    for name, options, problem in (
        ("leave", {}, "no command named 'leave'"),
        ("board", {}, "is a group"),
        ("board hide", {}, "has no 'hide'"),
        ("board show", {"slug": "a", "colour": "b"}, "has no 'colour'"),
        ("board show", {}, "needs slug"),
    ):
        with pytest.raises(WireError, match=problem):
            await wire.command(channel, name, options)


async def test_autocomplete_returns_choices(wire: Wire, channel: int) -> None:
    answer = await wire.autocomplete(channel, "board show", {"slug": "tit"}, focused="slug")
    assert answer.choices == [{"name": "tit!", "value": "tit"}]


@pytest.mark.parametrize("hidden", [False, True])
async def test_deferred_response_and_follow_up(wire: Wire, channel: int, hidden: bool) -> None:
    answer = await wire.command(channel, "think", {"hidden": hidden})
    assert answer.settled
    messages = await wire.messages(channel, count=0 if hidden else 2, wait=60)
    assert [message.text for message in messages] == ([] if hidden else ["Thought", "And more"])
    assert (await wire.answer(answer.id)).ephemeral is hidden


async def test_buttons_and_selects_change_the_message(wire: Wire, channel: int) -> None:
    answer = await wire.command(channel, "pages")
    assert answer.original is not None
    assert answer.text == "Page 1"
    pressed = await wire.use(answer.original, "next")
    assert pressed.text == "Page 2"
    assert pressed.original is not None
    chosen = await wire.use(pressed.original, "to", ["7"])
    assert (await wire.answer(chosen.id, wait=60, text="Page 7")).text == "Page 7"
    assert [message.text for message in await wire.messages(channel)] == ["Page 7"]
    for custom_id, values in (("back", []), ("to", ["8"])):
        with pytest.raises(WireError, match=custom_id):
            await wire.use(pressed.original, custom_id, values)


async def test_modal_is_submitted(wire: Wire, channel: int) -> None:
    modal = await wire.command(channel, "name")
    assert modal.modal is not None
    assert modal.modal["title"] == "Who are you?"
    answer = await wire.submit(channel, modal, {"name": "ada"})
    assert answer.text == "You are ada"
    with pytest.raises(WireError, match="no field"):
        await wire.submit(channel, modal, {"colour": "blue"})


async def test_context_menu_has_its_target(wire: Wire, channel: int) -> None:
    await wire.change_user(4711, name="bob")
    assert (await wire.context_menu(channel, "Greet", 4711)).text == "Hello bob"


async def test_second_initial_response_is_refused(wire: Wire, channel: int, talker: Talker) -> None:
    answer = await wire.command(channel, "twice")
    await talker.wait_for_event("failed")
    assert talker.code() == 40060
    assert answer.text == "One"


async def test_late_response_is_refused(wire: Wire, channel: int, talker: Talker) -> None:
    held = await wire.fault(faults.hold("before", route=CALLBACK))
    pushed = await wire.interact(channel, {"kind": "command", "name": "pages"}, wait=0)
    await wire.rule(held, hits=1, wait=60)
    await wire.advance(4)
    await wire.release(held)
    await talker.wait_for_event("failed")
    assert talker.code() == 10062
    assert (await wire.answer(pushed.id)).answer_type is None


@pytest.mark.parametrize("code", [10062, 40060])
async def test_response_can_be_refused(wire: Wire, channel: int, talker: Talker, code: int) -> None:
    await wire.fault(faults.refusal(code, route=CALLBACK))
    await wire.interact(channel, {"kind": "command", "name": "pages"}, wait=0)
    await talker.wait_for_event("failed")
    assert talker.code() == code
