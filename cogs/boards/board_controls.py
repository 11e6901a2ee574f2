"""The controls below a board: buttons, a select and a modal for its pages.

Their state is in their custom ids, so that they work after a restart. The member who asked for the
board turns its pages; anybody else gets a copy of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Self, cast

import discord
from discord import ui

from cogs.boards.about_screen import about_view
from cogs.boards.board_page import (
    START_PAST_END,
    BoardFilter,
    Requester,
    load_board_data,
)
from cogs.boards.board_screen import (
    NO_PRIVATE_TEXT,
    OTHER_MEMBERS_TEXT,
    BoardData,
    board_view,
    no_page_text,
    not_a_page_text,
)
from cogs.framework import format as fmt
from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal, read_options
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError, defer, defer_update_or_reply, respond
from cogs.framework.services import get_services
from cogs.options.visibility import Visibility, get_visibility
from leaderboards.medals import MedalZone
from records.competitions import Competition

_STATE = r"(?P<competition>\d{1,18}):(?P<start>\d{1,10}):(?P<filter>[0-7])"
_ME = "me"


class BoardButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"board:(?P<action>first|back|page|next|last|members|board|details|again):" + _STATE,
):
    """A button that shows the page of a board that begins at `start`."""

    def __init__(  # noqa: PLR0917
        self,
        action: str,
        competition_id: int,
        start: int,
        board_filter: BoardFilter,
        label: str,
        disabled: bool,
    ) -> None:
        super().__init__(
            ui.Button(
                label=label,
                custom_id=f"board:{action}:{competition_id}:{start}:{board_filter.encode()}",
                disabled=disabled,
                style=discord.ButtonStyle.secondary,
            )
        )
        self.action = action
        self.competition_id = competition_id
        self.start = start
        self.board_filter = board_filter

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(match["action"], *_parse_state(match), "", disabled=False)

    async def on_use(self, interaction: Interaction) -> None:
        """Show that page, or ask for a page number."""
        if self.action == "page":
            await interaction.response.send_modal(JumpModal(self.competition_id, self.board_filter))
            return
        await defer_update_or_reply(interaction)
        await _respond_board_by_id(interaction, self.competition_id, self.start, self.board_filter)


class AboutButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=r"board:about:(?P<id>\d{1,18})"
):
    """A button that shows what Kaggle says of a competition."""

    def __init__(self, competition_id: int) -> None:
        super().__init__(ui.Button(label="About", custom_id=f"board:about:{competition_id}"))
        self.competition_id = competition_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(int(match["id"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Show the card, to whoever pressed the button."""
        await defer(interaction, private=True)
        competition = await get_visibility(interaction).require_visible(self.competition_id)
        now = get_services(interaction.client).now()
        await respond(interaction, about_view(competition, now))


class BoardSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="board:go:" + _STATE):
    """A select that goes to the requester's own team, or to a medal zone."""

    def __init__(
        self,
        competition_id: int,
        start: int,
        board_filter: BoardFilter,
        options: list[discord.SelectOption],
    ) -> None:
        super().__init__(
            ui.Select(
                custom_id=f"board:go:{competition_id}:{start}:{board_filter.encode()}",
                placeholder="Go to …",
                options=options,
            )
        )
        self.competition_id = competition_id
        self.board_filter = board_filter

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(*_parse_state(match), read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Show that page."""
        await defer_update_or_reply(interaction)
        (chosen,) = self.item.values
        start = None if chosen == _ME else int(chosen) if chosen.isdecimal() else 1
        await _respond_board_by_id(interaction, self.competition_id, start, self.board_filter)


class JumpModal(ErrorHandlingModal, title="Jump to a page"):
    """A modal that asks for a page number."""

    page: ui.Label[JumpModal] = ui.Label(
        text="Page", component=ui.TextInput(custom_id="page", max_length=7, placeholder="1")
    )

    def __init__(self, competition_id: int, board_filter: BoardFilter) -> None:
        super().__init__()
        self._competition_id = competition_id
        self._filter = board_filter

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Show that page."""
        text = cast("ui.TextInput[JumpModal]", self.page.component).value.strip()
        if not (text.isascii() and text.isdecimal() and int(text)):
            raise UserError(not_a_page_text(text))
        await defer_update_or_reply(interaction)
        start = self._filter.page_start(int(text))
        await _respond_board_by_id(interaction, self._competition_id, start, self._filter)


async def _respond_board_by_id(
    interaction: Interaction, competition_id: int, start: int | None, board_filter: BoardFilter
) -> None:
    """Respond with a page of a board; raise `UserError` if it may no longer be seen."""
    visibility = get_visibility(interaction)
    competition = await visibility.require_visible(competition_id)
    await respond_board(interaction, visibility, competition, start, board_filter)


async def respond_board(
    interaction: Interaction,
    visibility: Visibility,
    competition: Competition,
    start: int | None,
    board_filter: BoardFilter,
) -> None:
    """Respond with a page of a board and its controls."""
    if board_filter.members_only and not visibility.shows_members:
        raise UserError(OTHER_MEMBERS_TEXT)
    user_id = interaction.user.id
    names, unlinked = await visibility.find_user_names(user_id), ""
    if not names:
        unlinked = await visibility.explain_unlinked(user_id, own=True)
    data = await load_board_data(
        get_services(interaction.client),
        competition,
        await visibility.load_links_by_user_name(),
        requester=Requester(user_id, names, unlinked),
        start=start,
        board_filter=board_filter,
    )
    controls = build_board_controls(
        competition.id, data, board_filter, members_button=visibility.shows_members
    )
    view = board_view(data, controls)
    for sentence in _explain_unmet_options(data, start, board_filter):
        view.add_item(ui.TextDisplay(f"-# {sentence}"))
    await respond(interaction, view)


def _explain_unmet_options(
    data: BoardData, start: int | None, board_filter: BoardFilter
) -> Iterator[str]:
    """Yield a sentence for each option that could not be met."""
    if start is not None and start < START_PAST_END:
        page, last = board_filter.page_number(start), board_filter.page_number(max(data.count, 1))
        if page > last:
            yield no_page_text(page, last)
    if board_filter.public_board and data.public_taken_at is None:
        yield NO_PRIVATE_TEXT


def build_board_controls(
    competition_id: int, data: BoardData, board_filter: BoardFilter, *, members_button: bool
) -> list[list[Item]]:
    """Build the rows of controls below a board."""
    start, length = data.start, board_filter.page_length

    def button(action: str, label: str, to: int, *, disabled: bool = False) -> BoardButton:
        return BoardButton(action, competition_id, to, board_filter, label, disabled)

    rows: list[list[Item]] = []
    if data.count > length:
        at_start, at_end = start == 1, start + length > data.count
        page, last = board_filter.page_number(start), board_filter.page_number(data.count)
        pages = f"{fmt.number(page)} / {fmt.number(last)}"
        rows.append(
            [
                button("first", "⏮", 1, disabled=at_start),
                button("back", "◀", max(1, start - length), disabled=at_start),
                button("page", pages, start),
                button("next", "▶", start + length, disabled=at_end),
                button("last", "⏭", START_PAST_END, disabled=at_end),
            ]
        )
        rows.append([BoardSelect(competition_id, start, board_filter, _select_options(data))])
    below: list[Item] = []
    if members_button:
        label = "Everyone" if board_filter.members_only else "Members only"
        other = replace(board_filter, members_only=not board_filter.members_only)
        below.append(BoardButton("members", competition_id, 1, other, label, disabled=False))
    if data.private or data.public_taken_at is not None:
        label = "Public board" if data.private else "Final board"
        other = replace(board_filter, public_board=data.private)
        below.append(BoardButton("board", competition_id, 1, other, label, disabled=False))
    label = "Hide details" if board_filter.details else "Details"
    other = replace(board_filter, details=not board_filter.details)
    below.append(BoardButton("details", competition_id, start, other, label, disabled=False))
    return [*rows, [*below, button("again", "Refresh", start), AboutButton(competition_id)]]


def _select_options(data: BoardData) -> list[discord.SelectOption]:
    options = [
        discord.SelectOption(label="Around me", value=_ME, emoji="📍"),
        discord.SelectOption(label="Top of the board", value="1", emoji="🔝"),
    ]
    if data.thresholds is None or data.members_only:
        return options
    first = 1
    for medal_zone in MedalZone:
        last = data.thresholds.last_rank(medal_zone)
        if last >= first:
            label = f"{str(medal_zone).capitalize()} zone, {fmt.rank(first)} to {fmt.rank(last)}"
            # The values of a select must differ: the gold zone is the top of the board.
            value = str(first) if first > 1 else "01"
            options.append(
                discord.SelectOption(label=label, value=value, emoji=fmt.MEDALS[medal_zone])
            )
            first = last + 1
    return options


def _parse_state(match: re.Match[str]) -> tuple[int, int, BoardFilter]:
    return int(match["competition"]), int(match["start"]), BoardFilter.decode(int(match["filter"]))


DYNAMIC_ITEMS: Sequence[type[ui.DynamicItem[Any]]] = (BoardButton, AboutButton, BoardSelect)
