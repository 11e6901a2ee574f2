"""`/link`, `/unlink`, `/whois` and `/pingme`: the Kaggle user names of members."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers, require_manager
from cogs.framework.controls import ConfirmationButton, build_confirmation_template
from cogs.framework.layout import MAX_CHOICES, notice
from cogs.framework.responses import Interaction, OptionNeeded, UserError, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.framework.texts import MEMBER_OR_USERNAME_TEXT, UNLINKED_TEXT, member_unlinked_text
from cogs.members.link_controls import MAX_USER_NAME_INPUT, LinkButton, link_account
from cogs.members.links_screen import (
    NO_PINGS_TEXT,
    PINGS_OFF_HERE_TEXT,
    PINGS_TEXT,
    name_not_linked_text,
    neither_linked_nor_team_text,
    no_members_text,
    team_not_linked_text,
    unlink_question,
    unlinked_text,
    which_member_text,
    whois_view,
)
from cogs.options.autocomplete import user_name_choices, user_or_team_choices_everywhere
from cogs.options.competition_lookup import find_board_name
from cogs.options.team_lookup import explain_no_team, find_team, load_team_user_names
from cogs.options.visibility import get_visibility
from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import find_user_name, parse_user_name
from records.members import StoredLink

UserName = app_commands.Range[str, 1, MAX_USER_NAME_INPUT]


class UnlinkButton(ConfirmationButton, template=build_confirmation_template("link")):
    """Button that removes a link; its argument is the linked member's user id."""

    question_name = "link"
    label = "Unlink"

    async def delete(self, interaction: Interaction) -> None:
        """Remove it."""
        user_id, guild_id = int(self.argument), require_guild_id(interaction)
        own = user_id == interaction.user.id
        if not own:
            require_manager(interaction)
        links = get_services(interaction.client).storage.links
        link = await links.unlink(guild_id, user_id)
        if link is None:
            raise UserError(_describe_unlinked(user_id, interaction))
        await respond(interaction, notice(unlinked_text(link, own=own)))
        interaction.client.dispatch("links_changed", guild_id)


class Links(commands.Cog):
    """The commands for links; in a server a Kaggle name is linked to one member only."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command()
    @in_servers
    @app_commands.describe(
        username="Your Kaggle user name, the address of your profile, or your team's name",
        member="Link this member instead of yourself (for managers)",
    )
    @app_commands.autocomplete(username=user_name_choices)
    async def link(
        self, interaction: Interaction, username: UserName, member: discord.Member | None = None
    ) -> None:
        """Link your Kaggle account, so that your rank is found and your climbs are announced."""
        await defer(interaction, private=True)
        user = _require_member_or_self(interaction, member)
        await link_account(interaction, user, await self._choose_user_name(interaction, username))

    async def _choose_user_name(self, interaction: Interaction, typed: str) -> str:
        """Return the user name that was typed, or else the only member of the team that was.

        Raises `OptionNeeded` if the team has several.
        """
        try:
            return parse_user_name(typed)
        except InvalidInput:
            competitions = await get_visibility(interaction).load_competitions()
            team = await find_team(self._services, typed, competitions)
            if team is None:
                raise
        members = await load_team_user_names(self._services, team)
        if not members:
            raise UserError(no_members_text(team.team_name))
        if len(members) == 1:
            return members[0]
        choices = [discord.SelectOption(label=member, value=member) for member in members]
        raise OptionNeeded(which_member_text(team.team_name), "username", choices[:MAX_CHOICES])

    @app_commands.command()
    @in_servers
    @app_commands.describe(member="Unlink this member instead of yourself (for managers)")
    async def unlink(self, interaction: Interaction, member: discord.Member | None = None) -> None:
        """Remove the link to your Kaggle account, after asking again."""
        await defer(interaction, private=True)
        user = _require_member_or_self(interaction, member)
        guild_id = require_guild_id(interaction)
        link = await self._services.storage.links.find_link(guild_id, user.id)
        if link is None:
            raise UserError(_describe_unlinked(user.id, interaction))
        question = unlink_question(link, own=user == interaction.user)
        await UnlinkButton.ask(interaction, question, user.id)

    @app_commands.command()
    @in_servers
    @app_commands.describe(
        member="A member of this server (default: you)",
        username="A Kaggle user name, or any part of a team's name",
    )
    @app_commands.autocomplete(username=user_or_team_choices_everywhere)
    async def whois(
        self,
        interaction: Interaction,
        member: discord.Member | None = None,
        username: UserName | None = None,
    ) -> None:
        """Show a member's Kaggle account, or who here has linked a Kaggle account."""
        await defer(interaction, private=True)
        guild_id, storage = require_guild_id(interaction), self._services.storage
        team_name = None
        if username is None:
            user = member or interaction.user
            link = await storage.links.find_link(guild_id, user.id)
            if link is None:
                raise UserError(_describe_unlinked(user.id, interaction))
            links = [link]
        elif member is not None:
            raise UserError(MEMBER_OR_USERNAME_TEXT)
        else:
            links, team_name = await self._find_links(interaction, username)
        required = (await storage.guilds.load_settings(guild_id)).require_verified
        await respond(interaction, whois_view(links, team_name, required=required))

    async def _find_links(
        self, interaction: Interaction, typed: str
    ) -> tuple[list[StoredLink], str | None]:
        """Return the link of the Kaggle user that was typed, or a team's links and its name."""
        guild_id, storage = require_guild_id(interaction), self._services.storage
        competitions = await get_visibility(interaction).load_competitions()
        name = find_user_name(typed)
        on_boards = False
        if name is not None:
            link = await storage.links.find_link_by_user_name(guild_id, name)
            if link is not None:
                return [link], None
            ids = [competition.id for competition in competitions]
            on_boards = bool(await storage.boards.find_boards_by_user_name(name, ids))
        team = None if on_boards else await find_team(self._services, typed, competitions)
        if on_boards and name is not None:
            raise UserError(name_not_linked_text(name))
        if team is None and name is not None:
            board = find_board_name(competitions)
            raise UserError(neither_linked_nor_team_text(name, board))
        if team is None:
            raise UserError(await explain_no_team(self._services, typed, competitions))
        links = [
            link
            for member in await load_team_user_names(self._services, team)
            if (link := await storage.links.find_link_by_user_name(guild_id, member)) is not None
        ]
        if not links:
            raise UserError(team_not_linked_text(team.team_name))
        return links, team.team_name

    @app_commands.command()
    @in_servers
    @app_commands.describe(enabled="Whether news about you pings you")
    async def pingme(self, interaction: Interaction, enabled: bool) -> None:
        """Choose whether news about you pings you (off by default)."""
        await defer(interaction, private=True)
        guild_id, storage = require_guild_id(interaction), self._services.storage
        if not await storage.links.set_wants_ping(guild_id, interaction.user.id, enabled):
            raise UserError(_describe_unlinked(interaction.user.id, interaction))
        if not enabled:
            text = NO_PINGS_TEXT
        elif (await storage.guilds.load_settings(guild_id)).mention:
            text = PINGS_TEXT
        else:
            text = PINGS_OFF_HERE_TEXT
        await respond(interaction, notice(text))


def _require_member_or_self(
    interaction: Interaction, member: discord.Member | None
) -> discord.Member | discord.User:
    """Return the member that a command is about.

    Raise `UserError` if another member is named and the user is not a manager.
    """
    if member is None or member.id == interaction.user.id:
        return interaction.user
    require_manager(interaction)
    return member


def _describe_unlinked(user_id: int, interaction: Interaction) -> str:
    """Return that a user has no link at all, verified or not."""
    return UNLINKED_TEXT if user_id == interaction.user.id else member_unlinked_text(user_id)


async def setup(bot: commands.Bot) -> None:
    """Add the commands and their buttons."""
    bot.add_dynamic_items(LinkButton, UnlinkButton)
    await bot.add_cog(Links(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(LinkButton, UnlinkButton)
