"""Conversion of errors into one sentence for the person, and a line or a traceback in the log."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import discord
from discord import app_commands

from cogs.framework.escape import plain
from cogs.framework.escape import sentence as safe_sentence
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, respond_error
from leaderboards.errors import LeaderboardError

logger = logging.getLogger(__name__)

_GONE = frozenset({10062, 40060})
"""Codes for an interaction that expired or was answered already: no response is possible."""


async def respond_exception(interaction: Interaction, error: Exception) -> None:
    """Respond with a sentence for the error; log a traceback if it is a defect of the bot."""
    cause = _cause_of(error)
    name = interaction.command.qualified_name if interaction.command else "a button"
    if isinstance(cause, discord.HTTPException) and cause.code in _GONE:
        logger.info("%s could not be answered: %s", name, cause)
        return
    sentence = _sentence_for(cause)
    if sentence is None:
        reference = secrets.token_hex(2).upper()
        logger.error("%s failed (reference %s)", name, reference, exc_info=cause)
        sentence = f"Something went wrong here; it is logged (reference {reference})."
    else:
        logger.info("%s was refused: %s", name, cause)
    try:
        await respond_error(interaction, notice(sentence, problem=True))
    except discord.HTTPException:
        logger.warning("%s: the refusal could not be shown", name, exc_info=True)


class PodiumTree(app_commands.CommandTree[Any]):
    """Command tree that answers every error of a command with one sentence."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Respond with the error's sentence."""
        await respond_exception(interaction, error)


def _cause_of(error: Exception) -> Exception:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    cause = error.__cause__
    if isinstance(error, app_commands.TransformerError) and isinstance(cause, LeaderboardError):
        return cause
    return error


def _sentence_for(error: Exception) -> str | None:
    sentence = None
    match error:
        case UserError():
            sentence = str(error)
        case LeaderboardError():
            sentence = safe_sentence(str(error))
        case app_commands.MissingPermissions():
            sentence = "This is for those who may manage the server (permission *Manage Server*)."
        case app_commands.NoPrivateMessage():
            sentence = "This works in servers only."
        case app_commands.CommandOnCooldown():
            sentence = f"This was asked for a moment ago. Try again in {error.retry_after:.0f} s."
        case app_commands.TransformerError():
            sentence = f"I cannot use {plain(str(error.value))} here. Pick one that I can see."
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            sentence = "This command has just changed. Reload Discord (Ctrl+R) and try again."
    return sentence
