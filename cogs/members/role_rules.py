"""Which roles the bot can give and take, and which it must not give."""

from __future__ import annotations

import discord

POWERS = discord.Permissions.elevated() | discord.Permissions(mention_everyone=True)
"""What nobody may come by because of a rank, or of a name that they claim."""


def problem_with(guild: discord.Guild, member: discord.Member, role: discord.Role) -> str | None:
    """Say why a manager may not have a role given for ranks; None if they may."""
    return over_the_setters_head(member, role) or obstacle(guild, role.id) or danger(guild, role.id)


def obstacle(guild: discord.Guild, role_id: int) -> str | None:
    """Say what keeps the bot from giving or taking a role, and what would help; None if nothing."""
    role = guild.get_role(role_id)
    if role is None:
        return "That role was deleted."
    if role.is_default():
        return "Everybody has that role; pick another."
    if role.managed:
        return "That role belongs to a bot or an integration: Discord lets nobody give it by hand."
    if not guild.me.guild_permissions.manage_roles:
        return "I am not allowed to *Manage Roles*: allow me that in the server's settings."
    if role >= guild.me.top_role:
        return (
            "That role stands above my own: drag mine above it in the server's settings, under"
            " *Roles*."
        )
    return None


def danger(guild: discord.Guild, role_id: int) -> str | None:
    """Say why a role must not be given for a rank; None if it may be."""
    role = guild.get_role(role_id)
    if role is None or not role.permissions.value & POWERS.value:
        return None
    return (
        "That role lets people moderate or manage the server. I give none of that kind for a rank;"
        " make one without such permissions."
    )


def over_the_setters_head(member: discord.Member, role: discord.Role) -> str | None:
    """Say why a manager may not let the bot give a role that they could not give themselves."""
    if member.id == member.guild.owner_id:
        return None
    if not member.guild_permissions.manage_roles:
        return "To choose a role you need the permission *Manage Roles* yourself."
    if role >= member.top_role:
        return "That role stands above your own."
    return None
