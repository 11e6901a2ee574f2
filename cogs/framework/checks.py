"""Checks: who may use a command or a control, where, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework.clock import is_within
from cogs.framework.responses import UserError
from cogs.framework.services import Services

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


@in_servers
@app_commands.default_permissions(manage_guild=True)
class ManagerGroup(commands.GroupCog):
    """Group of commands that only managers of a server may use."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Require a manager, whatever the server's own permissions for commands say."""
        return require_manager(interaction)


class Cooldown:
    """Allows one use in a period to each server or person, by the id that Discord gives them."""

    def __init__(
        self, services: Services, period: timedelta, build_text: Callable[[int], str]
    ) -> None:
        """`build_text` returns the error for a use that comes too early by some seconds."""
        self._services = services
        self._period = period
        self._build_text = build_text
        self._started_at: dict[int, datetime] = {}
        """By id, only of the last period; no two of Discord's ids are the same."""

    def require_over(self, *ids: int) -> None:
        """Raise `UserError` during the cooldown of one of some ids."""
        now = self._services.now()
        self._started_at = {
            id_: at for id_, at in self._started_at.items() if is_within(at, self._period, now)
        }
        started = [self._started_at[id_] for id_ in ids if id_ in self._started_at]
        if started:
            rest = max(started) + self._period - now
            raise UserError(self._build_text(math.ceil(rest.total_seconds())))

    def start(self, *ids: int) -> None:
        """Start the cooldown of some ids; raise `UserError` during one."""
        self.require_over(*ids)
        self._started_at.update(dict.fromkeys(ids, self._services.now()))

    @contextmanager
    def start_unless_failed(self, *ids: int) -> Iterator[None]:
        """Start the cooldown of some ids, and end it if the block fails."""
        self.start(*ids)
        started_at = {id_: self._started_at[id_] for id_ in ids}
        try:
            yield
        except BaseException:
            for id_, at in started_at.items():
                if self._started_at.get(id_) == at:  # Else a later use has started its own.
                    del self._started_at[id_]
            raise
