"""Rules for the roles that the bot may give; each returns what is wrong, in sentences."""

from __future__ import annotations

import discord

from cogs.members.roles_screen import (
    ABOVE_BOT_TEXT,
    ELEVATED_TEXT,
    EVERYBODY_TEXT,
    INTEGRATION_TEXT,
    MANAGER_WITHOUT_PERMISSION_TEXT,
    NO_PERMISSION_TEXT,
    ROLE_DELETED_TEXT,
    above_manager_text,
)

_ELEVATED = discord.Permissions.elevated() | discord.Permissions(mention_everyone=True)
"""Permissions that no role for a rank may have: a Kaggle name may be claimed by anybody."""


def explain_problem(guild: discord.Guild, member: discord.Member, role: discord.Role) -> str | None:
    """Return why a manager cannot choose a role for ranks."""
    return (
        explain_above_manager(member, role)
        or explain_unmanageable(guild, role.id)
        or explain_dangerous(guild, role.id)
    )


def explain_missing_role_permissions(guild: discord.Guild, member: discord.Member) -> list[str]:
    """Return why neither this manager nor the bot can use any role for ranks; empty if both can."""
    problems = []
    if member.id != guild.owner_id and not member.guild_permissions.manage_roles:
        problems.append(MANAGER_WITHOUT_PERMISSION_TEXT)
    if not guild.me.guild_permissions.manage_roles:
        problems.append(NO_PERMISSION_TEXT)
    return problems


def explain_unmanageable(guild: discord.Guild, role_id: int) -> str | None:
    """Return why the bot cannot give or take a role, and how to change that."""
    role = guild.get_role(role_id)
    if role is None:
        return ROLE_DELETED_TEXT
    if role.is_default():
        return EVERYBODY_TEXT
    if role.managed:
        return INTEGRATION_TEXT
    if not guild.me.guild_permissions.manage_roles:
        return NO_PERMISSION_TEXT
    if role >= guild.me.top_role:
        return ABOVE_BOT_TEXT
    return None


def explain_dangerous(guild: discord.Guild, role_id: int) -> str | None:
    """Return why a role must not be given for a rank."""
    role = guild.get_role(role_id)
    if role is None or not role.permissions.value & _ELEVATED.value:
        return None
    return ELEVATED_TEXT


def explain_above_manager(member: discord.Member, role: discord.Role) -> str | None:
    """Return why a manager could not give a role themselves."""
    if member.id == member.guild.owner_id:
        return None
    if not member.guild_permissions.manage_roles:
        return MANAGER_WITHOUT_PERMISSION_TEXT
    if role >= member.top_role:
        return above_manager_text(role.id)
    return None
