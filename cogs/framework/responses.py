"""Responses to interactions: defer within three seconds, show progress, then respond."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from cogs.framework.discord_errors import is_expected
from cogs.framework.layout import Picture, build_files, notice

logger = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


class UserError(discord.app_commands.AppCommandError):
    """A request that cannot be met; `str()` is the sentence to show, already escaped."""


class OptionNeeded(UserError):
    """A command that needs one more option; `str()` is the question, and its user can choose."""

    def __init__(self, question: str, option: str, choices: Sequence[discord.SelectOption]) -> None:
        super().__init__(question)
        self.option = option
        self.choices = choices
        """At most 25, with different values."""


class _Deferral(StrEnum):
    """Way in which an interaction was deferred."""

    PRIVATE = "private"
    PUBLIC = "public"
    UPDATE = "update"


async def defer(interaction: Interaction, *, private: bool) -> None:
    """Acknowledge a command; `private` makes the response visible to its user only.

    For commands that are allowed anywhere, `cogs/options/visibility.py` says when it must be.
    """
    await interaction.response.defer(ephemeral=private, thinking=True)
    interaction.extras["deferral"] = _Deferral.PRIVATE if private else _Deferral.PUBLIC


async def defer_update(interaction: Interaction) -> None:
    """Acknowledge a component; the response will edit its message."""
    await interaction.response.defer()
    interaction.extras["deferral"] = _Deferral.UPDATE


async def defer_update_or_reply(interaction: Interaction) -> None:
    """Acknowledge a component: edit the message for its owner, reply privately to anybody else.

    The owner is the user of the command that made the message.
    """
    message = interaction.message
    command = message.interaction_metadata if message else None
    is_owner = command is not None and command.user.id == interaction.user.id
    if is_owner or (message is not None and message.flags.ephemeral):
        await defer_update(interaction)
    else:
        await defer(interaction, private=True)


async def respond(
    interaction: Interaction,
    view: ui.LayoutView,
    pictures: Sequence[Picture] = (),
    *,
    files: Sequence[discord.File] = (),
) -> None:
    """Show the result in the deferred response, or in the message of the component.

    `pictures` and `files` are those that the view shows.
    From then on an error, such as that of a picture which follows, leaves the result as it is.
    """
    attachments = [*build_files(pictures), *files]
    await interaction.edit_original_response(view=view, attachments=attachments)
    interaction.extras.pop("deferral", None)


async def show_progress(interaction: Interaction, view: ui.LayoutView) -> None:
    """Show a step of a long command where its result will be."""
    await interaction.edit_original_response(view=view, attachments=[])


class ProgressMessage:
    """Shows the latest step of a long command; edits follow each other and skip outdated steps."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._newest = ""
        self._edit: asyncio.Task[None] | None = None

    def __call__(self, step: str) -> None:
        """Schedule the edit that shows a step; a later step replaces it if it is still waiting."""
        self._newest = step
        self._edit = asyncio.create_task(self._show(step, self._edit))

    async def end(self) -> None:
        """Drop waiting steps and wait for a running edit, so that the result is not overwritten."""
        self._newest = ""
        if self._edit is not None:
            await self._edit

    async def _show(self, step: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        if step == self._newest:
            try:
                await show_progress(self._interaction, notice(f"⏳ {step} …"))
            except Exception as error:
                if not is_expected(error):
                    raise
                logger.info("A step could not be shown: %s", error)


async def respond_error(interaction: Interaction, view: ui.LayoutView) -> discord.Message | None:
    """Show an error to the user only, instead of a result; return its message if known."""
    deferral = interaction.extras.get("deferral")
    if not interaction.response.is_done():
        sent = await interaction.response.send_message(view=view, ephemeral=True)
        return sent.resource if isinstance(sent.resource, discord.Message) else None
    if deferral is _Deferral.PRIVATE:
        return await interaction.edit_original_response(view=view, attachments=[])
    if deferral is _Deferral.PUBLIC:
        # A follow-up to an open public deferral would become the public response: resolve it
        # first, delete it afterwards.
        await respond(interaction, view)
        message = await interaction.followup.send(view=view, ephemeral=True, wait=True)
        await interaction.delete_original_response()
        return message
    return await interaction.followup.send(view=view, ephemeral=True, wait=True)
