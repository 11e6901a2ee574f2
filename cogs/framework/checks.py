"""Decorators that say who may use a command, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

T = TypeVar("T")


def require_manager(interaction: discord.Interaction[Any]) -> bool:
    """Return True for members with *Manage Server*; raises `MissingPermissions` for others.

    Server owners can override Discord's own setting for a command, so it is checked here too.
    """
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return True


def managers_only(command: T) -> T:
    """Hide a command from members without *Manage Server*, and check the permission when used."""
    hide: Callable[[T], T] = app_commands.default_permissions(manage_guild=True)
    refuse: Callable[[T], T] = app_commands.check(require_manager)
    return refuse(hide(command))


def in_servers(command: T) -> T:
    """Restrict a command or a group to servers that installed the bot."""
    here: Callable[[T], T] = app_commands.guild_only()
    added: Callable[[T], T] = app_commands.allowed_installs(guilds=True)
    return here(added(command))


def anywhere(command: T) -> T:
    """Allow a command in servers and direct messages, also for user installs."""
    everywhere: Callable[[T], T] = app_commands.allowed_contexts(
        guilds=True, dms=True, private_channels=True
    )
    by_anybody: Callable[[T], T] = app_commands.allowed_installs(guilds=True, users=True)
    return everywhere(by_anybody(command))
