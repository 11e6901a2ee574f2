"""The controls of the section *Roles* of `/settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_rules import explain_problem
from cogs.members.role_sync_service import RoleSyncService
from cogs.members.roles_screen import CRITERION_NAMES
from cogs.server.settings_panel import PanelItem, SectionButton
from cogs.server.settings_screen import Row, role_removal_view
from cogs.server.settings_sections import Section
from leaderboards.role_criteria import RoleCriterion


class RoleSelect(
    PanelItem,
    ui.DynamicItem[ui.RoleSelect[Any]],
    template=rf"settings:role:(?P<criterion>{'|'.join(RoleCriterion)})",
):
    """Select of the role that members get for a rank, or of none."""

    section = Section.ROLES

    def __init__(self, criterion: RoleCriterion, role_id: int | None = None) -> None:
        kind = discord.SelectDefaultValueType.role
        selected = [] if role_id is None else [discord.SelectDefaultValue(id=role_id, type=kind)]
        super().__init__(
            ui.RoleSelect(
                custom_id=f"settings:role:{criterion}",
                placeholder="No role",
                min_values=0,
                default_values=selected,
            )
        )
        self.criterion = criterion

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(RoleCriterion(match["criterion"]))

    async def ask(self, interaction: Interaction) -> ui.LayoutView | None:
        """Ask before a role is removed, or replaced where members got it.

        Raises `UserError` for a role that may not be given.
        """
        new_id = _require_assignable(interaction, self.item.values[0]) if self.item.values else None
        services, guild_id = get_services(interaction.client), require_guild_id(interaction)
        roles = services.storage.roles
        old_id = (await roles.load_roles(guild_id)).get(self.criterion)
        if old_id is None or old_id == new_id:
            return None
        losing = await services.get(RoleSyncService).count_losing(guild_id, self.criterion)
        if new_id is not None and not losing:
            return None
        buttons: list[Item] = [
            RoleRemovalButton(self.criterion, old_id, new_id),
            SectionButton(self.section, "Keep it"),
        ]
        return role_removal_view(self.criterion, old_id, new_id, losing, buttons)

    async def change(self, interaction: Interaction) -> None:
        """Store the selected role, if any."""
        if self.item.values:
            roles = get_services(interaction.client).storage.roles
            role_id = self.item.values[0].id
            await roles.set_role(require_guild_id(interaction), self.criterion, role_id)
            interaction.client.dispatch("roles_changed")


class RoleRemovalButton(
    PanelItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:replace-role:(?P<criterion>{'|'.join(RoleCriterion)})"
    r":(?P<old>\d{1,20}):(?P<new>\d{1,20}|none)",
):
    """Button below the question whether a role is removed or replaced."""

    section = Section.ROLES

    def __init__(self, criterion: RoleCriterion, old_id: int, new_id: int | None) -> None:
        super().__init__(
            ui.Button(
                label="Stop assigning it" if new_id is None else "Replace it",
                custom_id=f"settings:replace-role:{criterion}:{old_id}:{new_id or 'none'}",
                style=discord.ButtonStyle.danger,
            )
        )
        self.criterion = criterion
        self.old_id = old_id
        self.new_id = new_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        new_id = None if match["new"] == "none" else int(match["new"])
        return cls(RoleCriterion(match["criterion"]), int(match["old"]), new_id)

    async def change(self, interaction: Interaction) -> None:
        """Remove or replace the role; raise `UserError` if it is another one now."""
        roles = get_services(interaction.client).storage.roles
        guild_id = require_guild_id(interaction)
        if self.new_id is not None:
            role = interaction.guild.get_role(self.new_id) if interaction.guild else None
            if role is None:
                raise UserError("That role was deleted.")
            _require_assignable(interaction, role)
        if await roles.replace_role(guild_id, self.criterion, self.old_id, self.new_id):
            interaction.client.dispatch("roles_changed")
        elif (await roles.load_roles(guild_id)).get(self.criterion) != self.new_id:
            raise UserError("Somebody has chosen another role meanwhile. Nothing was changed.")


def build_role_controls(roles: Mapping[RoleCriterion, int]) -> list[Row]:
    """Build a select for each criterion, below its name."""
    rows: list[Row] = []
    for criterion in RoleCriterion:
        rows += [f"-# {CRITERION_NAMES[criterion]}", [RoleSelect(criterion, roles.get(criterion))]]
    return rows


def _require_assignable(interaction: Interaction, role: discord.Role) -> int:
    """Return the id of a role; raises `UserError` if the manager may not choose it."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise discord.app_commands.NoPrivateMessage
    problem = explain_problem(guild, member, role)
    if problem is not None:
        raise UserError(problem)
    return role.id
