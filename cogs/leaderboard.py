"""`/leaderboard`: the whole board in pages, with buttons that keep working."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.answers import Interaction, Refusal, answer, think, turn
from cogs.errors import answer_error
from cogs.lookups import competition_choices, followed
from cogs.past import Pasts
from cogs.services import Services, guild_id_of, services_of
from cogs.ui.board import LINES, BoardScreen, board_view
from cogs.ui.text import plain
from storage.boards import BoardInfo
from storage.guilds import Follow

_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Request:
    """Which page of which board is wanted."""

    follow: Follow
    info: BoardInfo
    page: int
    """A page after the last one means the last one."""
    members_only: bool


class BoardButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"board:(?P<action>first|back|next|last|me|members)"
    r":(?P<competition>\d{1,18}):(?P<page>\d{1,9}):(?P<members>[01])",
):
    """A button below a board; all it must know stands in its custom_id."""

    _FACES = {  # noqa: RUF012 - never changed
        "first": "⏮",
        "back": "◀",
        "next": "▶",
        "last": "⏭",
        "me": "Find me",
        "members": "Members only",
    }

    def __init__(
        self, action: str, competition_id: int, page: int, members: bool, *, off: bool = False
    ) -> None:
        label = "Everyone" if action == "members" and members else self._FACES[action]
        super().__init__(
            ui.Button(
                label=label,
                custom_id=f"board:{action}:{competition_id}:{page}:{members:d}",
                disabled=off,
                style=discord.ButtonStyle.secondary,
            )
        )
        self.action = action
        self.competition_id = competition_id
        self.page = page
        self.members = members

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> BoardButton:
        """Read the button from what Discord sends back."""
        del interaction, item
        competition_id, page = int(match["competition"]), int(match["page"])
        return cls(match["action"], competition_id, page, match["members"] == "1")

    async def callback(self, interaction: Interaction) -> None:
        """Turn to the page."""
        try:
            await self._press(interaction)
        except Exception as error:  # noqa: BLE001 - discord.py would only log it
            await answer_error(interaction, error)

    async def _press(self, interaction: Interaction) -> None:
        # Looking for oneself must not turn the page under everybody else's eyes.
        message = interaction.message
        if self.action == "me" and not (message and message.flags.ephemeral):
            await think(interaction, private=True)
        else:
            await turn(interaction)
        services = services_of(interaction.client)
        guild_id = guild_id_of(interaction)
        follow = await _follow_of(services, guild_id, self.competition_id)
        info = await _info_of(services, follow)
        members = self.members != (self.action == "members")
        page = {"first": 1, "back": self.page - 1, "next": self.page + 1, "last": 10**9}.get(
            self.action, 1 if self.action == "members" else self.page
        )
        if self.action == "me":
            page = await _page_of_member(services, follow, info, interaction.user.id, members)
        view = await _screen(services, _Request(follow, info, page, members))
        await answer(interaction, view)


class Leaderboard(commands.Cog):
    """Shows boards."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True)
    @app_commands.describe(
        competition="Which competition; not needed when this server follows only one",
        page="Which page to begin with",
        members="Show only members of this server",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def leaderboard(
        self,
        interaction: Interaction,
        competition: app_commands.Range[str, 1, 200] | None = None,
        page: app_commands.Range[int, 1, 100_000] = 1,
        members: bool = False,
    ) -> None:
        """Show the whole leaderboard of a competition, page by page."""
        await think(interaction, private=False)
        follow = await followed(self._services, guild_id_of(interaction), competition)
        info = await _info_of(self._services, follow)
        view = await _screen(self._services, _Request(follow, info, page, members))
        await answer(interaction, view)


async def _follow_of(services: Services, guild_id: int, competition_id: int) -> Follow:
    for follow in await services.storage.guilds.follows(guild_id):
        if follow.competition.id == competition_id:
            return follow
    raise Refusal("This server no longer follows that competition.")


async def _info_of(services: Services, follow: Follow) -> BoardInfo:
    info = await services.storage.boards.info(follow.competition.id)
    if info is None:
        raise Refusal(
            f"The board of **{follow.competition.slug}** has not come in yet; `/status` tells more."
        )
    return info


async def _page_of_member(
    services: Services, follow: Follow, info: BoardInfo, user_id: int, members_only: bool
) -> int:
    link = await services.storage.links.of_member(follow.guild_id, user_id)
    if link is None:
        raise Refusal("I do not know who you are on Kaggle yet. `/link` tells me.")
    teams = await services.storage.boards.of_users(info.board_id, [link.user_name])
    if not teams:
        name, slug = plain(link.user_name), follow.competition.slug
        raise Refusal(f"**{name}** is not on the board of {slug} yet.")
    (own,) = teams.values()
    if not members_only:
        return math.ceil(own.rank / LINES)
    ranks = await _ranks_of_members(services, follow, info)
    return math.ceil((ranks.index(own.rank) + 1) / LINES)


async def _ranks_of_members(services: Services, follow: Follow, info: BoardInfo) -> list[int]:
    links = await services.storage.links.of_guild(follow.guild_id)
    teams = await services.storage.boards.of_users(
        info.board_id, [link.user_name for link in links]
    )
    return sorted({team.rank for team in teams.values()})


async def _screen(services: Services, request: _Request) -> ui.LayoutView:
    storage, info, competition = services.storage, request.info, request.follow.competition
    links = await storage.links.of_guild(request.follow.guild_id)
    if request.members_only:
        ranks = await _ranks_of_members(services, request.follow, info)
        page, pages = _within(request.page, len(ranks))
        shown = ranks[(page - 1) * LINES : page * LINES]
        found = await storage.boards.at_ranks(info.board_id, shown)
        entries = [found[rank] for rank in shown if rank in found]
    else:
        page, pages = _within(request.page, info.team_count)
        first = (page - 1) * LINES + 1
        entries = await storage.boards.page(info.board_id, first, first + LINES - 1)
    now = services.now()
    ranks_now = {entry.team_id: entry.rank for entry in entries if entry.rank}
    past = (await Pasts.of(storage.history, info, now - _DAY, ranks_now)).at(now - _DAY)
    screen = BoardScreen(
        slug=competition.slug,
        team_count=info.team_count,
        order=info.order,
        ranks_derived=info.ranks_derived,
        synced_at=competition.synced_at,
        failed_at=competition.error_at if competition.error else None,
        entries=entries,
        before=past.ranks if past else {},
        since=past.since if past else None,
        now=now,
        users={link.user_name.casefold(): link.user_id for link in links},
        page=page,
        pages=pages,
        members_only=request.members_only,
    )
    return board_view(screen, _buttons(competition.id, page, pages, request.members_only))


def _within(page: int, count: int) -> tuple[int, int]:
    pages = max(1, math.ceil(count / LINES))
    return min(max(page, 1), pages), pages


def _buttons(competition_id: int, page: int, pages: int, members: bool) -> list[list[BoardButton]]:
    off = {"first": page == 1, "back": page == 1, "next": page == pages, "last": page == pages}
    return [
        [
            BoardButton(action, competition_id, page, members, off=off.get(action, False))
            for action in actions
        ]
        for actions in (("first", "back", "next", "last"), ("me", "members"))
    ]


async def setup(bot: commands.Bot) -> None:
    """Add the command and its buttons."""
    bot.add_dynamic_items(BoardButton)
    await bot.add_cog(Leaderboard(services_of(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Take the buttons away again."""
    bot.remove_dynamic_items(BoardButton)
