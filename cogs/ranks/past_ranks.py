"""The ranks that many teams had at an earlier moment, for boards and the overview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cogs.framework.services import Services
from leaderboards.board import BoardKind, Integers
from leaderboards.history.team_history import find_compared_sync
from records.competitions import BoardInfo, Competition


async def load_past_ranks(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    moment: datetime,
    ranks_now: Mapping[int, int],
) -> tuple[datetime | None, Mapping[int, int | None]]:
    """Load the ranks of teams at a moment, or on the first or rescored board if that is later.

    A team that was away from the board counts from its return. Return the moment as
    well; None and no ranks if there is nothing to compare with. The ranks to compare a private
    board with are those on the public one.
    """
    if info.kind is BoardKind.PRIVATE:
        boards = services.storage.boards
        public = await boards.find_info(info.competition_id)
        return None, await boards.find_ranks(public.board_id, ranks_now) if public else {}
    trace = await services.storage.history.trace_teams(info, moment, ranks_now)
    taken_at = trace.taken_at
    if not can_compare(competition, taken_at, moment):
        return None, {}
    first = datetime.fromtimestamp(int(taken_at[0]), UTC)
    since = max(moment, first, info.rescored_at or first)
    ranks_before: dict[int, int | None] = {}
    for team_id in ranks_now:
        ranks = trace.ranks(team_id)
        ranks_before[team_id] = int(ranks[find_compared_sync(taken_at, ranks, since)]) or None
    return since, ranks_before


def can_compare(competition: Competition, taken_at: Integers, moment: datetime) -> bool:
    """Return whether a change since a moment can be computed from the syncs of a log.

    `taken_at` has their times in Unix seconds, ascending, from the last one at or before the moment
    on. Where a running board has not changed since, the change is 0; a final one has no trend.
    """
    if len(taken_at) > 1:
        return True
    return competition.archived_at is None and bool((taken_at <= moment.timestamp()).any())
