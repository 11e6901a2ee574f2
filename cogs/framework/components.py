"""What every button and select has in common, whichever message it stands below."""

from __future__ import annotations

import re
from typing import Any, Self

from discord import ui

from cogs.framework.errors import respond_exception
from cogs.framework.responses import Interaction


class ErrorHandlingItem:
    """A component whose errors end as one clear answer, as those of commands do.

    Stands before `ui.DynamicItem` among the bases; discord.py would only log what is raised.
    """

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the component from what Discord sends back when it is used."""
        return cls.read(item, match)

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Make the component from its custom_id, or from what else stands in the message."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:
        """Do what the component is for."""
        try:
            await self.on_use(interaction)
        except Exception as error:  # noqa: BLE001 - every kind is answered
            await respond_exception(interaction, error)

    async def on_use(self, interaction: Interaction) -> None:
        """Answer the interaction, or raise why not."""
        raise NotImplementedError
