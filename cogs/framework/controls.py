"""Base classes of components and forms, which answer errors as commands do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.errors import respond_exception
from cogs.framework.responses import Interaction, UserError
from cogs.framework.texts import OUTDATED_CONTROL_TEXT, OUTDATED_FORM_TEXT

_FORM_SECONDS = 600.0
"""How long a form can be open."""

_HANDLED = "handled"
"""The key of `Interaction.extras` that says that a component or form answers the interaction."""


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
    """Raise `UserError` for a use that the component does not offer, or no longer.

    The component of that custom_id in the message can be of another type, and a selected value be
    none of the options.
    """
    item = component.item if isinstance(component, ui.DynamicItem) else component
    used: Mapping[str, Any] = interaction.data or {}
    known = isinstance(item, ui.Item) and used.get("component_type") == item.type.value
    if known and isinstance(item, ui.Select):
        offered = {option.value for option in item.options}
        known = bool(item.values) and offered.issuperset(item.values)
    if not known:
        raise UserError(OUTDATED_CONTROL_TEXT)


class ErrorHandlingModal(ui.Modal):
    """Form that answers errors with one sentence, as commands do."""

    def __init__(self, *, title: str = discord.utils.MISSING) -> None:
        # discord.py keeps a form that was opened and not submitted until its timeout.
        super().__init__(title=title, timeout=_FORM_SECONDS)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Mark the interaction as answered by the form."""
        interaction.extras[_HANDLED] = True
        return True

    async def on_error(  # type: ignore[override]  # as discord.py overrides it itself
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Respond with the error."""
        await respond_exception(interaction, error)


async def answer_unhandled(interaction: Interaction) -> None:
    """Answer the use of a control or form that nothing here knows, as after an update or restart.

    discord.py starts the component before it dispatches `on_interaction`, so a component that
    takes it has already set `_HANDLED`.
    """
    sentence = {
        discord.InteractionType.component: OUTDATED_CONTROL_TEXT,
        discord.InteractionType.modal_submit: OUTDATED_FORM_TEXT,
    }.get(interaction.type)
    if sentence is not None and _HANDLED not in interaction.extras:
        await respond_exception(interaction, UserError(sentence))
