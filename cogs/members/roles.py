"""`/roles`: the roles that members get for their ranks."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.checks import ManagerGroup, require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import Item, notice
from cogs.framework.responses import Interaction, UserError, defer, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.role_changes import (
    ROLE_CHANGE_PATTERN,
    build_confirm_button,
    build_role_question,
    build_unverified_question,
    parse_role_change,
    replace_role,
    require_assignable,
)
from cogs.members.role_sync_service import RoleSyncService
from cogs.members.roles_screen import (
    CRITERION_NAMES,
    UNCHANGED_TEXT,
    list_view,
    no_role_text,
    removed_meanwhile_text,
    removed_view,
    set_view,
)
from leaderboards.members.role_criteria import RoleCriterion, find_qualifying_members
from records.members import GrantState

_CRITERION_CHOICES = [
    app_commands.Choice(name=name, value=criterion) for criterion, name in CRITERION_NAMES.items()
]


class RequireVerifiedButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"roles:require-verified:(?P<criterion>{'|'.join(RoleCriterion)})"
    r"(?P<confirmed>:confirmed)?",
):
    """Button that lets only verified links count, below the role that was just set."""

    def __init__(self, criterion: RoleCriterion, *, confirmed: bool = False) -> None:
        super().__init__(
            ui.Button(
                label="Count only verified links",
                custom_id=f"roles:require-verified:{criterion}"
                + (":confirmed" if confirmed else ""),
                style=discord.ButtonStyle.danger if confirmed else discord.ButtonStyle.secondary,
            )
        )
        self.criterion = criterion
        self.confirmed = confirmed

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(RoleCriterion(match["criterion"]), confirmed=match["confirmed"] is not None)

    async def on_use(self, interaction: Interaction) -> None:
        """Require verification, after asking, and show who has earned the role then."""
        require_manager(interaction)
        await defer_update(interaction)
        if not self.confirmed:
            buttons: list[Item] = [
                RequireVerifiedButton(self.criterion, confirmed=True),
                CountEveryLinkButton(self.criterion),
            ]
            question = await build_unverified_question(interaction, buttons)
            if question is not None:
                await respond(interaction, question)
                return
        storage = get_services(interaction.client).storage
        await storage.guilds.change_settings(require_guild_id(interaction), require_verified=True)
        interaction.client.dispatch("settings_changed")
        interaction.client.dispatch("links_changed", require_guild_id(interaction))
        await _show_role(interaction, self.criterion)


class CountEveryLinkButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"roles:every-link:(?P<criterion>{'|'.join(RoleCriterion)})",
):
    """Button below the question that leaves the links as they count."""

    def __init__(self, criterion: RoleCriterion) -> None:
        super().__init__(
            ui.Button(label="Go on counting every link", custom_id=f"roles:every-link:{criterion}")
        )
        self.criterion = criterion

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(RoleCriterion(match["criterion"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Show the role again."""
        require_manager(interaction)
        await defer_update(interaction)
        await _show_role(interaction, self.criterion)


class RoleReplaceButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"roles:replace:{ROLE_CHANGE_PATTERN}",
):
    """Button below the question whether a role is removed or replaced."""

    def __init__(self, criterion: RoleCriterion, old_id: int, new_id: int | None) -> None:
        super().__init__(build_confirm_button("roles:replace", criterion, old_id, new_id))
        self.criterion = criterion
        self.old_id = old_id
        self.new_id = new_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(*parse_role_change(match))

    async def on_use(self, interaction: Interaction) -> None:
        """Remove or replace the role."""
        require_manager(interaction)
        await defer_update(interaction)
        await replace_role(interaction, self.criterion, self.old_id, self.new_id)
        if self.new_id is None:
            await respond(interaction, removed_view(self.criterion))
        else:
            await _show_role(interaction, self.criterion)


class RoleKeepButton(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="roles:keep"):
    """Button below the question that leaves the role as it is."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Keep it", custom_id="roles:keep"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Respond that nothing was changed."""
        await defer_update(interaction)
        await respond(interaction, notice(UNCHANGED_TEXT))


async def _ask(interaction: Interaction, criterion: RoleCriterion, new_id: int | None) -> bool:
    """Respond with the question that is due before a change; return False if none is."""
    question = await build_role_question(
        interaction,
        criterion,
        new_id,
        lambda old_id: [RoleReplaceButton(criterion, old_id, new_id), RoleKeepButton()],
    )
    if question is not None:
        await respond(interaction, question)
    return question is not None


async def _show_role(interaction: Interaction, criterion: RoleCriterion) -> None:
    """Respond with the role of a criterion and what follows from giving it."""
    storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
    roles = await storage.roles.load_roles(guild_id)
    role_id = roles.get(criterion)
    if role_id is None:
        raise UserError(removed_meanwhile_text(criterion))
    members = find_qualifying_members(await storage.member_ranks.load(guild_id))
    settings = await storage.guilds.load_settings(guild_id)
    offer = [] if settings.require_verified else [RequireVerifiedButton(criterion)]
    count = len(members.get(criterion, ()))
    others = [other for other, id_ in roles.items() if id_ == role_id and other != criterion]
    await respond(interaction, set_view(criterion, role_id, count, others, offer))


class Roles(ManagerGroup, group_name="roles"):
    """Assign roles to members for their ranks (for managers)."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__()
        self._bot = bot
        self._services = services

    @app_commands.command()
    @app_commands.describe(
        criterion="What the role is for, on any board that this server follows",
        role="The role (mine must be above it)",
    )
    @app_commands.choices(criterion=_CRITERION_CHOICES)
    async def set(self, interaction: Interaction, criterion: str, role: discord.Role) -> None:
        """Assign a role to the members who have earned it, from now on."""
        await defer(interaction, private=True)
        chosen, role_id = RoleCriterion(criterion), require_assignable(interaction, role)
        if await _ask(interaction, chosen, role_id):
            return
        await self._services.storage.roles.set_role(require_guild_id(interaction), chosen, role_id)
        await _show_role(interaction, chosen)
        self._bot.dispatch("roles_changed")

    @app_commands.command()
    @app_commands.describe(criterion="The criterion whose role is no longer assigned")
    @app_commands.choices(criterion=_CRITERION_CHOICES)
    async def remove(self, interaction: Interaction, criterion: str) -> None:
        """Stop assigning a role, and remove it from the members I gave it to."""
        await defer(interaction, private=True)
        chosen = RoleCriterion(criterion)
        if not await _ask(interaction, chosen, None):
            raise UserError(no_role_text(chosen))

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """List the roles, how many members have them, and what does not work."""
        await defer(interaction, private=True)
        guild_id, roles = require_guild_id(interaction), self._services.storage.roles
        problems = {}
        if interaction.guild is not None:
            role_sync = self._services.get(RoleSyncService)
            problems = await role_sync.find_problems(interaction.guild)
        members = find_qualifying_members(await self._services.storage.member_ranks.load(guild_id))
        given = await roles.load_roles(guild_id)
        grants = await roles.load_grants(guild_id)
        holders = {
            criterion: sum(
                grant.state is GrantState.GIVEN
                and grant.role_id == role_id
                and grant.user_id in members.get(criterion, ())
                for grant in grants
            )
            for criterion, role_id in given.items()
        }
        settings = await self._services.storage.guilds.load_settings(guild_id)
        await respond(
            interaction,
            list_view(
                given,
                holders,
                problems,
                require_verified=settings.require_verified,
            ),
        )


class RoleSync(commands.Cog):
    """Synchronizes roles after each round of syncs.

    And at once after a new follow, a final board, or a change of roles, links or settings.
    """

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
    async def on_final_board_stored(self, _competition_id: int) -> None:
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
            await self._role_sync.check_rejoined(interaction.user)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Delete what is stored about a role that was deleted in Discord."""
        await self._services.storage.roles.delete_role(role.guild.id, role.id)


_DYNAMIC_ITEMS = (RequireVerifiedButton, CountEveryLinkButton, RoleReplaceButton, RoleKeepButton)


async def setup(bot: commands.Bot) -> None:
    """Add the cogs and the buttons of `/roles`."""
    bot.add_dynamic_items(*_DYNAMIC_ITEMS)
    services = get_services(bot)
    await bot.add_cog(Roles(bot, services))
    await bot.add_cog(RoleSync(services))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(*_DYNAMIC_ITEMS)
