"""The button and the modal that link a member's own Kaggle account, and what `/link` does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.members.links_screen import BOT_TEXT, link_view, taken_text, verified_other_text
from cogs.members.verification import build_verification_buttons, issue_code_and_load_link_data
from leaderboards.kaggle_ids import parse_user_name
from leaderboards.members.verification_codes import VerificationMethod
from storage.errors import NameTaken

MAX_USER_NAME_INPUT = 200
"""Characters that may be typed for a Kaggle user name or the address of a profile."""


async def link_account(
    interaction: Interaction, user: discord.Member | discord.User, typed: str
) -> None:
    """Link a member of the server to the Kaggle user name that was typed, and respond.

    Raises `UserError` where a verified link to another name would be lost.
    """
    if user.bot:
        raise UserError(BOT_TEXT)
    services = get_services(interaction.client)
    guild_id, name = require_guild_id(interaction), parse_user_name(typed)
    own = user == interaction.user
    before, replaced = await services.storage.links.find_link(guild_id, user.id), None
    is_other_name = before is not None and before.user_name.casefold() != name.casefold()
    if is_other_name and before is not None and before.verification is not None:
        raise UserError(verified_other_text(before, own=own))
    try:
        await services.storage.links.link(
            guild_id, user.id, name, interaction.user.id, services.now()
        )
    except NameTaken as error:
        # Nothing outranks a verification by notebook. Otherwise the member gets a code, to prove
        # that the name is theirs.
        if not own or error.verification is VerificationMethod.NOTEBOOK:
            raise UserError(taken_text(name, error.user_id)) from error
    else:
        if is_other_name and before is not None:
            replaced = before.user_name
    data = await issue_code_and_load_link_data(services, guild_id, user.id, name, own=own)
    view = link_view(replace(data, replaced=replaced), build_verification_buttons(name))
    await respond(interaction, view)
    interaction.client.dispatch("links_changed", guild_id)


class LinkButton(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="link:modal"):
    """Button that opens the modal in which members enter their own Kaggle user name."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Link your account", custom_id="link:modal"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Open the modal."""
        await interaction.response.send_modal(LinkModal())


class LinkModal(ErrorHandlingModal):
    """The modal with one text field, for the member's own Kaggle user name."""

    def __init__(self) -> None:
        super().__init__(title="Link your Kaggle account")
        self._user_name = ui.TextInput[Any](
            placeholder="alexisbcook", max_length=MAX_USER_NAME_INPUT
        )
        self.add_item(
            ui.Label(
                text="Your Kaggle user name",
                description="The name in your profile's address, or the whole address.",
                component=self._user_name,
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Link the account as `/link` does."""
        await defer(interaction, private=True)
        await link_account(interaction, interaction.user, self._user_name.value)
