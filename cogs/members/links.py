"""`/link`, `/unlink`, `/whois` and `/pingme`: the Kaggle user names of members."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.autocomplete import user_name_choices
from cogs.framework.checks import in_servers, require_manager
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.link_controls import MAX_USER_NAME_INPUT, LinkButton, link_account
from cogs.members.links_screen import whois_view
from leaderboards.kaggle_ids import parse_user_name

UserName = app_commands.Range[str, 1, MAX_USER_NAME_INPUT]


class Links(commands.Cog):
    """The commands for links; in a server a Kaggle name is linked to one member only."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command()
    @in_servers
    @app_commands.describe(
        username="Your Kaggle user name, or the URL of your profile",
        member="Link this member instead of yourself (for managers)",
    )
    @app_commands.autocomplete(username=user_name_choices)
    async def link(
        self, interaction: Interaction, username: UserName, member: discord.Member | None = None
    ) -> None:
        """Link your Kaggle account, so that your rank is found and your climbs are announced."""
        await defer(interaction, private=True)
        await link_account(interaction, _member_or_self(interaction, member), username)

    @app_commands.command()
    @in_servers
    @app_commands.describe(member="Unlink this member instead of yourself (for managers)")
    async def unlink(self, interaction: Interaction, member: discord.Member | None = None) -> None:
        """Remove the link to your Kaggle account."""
        await defer(interaction, private=True)
        user = _member_or_self(interaction, member)
        guild_id = require_guild_id(interaction)
        link = await self._services.storage.links.unlink(guild_id, user.id)
        if link is None:
            raise UserError(_describe_unlinked(user, interaction))
        name = fmt.profile_link(link.user_name)
        if user == interaction.user:
            text = f"You are no longer linked to {name}."
        else:
            text = f"{fmt.member(user.id)} is no longer linked to {name}."
        await respond(interaction, notice(text))
        interaction.client.dispatch("links_changed", guild_id)

    @app_commands.command()
    @in_servers
    @app_commands.describe(
        member="A member of this server (default: you)",
        username="A Kaggle user name",
    )
    @app_commands.autocomplete(username=user_name_choices)
    async def whois(
        self,
        interaction: Interaction,
        member: discord.Member | None = None,
        username: UserName | None = None,
    ) -> None:
        """Show a member's Kaggle account, or who here has linked a Kaggle account."""
        await defer(interaction, private=True)
        guild_id, links = require_guild_id(interaction), self._services.storage.links
        if username is None:
            user = member or interaction.user
            link = await links.find_link(guild_id, user.id)
            if link is None:
                raise UserError(_describe_unlinked(user, interaction))
        else:
            if member is not None:
                raise UserError("Choose a member or a Kaggle user name, not both.")
            name = parse_user_name(username)
            link = await links.find_link_by_user_name(guild_id, name)
            if link is None:
                raise UserError(f"Nobody here has linked {fmt.profile_link(name)}.")
        required = (await self._services.storage.guilds.load_settings(guild_id)).require_verified
        counts = link.verification is not None or not required
        await respond(interaction, whois_view(link, counts=counts))

    @app_commands.command()
    @in_servers
    @app_commands.describe(enabled="Whether news about you pings you")
    async def pingme(self, interaction: Interaction, enabled: bool) -> None:
        """Choose whether news about you pings you (off by default)."""
        await defer(interaction, private=True)
        guild_id, storage = require_guild_id(interaction), self._services.storage
        if not await storage.links.set_mention(guild_id, interaction.user.id, enabled):
            raise UserError(_describe_unlinked(interaction.user, interaction))
        if not enabled:
            text = "News about you will not ping you."
        elif (await storage.guilds.load_settings(guild_id)).mention:
            text = "News about you will ping you from now on."
        else:
            text = (
                "Saved, but this server has pings turned off."
                " A manager can turn them on with `/announcements`."
            )
        await respond(interaction, notice(text))


def _member_or_self(
    interaction: Interaction, member: discord.Member | None
) -> discord.Member | discord.User:
    """Return the member a command is about; raise `UserError` if only managers may name others."""
    if member is None or member.id == interaction.user.id:
        return interaction.user
    require_manager(interaction)
    return member


def _describe_unlinked(user: discord.Member | discord.User, interaction: Interaction) -> str:
    """Return that a user has no link at all, not even one that does not count."""
    if user == interaction.user:
        return "You haven't linked your Kaggle account yet: use `/link`."
    return f"{fmt.member(user.id)} hasn't linked a Kaggle account yet."


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the button that links an account."""
    bot.add_dynamic_items(LinkButton)
    await bot.add_cog(Links(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the button."""
    bot.remove_dynamic_items(LinkButton)
