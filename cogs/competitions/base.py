"""What each topic of `/competition` is made of; `group.py` joins them to one group."""

from __future__ import annotations

from discord.ext import commands

from cogs.framework.checks import require_manager
from cogs.framework.responses import Interaction
from cogs.framework.services import Services


class CompetitionPart(commands.Cog):
    """Subcommands of one topic: a class in a file of its own, named as a base of `Competitions`.

    A part with buttons or a loop takes them up in `cog_load` and calls that of the next one.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__()
        self._bot = bot
        self._services = services

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Let only managers through, also where the server shows the commands to everybody."""
        return require_manager(interaction)
