"""`/roles`: the roles that members get for their ranks."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.checks import in_servers, require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.role_rules import explain_problem
from cogs.members.role_sync_service import RoleSyncService
from cogs.members.roles_screen import CRITERION_NAMES, list_view, set_view
from leaderboards.role_criteria import RoleCriterion, qualifying_members
from records.members import GrantState

_CRITERION_CHOICES = [
    app_commands.Choice(name=name, value=criterion) for criterion, name in CRITERION_NAMES.items()
]


class RequireVerifiedButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"roles:require-verified:(?P<criterion>{'|'.join(RoleCriterion)})",
):
    """Button that lets only verified links count, below the role that was just set."""

    def __init__(self, criterion: RoleCriterion) -> None:
        super().__init__(
            ui.Button(
                label="Count only verified links", custom_id=f"roles:require-verified:{criterion}"
            )
        )
        self.criterion = criterion

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom id."""
        return cls(RoleCriterion(match["criterion"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Require verification, and show who has earned the role then."""
        require_manager(interaction)
        await defer_update(interaction)
        storage = get_services(interaction.client).storage
        await storage.guilds.change_settings(require_guild_id(interaction), require_verified=True)
        interaction.client.dispatch("settings_changed")
        interaction.client.dispatch("links_changed", require_guild_id(interaction))
        await _show_role(interaction, self.criterion)


async def _show_role(interaction: Interaction, criterion: RoleCriterion) -> None:
    """Respond with the role of a criterion and what follows from giving it."""
    storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
    role_id = (await storage.roles.load_roles(guild_id)).get(criterion)
    if role_id is None:
        raise UserError(f"No role is assigned any more for **{CRITERION_NAMES[criterion]}**.")
    members = qualifying_members(await storage.member_ranks.load(guild_id))
    settings = await storage.guilds.load_settings(guild_id)
    offer = [] if settings.require_verified else [RequireVerifiedButton(criterion)]
    count = len(members.get(criterion, ()))
    await respond(interaction, set_view(criterion, role_id, count, offer))


@in_servers
@app_commands.default_permissions(manage_guild=True)
class Roles(commands.GroupCog, group_name="roles"):
    """Assign roles to members for their ranks (for managers)."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__()
        self._bot = bot
        self._services = services

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Allow managers only, whatever the server's own command permissions are."""
        return require_manager(interaction)

    @app_commands.command()
    @app_commands.describe(
        criterion="What the role is for, on any board that this server follows",
        role="The role (mine must be above it)",
    )
    @app_commands.choices(criterion=_CRITERION_CHOICES)
    async def set(self, interaction: Interaction, criterion: str, role: discord.Role) -> None:
        """Assign a role to the members who have earned it, from now on."""
        await defer(interaction, private=True)
        guild_id, roles = require_guild_id(interaction), self._services.storage.roles
        guild, member = interaction.guild, interaction.user
        if guild is None or not isinstance(member, discord.Member):
            raise app_commands.NoPrivateMessage
        problem = explain_problem(guild, member, role)
        if problem is not None:
            raise UserError(problem)
        await roles.set_role(guild_id, RoleCriterion(criterion), role.id)
        await _show_role(interaction, RoleCriterion(criterion))
        self._bot.dispatch("roles_changed")

    @app_commands.command()
    @app_commands.describe(criterion="The criterion whose role is no longer assigned")
    @app_commands.choices(criterion=_CRITERION_CHOICES)
    async def remove(self, interaction: Interaction, criterion: str) -> None:
        """Stop assigning a role, and remove it from the members I gave it to."""
        await defer(interaction, private=True)
        name = CRITERION_NAMES[RoleCriterion(criterion)]
        if not await self._services.storage.roles.clear_role(
            require_guild_id(interaction), RoleCriterion(criterion)
        ):
            raise UserError(f"No role is assigned for **{name}**.")
        text = f"No role is assigned any more for **{name}**. I remove those that I gave."
        await respond(interaction, notice(text))
        self._bot.dispatch("roles_changed")

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """List the roles, how many members have them, and what does not work."""
        await defer(interaction, private=True)
        guild_id, roles = require_guild_id(interaction), self._services.storage.roles
        problems = {}
        if interaction.guild is not None:
            role_sync = self._services.get(RoleSyncService)
            problems = await role_sync.find_problems(interaction.guild)
        holders = Counter(
            grant.role_id
            for grant in await roles.load_grants(guild_id)
            if grant.state is GrantState.GIVEN
        )
        settings = await self._services.storage.guilds.load_settings(guild_id)
        await respond(
            interaction,
            list_view(
                await roles.load_roles(guild_id),
                holders,
                problems,
                require_verified=settings.require_verified,
            ),
        )


class RoleSync(commands.Cog):
    """Synchronizes roles after each round of syncs and each change of what they depend on."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._role_sync = services.get(RoleSyncService)

    @commands.Cog.listener("on_competition_followed")
    @commands.Cog.listener("on_roles_changed")
    @commands.Cog.listener("on_settings_changed")
    @commands.Cog.listener("on_sync_round_finished")
    async def sync_roles(self) -> None:
        """Synchronize all servers."""
        await self._role_sync.sync()

    @commands.Cog.listener()
    async def on_competition_archived(self, _competition_id: int) -> None:
        """Synchronize all servers: the final board decides now."""
        await self._role_sync.sync()

    @commands.Cog.listener()
    async def on_links_changed(self, _guild_id: int) -> None:
        """Synchronize all servers: other members have earned the roles."""
        await self._role_sync.sync()

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Check the roles of a member who left and came back, when they use anything."""
        if isinstance(interaction.user, discord.Member):
            await self._role_sync.check_returned(interaction.user)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Delete a role that was deleted in Discord."""
        await self._services.storage.roles.delete_role(role.guild.id, role.id)


async def setup(bot: commands.Bot) -> None:
    """Add the cogs and the button of `/roles set`."""
    bot.add_dynamic_items(RequireVerifiedButton)
    services = get_services(bot)
    await bot.add_cog(Roles(bot, services))
    await bot.add_cog(RoleSync(services))


async def teardown(bot: commands.Bot) -> None:
    """Remove the button."""
    bot.remove_dynamic_items(RequireVerifiedButton)
