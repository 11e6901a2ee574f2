"""`/leaderboard`: the whole board, page by page."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.boards.board_controls import DYNAMIC_ITEMS, respond_board
from cogs.boards.board_page import BoardFilter
from cogs.framework.checks import anywhere
from cogs.framework.responses import Interaction, defer
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.visibility import get_visibility, needs_private_response


class Leaderboard(commands.Cog):
    """The command `/leaderboard`."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        competition="The competition (not needed in its own channel, or if there is only one)",
        page="The page to start with",
        public="After the end: show the public board instead of the final one",
        members="Show only members of this server, ranked among themselves",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def leaderboard(
        self,
        interaction: Interaction,
        competition: app_commands.Range[str, 1, 200] | None = None,
        page: app_commands.Range[int, 1, 100_000] = 1,
        members: bool = False,
        public: bool = False,
    ) -> None:
        """Show the whole leaderboard of a competition, page by page."""
        await defer(interaction, private=needs_private_response(interaction))
        visibility = get_visibility(interaction)
        found = await require_competition(visibility, competition)
        board_filter = BoardFilter(members, public)
        await respond_board(
            interaction, visibility, found, board_filter.page_start(page), board_filter
        )


async def setup(bot: commands.Bot) -> None:
    """Add the command and its controls."""
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Leaderboard())


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
