"""Changes of the roles for ranks, by `/roles` and `/settings`, and the question before a loss."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import discord
from discord import ui

from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_rules import explain_problem
from cogs.members.role_sync_service import RoleSyncService
from cogs.members.roles_screen import (
    ROLE_DELETED_TEXT,
    ROLE_REPLACED_TEXT,
    removal_view,
    unverified_links_view,
)
from leaderboards.members.role_criteria import RoleCriterion

ROLE_CHANGE_PATTERN = (
    rf"(?P<criterion>{'|'.join(RoleCriterion)}):(?P<old>\d{{1,20}}):(?P<new>\d{{1,20}}|none)"
)
"""A part of custom_ids: the criterion, its role, and the role that it gets instead, if any."""


def parse_role_change(match: re.Match[str]) -> tuple[RoleCriterion, int, int | None]:
    """Return the criterion, its role, and the role that it gets instead, from a custom_id."""
    new_id = None if match["new"] == "none" else int(match["new"])
    return RoleCriterion(match["criterion"]), int(match["old"]), new_id


def build_confirm_button(
    prefix: str, criterion: RoleCriterion, old_id: int, new_id: int | None
) -> ui.Button[ui.LayoutView]:
    """Build the button that removes a role from a criterion, or replaces it."""
    return ui.Button(
        label="Stop assigning it" if new_id is None else "Replace it",
        custom_id=f"{prefix}:{criterion}:{old_id}:{new_id or 'none'}",
        style=discord.ButtonStyle.danger,
    )


def require_assignable(interaction: Interaction, role: discord.Role) -> int:
    """Return the id of a role; raises `UserError` if the manager may not choose it."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise discord.app_commands.NoPrivateMessage
    problem = explain_problem(guild, member, role)
    if problem is not None:
        raise UserError(problem)
    return role.id


async def build_unverified_question(
    interaction: Interaction, buttons: Sequence[Item]
) -> ui.LayoutView | None:
    """Return the question before only verified links count; None if all links are verified."""
    links = get_services(interaction.client).storage.links
    counted = await links.load_counted_links(require_guild_id(interaction))
    unverified = sum(link.verification is None for link in counted)
    return unverified_links_view(unverified, len(counted), buttons) if unverified else None


async def build_role_question(
    interaction: Interaction,
    criterion: RoleCriterion,
    new_id: int | None,
    build_buttons: Callable[[int], Sequence[Item]],
) -> ui.LayoutView | None:
    """Return the question before a criterion gets the role `new_id`; None if nothing is asked.

    A `new_id` of None removes the present role, which is always asked. A replacement is asked where
    members got the present role. `build_buttons` is given the id of that role.
    """
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    old_id = (await services.storage.roles.load_roles(guild_id)).get(criterion)
    if old_id is None or old_id == new_id:
        return None
    losing = await services.get(RoleSyncService).count_losing(guild_id, criterion)
    if new_id is not None and not losing:
        return None
    return removal_view(criterion, old_id, new_id, losing, build_buttons(old_id))


async def replace_role(
    interaction: Interaction, criterion: RoleCriterion, old_id: int, new_id: int | None
) -> None:
    """Replace or remove the role of a criterion; raise `UserError` if it is no longer `old_id`."""
    roles, guild_id = get_services(interaction.client).storage.roles, require_guild_id(interaction)
    if new_id is not None:
        role = interaction.guild.get_role(new_id) if interaction.guild else None
        if role is None:
            raise UserError(ROLE_DELETED_TEXT)
        require_assignable(interaction, role)
    if await roles.replace_role(guild_id, criterion, old_id, new_id):
        interaction.client.dispatch("roles_changed")
    elif (await roles.load_roles(guild_id)).get(criterion) != new_id:
        raise UserError(ROLE_REPLACED_TEXT)
