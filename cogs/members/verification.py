"""Looks on Kaggle for the codes that prove who members are."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from typing import Any, Self

import discord
from discord import ui
from discord.ext import commands

from cogs.framework.components import ErrorHandlingItem
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.link_screen import link_screen
from cogs.members.links_screen import link_view
from cogs.syncing.kaggle_throttle import UserRequestLimiter
from cogs.syncing.sync import syncer_of
from leaderboards.errors import LeaderboardError
from leaderboards.verification_codes import contains_code
from records.members import VerificationCode
from storage.members.link_verification import VerificationOutcome

logger = logging.getLogger(__name__)

_AT_ONCE = 5
"""Members whose notebooks are looked through in one round: five calls of Kaggle at most."""


class CheckNow(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="link:check"):
    """Looks for the code of whoever presses it, at once."""

    def __init__(self) -> None:
        super().__init__(
            ui.Button(label="Check now", custom_id="link:check", style=discord.ButtonStyle.primary)
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Read the button from what Discord sends back."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Look on the boards that are stored, then in the member's notebooks."""
        await defer_update(interaction)
        bot, user_id = interaction.client, interaction.user.id
        services, guild_id, asks = (
            get_services(bot),
            require_guild_id(interaction),
            syncer_of(bot).asks,
        )
        code = await services.storage.verifications.find_code(guild_id, user_id, services.now())
        looked_at = None
        if code is None:
            link = await services.storage.links.find_link(guild_id, user_id)
            if link is None or link.verification is None:
                raise UserError("That code has ended. `/link` gives you a new one.")
            user_name = link.user_name
        else:
            user_name = code.user_name
            asks.require_turn(user_id)
            if await look_for(services, asks, code, note=False) is None:
                looked_at = services.now()
        screen = await link_screen(services, guild_id, user_id, user_name, own=True)
        screen = replace(screen, looked_at=looked_at)
        await respond(interaction, link_view(screen, proof_buttons(user_name)))
        bot.dispatch("outbox_filled")  # Somebody may have lost the name.


def proof_buttons(user_name: str) -> list[ui.Item[Any]]:
    """Give the buttons below a code."""
    notebooks = f"https://www.kaggle.com/{user_name}/code"
    return [CheckNow(), ui.Button(label="My notebooks", url=notebooks)]


async def look_for(
    services: Services, asks: UserRequestLimiter, code: VerificationCode, *, note: bool
) -> VerificationOutcome | None:
    """Look for a code where its owner can have put it; None when it is nowhere.

    `note` says whether the member is to be told of a proof later. Raises why Kaggle was not asked,
    or did not answer.
    """
    verifications = services.storage.verifications
    outcome = await verifications.verify_by_team(code, services.now(), note=note)
    if outcome in {VerificationOutcome.VERIFIED, VerificationOutcome.TOO_LATE}:
        return outcome
    try:
        titles = await asks.ask(lambda: services.kaggle.list_notebooks(code.user_name))
    finally:
        # A name that Kaggle does not know must not keep the others waiting.
        await verifications.record_check(code, services.now())
    if any(contains_code(title, code.code) for title in titles):
        return await verifications.verify_by_notebook(code, services.now(), note=note)
    return outcome


class Proofs(commands.Cog):
    """Looks through the notebooks of those who wait for a proof; boards come with their sync."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._looking = asyncio.Lock()

    @commands.Cog.listener()
    async def on_round_over(self) -> None:
        """Look for the codes that have waited longest."""
        if self._looking.locked():
            return
        async with self._looking:
            now = self._services.now()
            for code in await self._services.storage.verifications.load_due_codes(now, _AT_ONCE):
                await self._look(code)

    async def _look(self, code: VerificationCode) -> None:
        try:
            outcome = await look_for(self._services, syncer_of(self._bot).asks, code, note=True)
        except (LeaderboardError, UserError) as error:
            logger.warning("The notebooks of %s were not looked through: %s", code.user_name, error)
            return
        if outcome is VerificationOutcome.VERIFIED:
            self._bot.dispatch("outbox_filled")


async def setup(bot: commands.Bot) -> None:
    """Start looking, and take up the button."""
    bot.add_dynamic_items(CheckNow)
    await bot.add_cog(Proofs(bot, get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Take the button away again."""
    bot.remove_dynamic_items(CheckNow)
