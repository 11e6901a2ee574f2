"""`/overview`: all members on all running competitions, and the medals that they have won."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, defer, defer_update_or_reply, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.overview.overview_data import load_overview_data
from cogs.overview.overview_screen import overview_view


class OverviewPageButton(PageButton, template=build_page_template("overview")):
    """Button that shows another page of `/overview`."""

    list_name = "overview"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        await _show(interaction, self.number)


class Overview(commands.Cog):
    """The command for the overview."""

    @app_commands.command()
    @in_servers
    async def overview(self, interaction: Interaction) -> None:
        """See all members on all running competitions, and the medals won so far."""
        await defer(interaction, private=False)
        await _show(interaction, 1)


async def _show(interaction: Interaction, number: int) -> None:
    """Respond with a page of the overview."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    data = await load_overview_data(services, guild_id)
    await respond(interaction, overview_view(data, number, OverviewPageButton.build_rows))


async def setup(bot: commands.Bot) -> None:
    """Add the command and the buttons below the overview."""
    bot.add_dynamic_items(OverviewPageButton)
    await bot.add_cog(Overview())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(OverviewPageButton)
