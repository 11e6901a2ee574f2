"""`/privacy`: description, export and deletion of a member's stored data."""

from __future__ import annotations

import io
import re
from typing import Any, Literal, Self, cast

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer, defer_update, respond
from cogs.framework.services import Services, get_services
from cogs.framework.texts import NOT_YOUR_CHOICE_TEXT, NOTHING_DELETED_TEXT
from cogs.members.privacy_screen import (
    FILE_NAME,
    NOTHING_STORED_TEXT,
    about_details_view,
    about_view,
    build_export_file,
    confirm_view,
    deletion_view,
    export_view,
)
from cogs.members.role_sync_service import RoleSyncService
from records.guilds import GUILD_RETENTION

Choice = Literal["forget", "keep"]


class PrivacyButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"privacy:(?P<choice>forget|keep):(?P<user>\d{1,20})",
):
    """A button below the question whether to delete everything."""

    def __init__(self, choice: Choice, user_id: int) -> None:
        forget = choice == "forget"
        super().__init__(
            ui.Button(
                label="Forget me" if forget else "Keep everything",
                custom_id=f"privacy:{choice}:{user_id}",
                style=discord.ButtonStyle.danger if forget else discord.ButtonStyle.secondary,
            )
        )
        self.choice = choice
        self.user_id = user_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom id."""
        return cls(cast("Choice", match["choice"]), int(match["user"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Delete everything or nothing."""
        await defer_update(interaction)
        if interaction.user.id != self.user_id:
            raise UserError(NOT_YOUR_CHOICE_TEXT)
        if self.choice == "keep":
            await respond(interaction, notice(NOTHING_DELETED_TEXT))
            return
        data = await get_services(interaction.client).storage.privacy.delete_member_data(
            self.user_id
        )
        await get_services(interaction.client).get(RoleSyncService).take_roles(data.grants)
        await respond(interaction, deletion_view(data))
        for guild_id in data.guild_ids:
            interaction.client.dispatch("links_changed", guild_id)


class PrivacyDetailsButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="privacy:details"
):
    """The button below the short description of stored data: shows the whole one."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Details", custom_id="privacy:details"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button from its custom id."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Show the whole description."""
        await defer_update(interaction)
        await respond(interaction, about_details_view(GUILD_RETENTION.days))


@in_servers
class Privacy(commands.GroupCog, group_name="privacy"):
    """See, export or delete what is stored about you."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command()
    async def about(self, interaction: Interaction) -> None:
        """See what is stored about you, and for how long."""
        await defer(interaction, private=True)
        await respond(interaction, about_view([PrivacyDetailsButton()]))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Download everything that is stored about you."""
        await defer(interaction, private=True)
        data = await self._services.storage.privacy.load_member_data(interaction.user.id)
        content = build_export_file(data, self._services.now())
        await interaction.edit_original_response(
            view=export_view(data), attachments=[discord.File(io.BytesIO(content), FILE_NAME)]
        )

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete everything that is stored about you, after asking again."""
        await defer(interaction, private=True)
        user_id = interaction.user.id
        data = await self._services.storage.privacy.load_member_data(user_id)
        if not data.guild_ids:
            raise UserError(NOTHING_STORED_TEXT)
        buttons = [PrivacyButton("forget", user_id), PrivacyButton("keep", user_id)]
        await respond(interaction, confirm_view(data, buttons))


async def setup(bot: commands.Bot) -> None:
    """Add the commands and their buttons."""
    bot.add_dynamic_items(PrivacyButton, PrivacyDetailsButton)
    await bot.add_cog(Privacy(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(PrivacyButton, PrivacyDetailsButton)
