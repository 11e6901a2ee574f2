"""Verification of links by the codes that members write on Kaggle."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from typing import Any, Self

import discord
from discord import ui
from discord.ext import commands

from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.links_screen import CODE_EXPIRED_TEXT, LinkData, OtherLink, link_view, taken_text
from cogs.options.team_lookup import load_teams_of_name
from cogs.syncing.request_limiter import RequestLimiter
from cogs.syncing.sync_service import SyncService
from leaderboards.errors import LeaderboardError
from leaderboards.members.verification_codes import VerificationMethod, contains_code
from records.competitions import TeamOnBoard
from records.members import VerificationCode
from storage.members.link_verification import VerificationOutcome

logger = logging.getLogger(__name__)

_CODES_PER_ROUND = 5
"""Each takes one call of the Kaggle CLI."""


class CheckNowButton(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="link:check"):
    """Button that looks for the code of the member who presses it."""

    def __init__(self) -> None:
        super().__init__(
            ui.Button(label="Check now", custom_id="link:check", style=discord.ButtonStyle.primary)
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Look for the code on the stored boards, then in the member's notebooks."""
        await defer_update(interaction)
        bot, user_id = interaction.client, interaction.user.id
        services, guild_id = get_services(bot), require_guild_id(interaction)
        limiter = services.get(SyncService).request_limiter
        code = await services.storage.verifications.find_code(guild_id, user_id, services.now())
        checked_at = outcome = None
        if code is None:
            link = await services.storage.links.find_link(guild_id, user_id)
            if link is None or link.verification is None:
                raise UserError(CODE_EXPIRED_TEXT)
            user_name = link.user_name
        else:
            user_name = code.user_name
            limiter.start_cooldown(user_id)
            outcome = await check_code(services, limiter, code, notify=False)
            if outcome is None:
                checked_at = services.now()
        data = await issue_code_and_load_link_data(services, guild_id, user_id, user_name, own=True)
        other = data.other_link
        if other is not None and other.verification is VerificationMethod.NOTEBOOK:
            raise UserError(taken_text(user_name, other.user_id))
        data = replace(data, checked_at=checked_at)
        await respond(interaction, link_view(data, build_verification_buttons(user_name)))
        if outcome is VerificationOutcome.VERIFIED:
            _dispatch_links_changed(bot, guild_id)


def _dispatch_links_changed(bot: commands.Bot, guild_id: int) -> None:
    bot.dispatch("links_changed", guild_id)
    # Another member may have lost the name, and gets a direct message.
    bot.dispatch("messages_queued")


def build_verification_buttons(user_name: str) -> list[ui.Item[Any]]:
    """Build the buttons below a code."""
    notebooks = f"https://www.kaggle.com/{user_name}/code"
    return [CheckNowButton(), ui.Button(label="My notebooks", url=notebooks)]


async def issue_code_and_load_link_data(
    services: Services, guild_id: int, user_id: int, user_name: str, *, own: bool
) -> LinkData:
    """Issue a code if the link is the member's own and not verified; load what is shown of it."""
    storage = services.storage
    link = await storage.links.find_link_by_user_name(guild_id, user_name)
    other_link = None
    if link is not None and link.user_id != user_id:
        other_link = OtherLink(link.user_id, link.verification)
        link = None
    verification = link.verification if link is not None else None
    code = None
    if own and verification is None:
        code = await storage.verifications.issue_code(guild_id, user_id, user_name, services.now())
    follows = await storage.guilds.load_follows(guild_id)
    competitions = {follow.competition.id: follow.competition for follow in follows}
    boards = await storage.boards.find_boards_by_user_name(user_name, list(competitions))
    namesakes = []
    if not boards:
        namesakes = await load_teams_of_name(services, user_name, list(competitions.values()))
    return LinkData(
        user_id=user_id,
        user_name=link.user_name if link is not None else user_name,
        own=own,
        verification=verification,
        code=code,
        other_link=other_link,
        is_verification_required=(await storage.guilds.load_settings(guild_id)).require_verified,
        boards=[
            TeamOnBoard(competitions[info.competition_id], info, team) for info, team in boards
        ],
        can_verify_by_team=any(one.archived_at is None for one in competitions.values()),
        namesakes=namesakes,
    )


async def check_code(
    services: Services, limiter: RequestLimiter, code: VerificationCode, *, notify: bool
) -> VerificationOutcome | None:
    """Look for a code on boards and in its owner's notebooks, and verify the link by it.

    Return None if the code is nowhere. With `notify`, the member gets a direct message when the
    link is verified. Raise `UserError` if the limiter allows no call, and `LeaderboardError` if the
    call failed.
    """
    verifications = services.storage.verifications
    outcome = await verifications.verify_by_team(code, services.now(), notify=notify)
    if outcome in {VerificationOutcome.VERIFIED, VerificationOutcome.TOO_LATE}:
        return outcome
    try:
        titles = await limiter.call(lambda: services.kaggle.list_notebooks(code.user_name))
    finally:
        # Also after a failure: a name that Kaggle does not know must not block the other codes.
        await verifications.record_check(code, services.now())
    # A notebook counts more than a team's name: it also verifies a name that another member has
    # verified by a team's name.
    if any(contains_code(title, code.code) for title in titles):
        return await verifications.verify_by_notebook(code, services.now(), notify=notify)
    return outcome


class Verification(commands.Cog):
    """Checks the notebooks of members with an open code; boards are checked when they sync."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._limiter = services.get(SyncService).request_limiter
        self._lock = asyncio.Lock()

    @commands.Cog.listener()
    async def on_sync_round_finished(self) -> None:
        """Check the codes whose last check is longest ago."""
        if self._lock.locked():
            return
        async with self._lock:
            due = await self._services.storage.verifications.load_due_codes(
                self._services.now(), _CODES_PER_ROUND
            )
            for code in due:
                with log_subject(server=code.guild_id):
                    await self._check(code)

    async def _check(self, code: VerificationCode) -> None:
        try:
            outcome = await check_code(self._services, self._limiter, code, notify=True)
        except (LeaderboardError, UserError) as error:
            logger.warning("The notebooks of %s were not checked: %s", code.user_name, error)
            return
        if outcome is VerificationOutcome.VERIFIED:
            _dispatch_links_changed(self._bot, code.guild_id)


async def setup(bot: commands.Bot) -> None:
    """Add the cog and its button."""
    bot.add_dynamic_items(CheckNowButton)
    await bot.add_cog(Verification(bot, get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the button."""
    bot.remove_dynamic_items(CheckNowButton)
