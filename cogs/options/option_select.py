"""A select for an option that a command needs; the choice runs the command with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.layout import card, notice
from cogs.framework.responses import (
    Interaction,
    OptionNeeded,
    UserError,
    defer_update,
    respond,
    respond_error,
)
from cogs.framework.services import Services, get_services
from cogs.framework.texts import CHOICE_EXPIRED_TEXT, NOT_YOUR_CHOICE_TEXT

_LIFETIME = timedelta(minutes=14)
"""Discord accepts edits of a response for 15 minutes."""

AnyCommand = app_commands.Command[Any, ..., Any]


@dataclass(slots=True)
class _WaitingCommand:
    """A command that waits until its user has chosen one more option."""

    user_id: int
    command: AnyCommand
    given: Mapping[str, Any]
    """The options that were given, as the command's callback takes them."""
    option: str
    asked_at: datetime
    message: discord.Message | None = None
    """The message with the select; None until it is sent."""

    async def run(self, interaction: Interaction, value: str) -> None:
        """Run the command with the chosen value; its response belongs to `interaction`."""
        options = {**self.given, self.option: value}
        binding: Any = self.command.binding
        if isinstance(binding, commands.Cog):
            # The user may have lost a permission in the meantime.
            for check in (binding.interaction_check, *self.command.checks):
                await discord.utils.maybe_coroutine(check, interaction)
        callback: Any = self.command.callback
        try:
            await callback(binding, interaction, **options)
        except OptionNeeded as needed:
            await ask_for_option(interaction, self.command, options, needed)

    async def delete_message(self) -> None:
        """Delete the message with the select, if its user has not dismissed it."""
        if self.message is not None:
            with suppress(discord.HTTPException):
                await self.message.delete()


class WaitingCommands:
    """The commands that wait for the choice of an option, by the id in the select's custom_id."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._commands: dict[int, _WaitingCommand] = {}

    def add(self, key: int, waiting: _WaitingCommand) -> None:
        """Add a command, and forget those that have expired."""
        self._drop_expired()
        self._commands[key] = waiting

    def pop(self, key: int, user_id: int) -> _WaitingCommand | None:
        """Return a command once; None if it has expired or was taken.

        Raises `UserError` for anybody but the user of the command.
        """
        self._drop_expired()
        waiting = self._commands.get(key)
        if waiting is not None and waiting.user_id != user_id:
            raise UserError(NOT_YOUR_CHOICE_TEXT)
        return self._commands.pop(key, None)

    def _drop_expired(self) -> None:
        oldest = self._services.now() - _LIFETIME
        self._commands = {
            key: waiting for key, waiting in self._commands.items() if waiting.asked_at > oldest
        }


class OptionSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template=r"option:(?P<key>\d{1,20})"
):
    """The select of the values of an option."""

    def __init__(self, key: int, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(custom_id=f"option:{key}", placeholder="Choose one", options=options)
        )
        self.key = key

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(int(match["key"]), read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Run the command, and delete the message with the select."""
        waiting_commands = get_services(interaction.client).get(WaitingCommands)
        waiting = waiting_commands.pop(self.key, interaction.user.id)
        if waiting is None:
            await defer_update(interaction)
            await respond(interaction, notice(CHOICE_EXPIRED_TEXT))
            return
        (value,) = self.item.values
        await asyncio.gather(waiting.run(interaction, value), waiting.delete_message())


def read_given_options(interaction: Interaction, command: AnyCommand) -> dict[str, Any]:
    """Return the options that a command was used with, as its callback takes them."""
    given = dict(iter(interaction.namespace))
    return {
        option.name: _resolve(given[option.display_name])
        for option in command.parameters
        if option.display_name in given
    }


def _resolve(value: object) -> object:
    """Return what discord.py hands to a callback for a value of an option."""
    if isinstance(value, app_commands.AppCommandChannel):
        return value.resolve() or value
    return value


async def ask_for_option(
    interaction: Interaction, command: AnyCommand, given: Mapping[str, Any], needed: OptionNeeded
) -> None:
    """Show a select of the values to the user of a command only."""
    services, user_id = get_services(interaction.client), interaction.user.id
    waiting = _WaitingCommand(user_id, command, given, needed.option, services.now())
    services.get(WaitingCommands).add(interaction.id, waiting)
    select = OptionSelect(interaction.id, list(needed.choices))
    waiting.message = await respond_error(interaction, card(str(needed), buttons=[[select]]))
