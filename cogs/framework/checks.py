"""Who may do what, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

T = TypeVar("T")


def require_manager(interaction: discord.Interaction[Any]) -> bool:
    """Let only those through who may manage the server, whatever Discord's settings allow."""
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return True


def managers_only(command: T) -> T:
    """Hide a command from ordinary members, and refuse it to them when it is asked for anyway."""
    hide: Callable[[T], T] = app_commands.default_permissions(manage_guild=True)
    refuse: Callable[[T], T] = app_commands.check(require_manager)
    return refuse(hide(command))


def in_servers(command: T) -> T:
    """Let a command, or a group of them, be used in servers to which the bot was added."""
    here: Callable[[T], T] = app_commands.guild_only()
    added: Callable[[T], T] = app_commands.allowed_installs(guilds=True)
    return here(added(command))


def anywhere(command: T) -> T:
    """Let a command be used in direct messages too, and wherever people bring the bot along."""
    everywhere: Callable[[T], T] = app_commands.allowed_contexts(
        guilds=True, dms=True, private_channels=True
    )
    by_anybody: Callable[[T], T] = app_commands.allowed_installs(guilds=True, users=True)
    return everywhere(by_anybody(command))
