"""The screen of `/members`: who is linked, who is verified, and who is on which boards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import UNLINKED_TEXT
from leaderboards.medals import MedalZone
from records.members import StoredLink

_MAX_BOARDS = 3
"""Boards that are named of one member."""
_MAX_ROWS = 15
"""Members on a page: two lines each."""


@dataclass(frozen=True, slots=True)
class DirectoryBoard:
    """A board that a member is on."""

    slug: str
    name: str
    rank: int
    medal_zone: MedalZone | None
    final: bool
    """Whether the competition is over and this its final board."""


@dataclass(frozen=True, slots=True)
class DirectoryMember:
    """A member with a link."""

    link: StoredLink
    counts: bool
    """Whether the link counts in this server."""
    boards: Sequence[DirectoryBoard]
    """Empty for a link that does not count."""


@dataclass(frozen=True, slots=True)
class DirectoryData:
    """All that the directory shows."""

    members: Sequence[DirectoryMember]
    follow_count: int
    """Competitions that the server follows."""
    is_requester_linked: bool
    left_count: int = 0
    """How many people with a link have left the server."""
    accounts: int | None = None
    """About how many accounts the server has, bots included; None: not known, or not shown."""


def sort_members(members: Sequence[DirectoryMember]) -> list[DirectoryMember]:
    """Return the members on the most boards first, and those whose link does not count last."""
    return sorted(
        members, key=lambda one: (not one.counts, -len(one.boards), one.link.user_name.casefold())
    )


def directory_view(
    data: DirectoryData,
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
) -> ui.LayoutView:
    """Build a page of the directory."""
    if not data.members:
        return card("### Nobody here has linked a Kaggle account yet\nThe first step is `/link`.")
    head = "\n".join(_head(data))
    page = select_page(
        [_row(member) for member in sort_members(data.members)],
        number,
        max_characters=CHARACTERS - len(head) - 200,
        length=len,
        max_items=_MAX_ROWS,
    )
    body = "\n".join(page.items)
    return card(head, body, page.number_line(), buttons=build_buttons(page))


def _head(data: DirectoryData) -> Iterator[str]:
    members = data.members
    yield f"### 👥 {fmt.plural(len(members), 'linked member')}"
    verified = sum(member.link.verification is not None for member in members)
    on_board = sum(bool(member.boards) for member in members)
    counts = [f"{fmt.number(verified)} verified {fmt.VERIFIED}"]
    if data.follow_count:
        counts.append(f"{fmt.number(on_board)} on a board")
    yield f"-# {fmt.join_dotted(counts)}"
    if not data.follow_count:
        yield "-# This server follows no competition yet, so nobody is on a board."
    if data.accounts is not None:
        unlinked = fmt.number(max(0, data.accounts - len(members)))
        yield (
            f"-# About {unlinked} of the {fmt.plural(data.accounts, 'account')} in this server"
            " are not linked; bots are counted too."
        )
    if data.left_count:
        yield f"-# {_left_text(data.left_count)}"
    if not data.is_requester_linked:
        yield f"-# {UNLINKED_TEXT}"


def _left_text(count: int) -> str:
    if count == 1:
        return "One person with a link has left this server, and is not listed."
    return f"{fmt.number(count)} people with a link have left this server, and are not listed."


def _row(member: DirectoryMember) -> str:
    name = fmt.profile_link(member.link.user_name)
    return f"{fmt.person(member.link)} · {name}\n-# {_boards(member)}"


def _boards(member: DirectoryMember) -> str:
    if not member.counts:
        return "▫️ not verified, so not counted here: `/link` shows how to verify it"
    if not member.boards:
        return "▫️ on no board yet"
    return fmt.join_some([_board(board) for board in member.boards], _MAX_BOARDS)


def _board(board: DirectoryBoard) -> str:
    rank = fmt.rank_with_medal(board.rank, board.medal_zone)
    name = fmt.competition_name(board.slug, board.name, fmt.SHORT_NAME_WIDTH)
    return f"{rank} {name}{' 🏁' if board.final else ''}"
