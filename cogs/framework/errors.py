"""Errors of commands and components: a sentence for the person, and a record in the log."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any, Self

import discord
from discord import app_commands, ui

from cogs.framework.escape import plain
from cogs.framework.escape import sentence as safe_sentence
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, respond_error
from leaderboards.errors import LeaderboardError

logger = logging.getLogger(__name__)

_UNANSWERABLE = frozenset({10062, 40060})
"""Codes for an interaction that expired or was answered already: no response is possible."""


async def respond_exception(interaction: Interaction, error: Exception) -> None:
    """Respond with a sentence for the error; log a traceback if it is a defect of the bot."""
    cause = _unwrap(error)
    name = interaction.command.qualified_name if interaction.command else "a button"
    if isinstance(cause, discord.HTTPException) and cause.code in _UNANSWERABLE:
        logger.info("%s could not be answered: %s", name, cause)
        return
    sentence = describe_for_user(cause)
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


class ErrorHandlingItem:
    """Mixin for components that answers errors with one sentence, as commands do.

    discord.py only logs what a component raises. Put it before `ui.DynamicItem` among the bases.
    """

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the component from the interaction, as `ui.DynamicItem` requires."""
        return cls.read(item, match)

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the component from its custom_id, or from the item in the message."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:
        """Call `on_use` and respond with the sentence of any error."""
        try:
            await self.on_use(interaction)
        except Exception as error:  # noqa: BLE001 - every kind is answered
            await respond_exception(interaction, error)

    async def on_use(self, interaction: Interaction) -> None:
        """Respond to the interaction; raise an error to respond with its sentence."""
        raise NotImplementedError


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
