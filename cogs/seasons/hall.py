"""`/hall`: what members have won over all ended competitions, and records."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, defer, defer_update_or_reply, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.seasons.hall_data import HallLoader
from cogs.seasons.hall_screen import hall_view


class HallPageButton(PageButton, template=build_page_template("hall")):
    """Button that shows another page of `/hall`."""

    list_name = "hall"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        await _show(interaction, self.number)


class Hall(commands.Cog):
    """The command for the hall of fame."""

    @app_commands.command()
    @in_servers
    async def hall(self, interaction: Interaction) -> None:
        """See the medals and best ranks of all members in ended competitions, and records."""
        await defer(interaction, private=False)
        await _show(interaction, 1)


async def _show(interaction: Interaction, number: int) -> None:
    """Respond with a page of the hall of fame."""
    loader = get_services(interaction.client).get(HallLoader)
    data = await loader.load(require_guild_id(interaction))
    await respond(interaction, hall_view(data, number, HallPageButton.build_rows))


async def setup(bot: commands.Bot) -> None:
    """Add the command and the buttons below the hall."""
    services = get_services(bot)
    services.add(HallLoader(services))
    bot.add_dynamic_items(HallPageButton)
    await bot.add_cog(Hall())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(HallPageButton)
