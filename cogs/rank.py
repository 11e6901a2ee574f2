"""`/rank`: how one person stands."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answers import Interaction, Refusal, answer, think
from cogs.lookups import competition_choices, followed, user_name_choices
from cogs.services import Services, guild_id_of, services_of
from cogs.standing import standing_of
from cogs.ui import format as fmt
from cogs.ui.rank import rank_view
from leaderboards.names import kaggle_user_name


class Rank(commands.Cog):
    """Shows where somebody stands."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True)
    @app_commands.describe(
        member="A member of this server; yourself when nothing is given",
        username="A user name on Kaggle, whether or not anybody here has it",
        competition="Which competition; all that this server follows when nothing is given",
    )
    @app_commands.autocomplete(username=user_name_choices, competition=competition_choices)
    async def rank(
        self,
        interaction: Interaction,
        member: discord.Member | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """How you, a member or anybody on Kaggle stands."""
        await think(interaction, private=False)
        services, guild_id = self._services, guild_id_of(interaction)
        name, who = await self._person(interaction, member, username)
        if competition is None:
            follows = await services.storage.guilds.follows(guild_id)
            if len(follows) == 0:
                await followed(services, guild_id, None)
        else:
            follows = [await followed(services, guild_id, competition)]
        competitions = {follow.competition.id: follow.competition for follow in follows}
        boards = await services.storage.boards.boards_of_user(name, list(competitions))
        if not boards:
            where = follows[0].competition.slug if len(follows) == 1 else "any board followed here"
            raise Refusal(f"{who} is not on {where} yet. The first submission will show up.")
        links = await services.storage.links.of_guild(guild_id)
        users = {link.user_name.casefold(): link.user_id for link in links}
        standings = [
            await standing_of(services, competitions[info.competition_id], info, team, users)
            for info, team in boards
        ]
        await answer(interaction, rank_view(standings))

    async def _person(
        self, interaction: Interaction, member: discord.Member | None, username: str | None
    ) -> tuple[str, str]:
        """Give the Kaggle user name that is meant, and how to speak of that person."""
        if username is not None:
            if member is not None:
                raise Refusal("Name a member or a Kaggle user name, not both.")
            name = kaggle_user_name(username)
            return name, fmt.profile_link(name)
        user = member or interaction.user
        link = await self._services.storage.links.of_member(guild_id_of(interaction), user.id)
        if link is not None:
            return link.user_name, f"{fmt.member(user.id)} ({fmt.profile_link(link.user_name)})"
        if member is not None:
            raise Refusal(f"{fmt.member(user.id)} has not told me who they are on Kaggle.")
        raise Refusal("I do not know who you are on Kaggle yet. `/link` tells me.")


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Rank(services_of(bot)))
