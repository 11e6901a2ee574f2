"""Base classes of components and modals, which answer errors as commands do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self, cast

import discord
from discord import ui

from cogs.framework.errors import respond_exception
from cogs.framework.layout import RED, card, notice
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.texts import NOTHING_DELETED_TEXT, OUTDATED_CONTROL_TEXT, OUTDATED_MODAL_TEXT

Choice = Literal["delete", "keep"]
"""What a person answers to the question whether to delete something."""

_MODAL_TIMEOUT = timedelta(days=1)
"""How long a modal can be open: somebody may come back to it, and few are left open."""

_HANDLED = "handled"
"""The key of `Interaction.extras` that says that a component or modal answers the interaction."""


class ErrorHandlingItem:
    """Mixin for components that answers errors with one sentence, as commands do.

    discord.py only logs what a component raises. Put it before `ui.DynamicItem` among the bases.
    """

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the component from the interaction, as `ui.DynamicItem` requires."""
        interaction.extras[_HANDLED] = True
        return cls.read(item, match)

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the component from its custom_id, or from the item in the message.

        It must take every custom_id that its template matches: discord.py only logs what this
        raises.
        """
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:
        """Call `on_use` and respond with the sentence of any error."""
        try:
            _require_known_use(interaction, self)
            await self.on_use(interaction)
        except Exception as error:  # noqa: BLE001 - every kind is answered
            await respond_exception(interaction, error)

    async def on_use(self, interaction: Interaction) -> None:
        """Respond to the interaction; raise an error to respond with its sentence."""
        raise NotImplementedError


def read_options(item: ui.Item[Any]) -> list[discord.SelectOption]:
    """Return the options of the select in a message; none if that is no select any more."""
    return item.options if isinstance(item, ui.Select) else []


def _require_known_use(interaction: Interaction, component: object) -> None:
    """Raise `UserError` for a use that the component does not offer, or offers no longer.

    The component with its custom_id in the message can be of another type, and a selected value can
    be missing among its options.
    """
    item = component.item if isinstance(component, ui.DynamicItem) else component
    used: Mapping[str, Any] = interaction.data or {}
    is_offered = isinstance(item, ui.Item) and used.get("component_type") == item.type.value
    if is_offered and isinstance(item, ui.Select):
        offered = {option.value for option in item.options}
        is_offered = bool(item.values) and offered.issuperset(item.values)
    if not is_offered:
        raise UserError(OUTDATED_CONTROL_TEXT)


class ErrorHandlingModal(ui.Modal):
    """Modal that answers errors with one sentence, as commands do."""

    def __init__(self, *, title: str = discord.utils.MISSING) -> None:
        # discord.py keeps a modal that was opened and not submitted until its timeout.
        super().__init__(title=title, timeout=_MODAL_TIMEOUT.total_seconds())

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Mark the interaction as answered by the modal."""
        interaction.extras[_HANDLED] = True
        return True

    async def on_error(  # type: ignore[override]  # as discord.py overrides it itself
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Respond with the error."""
        await respond_exception(interaction, error)


def build_confirmation_template(name: str) -> str:
    """Return the template of the buttons below the question of that name."""
    return rf"confirm:{name}:(?P<choice>delete|keep):(?P<argument>[\w.-]{{0,70}})"


class ConfirmationButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=build_confirmation_template("")
):
    """Button that deletes what a question is about, or keeps it.

    Subclass it for each question, with what is deleted in `delete`; `argument` says what that is,
    such as a season's id.
    """

    question_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    """What is written on the button that deletes."""
    keep_label: ClassVar[str] = "Keep it"
    """What is written on the other button."""

    def __init__(self, choice: Choice, argument: str) -> None:
        deletes = choice == "delete"
        super().__init__(
            ui.Button(
                label=self.label if deletes else self.keep_label,
                custom_id=f"confirm:{self.question_name}:{choice}:{argument}",
                style=discord.ButtonStyle.danger if deletes else discord.ButtonStyle.secondary,
            )
        )
        self.choice = choice
        self.argument = argument

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(cast("Choice", match["choice"]), match["argument"])

    @classmethod
    async def ask(cls, interaction: Interaction, question: str, argument: str | int) -> None:
        """Respond with the question, which says what is deleted, and its buttons; defer before."""
        buttons = [cls("delete", str(argument)), cls("keep", str(argument))]
        await respond(interaction, card(question, colour=RED, buttons=[buttons]))

    async def on_use(self, interaction: Interaction) -> None:
        """Delete it, or say that nothing was deleted."""
        await defer_update(interaction)
        if self.choice == "keep":
            await respond(interaction, notice(NOTHING_DELETED_TEXT))
        else:
            await self.delete(interaction)

    async def delete(self, interaction: Interaction) -> None:
        """Delete what the question is about, and respond; raise `UserError` if it is gone."""
        raise NotImplementedError


async def answer_unhandled(interaction: Interaction) -> None:
    """Answer the use of a control or modal that nothing here knows, as after an update or restart.

    discord.py starts the component before it dispatches `on_interaction`, so a component that
    takes it has already set `_HANDLED`.
    """
    sentence = {
        discord.InteractionType.component: OUTDATED_CONTROL_TEXT,
        discord.InteractionType.modal_submit: OUTDATED_MODAL_TEXT,
    }.get(interaction.type)
    if sentence is not None and _HANDLED not in interaction.extras:
        await respond_exception(interaction, UserError(sentence))
