"""`/privacy`: description, export and deletion of a member's stored data."""

from __future__ import annotations

import io
import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.controls import (
    ConfirmationButton,
    ErrorHandlingItem,
    build_confirmation_template,
)
from cogs.framework.responses import Interaction, UserError, defer, defer_update, respond
from cogs.framework.services import Services, get_services
from cogs.framework.texts import NOT_YOUR_CHOICE_TEXT
from cogs.members.privacy_screen import (
    FILE_NAME,
    about_details_view,
    about_view,
    build_export_file,
    delete_question,
    deletion_view,
    export_view,
    nothing_to_delete_text,
)
from cogs.members.role_sync_service import RoleSyncService
from records.guilds import GUILD_RETENTION


class DeleteDataButton(ConfirmationButton, template=build_confirmation_template("privacy")):
    """Button that deletes a member's data; its argument is the member's user id."""

    question_name = "privacy"
    label = "Forget me"
    keep_label = "Keep everything"

    async def delete(self, interaction: Interaction) -> None:
        """Delete what is only about the member, and remove the roles that the bot gave."""
        user_id, services = interaction.user.id, get_services(interaction.client)
        if self.argument != str(user_id):
            raise UserError(NOT_YOUR_CHOICE_TEXT)
        data = await services.storage.privacy.delete_member_data(user_id)
        if not data.select_deletable().guild_ids:
            raise UserError(nothing_to_delete_text(data))
        await services.get(RoleSyncService).remove_roles(data.grants)
        await respond(interaction, deletion_view(data))
        for guild_id in data.guild_ids:
            interaction.client.dispatch("links_changed", guild_id)


class PrivacyDetailsButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="privacy:details"
):
    """Button below the short description of stored data that shows the whole one."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Details", custom_id="privacy:details"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
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
        file = discord.File(io.BytesIO(content), FILE_NAME)
        await respond(interaction, export_view(data), files=[file])

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete what is stored about you, after asking again and saying what is kept."""
        await defer(interaction, private=True)
        user_id = interaction.user.id
        data = await self._services.storage.privacy.load_member_data(user_id)
        if not data.select_deletable().guild_ids:
            raise UserError(nothing_to_delete_text(data))
        await DeleteDataButton.ask(interaction, delete_question(data), user_id)


async def setup(bot: commands.Bot) -> None:
    """Add the commands and their buttons."""
    bot.add_dynamic_items(DeleteDataButton, PrivacyDetailsButton)
    await bot.add_cog(Privacy(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(DeleteDataButton, PrivacyDetailsButton)
