"""What every button and select has in common, whichever message it stands below."""

from __future__ import annotations

from cogs.answers import Interaction
from cogs.errors import answer_error


class Answering:
    """A component whose errors end as one clear answer, as those of commands do.

    Stands before `ui.DynamicItem` among the bases; discord.py would only log what is raised.
    """

    async def callback(self, interaction: Interaction) -> None:
        """Do what the component is for."""
        try:
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - every kind is answered
            await answer_error(interaction, error)

    async def press(self, interaction: Interaction) -> None:
        """Answer the interaction, or raise why not."""
        raise NotImplementedError
