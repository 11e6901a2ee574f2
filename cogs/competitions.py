"""`/competition`: what this server follows, with the other topics of that group."""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakValueDictionary

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.answers import Interaction, Refusal, answer, think
from cogs.channels import refuse_unless_writable
from cogs.competition_deadline import CompetitionDeadline
from cogs.competition_live import CompetitionLive
from cogs.lookups import competition_choices, followed
from cogs.services import Services, guild_id_of, services_of
from cogs.sync import syncer_of
from cogs.ui.competitions import added_view, list_view, synced_view
from cogs.ui.layout import notice
from leaderboards.names import competition_slug
from leaderboards.news import FollowedMessage
from leaderboards.sync import Outcome, SyncReport
from storage.boards import BoardInfo
from storage.competitions import Competition

logger = logging.getLogger(__name__)

MOST = 25
"""Competitions that one server can follow: as many as autocomplete can offer."""

Typed = app_commands.Range[str, 1, 200]


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True)
@app_commands.default_permissions(manage_guild=True)
class Competitions(
    CompetitionDeadline, CompetitionLive, commands.GroupCog, group_name="competition"
):
    """Which Kaggle competitions this server follows (for managers)."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self._adding: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One server at a time: who fails must not take away what the next one is adding."""

    @app_commands.command()
    @app_commands.describe(
        competition="Its name in its address on Kaggle, or the whole address",
        channel="Where to announce it; the channel of /announcements when nothing is given",
    )
    async def add(
        self,
        interaction: Interaction,
        competition: Typed,
        channel: discord.TextChannel | None = None,
    ) -> None:
        """Follow a competition: its board is read now, and every few minutes from then on."""
        await think(interaction, private=True)
        slug, guild_id = competition_slug(competition), guild_id_of(interaction)
        if channel is not None:
            refuse_unless_writable(channel)
        lock = self._adding.setdefault(slug, asyncio.Lock())
        async with lock:
            await answer(interaction, await self._add(interaction, slug, guild_id, channel))
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
            raise Refusal(f"This server follows **{slug}** already.")
        if len(follows) >= MOST:
            raise Refusal(f"A server can follow {MOST} competitions. Remove one first.")
        progress = _Progress(interaction)
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

    @app_commands.command()
    @app_commands.describe(competition="Which one")
    @app_commands.autocomplete(competition=competition_choices)
    async def remove(self, interaction: Interaction, competition: Typed) -> None:
        """Follow a competition no more."""
        await think(interaction, private=True)
        follow = await followed(self._services, guild_id_of(interaction), competition)
        slug = follow.competition.slug
        await self._services.storage.guilds.unfollow(follow.guild_id, slug)
        await answer(
            interaction,
            notice(f"**{slug}** is no longer followed. Its history is kept, should you want it."),
        )

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """Everything that this server follows, and where it is announced."""
        await think(interaction, private=True)
        storage, guild_id = self._services.storage, guild_id_of(interaction)
        follows = await storage.guilds.follows(guild_id)
        if not follows:
            await followed(self._services, guild_id, None)
        infos = {
            follow.competition.id: await storage.boards.info(follow.competition.id)
            for follow in follows
        }
        settings = await storage.guilds.settings(guild_id)
        stuck = await storage.outbox.last_errors(guild_id)
        live = await storage.live_boards.of_guild(guild_id)
        await answer(interaction, list_view(follows, infos, settings, stuck, live))

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    async def pause(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Say nothing more of a competition for the time being."""
        await think(interaction, private=True)
        follow = await followed(self._services, guild_id_of(interaction), competition)
        slug = follow.competition.slug
        if not await self._services.storage.guilds.pause(follow.guild_id, slug):
            raise Refusal(f"**{slug}** is paused already.")
        await answer(
            interaction,
            notice(f"**{slug}** is paused. `/competition resume` takes it up again."),
        )

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    async def resume(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Take up a paused competition; what happened meanwhile is not told."""
        await think(interaction, private=True)
        follow = await followed(self._services, guild_id_of(interaction), competition)
        slug = follow.competition.slug
        if not await self._services.storage.guilds.resume(follow.guild_id, slug):
            raise Refusal(f"**{slug}** is not paused.")
        await answer(interaction, notice(f"**{slug}** is followed again."))

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    @app_commands.checks.cooldown(1, 60, key=lambda interaction: interaction.guild_id)
    async def sync(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Read a board from Kaggle now, not only when it is due."""
        await think(interaction, private=True)
        follow = await followed(self._services, guild_id_of(interaction), competition)
        progress = _Progress(interaction)
        try:
            report = await syncer_of(self._bot).sync(follow.competition, progress)
        finally:
            await progress.end()
        await answer(interaction, synced_view(report))

    async def _first_sync(
        self, slug: str, progress: _Progress
    ) -> tuple[Competition, SyncReport, BoardInfo]:
        storage = self._services.storage
        new = await storage.competitions.add(slug)
        report = await syncer_of(self._bot).sync(new, progress)
        competition = await storage.competitions.get(slug)
        info = await storage.boards.info(new.id)
        if competition is None or info is None:
            raise Refusal(f"**{slug}** has no board yet; try again in a while.")
        return competition, report, info

    async def _members_on(self, guild_id: int, info: BoardInfo) -> int:
        links = await self._services.storage.links.of_guild(guild_id)
        names = [link.user_name for link in links]
        return len(await self._services.storage.boards.of_users(info.board_id, names))


class _Progress:
    """Shows the newest step of something that takes a while, one edit after the other."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._newest = ""
        self._edit: asyncio.Task[None] | None = None

    def __call__(self, step: str) -> None:
        self._newest = step
        self._edit = asyncio.create_task(self._show(step, self._edit))

    async def end(self) -> None:
        """Wait until what comes next cannot be overwritten."""
        self._newest = ""
        if self._edit is not None:
            await self._edit

    async def _show(self, step: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        if step == self._newest:
            try:
                await answer(self._interaction, notice(f"⏳ {step} …"))
            except discord.HTTPException as error:
                logger.info("A step could not be shown: %s", error)


async def setup(bot: commands.Bot) -> None:
    """Add the commands."""
    await bot.add_cog(Competitions(bot, services_of(bot)))
