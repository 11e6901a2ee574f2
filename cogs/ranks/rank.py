"""`/rank`, and *Kaggle rank* on the right click: how one person stands."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.autocomplete import competition_choices, user_name_choices
from cogs.framework.checks import anywhere
from cogs.framework.components import ErrorHandlingItem
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import get_services
from cogs.framework.target_member import TargetMember, require_link, resolve_target
from cogs.framework.visibility import Visibility, is_outside_guild, visibility_of
from cogs.ranks.history_screen import picture_of
from cogs.ranks.rank_data import Standing, standing_of
from cogs.ranks.rank_histories import drawn, tracks_of
from cogs.ranks.rank_screen import overview, rank_card
from leaderboards.kaggle_ids import kaggle_user_name
from records.competitions import Competition

CHOICES = 25
"""As many as a select holds."""


class Rank(commands.Cog):
    """Shows where somebody stands."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        # discord.py knows no context menus inside of a cog.
        self._menu = app_commands.ContextMenu(name="Kaggle rank", callback=_rank_of_user)

    async def cog_load(self) -> None:
        """Add the entry to the right click on a user."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it away."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server; yourself when nothing is given",
        username="A user name on Kaggle, whether or not anybody here has it",
        competition="Which competition; all that are followed when nothing is given",
    )
    @app_commands.autocomplete(username=user_name_choices, competition=competition_choices)
    async def rank(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """How you, a member or anybody on Kaggle stands."""
        await defer(interaction, private=is_outside_guild(interaction))
        scope = visibility_of(interaction)
        meant = await resolve_target(scope, interaction.user, member, username)
        await _show(interaction, scope, meant, await _competitions(scope, competition))


@anywhere
async def _rank_of_user(interaction: Interaction, user: discord.User) -> None:
    await defer(interaction, private=True)
    scope = visibility_of(interaction)
    meant = await require_link(scope, interaction.user, user)
    await _show(interaction, scope, meant, await _competitions(scope, None))


class CloserSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template=r"rank:closer:(?P<name>[\w-]{1,64})"
):
    """Below an overview: shows one of its boards in full, for the eyes of who chose it."""

    def __init__(self, user_name: str, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id=f"rank:closer:{user_name}",
                placeholder="Look closer at …",
                options=options,
            )
        )
        self.user_name = user_name

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls(match["name"], cast("ui.Select[Any]", item).options)

    async def on_use(self, interaction: Interaction) -> None:
        """Show the card."""
        await defer(interaction, private=True)
        scope = visibility_of(interaction)
        found = await scope.competition(self.item.values[0])
        name = kaggle_user_name(self.user_name)
        await _show(interaction, scope, TargetMember([name], fmt.profile_link(name)), [found])


async def _competitions(scope: Visibility, typed: str | None) -> list[Competition]:
    if typed is not None:
        return [await scope.competition(typed)]
    found = list(await scope.competitions())
    if not found:
        raise UserError(scope.nothing)
    return found


async def _show(
    interaction: Interaction,
    scope: Visibility,
    meant: TargetMember,
    competitions: list[Competition],
) -> None:
    services = get_services(interaction.client)
    by_id = {competition.id: competition for competition in competitions}
    boards = {
        (info.board_id, team.team_id): (info, team)
        for name in meant.user_names
        for info, team in await services.storage.boards.boards_of_user(name, list(by_id))
    }
    if not boards:
        where = competitions[0].slug if len(competitions) == 1 else "any board followed here"
        raise UserError(f"{meant.who} is not on {where} yet. The first submission will show up.")
    users = await scope.users()
    standings = [
        await standing_of(services, by_id[info.competition_id], info, team, users)
        for info, team in boards.values()
    ]
    if len(standings) > 1:
        await respond(interaction, overview(meant.who, standings, _closer(meant, standings)))
        return
    (standing,) = standings
    await respond(interaction, rank_card(standing))
    tracks = await tracks_of(
        services, standing.competition, standing.info, [standing.team], users=users
    )
    png = await drawn(services, tracks)
    if png is not None:
        pictures = [picture_of(tracks, png)]
        await respond(interaction, rank_card(standing, pictures), pictures)


def _closer(meant: TargetMember, standings: list[Standing]) -> CloserSelect:
    options = [
        discord.SelectOption(label=standing.competition.slug[:100], value=standing.competition.slug)
        for standing in standings[:CHOICES]
    ]
    return CloserSelect(meant.user_names[0], options)


async def setup(bot: commands.Bot) -> None:
    """Add the command, the menu and the select."""
    bot.add_dynamic_items(CloserSelect)
    await bot.add_cog(Rank(bot))


async def teardown(bot: commands.Bot) -> None:
    """Take the select away again."""
    bot.remove_dynamic_items(CloserSelect)
