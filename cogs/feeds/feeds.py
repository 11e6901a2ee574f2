"""`/feed`: new competitions on Kaggle, and topics and notebooks of the followed ones."""

from __future__ import annotations

import logging

from discord import app_commands
from discord.ext import commands, tasks

from cogs.channels.target_channels import ChannelOption, require_target_channel
from cogs.feeds.competition_list_service import CompetitionListService
from cogs.feeds.feed_controls import DYNAMIC_ITEMS, show_feed
from cogs.feeds.feed_screen import (
    NO_WORDS_TEXT,
    TOO_MANY_FEEDS_TEXT,
    feed_removed_text,
    no_feed_text,
)
from cogs.feeds.post_feed_screen import (
    TOO_MANY_POST_FEEDS_TEXT,
    PostFeedData,
    no_post_feed_text,
    post_feed_removed_text,
    post_feed_view,
)
from cogs.feeds.post_service import PostService
from cogs.framework.checks import ManagerGroup
from cogs.framework.layout import notice
from cogs.framework.loop_cog import LoopCog
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from leaderboards.feeds.competition_filter import CompetitionFilter, split_words
from leaderboards.feeds.posts import PostKind
from records.feeds import DEFAULT_VOTES, CompetitionFeed, FeedKind, PostFeed

logger = logging.getLogger(__name__)

_NO_WORDS = "-"
"""What is typed to take the words away."""


class Feeds(ManagerGroup, group_name="feed"):
    """New competitions, topics and notebooks on Kaggle, in a channel (for managers)."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__()
        self._bot = bot
        self._services = services
        self._feeds = services.storage.competition_feeds

    @app_commands.command()
    @app_commands.describe(
        channel="Where to announce new competitions",
        words="Only if one of these words is in the title or the slug; - for no words",
        enabled="False: stop announcing them in this channel",
    )
    async def competitions(
        self,
        interaction: Interaction,
        channel: ChannelOption,
        words: app_commands.Range[str, 1, 100] | None = None,
        enabled: bool = True,
    ) -> None:
        """Announce new competitions on Kaggle in a channel, or change which ones."""
        await defer(interaction, private=True)
        guild_id = require_guild_id(interaction)
        if not enabled:
            if not await self._feeds.remove(guild_id, channel.id):
                raise UserError(no_feed_text(channel.id))
            await respond(interaction, notice(feed_removed_text(channel.id)))
            return
        await require_target_channel(interaction, channel.id)
        chosen = () if words is None or words.strip() == _NO_WORDS else split_words(words)
        if not chosen and words is not None and words.strip() != _NO_WORDS:
            raise UserError(NO_WORDS_TEXT)
        feed = await self._feeds.save(
            CompetitionFeed(guild_id, channel.id, CompetitionFilter(words=chosen)),
            changes_words=words is not None,
        )
        if feed is None:
            raise UserError(TOO_MANY_FEEDS_TEXT)
        await show_feed(interaction, feed)
        self._bot.dispatch("competition_feed_saved")

    @app_commands.command()
    @app_commands.describe(
        channel="Where to announce topics",
        votes="Votes that a topic needs to be announced at once, if not by a host (default: 10)",
        enabled="False: stop announcing them in this channel",
    )
    async def discussion(
        self,
        interaction: Interaction,
        channel: ChannelOption,
        votes: app_commands.Range[int, 1, 1000] | None = None,
        enabled: bool = True,
    ) -> None:
        """Announce topics of the followed competitions: by hosts, or with many votes."""
        await self._set_post_feed(interaction, channel.id, PostKind.TOPIC, votes, enabled)

    @app_commands.command()
    @app_commands.describe(
        channel="Where to announce notebooks",
        votes="Votes that a notebook needs to be announced at once, if not by a host (default: 20)",
        enabled="False: stop announcing them in this channel",
    )
    async def notebooks(
        self,
        interaction: Interaction,
        channel: ChannelOption,
        votes: app_commands.Range[int, 1, 1000] | None = None,
        enabled: bool = True,
    ) -> None:
        """Announce notebooks of the followed competitions: by hosts, or with many votes."""
        await self._set_post_feed(interaction, channel.id, PostKind.NOTEBOOK, votes, enabled)

    async def _set_post_feed(
        self,
        interaction: Interaction,
        channel_id: int,
        kind: PostKind,
        votes: int | None,
        enabled: bool,
    ) -> None:
        await defer(interaction, private=True)
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        wanted = PostFeed(guild_id, channel_id, kind, votes or DEFAULT_VOTES[kind])
        if not enabled:
            if not await storage.post_feeds.remove(guild_id, channel_id, kind):
                raise UserError(no_post_feed_text(wanted))
            await respond(interaction, notice(post_feed_removed_text(wanted)))
            return
        await require_target_channel(interaction, channel_id)
        feed = await storage.post_feeds.save(wanted, changes_votes=votes is not None)
        if feed is None:
            raise UserError(TOO_MANY_POST_FEEDS_TEXT[kind])
        data = PostFeedData(
            feed,
            bool(await storage.guilds.load_follows(guild_id)),
            await storage.guilds.load_settings(guild_id),
            await storage.channels.load_mode(guild_id, channel_id),
            self._services.feed_errors.get(FeedKind(kind)),
            [
                one.channel_id
                for one in await storage.post_feeds.load_by_guild(guild_id)
                if one.kind is kind and one.channel_id != channel_id
            ],
        )
        await respond(interaction, post_feed_view(data))
        self._bot.dispatch("post_feed_saved")


class CompetitionListLoop(LoopCog):
    """Reads which competitions are new, in a loop of its own that delays no board."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self._service = services.get(CompetitionListService)

    async def cog_load(self) -> None:
        """Start the loop with the interval of the settings."""
        self.loop.change_interval(minutes=self._services.feed_minutes)
        await super().cog_load()

    @commands.Cog.listener()
    async def on_competition_feed_saved(self) -> None:
        """Read the list for the first feed at once: only what comes later is new."""
        await self._read()

    @tasks.loop(hours=1, reconnect=False)
    async def loop(self) -> None:
        """Read the list if it is due."""
        await self._read()
        self.restart_after_clock_change()

    async def _read(self) -> None:
        try:
            await self._service.read_due()
        except Exception:
            logger.exception("New competitions could not be read or queued")


class PostLoop(LoopCog):
    """Reads topics and notebooks, in a loop of its own that delays no board."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self._service = services.get(PostService)

    @commands.Cog.listener("on_post_feed_saved")
    @commands.Cog.listener("on_competition_followed")
    async def read_first(self) -> None:
        """Read what is posted already at once: only what comes later is new."""
        await self._read()

    @tasks.loop(minutes=5, reconnect=False)
    async def loop(self) -> None:
        """Read the competitions that are due."""
        await self._read()
        self.restart_after_clock_change()

    async def _read(self) -> None:
        try:
            await self._service.read_due()
        except Exception:
            logger.exception("Topics and notebooks could not be read or queued")


async def setup(bot: commands.Bot) -> None:
    """Add the cogs and the controls."""
    services = get_services(bot)
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Feeds(bot, services))
    await bot.add_cog(CompetitionListLoop(bot, services))
    await bot.add_cog(PostLoop(bot, services))


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
