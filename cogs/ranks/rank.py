"""`/rank`, and the context menu *Kaggle rank* of a user."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.checks import anywhere
from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.layout import Item
from cogs.framework.pages import Page, PageButton, build_page_template
from cogs.framework.responses import (
    Interaction,
    UserError,
    defer,
    defer_update_or_reply,
    respond,
)
from cogs.framework.services import get_services
from cogs.options.autocomplete import competition_choices, user_or_team_choices
from cogs.options.competition_lookup import load_searched_competitions
from cogs.options.visibility import Visibility, get_visibility, needs_private_response
from cogs.ranks.absence import require_boards
from cogs.ranks.forecast_data import load_forecast
from cogs.ranks.history_screen import history_picture
from cogs.ranks.rank_data import load_rank_data
from cogs.ranks.rank_histories import load_rank_histories, render_rank_histories
from cogs.ranks.rank_screen import RankData, rank_card, rank_list, select_rank_list_page
from cogs.ranks.target import (
    Target,
    require_link,
    resolve_target,
    resolve_user_name,
)
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.rank_forecast import DayForecast
from records.competitions import Competition


class Rank(commands.Cog):
    """The command `/rank` and the context menu."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        # discord.py does not register context menus that are defined in a cog.
        self._menu = app_commands.ContextMenu(name="Kaggle rank", callback=_show_user_rank)

    async def cog_load(self) -> None:
        """Add the context menu."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the context menu."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server (default: you)",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (default: that of the channel, or else all)",
    )
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def rank(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Show where you, a member or anyone on Kaggle ranks."""
        await defer(interaction, private=needs_private_response(interaction))
        visibility = get_visibility(interaction)
        target = await resolve_target(interaction, visibility, member, username, competition)
        competitions = await load_searched_competitions(visibility, competition)
        await _show(interaction, visibility, target, competitions)


@anywhere
async def _show_user_rank(interaction: Interaction, user: discord.User) -> None:
    await defer(interaction, private=True)
    visibility = get_visibility(interaction)
    target = await require_link(visibility, interaction.user, user)
    await _show(interaction, visibility, target, await load_searched_competitions(visibility, None))


class RankBoardSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template=r"rank:board:(?P<name>[\w-]{0,64})"
):
    """The select below a list of ranks: sends the card of one board to whoever chooses it."""

    def __init__(self, user_name: str, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id=f"rank:board:{user_name}",
                placeholder="Show one of them in detail",
                options=options,
            )
        )
        self.user_name = user_name

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(match["name"], read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Send the card."""
        await defer(interaction, private=True)
        visibility = get_visibility(interaction)
        (slug,) = self.item.values
        found = [one for one in await visibility.load_competitions() if one.slug == slug]
        if not found:
            raise UserError(visibility.gone_text)
        target = await resolve_user_name(interaction, visibility, self.user_name)
        await _show(interaction, visibility, target, found)


class RankListPageButton(PageButton, template=build_page_template("ranks")):
    """Button that shows another page of a list of ranks.

    Its argument is a user name, or empty: see `_build_argument`.
    """

    list_name = "ranks"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        visibility = get_visibility(interaction)
        target = await resolve_user_name(interaction, visibility, self.argument)
        competitions = await load_searched_competitions(visibility, None)
        await _show(interaction, visibility, target, competitions, self.number)


async def _show(
    interaction: Interaction,
    visibility: Visibility,
    target: Target,
    competitions: Sequence[Competition],
    number: int = 1,
) -> None:
    """Respond with the card of one board, or with a page of the list of several."""
    services = get_services(interaction.client)
    boards = await require_boards(services, target, competitions)
    links = await visibility.load_links_by_user_name()
    if len(boards) > 1:
        page = select_rank_list_page(boards, number)
        ranks = [
            await load_rank_data(services, competition, info, team, links)
            for competition, info, team in page.items
        ]
        shown = Page(ranks, page.number, page.count)
        # Somebody with several names can be in several teams of one board.
        board_count = len({info.board_id for _, info, _ in boards})
        rows: list[list[Item]] = [[_build_board_select(target, ranks)]] if board_count > 1 else []
        rows += RankListPageButton.build_rows(page, _build_argument(target))
        await respond(interaction, rank_list(target.name, board_count, shown, rows))
        return
    ((competition, info, team),) = boards
    data = await load_rank_data(services, competition, info, team, links)
    await respond(interaction, rank_card(data))
    # The forecast needs a week of the log, and the picture all of it, which takes several times
    # as long to read as the rest of the card.
    forecast = await load_forecast(services, competition, info, team.rank)
    data = replace(data, forecast=forecast)
    histories = await load_rank_histories(services, competition, info, [team], links=links)
    png = await render_rank_histories(services, histories, interaction.user.id)
    pictures = [] if png is None else [history_picture(histories, png)]
    if pictures or isinstance(forecast, DayForecast) or forecast is ForecastObstacle.LAST_DAY:
        await respond(interaction, rank_card(data, pictures), pictures)


def _build_board_select(target: Target, ranks: Sequence[RankData]) -> RankBoardSelect:
    names = {data.competition.slug: data.competition.name for data in ranks}
    options = [
        discord.SelectOption(label=fmt.competition_choice(slug, name), value=slug)
        for slug, name in names.items()
    ]
    return RankBoardSelect(_build_argument(target), options)


def _build_argument(target: Target) -> str:
    """Return the user name for the custom_id of a control; empty means the user of the control.

    Only in direct messages does somebody have several names, one in each server.
    """
    return target.user_names[0] if len(target.user_names) == 1 else ""


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the controls of the list."""
    bot.add_dynamic_items(RankBoardSelect, RankListPageButton)
    await bot.add_cog(Rank(bot))


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(RankBoardSelect, RankListPageButton)
