"""`/replay`: the teams of a server through a whole competition, as an animated picture."""

from __future__ import annotations

from datetime import timedelta

from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.responses import Interaction, ProgressMessage, UserError, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.visibility import get_server_visibility
from cogs.replays.replay_data import load_replay
from cogs.replays.replay_screen import WAITING_FOR_REPLAY_TEXT, drawing_text, replay_view
from cogs.replays.replay_service import ReplayService

_BETWEEN_EDITS = timedelta(seconds=2.5)

Name = app_commands.Range[str, 1, 200]


class _Progress:
    """Shows how much of a replay is drawn, by an edit every few seconds."""

    def __init__(self, services: Services, message: ProgressMessage) -> None:
        self._services = services
        self._message = message
        self._next_at = services.now() + _BETWEEN_EDITS

    def __call__(self, percent: int) -> None:
        """Show the percentage, unless another one was shown a moment ago."""
        now = self._services.now()
        if now >= self._next_at:
            self._next_at = now + _BETWEEN_EDITS
            self._message(drawing_text(percent))


class Replays(commands.Cog):
    """The command for replays."""

    @app_commands.command()
    @in_servers
    @app_commands.describe(competition="The competition (not needed in its channel)")
    @app_commands.autocomplete(competition=competition_choices)
    async def replay(self, interaction: Interaction, competition: Name | None = None) -> None:
        """Watch the teams of this server move through a competition, as an animated picture."""
        await defer(interaction, private=False)
        services, visibility = get_services(interaction.client), get_server_visibility(interaction)
        found = await require_competition(visibility, competition)
        links = await visibility.load_links()
        if not links:
            raise UserError(visibility.nobody_linked_text)
        data = await load_replay(services, found, links)
        message = ProgressMessage(interaction)
        if services.replay_renderer.is_busy:
            message(WAITING_FOR_REPLAY_TEXT)
        try:
            picture = await services.get(ReplayService).draw(
                require_guild_id(interaction),
                data,
                interaction.filesize_limit,
                _Progress(services, message),
            )
        finally:
            await message.end()
        await respond(interaction, replay_view(data, [picture]), [picture])


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Replays())
