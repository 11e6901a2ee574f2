"""Loading of one page of a board, and the filter that says what of it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cogs.boards.board_screen import (
    DETAILED_LINES,
    LINES,
    BoardData,
    BoardLine,
    RequesterLine,
)
from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.framework.texts import UNLINKED_TEXT, never_on_board_text, unread_text, was_on_board_text
from cogs.ranks.absence import find_former_member
from cogs.ranks.past_ranks import load_past_ranks
from cogs.syncing.sync_service import SyncService
from leaderboards.board import BoardKind
from leaderboards.medals import medal_thresholds
from records.competitions import BoardInfo, Competition, FormerMember
from records.members import StoredLink

_DAY = timedelta(hours=24)

START_PAST_END = 10**9
"""A start after the end of every board, which shows its last page."""


@dataclass(frozen=True, slots=True)
class Requester:
    """The member who asked for a board."""

    user_id: int
    user_names: Sequence[str]
    """Kaggle user names that are linked to the member."""
    unlinked_text: str = ""
    """The sentence for a member without a user name; empty for one who has one."""


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which teams of which board are shown, and how much of each."""

    members_only: bool = False
    """Only linked members of the server, one line each."""
    public_board: bool = False
    """The public board, even if there is a private one."""
    details: bool = False
    """Each line with submissions and user names, on shorter pages."""

    @property
    def page_length(self) -> int:
        """The number of lines on a page."""
        return DETAILED_LINES if self.details else LINES

    def page_number(self, start: int) -> int:
        """Return the number of the page that a line is on."""
        return math.ceil(start / self.page_length)

    def page_start(self, page: int) -> int:
        """Return the number of the first line on a page."""
        return (page - 1) * self.page_length + 1

    def encode(self) -> int:
        """Return the filter as one digit of a custom_id."""
        return self.members_only + 2 * self.public_board + 4 * self.details

    @classmethod
    def decode(cls, digit: int) -> BoardFilter:
        """Build the filter from what `encode` returned."""
        return cls(
            members_only=bool(digit & 1), public_board=bool(digit & 2), details=bool(digit & 4)
        )


_NO_FILTER = BoardFilter()


async def load_board_data(
    services: Services,
    competition: Competition,
    links: Mapping[str, StoredLink],
    *,
    requester: Requester | None = None,
    start: int | None = 1,
    board_filter: BoardFilter = _NO_FILTER,
) -> BoardData:
    """Load the page that begins at `start`, or around the requester if that is None.

    `start` is a rank; if only members are shown, the number of a line. `links` are by casefolded
    Kaggle user name. Raise `UserError` if there is no board yet, or if the requester is not on it
    and `start` is None.
    """
    boards = services.storage.boards
    private_or_public = await boards.find_private_or_public(competition.id)
    has_private = private_or_public is not None and private_or_public.kind is BoardKind.PRIVATE
    info = private_or_public
    if board_filter.public_board:
        info = await boards.find_info(competition.id)
    if info is None:
        raise UserError(unread_text(fmt.competition_name(competition.slug, competition.name)))
    members = await _load_member_lines(services, info, links) if board_filter.members_only else []
    own = await _load_own_line(
        services, info, requester, members if board_filter.members_only else None
    )
    former = None
    if own is None and requester is not None:
        former = await find_former_member(services, requester.user_names, [competition])
    count = len(members)
    if not board_filter.members_only:
        count = await boards.find_last_rank(info.board_id)
    if start is None:
        own_number = _require_own_number(competition, requester, own, former)
        start = own_number - board_filter.page_length // 2
    start = _limit_start(start, count, board_filter)
    end = start + board_filter.page_length - 1
    if board_filter.members_only:
        lines = members[start - 1 : end]
    else:
        entries = await boards.load_page(info.board_id, start, end)
        lines = [BoardLine(entry) for entry in entries]
    now = services.now()
    failed = services.get(SyncService).with_last_failure(competition)
    teams = [line.entry for line in (*lines, *([own] if own else [])) if line.entry.rank]
    ranks_now = {team.team_id: team.rank for team in teams}
    compared_at, ranks_before = await load_past_ranks(
        services, competition, info, now - _DAY, ranks_now
    )
    return BoardData(
        slug=competition.slug,
        name=competition.name,
        team_count=info.team_count,
        order=info.order,
        ranks_derived=info.ranks_derived,
        deadline=competition.deadline,
        final=competition.archived_at is not None,
        private=info.kind is BoardKind.PRIVATE,
        public_taken_at=info.taken_at if has_private and info.kind is BoardKind.PUBLIC else None,
        thresholds=medal_thresholds(info.team_count) if competition.awards_medals else None,
        read_at=competition.synced_at,
        changed_at=None,
        failed_at=failed.error_at if failed.error else None,
        lines=lines,
        leader=(await boards.find_teams_by_rank(info.board_id, [1])).get(1),
        requester=RequesterLine(requester.user_id, requester.unlinked_text, own, former)
        if requester
        else None,
        ranks_before=ranks_before,
        compared_at=compared_at,
        now=now,
        links=links,
        start=start,
        count=count,
        members_only=board_filter.members_only,
        details=board_filter.details,
        awaits_final_board=competition.awaits_final_board(now),
    )


def _limit_start(start: int, count: int, board_filter: BoardFilter) -> int:
    last = board_filter.page_start(board_filter.page_number(count))
    return max(1, start if start <= count else last)


def _require_own_number(
    competition: Competition,
    requester: Requester | None,
    own: BoardLine | None,
    former: FormerMember | None,
) -> int:
    if own is None:
        if requester is None:
            raise UserError(UNLINKED_TEXT)
        if not requester.user_names:
            raise UserError(requester.unlinked_text)
        name = escape(requester.user_names[0])
        board = fmt.competition_name(competition.slug, competition.name)
        if former is not None:
            raise UserError(was_on_board_text(f"**{name}**", board, former))
        final = competition.archived_at is not None
        raise UserError(never_on_board_text([f"**{name}**"], board, final=final))
    return own.member_rank or own.entry.rank


async def _load_member_lines(
    services: Services, info: BoardInfo, links: Mapping[str, StoredLink]
) -> list[BoardLine]:
    """Load a line for each linked member, best first; those of one team share their rank."""
    found = await services.storage.boards.find_teams_by_user_names(info.board_id, links)
    rows = sorted(
        ((entry, links[name]) for name, entry in found.items()),
        key=lambda row: (row[0].rank, row[1].user_id),
    )
    member_ranks: dict[int, int] = {}
    for number, (entry, _) in enumerate(rows, 1):
        member_ranks.setdefault(entry.team_id, number)
    return [BoardLine(entry, member_ranks[entry.team_id], link) for entry, link in rows]


async def _load_own_line(
    services: Services,
    info: BoardInfo,
    requester: Requester | None,
    members: Sequence[BoardLine] | None,
) -> BoardLine | None:
    if requester is None or not requester.user_names:
        return None
    if members is not None:
        own_names = {name.casefold() for name in requester.user_names}
        return next(
            (line for line in members if line.link and line.link.user_name.casefold() in own_names),
            None,
        )
    found = await services.storage.boards.find_teams_by_user_names(
        info.board_id, requester.user_names
    )
    return BoardLine(min(found.values(), key=lambda entry: entry.rank)) if found else None
