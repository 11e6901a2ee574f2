"""The ranks that teams had at an earlier moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cogs.framework.services import Services
from leaderboards.board import BoardKind
from records.competitions import BoardInfo


async def load_past_ranks(
    services: Services, info: BoardInfo, moment: datetime, ranks_now: Mapping[int, int]
) -> tuple[datetime | None, Mapping[int, int | None]]:
    """Load the ranks of teams at a moment, or on the first or rescored board if that is later.

    Return the moment as well; None and no ranks if there is no earlier board to compare with. The
    ranks to compare a private board with are those on the public one.
    """
    if info.kind is BoardKind.PRIVATE:
        boards = services.storage.boards
        public = await boards.find_info(info.competition_id)
        return None, await boards.find_ranks(public.board_id, ranks_now) if public else {}
    replay = await services.storage.history.replay(info, moment, ranks_now)
    if len(replay.taken_at) < 2:
        return None, {}
    first = datetime.fromtimestamp(int(replay.taken_at[0]), UTC)
    since = max(moment, first, info.rescored_at or first)
    return since, replay.ranks_at(since)
