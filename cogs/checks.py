"""Who may do what."""

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
