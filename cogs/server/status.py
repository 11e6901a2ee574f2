"""`/status`: the state of syncs and announcements."""

from __future__ import annotations

from collections.abc import Sequence

from discord import app_commands
from discord.ext import commands

from cogs.calendar.scheduled_event_service import ScheduledEventService
from cogs.channels.target_channels import (
    find_channel_problems,
    find_channels_without_files,
    find_channels_without_history,
)
from cogs.framework.checks import in_servers
from cogs.framework.layout import Item
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, defer, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.framework.texts import NOT_ALLOWED_TEXT
from cogs.members.role_sync_service import RoleSyncService
from cogs.server.rename_buttons import build_rename_buttons
from cogs.server.status_screen import (
    ABANDONED_SHOWN_FOR,
    FeedStatus,
    LockoutStatus,
    StatusData,
    status_view,
)
from cogs.syncing.health_service import HealthService
from cogs.syncing.kaggle_lockout import Lockout
from cogs.syncing.sync_service import SyncService
from records.feeds import FeedKind
from records.guilds import Follow, GuildSettings

_ROWS, _BUTTONS_IN_ROW = 5, 5
"""One button for each competition that a server can follow at a time."""


class StatusPageButton(PageButton, template=build_page_template("status")):
    """Button that shows another page of `/status`."""

    list_name = "status"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page, as things are now."""
        await defer_update(interaction)
        await _show_status(interaction, self.number)


class Status(commands.Cog):
    """The command for what works and what does not."""

    @app_commands.command()
    @in_servers
    async def status(self, interaction: Interaction) -> None:
        """Show when each board was last read, what is wrong, and what waits to be announced."""
        await defer(interaction, private=True)
        await _show_status(interaction, 1)


async def _show_status(interaction: Interaction, number: int) -> None:
    """Respond with a page of the state of the server and the bot."""
    services = get_services(interaction.client)
    sync_service = services.get(SyncService)
    storage, guild_id = services.storage, require_guild_id(interaction)
    health = services.get(HealthService)
    follows = await sync_service.load_follows(guild_id)
    settings = await storage.guilds.load_settings(guild_id)
    feeds = await _load_feeds(services, guild_id)
    channel_ids = {settings.channel_id, *(follow.channel_id for follow in follows)}
    channel_ids |= {feed.channel_id for feed in feeds}
    failing = await storage.outbox.load_failing(guild_id)
    guild, now = interaction.client.get_guild(guild_id), services.now()
    lockout = sync_service.lockout.current
    size = await storage.database.size()
    role_problems, event_problem, channel_problems = {}, None, {}
    if interaction.guild is not None:
        if settings.announce:
            targets = _target_channel_ids(settings, follows, feeds)
            # What Discord said to the oldest announcement is shown already.
            targets -= {row.channel_id for row in failing}
            channel_problems = await find_channel_problems(interaction.guild, sorted(targets))
        event_problem = await services.get(ScheduledEventService).find_problem(interaction.guild)
        role_problems = await services.get(RoleSyncService).find_problems(interaction.guild)
    failing_live_boards = [
        board
        for board in await storage.live_boards.load_by_guild(guild_id)
        if board.error is not None
    ]
    former_live_boards = await storage.former_live_boards.load_failing(guild_id)
    live_channels = [
        board.channel_id for board in failing_live_boards if board.error == NOT_ALLOWED_TEXT
    ]
    live_channels += [board.channel_id for board in former_live_boards]
    live_problems = {}
    if interaction.guild is not None:
        live_problems = await find_channel_problems(interaction.guild, live_channels)
    quiet = settings.quiet_hours
    reported_notes = 0
    if interaction.permissions.manage_guild:
        reported_notes = len(await storage.teammate_notes.load_reported(guild_id))
    data = StatusData(
        follows=follows,
        pending_count=await storage.outbox.count_waiting_by_guild(guild_id),
        failing=failing,
        channel_problems=[*channel_problems.values()],
        announce=settings.announce,
        silent_count=_count_silent(settings, follows),
        quiet_until=quiet.end_after(now) if quiet.is_quiet(now) else None,
        deferred_count=await storage.deferred_news.count(guild_id),
        failing_live_boards=failing_live_boards,
        live_board_problems=live_problems,
        former_live_boards=former_live_boards,
        abandoned=await storage.outbox.load_abandoned(guild_id, now - ABANDONED_SHOWN_FOR),
        failing_threads=await storage.competition_threads.load_failing(guild_id),
        failing_former_threads=await storage.former_threads.load_failing(guild_id),
        unpublished=await storage.publications.load_failing(guild_id),
        unreadable_channel_ids=find_channels_without_history(
            guild, channel_ids - channel_problems.keys()
        )
        if settings.announce
        else [],
        pictureless_channel_ids=find_channels_without_files(
            guild, _news_channel_ids(settings, follows) - channel_problems.keys()
        )
        if settings.announce
        else [],
        feeds=feeds,
        role_problems=role_problems,
        event_problem=event_problem,
        reported_notes=reported_notes,
        lockout=_build_lockout_status(lockout),
        bot_problems=await health.find_problems(),
        late_slugs={
            follow.competition.slug
            for follow in follows
            if not follow.paused and health.is_late(follow.competition)
        },
        latency_seconds=interaction.client.latency,
        started_at=services.started_at,
        last_round_at=sync_service.last_round_at,
        database_bytes=size.total,
        database_free_bytes=size.free,
        now=now,
    )
    offers = _build_rename_offers(follows) if interaction.permissions.manage_guild else []
    await respond(interaction, status_view(data, number, StatusPageButton.build_rows, offers))


def _target_channel_ids(
    settings: GuildSettings, follows: Sequence[Follow], feeds: Sequence[FeedStatus]
) -> set[int]:
    """Return where messages are to be sent.

    Without channels of ended competitions, whose threads may be locked.
    """
    return _news_channel_ids(settings, follows) | {feed.channel_id for feed in feeds}


def _news_channel_ids(settings: GuildSettings, follows: Sequence[Follow]) -> set[int]:
    of_follows = {follow.channel_id for follow in follows if follow.competition.ended_at is None}
    return {id_ for id_ in (settings.channel_id, *of_follows) if id_ is not None}


def _count_silent(settings: GuildSettings, follows: Sequence[Follow]) -> int:
    """Return how many of the competitions are announced nowhere, as no channel is chosen."""
    if settings.channel_id is not None:
        return 0
    return sum(
        follow.channel_id is None and follow.competition.archived_at is None for follow in follows
    )


async def _load_feeds(services: Services, guild_id: int) -> list[FeedStatus]:
    """Load the feeds of a server with how their reading goes."""
    storage, errors = services.storage, services.feed_errors
    listed_at = await storage.competition_feeds.find_listed_at()
    feeds = [
        FeedStatus(
            FeedKind.COMPETITION, feed.channel_id, listed_at, errors.get(FeedKind.COMPETITION)
        )
        for feed in await storage.competition_feeds.load_by_guild(guild_id)
    ]
    reads = await storage.post_feeds.load_reads(guild_id)
    for post_feed in await storage.post_feeds.load_by_guild(guild_id):
        kind = FeedKind(post_feed.kind)
        of_kind = [read for read in reads if read.kind is post_feed.kind]
        read_at = max((read.read_at for read in of_kind if read.read_at), default=None)
        failing = [(read.competition_id, read.error) for read in of_kind if read.error]
        feeds.append(FeedStatus(kind, post_feed.channel_id, read_at, errors.get(kind), failing))
    return feeds


def _build_rename_offers(follows: Sequence[Follow]) -> list[list[Item]]:
    """Build rows of buttons that move renamed competitions."""
    buttons: list[Item] = [
        button
        for follow in follows
        if (new_slug := follow.competition.renamed_to) is not None
        for button in build_rename_buttons(follow.competition.id, new_slug)
    ]
    starts = range(0, len(buttons), _BUTTONS_IN_ROW)
    return [buttons[start : start + _BUTTONS_IN_ROW] for start in starts][:_ROWS]


def _build_lockout_status(lockout: Lockout | None) -> LockoutStatus | None:
    if lockout is None:
        return None
    return LockoutStatus(str(lockout.error), lockout.since, lockout.next_attempt_at)


async def setup(bot: commands.Bot) -> None:
    """Add the command and the buttons below it."""
    bot.add_dynamic_items(StatusPageButton)
    await bot.add_cog(Status())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(StatusPageButton)
