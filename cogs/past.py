"""Which ranks teams had some time ago."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leaderboards.history import Snapshot, ranks_before
from storage.boards import BoardInfo, Boards


@dataclass(frozen=True, slots=True)
class Past:
    """The ranks of some teams at an earlier moment."""

    since: datetime
    """The moment asked for, or the first board there is."""
    whole: bool
    """Whether the history reaches back to the moment asked for."""
    ranks: Mapping[int, int | None]
    """By team id; None for a team that was not on the board."""


class History:
    """The log of one board, as far back as it was asked for."""

    def __init__(self, snapshots: list[Snapshot]) -> None:
        self._snapshots = snapshots

    @classmethod
    async def of(cls, boards: Boards, info: BoardInfo, since: datetime) -> History:
        """Read the log from a moment on, up to the board that is shown."""
        snapshots = await boards.snapshots(info.board_id, since)
        return cls([one for one in snapshots if one.taken_at <= info.taken_at])

    async def at(self, moment: datetime, ranks_now: Mapping[int, int]) -> Past | None:
        """Tell the ranks at a moment, or on the first board if that is younger.

        None when there is no earlier board to compare with.
        """
        if len(self._snapshots) < 2:
            return None
        since = max(moment, self._snapshots[0].taken_at)
        whole = since == moment
        if since >= self._snapshots[-1].taken_at:
            return Past(since, whole, dict(ranks_now))
        ranks = await asyncio.to_thread(ranks_before, self._snapshots, ranks_now, since)
        return Past(since, whole, ranks)

    async def before_last_sync(
        self, ranks_now: Mapping[int, int], *, unchanged: bool
    ) -> Past | None:
        """Tell the ranks before the last sync, which may have found the board `unchanged`."""
        if len(self._snapshots) < 2:
            return None
        if unchanged:
            return Past(self._snapshots[-1].taken_at, whole=True, ranks=dict(ranks_now))
        return await self.at(self._snapshots[-2].taken_at, ranks_now)
