"""How an interaction is answered: first that something happens, then what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from cogs.framework.layout import Picture, build_files

Interaction = discord.Interaction[Any]


class UserError(discord.app_commands.AppCommandError):
    """What was asked for cannot be; `str()` of it is the answer, already safe to show."""


class _Waiting(StrEnum):
    """What an interaction was answered with at first."""

    PRIVATE = "private"
    PUBLIC = "public"
    UPDATE = "update"


async def defer(interaction: Interaction, *, private: bool) -> None:
    """Tell Discord within its three seconds that an answer comes, and for whose eyes it is."""
    await interaction.response.defer(ephemeral=private, thinking=True)
    interaction.extras["waiting"] = _Waiting.PRIVATE if private else _Waiting.PUBLIC


async def defer_update(interaction: Interaction) -> None:
    """Tell Discord that the message whose button was pressed will change."""
    await interaction.response.defer()
    interaction.extras["waiting"] = _Waiting.UPDATE


async def defer_update_or_reply(interaction: Interaction) -> None:
    """Change the message for the one who asked for it; others get their own, for their eyes."""
    message = interaction.message
    asked = message.interaction_metadata if message else None
    mine = asked is not None and asked.user.id == interaction.user.id
    if mine or (message is not None and message.flags.ephemeral):
        await defer_update(interaction)
    else:
        await defer(interaction, private=True)


async def respond(
    interaction: Interaction, view: ui.LayoutView, pictures: Sequence[Picture] = ()
) -> None:
    """Show what came of it in place of the waiting, or of the message that changes."""
    await interaction.edit_original_response(view=view, attachments=build_files(pictures))


async def respond_error(interaction: Interaction, view: ui.LayoutView) -> None:
    """Tell only the one who asked why nothing came of it, whatever was answered so far."""
    waiting = interaction.extras.get("waiting")
    if not interaction.response.is_done():
        await interaction.response.send_message(view=view, ephemeral=True)
    elif waiting is _Waiting.PRIVATE:
        await respond(interaction, view)
    elif waiting is _Waiting.PUBLIC:
        # While the waiting is not resolved, a follow-up would take its place and be as public.
        await respond(interaction, view)
        await interaction.followup.send(view=view, ephemeral=True)
        await interaction.delete_original_response()
    else:
        await interaction.followup.send(view=view, ephemeral=True)
