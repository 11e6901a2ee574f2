"""The controls of the section *Roles* of `/settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.layout import Item
from cogs.framework.responses import Interaction
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_changes import (
    ROLE_CHANGE_PATTERN,
    build_confirm_button,
    build_role_question,
    parse_role_change,
    replace_role,
    require_assignable,
)
from cogs.members.role_rules import explain_missing_role_permissions
from cogs.members.roles_screen import ANY_COMPETITION_TEXT, CRITERION_NAMES
from cogs.settings.settings_panel import PanelItem, SectionButton
from cogs.settings.settings_screen import Row
from cogs.settings.settings_sections import Section
from leaderboards.members.role_criteria import RoleCriterion


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
        new_id = require_assignable(interaction, self.item.values[0]) if self.item.values else None

        def build_buttons(old_id: int) -> list[Item]:
            return [
                RoleRemovalButton(self.criterion, old_id, new_id),
                SectionButton(self.section, "Keep it"),
            ]

        return await build_role_question(interaction, self.criterion, new_id, build_buttons)

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
    template=rf"settings:replace-role:{ROLE_CHANGE_PATTERN}",
):
    """Button below the question whether a role is removed or replaced."""

    section = Section.ROLES

    def __init__(self, criterion: RoleCriterion, old_id: int, new_id: int | None) -> None:
        super().__init__(build_confirm_button("settings:replace-role", criterion, old_id, new_id))
        self.criterion = criterion
        self.old_id = old_id
        self.new_id = new_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(*parse_role_change(match))

    async def change(self, interaction: Interaction) -> None:
        """Remove or replace the role; raise `UserError` if it is another one now."""
        await replace_role(interaction, self.criterion, self.old_id, self.new_id)


def build_role_controls(interaction: Interaction, roles: Mapping[RoleCriterion, int]) -> list[Row]:
    """Build a select for each criterion, below its name.

    The first rows say where they count, and why no role can be chosen.
    """
    rows: list[Row] = [ANY_COMPETITION_TEXT]
    guild, member = interaction.guild, interaction.user
    if guild is not None and isinstance(member, discord.Member):
        rows += [f"⚠️ {problem}" for problem in explain_missing_role_permissions(guild, member)]
    for criterion in RoleCriterion:
        rows += [f"-# {CRITERION_NAMES[criterion]}", [RoleSelect(criterion, roles.get(criterion))]]
    return rows
