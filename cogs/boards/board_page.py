"""What one page of a board shows: looked up for the screen in `cogs/boards/board_screen.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cogs.boards.board_screen import LINES, Asker, BoardScreen, Line
from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from leaderboards.board import BoardKind, Entry
from leaderboards.medals import awards_medals, medal_thresholds
from records.competitions import BoardInfo, Competition
from records.members import StoredLink

_DAY = timedelta(hours=24)

LAST = 10**9
"""A start behind every board: its last page."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a board, and their names on Kaggle."""

    user_id: int
    user_names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sight:
    """Which teams of which board are looked at."""

    members: bool = False
    """Only those with members of the server."""
    public: bool = False
    """The public board, also where the private one counts."""

    @property
    def code(self) -> int:
        """Say it in one digit."""
        return self.members + 2 * self.public

    @classmethod
    def of(cls, code: int) -> Sight:
        """Read what `code` gave."""
        return cls(members=bool(code & 1), public=bool(code & 2))


EVERYTHING = Sight()


async def board_screen(
    services: Services,
    competition: Competition,
    users: Mapping[str, StoredLink],
    *,
    viewer: Viewer | None = None,
    start: int | None = 1,
    sight: Sight = EVERYTHING,
) -> BoardScreen:
    """Look up the page that begins at a place, or around the viewer where no start is given.

    `users` tells who is who, by casefolded Kaggle user name. Raises `UserError` where there is no
    board, or no place of the viewer to show what is around.
    """
    boards = services.storage.boards
    counts = await boards.find_counting(competition.id)
    both = counts is not None and counts.kind is BoardKind.PRIVATE
    info = await boards.find_info(competition.id) if sight.public else counts
    if info is None:
        raise UserError(
            f"The board of **{competition.slug}** has not come in yet; `/status` tells more."
        )
    members = await _members(services, info, users) if sight.members else []
    own = await _own_line(services, info, viewer, members if sight.members else None)
    count = len(members) if sight.members else info.team_count
    if start is None:
        start = _around(competition, viewer, own)
    start = _within(start, count)
    if sight.members:
        shown = members[start - 1 : start - 1 + LINES]
        lines = [Line(entry, place) for place, entry in enumerate(shown, start)]
    else:
        entries = await boards.load_page(info.board_id, start, start + LINES - 1)
        lines = [Line(entry) for entry in entries]
    now = services.now()
    seen = [line.entry for line in (*lines, *([own] if own else [])) if line.entry.rank]
    ranks_now = {entry.team_id: entry.rank for entry in seen}
    since, ranks_before = await _load_past_ranks(services, info, now - _DAY, ranks_now)
    return BoardScreen(
        slug=competition.slug,
        team_count=info.team_count,
        order=info.order,
        ranks_derived=info.ranks_derived,
        deadline=competition.deadline,
        final=competition.archived_at is not None,
        private=info.kind is BoardKind.PRIVATE,
        frozen_at=info.taken_at if both and info.kind is BoardKind.PUBLIC else None,
        medals=medal_thresholds(info.team_count) if awards_medals(competition.category) else None,
        synced_at=competition.synced_at,
        failed_at=competition.error_at if competition.error else None,
        lines=lines,
        leader=(await boards.find_teams_at(info.board_id, [1])).get(1),
        asker=Asker(viewer.user_id, bool(viewer.user_names), own) if viewer else None,
        before=ranks_before,
        since=since,
        now=now,
        users=users,
        start=start,
        count=count,
        members_only=sight.members,
    )


async def _load_past_ranks(
    services: Services, info: BoardInfo, moment: datetime, ranks_now: Mapping[int, int]
) -> tuple[datetime | None, Mapping[int, int | None]]:
    """Load the ranks of teams at a moment, or on the first board if that is younger.

    Return the moment as well; None and no ranks if there is no earlier board to compare with.
    """
    replay = await services.storage.history.replay(info, moment, ranks_now)
    if len(replay.taken_at) < 2:
        return None, {}
    since = max(moment, datetime.fromtimestamp(int(replay.taken_at[0]), UTC))
    return since, replay.ranks_at(since)


def page_of(start: int) -> int:
    """Give the number of the page on which a place stands."""
    return math.ceil(start / LINES)


def start_of(page: int) -> int:
    """Give the first place of a page."""
    return (page - 1) * LINES + 1


def _within(start: int, count: int) -> int:
    return max(1, start if start <= count else start_of(page_of(count)))


def _around(competition: Competition, viewer: Viewer | None, own: Line | None) -> int:
    if own is None:
        if viewer is None or not viewer.user_names:
            raise UserError(fmt.UNKNOWN_TO_ME)
        name = plain(viewer.user_names[0])
        raise UserError(f"**{name}** is not on the board of {competition.slug} yet.")
    return (own.place or own.entry.rank) - LINES // 2


async def _members(
    services: Services, info: BoardInfo, users: Mapping[str, StoredLink]
) -> list[Entry]:
    """Give the teams with members of the server, best first."""
    found = await services.storage.boards.find_teams_of(info.board_id, users)
    teams = {entry.team_id: entry for entry in found.values()}
    return sorted(teams.values(), key=lambda entry: entry.rank)


async def _own_line(
    services: Services, info: BoardInfo, viewer: Viewer | None, members: Sequence[Entry] | None
) -> Line | None:
    if viewer is None or not viewer.user_names:
        return None
    found = await services.storage.boards.find_teams_of(info.board_id, viewer.user_names)
    if not found:
        return None
    own = min(found.values(), key=lambda entry: entry.rank)
    if members is None:
        return Line(own)
    places = [place for place, entry in enumerate(members, 1) if entry.team_id == own.team_id]
    return Line(own, places[0]) if places else None
