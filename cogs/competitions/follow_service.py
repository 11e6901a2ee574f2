"""Follows and renames competitions."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

import discord
from discord import ui

from cogs.channels.target_channels import (
    NewThread,
    TargetChannel,
    ThreadParent,
    find_channels_without_files,
)
from cogs.competitions.add_limiter import AddLimiter
from cogs.competitions.follow_screen import (
    MembersOnBoard,
    NewsTarget,
    add_view,
    already_followed_text,
    channel_changed_view,
    has_thread_text,
    looking_text,
    no_thread_after_end_text,
    not_stored_text,
    thread_requested_view,
    too_many_text,
)
from cogs.competitions.rename_screen import (
    just_moved_text,
    new_without_teams_text,
    old_without_teams_text,
    other_competition_text,
    other_slug_text,
    rename_offer_text,
    same_slug_text,
)
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, ProgressMessage, UserError, respond
from cogs.framework.services import Services, require_guild_id
from cogs.server.help_controls import NewsChannelSelect
from cogs.syncing.rename_search import find_new_slug
from cogs.syncing.sync_service import SyncService
from leaderboards.errors import CompetitionRenamed, EmptyBoard
from leaderboards.news.messages import FollowedMessage, ThreadMessage
from leaderboards.sync import Outcome, SyncReport
from records.competitions import BoardInfo, Competition
from records.guilds import CompetitionThread, Follow

MAX_FOLLOWED = MAX_CHOICES
"""Competitions that one server can follow besides archived ones: autocomplete can show them all."""


class RenameOffered(UserError):
    """The server already follows this competition, under its old slug."""

    def __init__(self, sentence: str, competition_id: int) -> None:
        super().__init__(sentence)
        self.competition_id = competition_id
        """The id of the followed one."""


class FollowService:
    """Follows and renames competitions, each with a first sync."""

    def __init__(
        self, client: discord.Client, services: Services, sync_service: SyncService
    ) -> None:
        self._client = client
        self._services = services
        self._sync_service = sync_service
        self._add_limiter = AddLimiter(services)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """By slug: a failed add deletes the competition, but not while another server adds it."""

    async def follow(
        self, interaction: Interaction, slug: str, channel: TargetChannel | NewThread | None
    ) -> None:
        """Follow a competition and respond with what its first sync found.

        If the server follows it already, only its channel is changed. Raises `UserError` if it is
        followed and `channel` is not another one, or if a limit is reached; `RenameOffered` if the
        server follows it under its old slug; and `LeaderboardError` if the sync fails.
        """
        guild_id = require_guild_id(interaction)
        lock = self._locks.setdefault(slug, asyncio.Lock())
        async with lock:
            await respond(interaction, await self._follow(interaction, slug, guild_id, channel))
        self._client.dispatch("messages_queued")
        self._client.dispatch("competition_followed")

    async def require_known(self, slug: str) -> None:
        """Raise `LeaderboardError` if Kaggle has no such competition or cannot be asked.

        Raises `UserError` if too many calls wait.
        """
        # Kaggle's list misses some competitions: only the download shows whether there is a board.
        limiter = self._sync_service.request_limiter
        await limiter.call(lambda: self._services.kaggle.download(slug))

    async def rename(self, interaction: Interaction, follow: Follow, new_slug: str) -> None:
        """Move a followed competition to the new slug that Kaggle gave it.

        Raises `UserError` if it is another competition, and `LeaderboardError` where the new one
        cannot be read.
        """
        storage, old_slug = self._services.storage, follow.competition.slug
        if new_slug == old_slug:
            raise UserError(same_slug_text(old_slug))
        lock = self._locks.setdefault(new_slug, asyncio.Lock())
        async with lock:
            current = await storage.competitions.find_by_id(follow.competition.id)
            if current is None or current.slug != old_slug:
                raise UserError(just_moved_text(old_slug))
            await self._add_limiter.start_add(new_slug, follow.guild_id, interaction.user.id)
            progress = ProgressMessage(interaction)
            try:
                progress(looking_text(new_slug))
                added, _, _ = await self._sync_first(new_slug, progress)
                await self._require_same(current, added, follow.guild_id)
                kept_id = await storage.competition_renames.rename(
                    current.id, new_slug, self._services.now()
                )
            finally:
                await progress.end()
                await storage.competitions.delete_unused(new_slug)
        self._client.dispatch("board_synced", kept_id)
        self._client.dispatch("messages_queued")

    async def _require_same(self, old: Competition, new: Competition, guild_id: int) -> None:
        """Raise `UserError` unless `old` and `new` are the same competition under two slugs.

        They are if they have the same teams, or if `old` never had a team and Kaggle's list has
        `new` with the same deadline and similar words.
        """
        storage = self._services.storage
        same = await storage.competition_renames.find_slugs_with_same_teams(new.id, guild_id)
        if old.slug in same:
            return
        if await storage.boards.find_info(old.id) is None:
            if await find_new_slug(self._services.kaggle, old) == new.slug:
                return
            raise UserError(old_without_teams_text(old.slug, new.slug))
        if await storage.boards.find_info(new.id) is None:
            raise UserError(new_without_teams_text(old.slug, new.slug))
        raise UserError(other_competition_text(old.slug, new.slug))

    async def _follow(
        self,
        interaction: Interaction,
        slug: str,
        guild_id: int,
        channel: TargetChannel | NewThread | None,
    ) -> ui.LayoutView:
        storage = self._services.storage
        follows = await storage.guilds.load_follows(guild_id)
        for follow in follows:
            if follow.competition.slug == slug:
                return await self._change_channel(follow, channel)
        if sum(follow.competition.archived_at is None for follow in follows) >= MAX_FOLLOWED:
            raise UserError(too_many_text(MAX_FOLLOWED))
        await self._add_limiter.start_add(slug, guild_id, interaction.user.id)
        progress = ProgressMessage(interaction)
        opens_thread = isinstance(channel, NewThread)
        own_channel = channel.parent if isinstance(channel, NewThread) else channel
        channel_id = own_channel.id if own_channel else None
        try:
            progress(looking_text(slug))
            competition, report, board = await self._sync_first(slug, progress)
            failing = {
                one.competition.slug: one.competition.id
                for one in follows
                if one.competition.failures
            }
            if failing:
                same = await storage.competition_renames.find_slugs_with_same_teams(
                    competition.id, guild_id
                )
                for old_slug in failing.keys() & same:
                    raise RenameOffered(rename_offer_text(slug, old_slug), failing[old_slug])
            members = await self._count_members(guild_id, board)
            team_count = board.team_count if board else 0
            deadline, now = competition.deadline, self._services.now()
            has_ended = deadline is not None and deadline <= now
            followed = await storage.guilds.follow(
                guild_id,
                competition.id,
                channel_id,
                interaction.user.id,
                now,
                ThreadMessage(slug, team_count, *members)
                if opens_thread
                else FollowedMessage(slug, team_count, *members, has_ended),
                skip_next_news=report is not None and report.outcome is Outcome.HELD,
                max_running=MAX_FOLLOWED,
            )
            if not followed:  # Others were added meanwhile.
                raise UserError(too_many_text(MAX_FOLLOWED))
        finally:
            await progress.end()
            await storage.competitions.delete_unused(slug)
        target = await self._load_news_target(guild_id, channel_id)
        return add_view(
            competition,
            report,
            board,
            members=members,
            target=replace(target, opens_thread=opens_thread),
            has_ended=has_ended,
            now=self._services.now(),
            controls=[] if target.channel_id or has_ended else [[NewsChannelSelect()]],
        )

    async def _change_channel(
        self, follow: Follow, channel: TargetChannel | NewThread | None
    ) -> ui.LayoutView:
        """Change the channel of a followed competition; raise `UserError` if it has that one."""
        guild_id, competition = follow.guild_id, follow.competition
        before = await self._load_news_target(guild_id, follow.channel_id)
        if isinstance(channel, NewThread):
            return await self._open_thread(follow, channel.parent)
        if channel is None or channel.id == follow.channel_id:
            raise UserError(already_followed_text(competition, before.channel_id))
        storage = self._services.storage
        thread = await storage.competition_threads.find(guild_id, competition.id)
        live_board = await storage.live_boards.find(guild_id, competition.id)
        await storage.guilds.change_channel(
            guild_id, competition.id, channel.id, self._services.now()
        )
        return channel_changed_view(
            competition,
            before.channel_id,
            await self._load_news_target(guild_id, channel.id),
            paused=follow.paused,
            left_id=_find_left_id(thread),
            live_channel_id=live_board.channel_id if live_board else None,
        )

    async def _open_thread(self, follow: Follow, parent: ThreadParent) -> ui.LayoutView:
        """Open a thread for a followed competition; raise `UserError` if it has one there."""
        storage, guild_id, competition = self._services.storage, follow.guild_id, follow.competition
        if competition.archived_at is not None:
            raise UserError(no_thread_after_end_text(competition))
        thread = await storage.competition_threads.find(guild_id, competition.id)
        if thread is not None and thread.parent_id == parent.id:
            raise UserError(has_thread_text(competition, thread.thread_id or parent.id))
        board = await storage.boards.find_info(competition.id)
        members = await self._count_members(guild_id, board)
        first = ThreadMessage(competition.slug, board.team_count if board else 0, *members)
        live_board = await storage.live_boards.find(guild_id, competition.id)
        await storage.competition_threads.request(
            guild_id, competition.id, parent.id, first, self._services.now()
        )
        return thread_requested_view(
            competition,
            replace(await self._load_news_target(guild_id, parent.id), opens_thread=True),
            paused=follow.paused,
            left_id=_find_left_id(thread),
            live_channel_id=live_board.channel_id if live_board else None,
        )

    async def _load_news_target(self, guild_id: int, own_channel_id: int | None) -> NewsTarget:
        """Return where a competition is announced, and what; it may have its own channel."""
        storage = self._services.storage
        settings = await storage.guilds.load_settings(guild_id)
        channel_id = own_channel_id or settings.channel_id
        guild = self._client.get_guild(guild_id)
        return NewsTarget(
            channel_id,
            await storage.channels.load_mode(guild_id, channel_id or 0),
            announce=settings.announce,
            has_digests=settings.daily_digest or settings.weekly_digest_day is not None,
            lacks_pictures=bool(find_channels_without_files(guild, [channel_id])),
        )

    async def _sync_first(
        self, slug: str, progress: ProgressMessage
    ) -> tuple[Competition, SyncReport | None, BoardInfo | None]:
        """Sync a competition; without report and board if its board has no teams yet.

        Raises `UserError` if Kaggle has it under another slug now.
        """
        storage = self._services.storage
        added = await storage.competitions.add_to_follow(slug, self._services.now())
        report: SyncReport | None = None
        try:
            with suppress(EmptyBoard):
                report = await self._sync_service.sync(added, progress)
        except CompetitionRenamed as error:  # Its own sentence is for servers that follow it.
            raise UserError(other_slug_text(slug, error.new_slug)) from error
        competition = await storage.competitions.find(slug)
        board = await storage.boards.find_info(added.id)
        if competition is not None and report is None:
            return competition, None, board
        if competition is None or board is None:
            raise UserError(not_stored_text(slug))
        return competition, report, board

    async def _count_members(self, guild_id: int, board: BoardInfo | None) -> MembersOnBoard:
        """Return how many of the server's linked members are on a board."""
        if board is None:
            return MembersOnBoard(0, 0)
        storage = self._services.storage
        counted = await storage.links.load_counted_links(guild_id)
        unverified = await storage.links.load_unverified_links(guild_id)
        on_board = [
            await storage.boards.find_teams_by_user_names(
                board.board_id, [link.user_name for link in links]
            )
            for links in (counted, unverified)
        ]
        return MembersOnBoard(*map(len, on_board))


def _find_left_id(thread: CompetitionThread | None) -> int | None:
    """Return the id of the thread that a competition leaves; None if it has none that is open."""
    return None if thread is None or thread.closed else thread.thread_id
