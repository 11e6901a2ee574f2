"""The tree of slash commands: checks options, and answers every error with one sentence."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from cogs.framework.errors import respond_exception
from cogs.framework.responses import OptionNeeded, UserError
from cogs.framework.texts import no_choice_text, out_of_range_text, text_length_text
from cogs.options.option_select import ask_for_option, read_given_options

_COMMAND = discord.InteractionType.application_command


class PodiumTree(app_commands.CommandTree[Any]):
    """Command tree that answers every error of a command with one sentence.

    If only the value of an option is missing, the answer is a select of the values.
    """

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse values that an option does not take: discord.py hands them on."""
        command = interaction.command
        if isinstance(command, app_commands.Command) and interaction.type is _COMMAND:
            given = dict(iter(interaction.namespace))
            for option in command.parameters:
                value = given.get(option.display_name)
                if value is not None:
                    _require_allowed(option, value)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Respond with a select of the missing option's values, or with the error's sentence."""
        command = interaction.command
        if isinstance(error, OptionNeeded) and isinstance(command, app_commands.Command):
            given = read_given_options(interaction, command)
            try:
                await ask_for_option(interaction, command, given, error)
            except discord.HTTPException as failure:
                await respond_exception(interaction, failure)
            return
        await respond_exception(interaction, error)


def _require_allowed(option: app_commands.Parameter, value: object) -> None:
    """Raise `UserError` for a value that is none of an option's choices or not in its range."""
    choices = [choice.value for choice in option.choices]
    if choices and value not in choices:
        raise UserError(no_choice_text(str(value)))
    if not isinstance(value, str | int | float):
        return
    size = len(value) if isinstance(value, str) else value
    low, high = option.min_value, option.max_value
    if (low is None or size >= low) and (high is None or size <= high):
        return
    if isinstance(value, str):
        raise UserError(text_length_text(low, high))
    raise UserError(out_of_range_text(value, low, high))
