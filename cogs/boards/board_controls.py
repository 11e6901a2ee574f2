"""What stands below a board: buttons, a select and a modal that turn its pages.

All that they must know stands in their custom_id, so that they work after a restart. A press turns
the page for the one who asked for the board; everybody else gets a copy of their own to turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self, cast

import discord
from discord import ui

from cogs.boards.board_page import LAST, Sight, Viewer, board_screen, page_of, start_of
from cogs.boards.board_screen import LINES, BoardScreen, board_view
from cogs.framework import format as fmt
from cogs.framework.components import ErrorHandlingItem
from cogs.framework.errors import respond_exception
from cogs.framework.escape import plain
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError, defer_update_or_reply, respond
from cogs.framework.services import get_services
from cogs.framework.visibility import Visibility, visibility_of
from leaderboards.medals import MedalZone
from records.competitions import Competition

_STATE = r"(?P<competition>\d{1,18}):(?P<start>\d{1,10}):(?P<sight>[0-3])"
_ME = "me"


class BoardButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"board:(?P<action>first|back|page|next|last|members|board|again):" + _STATE,
):
    """A button that shows the part of a board which begins at `start`."""

    def __init__(  # noqa: PLR0917
        self, action: str, competition_id: int, start: int, sight: Sight, label: str, off: bool
    ) -> None:
        super().__init__(
            ui.Button(
                label=label,
                custom_id=f"board:{action}:{competition_id}:{start}:{sight.code}",
                disabled=off,
                style=discord.ButtonStyle.secondary,
            )
        )
        self.action = action
        self.competition_id = competition_id
        self.start = start
        self.sight = sight

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the button from what Discord sends back."""
        return cls(match["action"], *_state_of(match), "", off=False)

    async def on_use(self, interaction: Interaction) -> None:
        """Show that part, or ask which page is wanted."""
        if self.action == "page":
            await interaction.response.send_modal(JumpModal(self.competition_id, self.sight))
            return
        await defer_update_or_reply(interaction)
        await show_board(interaction, self.competition_id, self.start, self.sight)


class BoardSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="board:go:" + _STATE):
    """Goes to where the viewer stands, or to a medal zone."""

    def __init__(
        self,
        competition_id: int,
        start: int,
        sight: Sight,
        options: list[discord.SelectOption],
    ) -> None:
        super().__init__(
            ui.Select(
                custom_id=f"board:go:{competition_id}:{start}:{sight.code}",
                placeholder="Go to …",
                options=options,
            )
        )
        self.competition_id = competition_id
        self.sight = sight

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls(*_state_of(match), cast("ui.Select[Any]", item).options)

    async def on_use(self, interaction: Interaction) -> None:
        """Show that part."""
        await defer_update_or_reply(interaction)
        (chosen,) = self.item.values
        start = None if chosen == _ME else int(chosen) if chosen.isdecimal() else 1
        await show_board(interaction, self.competition_id, start, self.sight)


class JumpModal(ui.Modal, title="Jump to a page"):
    """Asks for the number of a page."""

    page: ui.Label[JumpModal] = ui.Label(
        text="Page", component=ui.TextInput(custom_id="page", max_length=7, placeholder="1")
    )

    def __init__(self, competition_id: int, sight: Sight) -> None:
        super().__init__(timeout=600)
        self._competition_id = competition_id
        self._sight = sight

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Show that page."""
        typed = cast("ui.TextInput[JumpModal]", self.page.component).value.strip()
        if not (typed.isascii() and typed.isdecimal()):
            raise UserError(f"{plain(typed)} is no page. Give a number, such as 3.")
        await defer_update_or_reply(interaction)
        start = start_of(max(int(typed), 1))
        await show_board(interaction, self._competition_id, start, self._sight)

    async def on_error(  # type: ignore[override] # as discord.py itself does
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Say what went wrong."""
        await respond_exception(interaction, error)


async def show_board(
    interaction: Interaction, competition_id: int, start: int | None, sight: Sight
) -> None:
    """Answer with a part of a board, if the one who asks may still see it."""
    scope = visibility_of(interaction)
    competition = await scope.with_id(competition_id)
    if competition is None:
        raise UserError(scope.gone)
    await answer_board(interaction, scope, competition, start, sight)


async def answer_board(
    interaction: Interaction,
    scope: Visibility,
    competition: Competition,
    start: int | None,
    sight: Sight,
) -> None:
    """Answer with a part of a board and what turns its pages."""
    if sight.members and not scope.shows_members:
        raise UserError("Who is who stands on the board in your server; here I show only you.")
    user_id = interaction.user.id
    screen = await board_screen(
        get_services(interaction.client),
        competition,
        await scope.users(),
        viewer=Viewer(user_id, await scope.names_of(user_id)),
        start=start,
        sight=sight,
    )
    controls = controls_of(competition.id, screen, sight, members_button=scope.shows_members)
    await respond(interaction, board_view(screen, controls))


def controls_of(
    competition_id: int, screen: BoardScreen, sight: Sight, *, members_button: bool
) -> list[list[Item]]:
    """Build what turns the pages of a board."""
    start = screen.start

    def button(action: str, label: str, to: int, *, off: bool = False) -> BoardButton:
        return BoardButton(action, competition_id, to, sight, label, off)

    rows: list[list[Item]] = []
    if screen.count > LINES:
        at_start, at_end = start == 1, start + LINES > screen.count
        pages = f"{fmt.number(page_of(start))} / {fmt.number(page_of(screen.count))}"
        rows.append(
            [
                button("first", "⏮", 1, off=at_start),
                button("back", "◀", max(1, start - LINES), off=at_start),
                button("page", pages, start),
                button("next", "▶", start + LINES, off=at_end),
                button("last", "⏭", LAST, off=at_end),
            ]
        )
        rows.append([BoardSelect(competition_id, start, sight, _aims(screen))])
    below: list[Item] = []
    if members_button:
        label = "Everyone" if sight.members else "Members only"
        other = replace(sight, members=not sight.members)
        below.append(BoardButton("members", competition_id, 1, other, label, off=False))
    if screen.private or screen.frozen_at is not None:
        label = "Public board" if screen.private else "Final board"
        other = replace(sight, public=screen.private)
        below.append(BoardButton("board", competition_id, 1, other, label, off=False))
    return [*rows, [*below, button("again", "Refresh", start)]]


def _aims(screen: BoardScreen) -> list[discord.SelectOption]:
    aims = [
        discord.SelectOption(label="Around me", value=_ME, emoji="📍"),
        discord.SelectOption(label="Top of the board", value="1", emoji="🔝"),
    ]
    if screen.medals is None or screen.members_only:
        return aims
    first = 1
    for medal_zone in MedalZone:
        last = screen.medals.last_rank(medal_zone)
        if last >= first:
            label = f"{str(medal_zone).capitalize()} zone, {fmt.rank(first)} to {fmt.rank(last)}"
            # The values of a select must differ: the gold zone is the top of the board.
            value = str(first) if first > 1 else "01"
            aims.append(
                discord.SelectOption(label=label, value=value, emoji=fmt.MEDALS[medal_zone])
            )
            first = last + 1
    return aims


def _state_of(match: re.Match[str]) -> tuple[int, int, Sight]:
    return int(match["competition"]), int(match["start"]), Sight.of(int(match["sight"]))


DYNAMIC_ITEMS: Sequence[type[ui.DynamicItem[Any]]] = (BoardButton, BoardSelect)
