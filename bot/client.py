"""The Discord client: its intents, its cogs, and its slash commands."""

from __future__ import annotations

import gc
import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

import cogs
from bot.commands.errors import CommandError
from bot.rate_limit import RateLimit
from cogs.announcements.http_attempts import add_recording_hooks
from cogs.boards.live_board_locks import LiveBoardLocks
from cogs.calendar.scheduled_event_service import ScheduledEventService
from cogs.competitions.follow_service import FollowService
from cogs.competitions.search_cache import SearchCache
from cogs.feeds.competition_list_service import CompetitionListService
from cogs.feeds.post_service import PostService
from cogs.framework.clock import utc_now
from cogs.framework.controls import answer_unhandled
from cogs.framework.services import Kaggle, Services, SyncBoard
from cogs.members.role_sync_service import RoleSyncService
from cogs.options.command_tree import PodiumTree
from cogs.options.memberships import Memberships
from cogs.options.option_select import OptionSelect, WaitingCommands
from cogs.replays.replay_service import ReplayService
from cogs.syncing.competition_end_service import CompetitionEndService
from cogs.syncing.health_service import HealthService
from cogs.syncing.sync_service import SyncService
from leaderboards import sync
from records.limits import DEFAULT_LIMITS, Limits
from storage.boards.history_compaction import DEFAULT_RETENTION, Retention
from storage.key_values import COMMANDS_PREFIX
from storage.storage import Storage

logger = logging.getLogger(__name__)

# The bot uses no voice channels: warnings about missing voice libraries are noise.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

_GC_THRESHOLD = 5_000
"""New objects that trigger a collection; a message makes hundreds."""


class Podium(commands.AutoShardedBot):
    """The bot; the caller closes the storage and the Kaggle client after it."""

    def __init__(
        self,
        storage: Storage,
        kaggle: Kaggle,
        *,
        sync_minutes: float = 5,
        quiet_sync_minutes: float | None = None,
        feed_minutes: float = 60,
        dev_guild_id: int | None = None,
        sync_board: SyncBoard | None = None,
        retention: Retention = DEFAULT_RETENTION,
        limits: Limits = DEFAULT_LIMITS,
        backup_folder: Path | None = None,
        now: Callable[[], datetime] = utc_now,
        shard_count: int | None = None,
        rate_limit: RateLimit | None = None,
    ) -> None:
        # discord.py itself keeps to the global limit only after a refused request.
        trace = (rate_limit or RateLimit()).trace()
        add_recording_hooks(trace)
        super().__init__(
            # There are no prefix commands, and without message content none could be read.
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=PodiumTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count,
            http_trace=trace,
        )
        self.storage = storage
        self.services = Services(
            storage=storage,
            kaggle=kaggle,
            sync_minutes=sync_minutes,
            quiet_sync_minutes=quiet_sync_minutes,
            feed_minutes=feed_minutes,
            sync_board=sync_board or partial(sync.sync_board, store=storage.board_writer),
            retention=retention,
            limits=limits,
            backup_folder=backup_folder,
            now=now,
        )
        self._add_room_services()
        self._dev_guild = None if dev_guild_id is None else discord.Object(dev_guild_id)

    def _add_room_services(self) -> None:
        services = self.services
        sync_service = SyncService(self, services)
        services.add(Memberships(services))
        services.add(WaitingCommands(services))
        services.add(LiveBoardLocks())
        services.add(sync_service)
        services.add(HealthService(self, services, sync_service))
        services.add(CompetitionEndService(self, services, sync_service))
        services.add(FollowService(self, services, sync_service))
        services.add(SearchCache(services, sync_service.request_limiter))
        services.add(CompetitionListService(self, services, sync_service))
        services.add(PostService(self, services, sync_service))
        services.add(RoleSyncService(self, services))
        services.add(ReplayService(services))
        services.add(ScheduledEventService(self, services))

    async def setup_hook(self) -> None:
        """Load the cogs, then send the commands to Discord if they changed."""
        self.add_dynamic_items(OptionSelect)
        for extension in cogs.EXTENSIONS:
            await self.load_extension(extension)
        if self._dev_guild is not None:
            self.tree.copy_global_to(guild=self._dev_guild)
        await self._sync_commands(self._dev_guild)

    async def close(self) -> None:
        """Unload the cogs and disconnect (discord.py does both), then stop drawing pictures."""
        await super().close()
        self.services.plot_renderer.close()
        self.services.replay_renderer.close()

    async def on_ready(self) -> None:
        """Log that the bot is connected."""
        logger.info("Ready as %s in %d servers", self.user, len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the controls and modals of an earlier version or run of the bot."""
        await answer_unhandled(interaction)

    async def _sync_commands(self, guild: discord.Object | None) -> None:
        """Send the commands only when they differ from those that Discord was last sent."""
        key = f"{COMMANDS_PREFIX}{self.application_id} {'global' if guild is None else guild.id}"
        fingerprint = self._fingerprint(self.tree.get_commands(guild=guild))
        if await self.storage.key_values.get(key) == fingerprint:
            return
        try:
            synced = await self.tree.sync(guild=guild)
        except discord.Forbidden as error:
            if guild is None:
                raise
            raise CommandError(
                f"DEV_GUILD_ID names the server {guild.id}, but the bot is not in it: invite the"
                " bot there, or take DEV_GUILD_ID out of .env."
            ) from error
        await self.storage.key_values.set(key, fingerprint)
        logger.info("Sent %d commands to Discord", len(synced))

    def _fingerprint(
        self,
        tree_commands: list[
            app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
        ],
    ) -> str:
        payloads = sorted(
            json.dumps(command.to_dict(self.tree), sort_keys=True) for command in tree_commands
        )
        return hashlib.sha256("\n".join([discord.__version__, *payloads]).encode()).hexdigest()


def tune_garbage_collection(bot: Podium) -> None:
    """Collect garbage rarely, and never what lives as long as the bot.

    A collection blocks the event loop: 0.1 s with 5,000 servers. Discord sends the servers
    before each `on_ready`: at the start and after each lost session.
    """
    gc.set_threshold(_GC_THRESHOLD)

    async def on_ready() -> None:
        freeze_objects()

    bot.add_listener(on_ready)


def freeze_objects() -> None:
    """Collect all garbage, then exclude the remaining objects from later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
