"""Errors of commands and controls: a sentence for the person, a record in the log."""

from __future__ import annotations

import logging
import secrets

import discord
from discord import app_commands

from cogs.framework.discord_errors import UNKNOWN_MESSAGE, is_temporary
from cogs.framework.escape import escape_sentence
from cogs.framework.layout import notice
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction, UserError, respond_error
from cogs.framework.texts import (
    COMMAND_CHANGED_TEXT,
    MANAGERS_ONLY_TEXT,
    MISSING_PERMISSION_TEXT,
    NO_ANSWER_TEXT,
    SERVERS_ONLY_TEXT,
    defect_text,
    unusable_value_text,
)
from leaderboards.errors import LeaderboardError

logger = logging.getLogger(__name__)

_UNANSWERABLE = frozenset({10015, 10062, 40060, 50027, UNKNOWN_MESSAGE})
"""Codes for an interaction that expired or was answered already, whose token is unknown or expired,
or whose response was deleted."""


async def respond_exception(interaction: Interaction, error: Exception) -> None:
    """Respond with a sentence for the error; log a traceback if it is a defect of the bot."""
    with log_subject(server=interaction.guild_id):
        await _respond_exception(interaction, error)


async def _respond_exception(interaction: Interaction, error: Exception) -> None:
    cause = _unwrap(error)
    name = interaction.command.qualified_name if interaction.command else "a control"
    if isinstance(cause, discord.HTTPException) and cause.code in _UNANSWERABLE:
        logger.info("%s could not be answered: %s", name, cause)
        return
    sentence = describe_for_user(cause)
    if sentence is None:
        reference = secrets.token_hex(2).upper()
        logger.error("%s failed (reference %s)", name, reference, exc_info=cause)
        sentence = defect_text(reference)
    else:
        logger.info("%s was refused: %s", name, cause)
    try:
        await respond_error(interaction, notice(f"⚠️ {sentence}", problem=True))
    except discord.HTTPException:
        logger.warning("%s: the refusal could not be shown", name, exc_info=True)


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
            sentence = MANAGERS_ONLY_TEXT
        case app_commands.NoPrivateMessage():
            sentence = SERVERS_ONLY_TEXT
        case app_commands.TransformerError():
            sentence = unusable_value_text(str(error.value))
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            sentence = COMMAND_CHANGED_TEXT
        case discord.Forbidden():
            sentence = MISSING_PERMISSION_TEXT
        case _ if is_temporary(error):
            sentence = NO_ANSWER_TEXT
    return sentence
