"""`/members`: the directory of linked members."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.discord_errors import is_expected
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, defer, defer_update_or_reply, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.directory_screen import (
    DirectoryBoard,
    DirectoryData,
    DirectoryMember,
    directory_view,
)
from cogs.options.memberships import Memberships
from leaderboards.seasons.member_rank import MemberRank
from records.competitions import Competition

_MAX_WAIT_SECONDS: Final = 5
"""How long to wait for Discord to say who is in a server; then the list does without that."""


class DirectoryPageButton(PageButton, template=build_page_template("members")):
    """Button that shows another page of `/members`."""

    list_name = "members"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        await _show(interaction, self.number)


class Directory(commands.Cog):
    """The command for the directory."""

    @app_commands.command()
    @in_servers
    async def members(self, interaction: Interaction) -> None:
        """See who has linked a Kaggle account, who is verified, and who is on which boards."""
        await defer(interaction, private=True)
        await _show(interaction, 1)


async def _show(interaction: Interaction, number: int) -> None:
    """Respond with a page of the directory."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    members, follow_count = await _load_members(services, guild_id)
    linked = {one.link.user_id for one in members}
    present = await _find_present(interaction, linked - {interaction.user.id})
    members = [one for one in members if one.link.user_id in present]
    accounts = None
    if interaction.permissions.manage_guild and members:
        accounts = await _count_accounts(interaction.client, guild_id)
    data = DirectoryData(
        members=members,
        follow_count=follow_count,
        is_requester_linked=interaction.user.id in linked,
        left_count=len(linked) - len(members),
        accounts=accounts,
    )
    await respond(interaction, directory_view(data, number, DirectoryPageButton.build_rows))


async def _load_members(services: Services, guild_id: int) -> tuple[list[DirectoryMember], int]:
    """Return the linked members of a server, and how many competitions it follows."""
    storage = services.storage
    require_verified = (await storage.guilds.load_settings(guild_id)).require_verified
    follows = await storage.guilds.load_follows(guild_id)
    competitions = {follow.competition.id: follow.competition for follow in follows}
    ranks: defaultdict[int, list[MemberRank]] = defaultdict(list)
    for rank in await storage.member_ranks.load(guild_id):
        ranks[rank.user_id].append(rank)
    members = [
        DirectoryMember(
            link=link,
            counts=link.verification is not None or not require_verified,
            boards=_build_boards(ranks[link.user_id], competitions),
        )
        for link in await storage.links.load_links(guild_id)
    ]
    return members, len(follows)


def _build_boards(
    ranks: list[MemberRank], competitions: dict[int, Competition]
) -> list[DirectoryBoard]:
    """Return the boards of a member, running ones first, each with the member's best rank."""
    boards: dict[int, DirectoryBoard] = {}
    for rank in sorted(ranks, key=lambda one: (one.final, one.rank)):
        competition = competitions.get(rank.competition_id)
        if competition is not None:
            board = DirectoryBoard(
                competition.slug, competition.name, rank.rank, rank.medal_zone, rank.final
            )
            boards.setdefault(rank.competition_id, board)
    return list(boards.values())


async def _find_present(interaction: Interaction, user_ids: set[int]) -> set[int]:
    """Return the user of an interaction, and which of some others are in its server.

    All of the others if Discord does not answer.
    """
    own_id, guild = interaction.user.id, interaction.guild
    memberships = get_services(interaction.client).get(Memberships)
    if guild is None or guild.unavailable:
        return {own_id, *user_ids}
    try:
        async with asyncio.timeout(_MAX_WAIT_SECONDS):
            return {own_id, *await memberships.find_members(guild, user_ids)}
    except Exception as error:
        if not is_expected(error):
            raise
        return {own_id, *user_ids}


async def _count_accounts(client: discord.Client, guild_id: int) -> int | None:
    """Return about how many accounts a server has; None if Discord does not say.

    `Guild.member_count` is kept up to date only with the privileged members intent.
    """
    try:
        async with asyncio.timeout(_MAX_WAIT_SECONDS):
            guild = await client.fetch_guild(guild_id, with_counts=True)
    except Exception as error:
        if not is_expected(error):
            raise
        return None
    return guild.approximate_member_count


async def setup(bot: commands.Bot) -> None:
    """Add the command and the buttons below the list."""
    bot.add_dynamic_items(DirectoryPageButton)
    await bot.add_cog(Directory())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(DirectoryPageButton)
