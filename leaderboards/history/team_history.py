"""A team's rank and score at every sync: one way back through the log."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN
from leaderboards.board_diff import Indices
from leaderboards.history.moves import Moves, TeamPath
from leaderboards.history.rest import Rest
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment


@dataclass(frozen=True, slots=True)
class RankAt:
    """Where a team stood at one sync; everything is None while it was not on the board."""

    taken_at: datetime
    team_count: int
    rank: int | None
    score: float | None
    score_text: str | None
    submissions: int | None


@dataclass(frozen=True, slots=True, eq=False)
class TeamHistory(Sequence[RankAt]):
    """A team at every sync that is kept: a column for each thing, all of the same length."""

    team_id: int
    taken_at: Indices
    """Unix seconds, ascending."""
    team_count: Indices
    rank: Indices
    """0 while the team was not on the board."""
    score: NDArray[np.float64]
    """Not a number while the team was not on the board."""
    score_text: list[str | None]
    submissions: Indices
    """`UNKNOWN` where the file did not say, and while the team was not on the board."""

    def __len__(self) -> int:
        return len(self.rank)

    @overload
    def __getitem__(self, index: int) -> RankAt: ...
    @overload
    def __getitem__(self, index: slice) -> TeamHistory: ...
    def __getitem__(self, index: int | slice) -> RankAt | TeamHistory:
        if isinstance(index, int):
            return self._at(range(len(self))[index])
        columns = (getattr(self, each.name)[index] for each in fields(self)[1:])
        return TeamHistory(self.team_id, *columns)

    def __iter__(self) -> Iterator[RankAt]:
        # Much quicker than index by index: many look at a whole season.
        for seconds, team_count, rank, score, score_text, submissions in zip(
            self.taken_at.tolist(),
            self.team_count.tolist(),
            self.rank.tolist(),
            self.score.tolist(),
            self.score_text,
            self.submissions.tolist(),
            strict=True,
        ):
            yield RankAt(
                datetime.fromtimestamp(seconds, UTC),
                team_count,
                rank or None,
                score if rank else None,
                score_text,
                None if submissions == UNKNOWN else submissions,
            )

    def _at(self, index: int) -> RankAt:
        rank, submissions = int(self.rank[index]), int(self.submissions[index])
        return RankAt(
            taken_at=datetime.fromtimestamp(int(self.taken_at[index]), UTC),
            team_count=int(self.team_count[index]),
            rank=rank or None,
            score=float(self.score[index]) if rank else None,
            score_text=self.score_text[index],
            submissions=None if submissions == UNKNOWN else submissions,
        )


class TeamReplay:
    """The ways of some teams back through a log, from the ranks that they have now."""

    def __init__(self, log: Sequence[Moves], ranks_now: Mapping[int, int | None]) -> None:
        """`log` ascends and ends with the newest sync; None is the rank of a team that is gone."""
        self._log = log
        rest = Rest()
        self.taken_at = _side_by_side([moves.taken_at for moves in log])
        """The Unix seconds of all syncs, ascending."""
        self._ways: dict[int, list[TeamPath]] = {}
        self._first_places: dict[int, int | None] = {}
        for team_id, rank in ranks_now.items():
            place = log[-1].last_place_of(rank) if log and rank is not None else None
            ways = []
            for moves in reversed(log):
                way = TeamPath()
                place = moves.walk_back(team_id, place, way)
                ways.append(way)
                rest.when_due()
            self._ways[team_id] = ways[::-1]
            self._first_places[team_id] = place

    def parts_with_details(self) -> list[int]:
        """Tell by number which parts of the log have rows of these teams."""
        return [
            part
            for part in range(len(self._log))
            if any(ways[part].steps for ways in self._ways.values())
        ]

    def ranks(self, team_id: int) -> Indices:
        """Give a team's rank after each sync, 0 while it was not on the board."""
        ranks = [rank for way in self._ways[team_id] for rank in reversed(way.ranks)]
        return np.array(ranks, dtype=np.int64)

    def ranks_at(self, moment: datetime) -> dict[int, int | None]:
        """Tell the ranks at a moment, None for a team that was not on the board.

        The answer is empty for a moment before the log.
        """
        sync = bisect_right(self.taken_at, moment.timestamp()) - 1
        if sync < 0:
            return {}
        part, sync_of_part = self._part_of(sync)
        return {
            team_id: ways[part].ranks[-1 - sync_of_part] or None
            for team_id, ways in self._ways.items()
        }

    def _part_of(self, sync: int) -> tuple[int, int]:
        """Tell in which part of the log a sync is, and its number there."""
        for part, moves in enumerate(self._log):
            if sync < len(moves):
                return part, sync
            sync -= len(moves)
        raise IndexError("the log has no such sync")

    def histories(
        self, first: LogSegment | None, details: Mapping[int, RowChanges]
    ) -> list[TeamHistory]:
        """Give the whole history of each team, in the order in which they were named.

        `first` is the keyframe with which the log begins, and `details` those of
        `parts_with_details`.
        """
        team_count = _side_by_side([moves.team_counts for moves in self._log])
        return [self._history(team_id, first, details, team_count) for team_id in self._ways]

    def _history(
        self,
        team_id: int,
        first: LogSegment | None,
        details: Mapping[int, RowChanges],
        team_count: Indices,
    ) -> TeamHistory:
        rank = self.ranks(team_id)
        rows = list(self._rows(team_id, first, details))
        ends = [*(row.sync for row in rows[1:]), len(rank)]
        lengths = [end - row.sync for row, end in zip(rows, ends, strict=True)]
        absent = rank == 0
        score_text: list[str | None] = []
        for row, length in zip(rows, lengths, strict=True):
            score_text += [row.score_text] * length
        for index in np.flatnonzero(absent).tolist():
            score_text[index] = None
        score = np.repeat([float(row.score_text or "nan") for row in rows], lengths)
        submissions = np.repeat([row.submissions for row in rows], lengths)
        return TeamHistory(
            team_id=team_id,
            taken_at=self.taken_at,
            team_count=team_count,
            rank=rank,
            score=np.where(absent, np.nan, score),
            score_text=score_text,
            submissions=np.where(absent, UNKNOWN, submissions),
        )

    def _rows(
        self, team_id: int, first: LogSegment | None, details: Mapping[int, RowChanges]
    ) -> Iterator[_Row]:
        """Give the team's rows in the order of the syncs from which on they hold."""
        score_text, submissions = None, UNKNOWN
        place = self._first_places[team_id]
        if place is not None and first is not None:
            score_text = first.details.score_text(place)
            submissions = int(first.details.submissions[place])
        yield _Row(0, score_text, submissions)
        before = 0
        for part, way in enumerate(self._ways[team_id]):
            for step in reversed(way.steps):
                told = details[part]
                if step.slot is not None:
                    score_text = told.score_text(step.slot)
                if told.counted[step.row]:
                    submissions = int(told.submissions[told.counted_before[step.row]])
                yield _Row(before + step.sync, score_text, submissions)
            before += len(way.ranks)


@dataclass(frozen=True, slots=True)
class _Row:
    """What holds of a team from a sync on."""

    sync: int
    score_text: str | None
    submissions: int


def _side_by_side(columns: Sequence[array[int]]) -> Indices:
    return np.concatenate([np.empty(0, dtype=np.int64), *columns])
