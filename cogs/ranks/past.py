"""Which ranks teams had some time ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from leaderboards.history.team_history import TeamReplay
from records.competitions import BoardInfo
from storage.boards.history import History


@dataclass(frozen=True, slots=True)
class Past:
    """The ranks of some teams at an earlier moment."""

    since: datetime
    """The moment asked for, or the first board there is."""
    whole: bool
    """Whether the history reaches back to the moment asked for."""
    ranks: Mapping[int, int | None]
    """By team id; None for a team that was not on the board."""


class Pasts:
    """The ranks of some teams at each sync of one board, as far back as was asked for."""

    def __init__(self, walk: TeamReplay) -> None:
        self._walk = walk

    @classmethod
    async def of(
        cls, history: History, info: BoardInfo, since: datetime, ranks_now: Mapping[int, int]
    ) -> Pasts:
        """Read the log from a moment on, up to the board that is shown."""
        return cls(await history.walk(info, since, ranks_now))

    def at(self, moment: datetime) -> Past | None:
        """Tell the ranks at a moment, or on the first board if that is younger.

        None when there is no earlier board to compare with.
        """
        if len(self._walk.taken_at) < 2:
            return None
        since = max(moment, self._sync(0))
        return Past(since, whole=since == moment, ranks=self._walk.ranks_at(since))

    def before_last_sync(self, *, unchanged: bool) -> Past | None:
        """Tell the ranks before the last sync, which may have found the board `unchanged`."""
        if len(self._walk.taken_at) < 2:
            return None
        return self.at(self._sync(-1 if unchanged else -2))

    def _sync(self, index: int) -> datetime:
        return datetime.fromtimestamp(int(self._walk.taken_at[index]), UTC)
