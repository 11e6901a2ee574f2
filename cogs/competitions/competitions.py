"""`/competition`: which Kaggle competitions a server follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from discord import app_commands
from discord.ext import commands

from cogs.channels.target_channels import (
    ChannelOption,
    NewThread,
    ParentOption,
    TargetChannel,
    require_new_thread,
    require_target_channel,
)
from cogs.competitions.browse_controls import BrowsePageButton, FollowSelect, show_page
from cogs.competitions.browse_screen import format_choice
from cogs.competitions.competitions_screen import (
    CHANNEL_OR_THREAD_TEXT,
    LOOKING_FROM_NOW_TEXT,
    LOOKING_LATER_TEXT,
    NAMELESS_TEXT,
    RESUME_TO_LOOK_TEXT,
    after_final_deadline_text,
    already_paused_text,
    before_other_deadline_text,
    deadline_set_text,
    listed_deadline_text,
    live_board_text,
    name_taken_text,
    no_deadline_after_end_text,
    no_deadline_text,
    no_live_board_after_end_text,
    no_live_board_text,
    no_own_name_text,
    no_pause_after_end_text,
    not_paused_text,
    own_name_text,
    past_date_text,
    paused_text,
    remove_deadline_question,
    remove_live_board_question,
    remove_question,
    resumed_text,
    sync_view,
)
from cogs.competitions.follow_controls import FollowButton, follow_named
from cogs.competitions.follow_service import FollowService
from cogs.competitions.list_screen import list_view
from cogs.competitions.remove_controls import (
    REMOVE_BUTTONS,
    RemoveCompetitionButton,
    RemoveDeadlineButton,
    RemoveLiveBoardButton,
)
from cogs.competitions.rename_controls import RenameButton, ask_to_rename
from cogs.competitions.rename_screen import rename_offer_view
from cogs.competitions.search_cache import MAX_LENGTH, SearchCache, normalize_search
from cogs.framework.checks import Cooldown, ManagerGroup, require_manager
from cogs.framework.escape import escape_sentence
from cogs.framework.layout import notice
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import (
    Interaction,
    ProgressMessage,
    UserError,
    defer,
    defer_update,
    respond,
)
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.framework.texts import cooldown_text
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import find_by_name, require_follow
from cogs.options.visibility import ServerVisibility
from cogs.server.rename_buttons import build_rename_buttons
from cogs.syncing.competition_end_service import CompetitionEndService
from cogs.syncing.sync_service import SyncService
from leaderboards.display_text import NAMELESS, clean
from leaderboards.errors import CompetitionRenamed, EmptyBoard
from leaderboards.kaggle_ids import parse_competition
from leaderboards.news.deadlines import DeadlineKind, parse_moment
from leaderboards.sync import SyncReport
from records.competitions import Competition
from records.guilds import MAX_OWN_NAME_LENGTH, Follow

NameOrUrl = app_commands.Range[str, 1, 200]
OwnName = app_commands.Range[str, 1, MAX_OWN_NAME_LENGTH]

_SYNC_COOLDOWN = timedelta(minutes=1)
"""Shortest time between two syncs by command, of a server and of a person in all servers."""


class CompetitionListPageButton(PageButton, template=build_page_template("competitions")):
    """Button that shows another page of `/competition list`."""

    list_name = "competitions"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        require_manager(interaction)
        await defer_update(interaction)
        await _show_list(interaction, self.number)


async def _show_list(interaction: Interaction, number: int) -> None:
    """Respond with a page of what the server follows."""
    storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
    follows = await get_services(interaction.client).get(SyncService).load_follows(guild_id)
    if not follows:
        raise UserError(ServerVisibility.nothing_visible_text)
    boards = {
        follow.competition.id: await storage.boards.find_private_or_public(follow.competition.id)
        for follow in follows
    }
    settings = await storage.guilds.load_settings(guild_id)
    failing = await storage.outbox.load_failing(guild_id)
    live_boards = await storage.live_boards.load_by_guild(guild_id)
    given = await storage.deadlines.load_all_given(guild_id)
    deadlines = {
        follow.competition.id: {
            kind: at
            for kind, at in given.get(follow.competition.id, {}).items()
            if follow.competition.listed_deadlines[kind] is None
        }
        for follow in follows
    }
    await respond(
        interaction,
        list_view(
            follows,
            boards,
            channel_id=settings.channel_id,
            failing=failing,
            live_boards=live_boards,
            deadlines=deadlines,
            number=number,
            build_buttons=CompetitionListPageButton.build_rows,
        ),
    )


class Competitions(ManagerGroup, group_name="competition"):
    """Which Kaggle competitions this server follows (for managers)."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__()
        self._bot = bot
        self._services = services
        self._searches = services.get(SearchCache)
        self._follow_service = services.get(FollowService)
        self._sync_service = services.get(SyncService)
        self._sync_cooldown = Cooldown(services, _SYNC_COOLDOWN, cooldown_text)
        self._end_service = services.get(CompetitionEndService)

    @app_commands.command()
    @app_commands.describe(
        competition="Its title, its slug, or its address on Kaggle",
        channel="Where to announce it (default: the channel of /announcements); also changes that",
        thread="Opens a thread in this channel, or a post in this forum, with its live board",
    )
    async def add(
        self,
        interaction: Interaction,
        competition: NameOrUrl,
        channel: ChannelOption | None = None,
        thread: ParentOption | None = None,
    ) -> None:
        """Follow a competition: its board is read now, and every few minutes from then on."""
        await defer(interaction, private=True)
        if channel is not None and thread is not None:
            raise UserError(CHANNEL_OR_THREAD_TEXT)
        target: TargetChannel | NewThread | None = None
        if channel is not None:
            target = await require_target_channel(interaction, channel.id)
        elif thread is not None:
            target = require_new_thread(interaction, thread.id)
        await follow_named(interaction, competition, target)

    @add.autocomplete("competition")
    async def find_choices(
        self, interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest cached competitions, and search Kaggle for the next keystroke."""
        self._searches.prefetch(current)
        follows = await self._services.storage.guilds.load_follows(require_guild_id(interaction))
        slugs = {follow.competition.slug for follow in follows}
        now = self._services.now()
        return [
            app_commands.Choice(
                name=format_choice(found, now, followed=found.slug in slugs), value=found.slug
            )
            for found in self._searches.find_cached_matches(current)
        ]

    @app_commands.command()
    @app_commands.describe(words="What to search for (default: what is popular now)")
    async def browse(
        self, interaction: Interaction, words: app_commands.Range[str, 1, MAX_LENGTH] | None = None
    ) -> None:
        """Find competitions on Kaggle, with deadline, teams and reward."""
        await defer(interaction, private=True)
        await show_page(interaction, normalize_search(words or ""), 1)

    @app_commands.command()
    @app_commands.describe(competition="The competition")
    @app_commands.autocomplete(competition=competition_choices)
    async def remove(self, interaction: Interaction, competition: NameOrUrl) -> None:
        """Stop following a competition, after asking again."""
        await defer(interaction, private=True)
        follow = await require_follow(interaction, competition)
        storage, competition_id = self._services.storage, follow.competition.id
        question = remove_question(
            follow.competition,
            live_board=await storage.live_boards.find(follow.guild_id, competition_id),
            thread=await storage.competition_threads.find(follow.guild_id, competition_id),
            deadlines=await storage.deadlines.load_given(follow.guild_id, competition_id),
            days=self._services.limits.keep_unfollowed.days,
        )
        await RemoveCompetitionButton.ask(interaction, question, competition_id)

    @app_commands.command()
    @app_commands.describe(
        competition="The competition, by its current name here",
        slug="Its new slug or address on Kaggle; for a name of your own use /competition name",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def rename(
        self, interaction: Interaction, competition: NameOrUrl, slug: NameOrUrl
    ) -> None:
        """Follow a competition under the new slug that Kaggle gave it, after asking."""
        await defer(interaction, private=True)
        follow = await require_follow(interaction, competition)
        await ask_to_rename(interaction, follow, parse_competition(slug))

    @app_commands.command(name="name")
    @app_commands.describe(
        competition="The competition",
        name="What this server calls it (leave empty for Kaggle's title)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def name_(
        self, interaction: Interaction, competition: NameOrUrl, name: OwnName | None = None
    ) -> None:
        """Set a shorter name for a competition in this server, or remove it."""
        await defer(interaction, private=True)
        guild_id = require_guild_id(interaction)
        follow = await require_follow(interaction, competition)
        if name is None and follow.competition.own_name is None:
            raise UserError(no_own_name_text(follow.competition))
        own_name = None if name is None else await self._check_own_name(follow, name)
        await self._services.storage.guilds.set_own_name(guild_id, follow.competition.id, own_name)
        self._bot.dispatch("competition_named", guild_id)
        named = replace(follow.competition, own_name=own_name)
        await respond(interaction, notice(own_name_text(named)))

    async def _check_own_name(self, follow: Follow, name: str) -> str:
        """Return a clean name; raise `UserError` if it shows nothing or belongs to another one."""
        cleaned = clean(name)[:MAX_OWN_NAME_LENGTH]
        if cleaned == NAMELESS:
            raise UserError(NAMELESS_TEXT)
        follows = await self._services.storage.guilds.load_follows(follow.guild_id)
        own_id = follow.competition.id
        others = [one.competition for one in follows if one.competition.id != own_id]
        if (other := find_by_name(others, cleaned)) is not None:
            raise UserError(name_taken_text(cleaned, other))
        return cleaned

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """List what this server follows, and where it is announced."""
        await defer(interaction, private=True)
        await _show_list(interaction, 1)

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (not needed in its own channel, or if there is only one)"
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def pause(self, interaction: Interaction, competition: NameOrUrl | None = None) -> None:
        """Pause syncs and news of a competition."""
        await defer(interaction, private=True)
        follow = await require_follow(interaction, competition)
        slug = follow.competition.slug
        if follow.competition.archived_at is not None and follow.competition.recheck_at is None:
            raise UserError(no_pause_after_end_text(follow.competition))
        if not await self._services.storage.guilds.pause(follow.guild_id, slug):
            raise UserError(already_paused_text(follow.competition))
        await respond(interaction, notice(paused_text(follow.competition)))

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (not needed in its own channel, or if there is only one)"
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def resume(self, interaction: Interaction, competition: NameOrUrl | None = None) -> None:
        """Resume a paused competition; what happened in the meantime is not announced."""
        await defer(interaction, private=True)
        follow = await require_follow(interaction, competition)
        slug = follow.competition.slug
        if not await self._services.storage.guilds.resume(follow.guild_id, slug):
            raise UserError(not_paused_text(follow.competition))
        # Due since now, not since it was paused, which `/status` would call late.
        due_at = max(follow.competition.next_sync_at, self._services.now())
        await self._services.storage.competitions.schedule(follow.competition.id, due_at)
        await respond(interaction, notice(resumed_text(follow.competition)))

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (not needed in its own channel, or if there is only one)"
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def sync(self, interaction: Interaction, competition: NameOrUrl | None = None) -> None:
        """Read a board from Kaggle now instead of waiting for the next sync."""
        await defer(interaction, private=True)
        ids = require_guild_id(interaction), interaction.user.id
        self._sync_cooldown.require_over(*ids)  # First, so that nobody chooses in vain.
        follow = await require_follow(interaction, competition)
        progress = ProgressMessage(interaction)
        try:
            end = None
            with self._sync_cooldown.start_unless_failed(*ids):
                if follow.competition.ended_at is None:
                    report = await self._sync_unless_empty(follow.competition, progress)
                else:
                    end = await self._end_service.check(follow.competition, progress)
                    report = end.sync
        except CompetitionRenamed as error:
            buttons = build_rename_buttons(follow.competition.id, error.new_slug)
            await progress.end()
            await respond(interaction, rename_offer_view(escape_sentence(str(error)), buttons))
            return
        finally:
            await progress.end()
        synced = await self._services.storage.competitions.find_by_id(follow.competition.id)
        named = replace(synced or follow.competition, own_name=follow.competition.own_name)
        await respond(interaction, sync_view(named, report, end))

    async def _sync_unless_empty(
        self, competition: Competition, progress: ProgressMessage
    ) -> SyncReport | None:
        """Sync a competition; return None if it waits for its first team."""
        try:
            return await self._sync_service.sync(competition, progress)
        except EmptyBoard:
            if competition.synced_at is not None:
                raise
            return None

    @app_commands.command()
    @app_commands.describe(
        kind="Which deadline (only those that Kaggle does not list)",
        at="In UTC, as 2026-12-31 23:59 or 2026-12-31; leave empty to remove the deadline",
        competition="The competition (not needed in its own channel, or if there is only one)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def deadline(
        self,
        interaction: Interaction,
        kind: Literal["final", "entry", "merger"],
        at: app_commands.Range[str, 1, 40] | None = None,
        competition: NameOrUrl | None = None,
    ) -> None:
        """Set a deadline that Kaggle does not list, so that members are reminded."""
        await defer(interaction, private=True)
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        follow = await require_follow(interaction, competition)
        deadline = None if at is None else parse_moment(at)
        deadline_kind = DeadlineKind(kind)
        listed = follow.competition.listed_deadlines[deadline_kind]
        if listed is not None:
            raise UserError(listed_deadline_text(follow.competition, deadline_kind, listed))
        is_final = deadline_kind is DeadlineKind.FINAL
        has_ended = follow.competition.ended_at is not None and (
            not is_final or follow.competition.archived_at is not None
        )
        if deadline is not None and has_ended:
            raise UserError(no_deadline_after_end_text(follow.competition, deadline_kind))
        is_over = deadline is not None and deadline <= self._services.now()
        if deadline is not None and is_over and not is_final:
            raise UserError(past_date_text(deadline))
        given = await storage.deadlines.load_given(guild_id, follow.competition.id)
        if deadline is None:
            if deadline_kind not in given:
                raise UserError(no_deadline_text(follow.competition, deadline_kind))
            question = remove_deadline_question(
                follow.competition, deadline_kind, given[deadline_kind]
            )
            argument = f"{deadline_kind}.{follow.competition.id}"
            await RemoveDeadlineButton.ask(interaction, question, argument)
            return
        _require_final_last(follow.competition, deadline_kind, deadline, given)
        await storage.deadlines.set(guild_id, follow.competition.id, deadline_kind, deadline)
        text = deadline_set_text(follow.competition, deadline_kind, deadline)
        if is_over:
            text += f" {await self._describe_search(follow)}"
        await respond(interaction, notice(text))

    async def _describe_search(self, follow: Follow) -> str:
        """Return when the private board is looked for, after a final deadline in the past.

        The deadline counts only if all servers that follow the competition have set one.
        """
        storage, competition = self._services.storage, follow.competition
        given = await storage.competition_ends.load_given_deadline(competition.id)
        is_over = given is not None and given <= self._services.now()
        if is_over and await storage.boards.find_info(competition.id) is not None:
            return LOOKING_FROM_NOW_TEXT
        if follow.paused:
            return RESUME_TO_LOOK_TEXT
        return LOOKING_LATER_TEXT

    @app_commands.command()
    @app_commands.describe(
        channel="The channel for the board (leave empty to remove the board)",
        competition="The competition (not needed in its own channel, or if there is only one)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def live(
        self,
        interaction: Interaction,
        channel: ChannelOption | None = None,
        competition: NameOrUrl | None = None,
    ) -> None:
        """Keep the top of a board in a channel, in one message that each sync updates."""
        await defer(interaction, private=True)
        live_boards, guild_id = self._services.storage.live_boards, require_guild_id(interaction)
        follow = await require_follow(interaction, competition)
        competition_id = follow.competition.id
        if channel is None:
            board = await live_boards.find(guild_id, competition_id)
            if board is None:
                raise UserError(no_live_board_text(follow.competition))
            await RemoveLiveBoardButton.ask(
                interaction, remove_live_board_question(board), competition_id
            )
            return
        if follow.competition.archived_at is not None:
            raise UserError(no_live_board_after_end_text(follow.competition))
        await require_target_channel(interaction, channel.id)
        await live_boards.create(guild_id, competition_id, channel.id, self._services.now())
        self._bot.dispatch("messages_queued")
        await respond(interaction, notice(live_board_text(follow.competition, channel.id)))


def _require_final_last(
    competition: Competition,
    kind: DeadlineKind,
    deadline: datetime,
    given: Mapping[DeadlineKind, datetime],
) -> None:
    """Raise `UserError` if with a new deadline another one would come after the final one."""
    listed = competition.listed_deadlines
    deadlines = {one: listed[one] or given.get(one) for one in DeadlineKind}
    final = deadlines.pop(DeadlineKind.FINAL)
    if kind is not DeadlineKind.FINAL:
        if final is not None and deadline > final:
            raise UserError(after_final_deadline_text(competition, kind, final))
        return
    for other, at in deadlines.items():
        if at is not None and at > deadline:
            raise UserError(before_other_deadline_text(competition, other, at))


_DYNAMIC_ITEMS = (
    BrowsePageButton,
    FollowSelect,
    *REMOVE_BUTTONS,
    CompetitionListPageButton,
    FollowButton,
    RenameButton,
)


async def setup(bot: commands.Bot) -> None:
    """Add the commands and their controls."""
    bot.add_dynamic_items(*_DYNAMIC_ITEMS)
    await bot.add_cog(Competitions(bot, get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(*_DYNAMIC_ITEMS)
