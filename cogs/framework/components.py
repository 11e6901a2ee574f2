"""Base class of buttons and selects."""

from __future__ import annotations

import re
from typing import Any, Self

from discord import ui

from cogs.framework.errors import respond_exception
from cogs.framework.responses import Interaction


class ErrorHandlingItem:
    """Mixin for components that answers errors with one sentence, as commands do.

    discord.py only logs what a component raises. Put it before `ui.DynamicItem` among the bases.
    """

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the component from the interaction, as `ui.DynamicItem` requires."""
        return cls.read(item, match)

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the component from its custom_id, or from the item in the message."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:
        """Call `on_use` and respond with the sentence of any error."""
        try:
            await self.on_use(interaction)
        except Exception as error:  # noqa: BLE001 - every kind is answered
            await respond_exception(interaction, error)

    async def on_use(self, interaction: Interaction) -> None:
        """Respond to the interaction; raise an error to respond with its sentence."""
        raise NotImplementedError
