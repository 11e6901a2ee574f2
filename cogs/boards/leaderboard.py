"""`/leaderboard`: the whole board, page by page."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.boards.board_controls import DYNAMIC_ITEMS, answer_board
from cogs.boards.board_page import Sight, start_of
from cogs.framework.autocomplete import competition_choices
from cogs.framework.checks import anywhere
from cogs.framework.responses import Interaction, defer
from cogs.framework.visibility import is_outside_guild, visibility_of


class Leaderboard(commands.Cog):
    """Shows boards."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        competition="Which competition; not needed when only one is followed",
        page="Which page to begin with",
        public="After the end: show the public board instead of the one that counts",
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
        await defer(interaction, private=is_outside_guild(interaction))
        scope = visibility_of(interaction)
        found = await scope.competition(competition)
        await answer_board(interaction, scope, found, start_of(page), Sight(members, public))


async def setup(bot: commands.Bot) -> None:
    """Add the command and what turns its pages."""
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Leaderboard())


async def teardown(bot: commands.Bot) -> None:
    """Take the buttons away again."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
