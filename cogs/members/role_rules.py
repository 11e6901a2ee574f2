"""Rules for the roles that the bot may give: each returns a sentence, or None if all is well."""

from __future__ import annotations

import discord

_ELEVATED = discord.Permissions.elevated() | discord.Permissions(mention_everyone=True)
"""Permissions that no role for a rank may have: a Kaggle name may be claimed by anybody."""


def explain_problem(guild: discord.Guild, member: discord.Member, role: discord.Role) -> str | None:
    """Return why a manager cannot choose a role for ranks."""
    return (
        explain_above_manager(member, role)
        or explain_unmanageable(guild, role.id)
        or explain_dangerous(guild, role.id)
    )


def explain_unmanageable(guild: discord.Guild, role_id: int) -> str | None:
    """Return why the bot cannot give or take a role, and how to change that."""
    role = guild.get_role(role_id)
    if role is None:
        return "That role was deleted."
    if role.is_default():
        return "Everybody has that role. Pick another one."
    if role.managed:
        return "That role belongs to a bot or an integration, so it cannot be assigned by hand."
    if not guild.me.guild_permissions.manage_roles:
        return "I need the permission *Manage Roles*: please give it to me in the server settings."
    if role >= guild.me.top_role:
        return "That role is above mine. Drag mine above it in the server settings, under *Roles*."
    return None


def explain_dangerous(guild: discord.Guild, role_id: int) -> str | None:
    """Return why a role must not be given for a rank."""
    role = guild.get_role(role_id)
    if role is None or not role.permissions.value & _ELEVATED.value:
        return None
    return (
        "That role lets people moderate or manage the server. I don't assign such roles for a rank:"
        " choose one without these permissions."
    )


def explain_above_manager(member: discord.Member, role: discord.Role) -> str | None:
    """Return why a manager could not give a role themselves."""
    if member.id == member.guild.owner_id:
        return None
    if not member.guild_permissions.manage_roles:
        return "You need the permission *Manage Roles* yourself to choose a role."
    if role >= member.top_role:
        return "That role is your highest one, or above it."
    return None
