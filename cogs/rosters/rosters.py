"""`/roster`: links from a file that a manager uploads, and a file of who stands where."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import datetime
from typing import Any, Literal, Self, cast

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework.checks import ManagerGroup, require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import notice
from cogs.framework.responses import (
    Interaction,
    ProgressMessage,
    UserError,
    defer,
    defer_update,
    respond,
)
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.visibility import get_visibility
from cogs.rosters.checked_roster_file import build_check_file, read_check_file
from cogs.rosters.roster_check import APPLIED, CheckedRow, ServerMember, check_roster
from cogs.rosters.roster_file import MAX_BYTES, RosterRow, read_roster
from cogs.rosters.roster_file_screen import TOO_LARGE_TEXT
from cogs.rosters.roster_screen import (
    CANCELLED_TEXT,
    CHECK_FILE_NAME,
    CHECK_GONE_TEXT,
    FUTURE_TEXT,
    NO_MEMBER_LIST_TEXT,
    NOBODY_TO_LIST_TEXT,
    AppliedRoster,
    StandingsData,
    applied_text,
    apply_label,
    check_view,
    no_board_text,
    standings_view,
)
from cogs.rosters.server_members import load_members, load_named_members
from cogs.rosters.standings_file import build_standings_file
from leaderboards.board import Board, BoardKind
from leaderboards.kaggle_ids import find_user_name
from leaderboards.news.deadlines import parse_moment
from records.competitions import Competition

Choice = Literal["apply", "cancel"]


class RosterButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"roster:(?P<choice>apply|cancel)",
):
    """Button that applies the checked roster above it, or leaves everything as it is."""

    def __init__(self, choice: Choice, label: str = "") -> None:
        style = discord.ButtonStyle.primary if choice == "apply" else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, custom_id=f"roster:{choice}", style=style))
        self.choice = choice

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(cast("Choice", match["choice"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Link the members of the checked file that is in the message."""
        await defer_update(interaction)
        require_manager(interaction)
        if self.choice == "cancel":
            await respond(interaction, notice(CANCELLED_TEXT))
            return
        attachments = interaction.message.attachments if interaction.message else []
        file = next((one for one in attachments if one.filename == CHECK_FILE_NAME), None)
        if file is None:
            raise UserError(CHECK_GONE_TEXT)
        user_names = read_check_file(await file.read())
        services, guild_id = get_services(interaction.client), require_guild_id(interaction)
        refused = await services.storage.links.link_several(
            guild_id, user_names, interaction.user.id, services.now()
        )
        settings = await services.storage.guilds.load_settings(guild_id)
        applied = AppliedRoster(
            len(user_names) - len(refused), sorted(refused), settings.require_verified
        )
        await respond(interaction, notice(applied_text(applied)))
        interaction.client.dispatch("links_changed", guild_id)


class Rosters(ManagerGroup, group_name="roster"):
    """School classes: link members from a file, and export who stands where (for managers)."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(name="import")
    @app_commands.describe(
        file="A CSV with the columns discord (name or id) and kaggle (user name)"
    )
    async def import_roster(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Link members from a CSV file: see first what would change."""
        await defer(interaction, private=True)
        if file.size > MAX_BYTES:
            raise UserError(TOO_LARGE_TEXT)
        rows = read_roster(await file.read())
        checked = await self._check(interaction, rows)
        count = sum(one.result in APPLIED for one in checked)
        buttons = [RosterButton("apply", apply_label(count)), RosterButton("cancel", "Cancel")]
        settings = await self._services.storage.guilds.load_settings(require_guild_id(interaction))
        view = check_view(
            checked,
            require_verified=settings.require_verified,
            buttons=buttons if count else [],
        )
        await _respond_with_file(interaction, view, build_check_file(checked), CHECK_FILE_NAME)

    async def _check(self, interaction: Interaction, rows: list[RosterRow]) -> list[CheckedRow]:
        """Compare the rows with the members, their links and the followed boards."""
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        if interaction.guild is None:
            raise UserError(NO_MEMBER_LIST_TEXT)
        progress = ProgressMessage(interaction)
        try:
            members = await load_named_members(interaction.guild, rows, progress)
        except TimeoutError as error:
            raise UserError(NO_MEMBER_LIST_TEXT) from error
        finally:
            await progress.end()
        follows = await storage.guilds.load_follows(guild_id)
        followed = [follow.competition.id for follow in follows]
        names = {name for row in rows if (name := find_user_name(row.user_name)) is not None}
        on_boards = {
            name.casefold(): bool(await storage.boards.find_boards_by_user_name(name, followed))
            for name in names
            if followed
        }
        return check_roster(rows, members, await storage.links.load_links(guild_id), on_boards)

    @app_commands.command()
    @app_commands.describe(
        competition="The competition (not needed in its own channel, or if there is only one)",
        at="The moment in UTC, such as 2026-11-30 18:00 (default: the newest board)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def export(
        self,
        interaction: Interaction,
        competition: app_commands.Range[str, 1, 200] | None = None,
        at: app_commands.Range[str, 1, 40] | None = None,
    ) -> None:
        """Get a CSV file of who stands where on a board, also at an earlier moment."""
        await defer(interaction, private=True)
        guild_id, storage = require_guild_id(interaction), self._services.storage
        found = await require_competition(get_visibility(interaction), competition)
        links = await storage.links.load_links(guild_id)
        if not links:
            raise UserError(NOBODY_TO_LIST_TEXT)
        moment = None if at is None else parse_moment(at)
        board = await self._load_board(found, moment)
        members = await _load_present(interaction, [link.user_id for link in links])
        content, on_board_count = await asyncio.to_thread(
            build_standings_file,
            links,
            members,
            board,
            awards_medals=found.awards_medals,
        )
        taken_at = board.taken_at or self._services.now()
        data = StandingsData(
            competition=found,
            file_name=f"{found.slug}-{taken_at:%Y-%m-%d-%H%M}-utc.csv",
            taken_at=taken_at,
            member_count=len(links),
            on_board_count=on_board_count,
            absent_count=len(links) - len(members),
        )
        await _respond_with_file(interaction, standings_view(data), content, data.file_name)

    async def _load_board(self, competition: Competition, moment: datetime | None) -> Board:
        """Return the newest board, or the one that was the newest at a moment."""
        storage, now = self._services.storage, self._services.now()
        if moment is not None and moment > now:
            raise UserError(FUTURE_TEXT)
        for kind in (BoardKind.PRIVATE, BoardKind.PUBLIC):
            info = await storage.boards.find_info(competition.id, kind)
            if info is None:
                continue
            board = await storage.history.load_board_at(info, competition.slug, moment or now)
            if board is not None:
                return board
        raise UserError(no_board_text(competition, moment))


async def _load_present(interaction: Interaction, user_ids: list[int]) -> dict[int, ServerMember]:
    """Return the members among some users, by id; raises `UserError` if Discord does not answer."""
    if interaction.guild is None:
        raise UserError(NO_MEMBER_LIST_TEXT)
    try:
        members = await load_members(interaction.guild, user_ids)
    except TimeoutError as error:
        raise UserError(NO_MEMBER_LIST_TEXT) from error
    return {member.id: member for member in members}


async def _respond_with_file(
    interaction: Interaction, view: ui.LayoutView, content: bytes, file_name: str
) -> None:
    """Show a card with a file below it."""
    file = discord.File(io.BytesIO(content), file_name)
    await respond(interaction, view, files=[file])


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the buttons below a check."""
    bot.add_dynamic_items(RosterButton)
    await bot.add_cog(Rosters(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(RosterButton)
