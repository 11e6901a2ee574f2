"""`/competition add`: a server follows a competition, whose board is read at once."""

from __future__ import annotations

import asyncio
from typing import cast
from weakref import WeakValueDictionary

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.competitions.base import CompetitionPart
from cogs.competitions.browse_screen import choice_name
from cogs.competitions.competitions_screen import added_view
from cogs.competitions.search_cache import Searches
from cogs.framework.channels import require_writable
from cogs.framework.progress import ProgressMessage
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.syncing.sync import syncer_of
from leaderboards.kaggle_ids import competition_slug
from leaderboards.news.messages import FollowedMessage
from leaderboards.sync import Outcome, SyncReport
from records.competitions import BoardInfo, Competition

MOST = 25
"""Competitions that one server can follow: as many as autocomplete can offer. Archived ones, of
which nothing is read any more, do not count."""

Typed = app_commands.Range[str, 1, 200]


async def searched_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Offer what is known at once, and let Kaggle be asked for the next keystroke."""
    services, searches = get_services(interaction.client), adder_of(interaction.client).searches
    searches.begin(current)
    follows = await services.storage.guilds.follows(require_guild_id(interaction))
    slugs = {follow.competition.slug for follow in follows}
    now = services.now()
    return [
        app_commands.Choice(
            name=choice_name(found, now, followed=found.slug in slugs), value=found.slug
        )
        for found in searches.known(current)
    ]


class CompetitionAdd(CompetitionPart):
    """Lets a server follow a competition."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self._adding: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One server at a time: who fails must not take away what the next one is adding."""
        self.searches = Searches(services, syncer_of(bot).asks)

    @app_commands.command()
    @app_commands.describe(
        competition="Its name in its address on Kaggle, or the whole address",
        channel="Where to announce it; the channel of /announcements when nothing is given",
    )
    @app_commands.autocomplete(competition=searched_choices)
    async def add(
        self,
        interaction: Interaction,
        competition: Typed,
        channel: discord.TextChannel | None = None,
    ) -> None:
        """Follow a competition: its board is read now, and every few minutes from then on."""
        await defer(interaction, private=True)
        slug = competition_slug(competition)
        if channel is not None:
            require_writable(channel)
        await self.follow(interaction, slug, channel)

    async def follow(
        self, interaction: Interaction, slug: str, channel: discord.TextChannel | None
    ) -> None:
        """Let the server follow a competition, and answer what was found; raises why not."""
        guild_id = require_guild_id(interaction)
        lock = self._adding.setdefault(slug, asyncio.Lock())
        async with lock:
            await respond(interaction, await self._add(interaction, slug, guild_id, channel))
        self._bot.dispatch("outbox_filled")

    async def _add(
        self,
        interaction: Interaction,
        slug: str,
        guild_id: int,
        channel: discord.TextChannel | None,
    ) -> ui.LayoutView:
        storage = self._services.storage
        follows = await storage.guilds.follows(guild_id)
        if any(follow.competition.slug == slug for follow in follows):
            raise UserError(f"This server follows **{slug}** already.")
        if sum(follow.competition.archived_at is None for follow in follows) >= MOST:
            raise UserError(f"A server can follow {MOST} competitions. Remove one first.")
        progress = ProgressMessage(interaction)
        try:
            progress(f"Looking for {slug} on Kaggle")
            found = await self._first_sync(slug, progress)
            members = await self._members_on(guild_id, found[2])
            await storage.guilds.follow(
                guild_id,
                found[0].id,
                channel.id if channel else None,
                interaction.user.id,
                self._services.now(),
                FollowedMessage(slug, found[2].team_count, members),
                silent=found[1].outcome is Outcome.HELD,
            )
        finally:
            await progress.end()
            await storage.competitions.remove_unfollowed(slug)
        settings = await storage.guilds.settings(guild_id)
        told_in = channel.id if channel else settings.channel_id
        return added_view(*found, members=members, settings=settings, told_in=told_in)

    async def _first_sync(
        self, slug: str, progress: ProgressMessage
    ) -> tuple[Competition, SyncReport, BoardInfo]:
        storage = self._services.storage
        new = await storage.competitions.add(slug)
        report = await syncer_of(self._bot).sync(new, progress)
        competition = await storage.competitions.get(slug)
        info = await storage.boards.info(new.id)
        if competition is None or info is None:
            raise UserError(f"**{slug}** has no board yet; try again in a while.")
        return competition, report, info

    async def _members_on(self, guild_id: int, info: BoardInfo) -> int:
        links = await self._services.storage.links.load_counted_links(guild_id)
        names = [link.user_name for link in links]
        return len(await self._services.storage.boards.of_users(info.board_id, names))


def adder_of(client: discord.Client) -> CompetitionAdd:
    """Give the cog that lets servers follow competitions."""
    return cast("CompetitionAdd", cast("commands.Bot", client).get_cog("Competitions"))
