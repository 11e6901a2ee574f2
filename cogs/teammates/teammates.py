"""`/team`: members look for team mates in a competition."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers, require_manager
from cogs.framework.clock import is_within
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.responses import Interaction, defer
from cogs.framework.services import Services, get_services
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import require_competition, require_follow
from cogs.options.visibility import get_server_visibility
from cogs.teammates.search_data import find_present_and_end_others, save_search
from cogs.teammates.team_controls import (
    DYNAMIC_ITEMS,
    MAX_TIME_ZONE_LENGTH,
    show_own_search,
    show_reports,
    show_team_list,
)
from records.teammates import MAX_LANGUAGES_LENGTH, MAX_SENTENCE_LENGTH

logger = logging.getLogger(__name__)

_PRESENCE_INTERVAL = timedelta(hours=1)
"""How often Discord is asked whether members who search are still there."""


@in_servers
class Team(commands.GroupCog, group_name="team"):
    """Look for team mates in a competition."""

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (default: that of the channel, or the only one)",
        sentence="What you offer and look for; others read it without your name",
        languages="What you speak, such as English, Portuguese; - for none",
        time_zone="A city, a country or a name, such as Berlin; - for none",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def search(
        self,
        interaction: Interaction,
        competition: app_commands.Range[str, 1, 200] | None = None,
        sentence: app_commands.Range[str, 1, MAX_SENTENCE_LENGTH] | None = None,
        languages: app_commands.Range[str, 1, MAX_LANGUAGES_LENGTH] | None = None,
        time_zone: app_commands.Range[str, 1, MAX_TIME_ZONE_LENGTH] | None = None,
    ) -> None:
        """Look for team mates without telling who you are; see, change or end your search."""
        await defer(interaction, private=True)
        found = (await require_follow(interaction, competition)).competition
        problem = ""
        if sentence or languages or time_zone:
            problem = await save_search(
                interaction,
                found,
                sentence=sentence,
                languages=languages,
                time_zone=time_zone,
            )
        await show_own_search(interaction, found, problem)

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (default: that of the channel, or the only one)"
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def list(
        self, interaction: Interaction, competition: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """See who looks for team mates, those closest to you on the board first."""
        await defer(interaction, private=True)
        found = await require_competition(get_server_visibility(interaction), competition)
        await show_team_list(interaction, found, 1)

    @app_commands.command()
    @app_commands.check(require_manager)
    async def reports(self, interaction: Interaction) -> None:
        """See notes that members reported, and exclude their senders (for managers)."""
        await defer(interaction, private=True)
        await show_reports(interaction, 1)


class TeamSearchEnds(commands.Cog):
    """Ends searches that are over (`find_end_reason`), and those of members who left the server."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._end_closed = CoalescedFunction(self._end)
        self._presence_checked_at: datetime | None = None

    @commands.Cog.listener("on_sync_round_finished")
    @commands.Cog.listener("on_links_changed")
    async def end_closed(self, *_about: object) -> None:
        """End the searches that are over."""
        await self._end_closed()

    async def _end(self) -> None:
        searches, now = self._services.storage.teammate_searches, self._services.now()
        try:
            await self._end_searches_of_absent(now)
            if await searches.end_closed(now):
                self._bot.dispatch("messages_queued")
        except Exception:
            logger.exception("Searches for team mates could not be checked; the next round tries")

    async def _end_searches_of_absent(self, now: datetime) -> None:
        """End the searches of members who left their server, once an hour."""
        if is_within(self._presence_checked_at, _PRESENCE_INTERVAL, now):
            return
        self._presence_checked_at = now
        searching = await self._services.storage.teammate_searches.load_searching_members()
        for guild_id, user_ids in searching.items():
            guild = self._bot.get_guild(guild_id)
            if guild is None:
                continue
            try:
                await find_present_and_end_others(self._services, guild, user_ids)
            except TimeoutError:
                logger.warning("Discord did not tell who of server %d searches still", guild_id)


async def setup(bot: commands.Bot) -> None:
    """Add the cogs and the controls."""
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Team())
    await bot.add_cog(TeamSearchEnds(bot, get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
