"""Errors of commands and controls: a sentence for the person, a record in the log."""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any

import discord
from discord import app_commands

from cogs.framework import format as fmt
from cogs.framework.discord_errors import UNKNOWN_MESSAGE, is_temporary
from cogs.framework.escape import escape_sentence, plain
from cogs.framework.layout import notice
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction, UserError, respond_error
from leaderboards.errors import LeaderboardError

logger = logging.getLogger(__name__)

_UNANSWERABLE = frozenset({10062, 40060, UNKNOWN_MESSAGE})
"""Codes for an interaction that expired or was answered already, or whose response was deleted."""


async def respond_exception(interaction: Interaction, error: Exception) -> None:
    """Respond with a sentence for the error; log a traceback if it is a defect of the bot."""
    with log_subject(server=interaction.guild_id):
        await _respond_exception(interaction, error)


async def _respond_exception(interaction: Interaction, error: Exception) -> None:
    cause = _unwrap(error)
    name = interaction.command.qualified_name if interaction.command else "a button"
    if isinstance(cause, discord.HTTPException) and cause.code in _UNANSWERABLE:
        logger.info("%s could not be answered: %s", name, cause)
        return
    sentence = describe_for_user(cause)
    if sentence is None:
        reference = secrets.token_hex(2).upper()
        logger.error("%s failed (reference %s)", name, reference, exc_info=cause)
        sentence = f"Something went wrong on my side. It has been logged (reference {reference})."
    else:
        logger.info("%s was refused: %s", name, cause)
    try:
        await respond_error(interaction, notice(f"⚠️ {sentence}", problem=True))
    except discord.HTTPException:
        logger.warning("%s: the refusal could not be shown", name, exc_info=True)


_COMMAND = discord.InteractionType.application_command


class PodiumTree(app_commands.CommandTree[Any]):
    """Command tree that answers every error of a command with one sentence."""

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
        """Respond with the error's sentence."""
        await respond_exception(interaction, error)


def _require_allowed(option: app_commands.Parameter, value: object) -> None:
    """Raise `UserError` for a value that is none of an option's choices or not in its range."""
    choices = [choice.value for choice in option.choices]
    if choices and value not in choices:
        raise UserError(f"{plain(str(value))} is not one of the choices. Pick one from the list.")
    size: float
    if isinstance(value, str):
        size, sentence = (
            len(value),
            "That text is too short or too long: {} characters are allowed.",
        )
    elif isinstance(value, int | float):
        size, sentence = value, f"{value} is out of range: {{}} is allowed."
    else:
        return
    low, high = option.min_value, option.max_value
    if (low is not None and size < low) or (high is not None and size > high):
        raise UserError(sentence.format(_describe_range(low, high)))


def _describe_range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"at least {low:,}"
    return f"at most {high:,}" if low is None else f"{low:,} to {high:,}"


def _unwrap(error: Exception) -> Exception:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    cause = error.__cause__
    if isinstance(error, app_commands.TransformerError) and isinstance(cause, LeaderboardError):
        return cause
    return error


def describe_for_user(error: Exception) -> str | None:
    """Return the sentence for an expected error; None for a defect of the bot."""
    sentence = None
    match error:
        case UserError():
            sentence = str(error)
        case LeaderboardError():
            sentence = escape_sentence(str(error))
        case app_commands.MissingPermissions():
            sentence = "You need the permission *Manage Server* for this."
        case app_commands.NoPrivateMessage():
            sentence = "This only works in a server."
        case app_commands.CommandOnCooldown():
            wait = fmt.plural(math.ceil(error.retry_after), "second")
            sentence = f"This was used a moment ago. Try again in {wait}."
        case app_commands.TransformerError():
            sentence = f"I can't use {plain(str(error.value))} here. Pick one that I can see."
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            sentence = "This command has just changed. Reload Discord (Ctrl+R) and try again."
        case discord.Forbidden():
            sentence = "Discord refused that: I am missing a permission here."
        case _ if is_temporary(error):
            sentence = "Discord did not answer. Try again in a minute."
    return sentence
