"""Which places of each board were left and which of the next were taken: all that a rank needs."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from leaderboards.board_diff import ABSENT, BoardDiff, Indices
from leaderboards.history.column_codec import column, pack, unpack

FROM_NOWHERE = 0
"""In `came_from`: the team was not on the board before."""


class Step(NamedTuple):
    """A sync in which a team moved itself or was edited."""

    sync: int
    """Its number within its part of the log."""
    row: int
    """Its row in the details of that part."""
    slot: int | None
    """Its number among the places taken; None for a team that was edited only."""


@dataclass(frozen=True, slots=True)
class TeamPath:
    """A team's way back through a part of the log, newest sync first."""

    ranks: list[int] = field(default_factory=list)
    """After each sync; 0 for a team that was not on the board."""
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Moves:
    """The moves of one sync, or of several in a row.

    The first columns have a number for each sync, among them how many numbers of each of the other
    columns are its own. Places count from 0.
    """

    taken_at: array[int]
    """Unix seconds."""
    team_counts: array[int]
    left_counts: array[int]
    taken_counts: array[int]
    edited_counts: array[int]
    gone_counts: array[int]
    rank_counts: array[int]

    left: array[int]
    """Places of the old board that were left, ascending, each less the number of those before it:
    how many teams that stayed in order stood above it."""
    taken: array[int]
    """Places of the new board that were taken, ascending."""
    came_from: array[int]
    """For each place taken which of the places left its team had, from 1; or `FROM_NOWHERE`."""
    edited: array[int]
    """Places of teams that stayed in order, but whose row changed, ascending."""
    gone: array[int]
    """The ids of teams that are no longer there, in the order of the places that they left."""
    ranks: array[int]
    """Kaggle's ranks place by place, only where they are not 1, 2, 3, …"""

    @classmethod
    def of(cls, changes: BoardDiff, taken_at: int) -> Moves:
        """Tell how a board came from the one before."""
        teams = changes.new.teams
        taken = np.flatnonzero(changes.moved_itself)
        origins = changes.origin[taken]
        known = origins != ABSENT
        left = np.sort(np.concatenate([changes.gone, origins[known]]))
        return cls.of_one_sync(
            taken_at,
            teams.rank,
            left=left,
            taken=taken,
            came_from=np.where(known, np.searchsorted(left, origins) + 1, FROM_NOWHERE),
            edited=np.flatnonzero(changes.edited),
            gone=np.array(changes.gone_ids, dtype=np.int64),
        )

    @classmethod
    def none(cls, taken_at: int, ranks: Indices) -> Moves:
        """Tell of a sync in which nobody moved on a board with these ranks."""
        none = ranks[:0]
        return cls.of_one_sync(
            taken_at, ranks, left=none, taken=none, came_from=none, edited=none, gone=none
        )

    @classmethod
    def of_one_sync(
        cls,
        taken_at: int,
        ranks: Indices,
        *,
        left: Indices,
        taken: Indices,
        came_from: Indices,
        edited: Indices,
        gone: Indices,
    ) -> Moves:
        """Build the moves of one sync; `left` are the places themselves, `ranks` all of them."""
        has_holes = bool((ranks != np.arange(1, len(ranks) + 1)).any())
        return cls(
            taken_at=array("q", [taken_at]),
            team_counts=array("q", [len(ranks)]),
            left_counts=array("q", [len(left)]),
            taken_counts=array("q", [len(taken)]),
            edited_counts=array("q", [len(edited)]),
            gone_counts=array("q", [len(gone)]),
            rank_counts=array("q", [len(ranks) if has_holes else 0]),
            left=column(left - np.arange(len(left))),
            taken=column(taken),
            came_from=column(came_from),
            edited=column(edited),
            gone=column(gone),
            ranks=column(ranks if has_holes else ranks[:0]),
        )

    @classmethod
    def joined(cls, parts: Sequence[Moves]) -> Moves:
        """Put moves one after the other, oldest first."""
        return cls(
            *(
                column(np.concatenate([getattr(part, each.name) for part in parts]))
                for each in fields(cls)
            )
        )

    def until(self, moment: int) -> Moves:
        """Leave out the syncs after a Unix second."""
        count = bisect_right(self.taken_at, moment)
        if count == len(self):
            return self
        counts = (self.left_starts, self.taken_starts, self.taken_starts, self.edited_starts)
        ends = [starts[count] for starts in (*counts, self.gone_starts, self.rank_starts)]
        lengths = [count] * (len(fields(self)) - len(ends)) + ends
        names = (each.name for each in fields(self))
        return Moves(*(getattr(self, name)[:end] for name, end in zip(names, lengths, strict=True)))

    @classmethod
    def decode(cls, data: bytes) -> Moves:
        """Read what `encode` wrote."""
        return cls(*unpack(data))

    def encode(self) -> bytes:
        """Write everything down."""
        return pack(getattr(self, each.name) for each in fields(self))

    def __len__(self) -> int:
        return len(self.taken_at)

    @cached_property
    def left_starts(self) -> list[int]:
        """Where in `left` each sync begins, and the end."""
        return list(accumulate(self.left_counts, initial=0))

    @cached_property
    def taken_starts(self) -> list[int]:
        """Where in `taken` and `came_from` each sync begins, and the end."""
        return list(accumulate(self.taken_counts, initial=0))

    @cached_property
    def edited_starts(self) -> list[int]:
        """Where in `edited` each sync begins, and the end."""
        return list(accumulate(self.edited_counts, initial=0))

    @cached_property
    def gone_starts(self) -> list[int]:
        """Where in `gone` each sync begins, and the end."""
        return list(accumulate(self.gone_counts, initial=0))

    @cached_property
    def rank_starts(self) -> list[int]:
        """Where in `ranks` each sync begins, and the end."""
        return list(accumulate(self.rank_counts, initial=0))

    def last_place_of(self, rank: int) -> int:
        """At which place this rank stands after the last sync."""
        first, end = self.rank_starts[-2:]
        return bisect_left(self.ranks, rank, first, end) - first if first < end else rank - 1

    def walk_back(self, team_id: int, place: int | None, way: TeamPath) -> int | None:
        """Lead a team from its place after the last sync to that before the first.

        None is a place off the board.
        """
        left, taken, came_from, edited = self.left, self.taken, self.came_from, self.edited
        left_starts, taken_starts = self.left_starts, self.taken_starts
        edited_starts = self.edited_starts
        has_holes, was_lost = bool(self.ranks), team_id in self.gone
        ranks, steps = way.ranks, way.steps
        left_end, taken_end, edited_end = left_starts[-1], taken_starts[-1], edited_starts[-1]
        for sync in range(len(self) - 1, -1, -1):
            left_start, taken_start = left_starts[sync], taken_starts[sync]
            edited_start = edited_starts[sync]
            if place is None:
                ranks.append(0)
                if was_lost:
                    place = self._place_left_by(team_id, sync)
            else:
                ranks.append(self._rank_of(place, sync) if has_holes else place + 1)
                slot = bisect_left(taken, place, taken_start, taken_end)
                if slot < taken_end and taken[slot] == place:
                    steps.append(Step(sync, slot + edited_start, slot))
                    origin = came_from[slot] - 1
                    place = None if origin < 0 else left[left_start + origin] + origin
                else:
                    if edited_start < edited_end:
                        at = bisect_left(edited, place, edited_start, edited_end)
                        if at < edited_end and edited[at] == place:
                            steps.append(Step(sync, at + taken_end, None))
                    place -= slot - taken_start
                    place += bisect_right(left, place, left_start, left_end) - left_start
            left_end, taken_end, edited_end = left_start, taken_start, edited_start
        return place

    def _rank_of(self, place: int, sync: int) -> int:
        start, end = self.rank_starts[sync : sync + 2]
        return self.ranks[start + place] if start < end else place + 1

    def _place_left_by(self, team_id: int, sync: int) -> int | None:
        """Where a team that this sync lost stood before; None when it lost another, or none."""
        gone = self.gone[self.gone_starts[sync] : self.gone_starts[sync + 1]]
        if team_id not in gone:
            return None
        start, end = self.left_starts[sync : sync + 2]
        found = set(self.came_from[self.taken_starts[sync] : self.taken_starts[sync + 1]])
        lost = [origin for origin in range(end - start) if origin + 1 not in found]
        origin = lost[gone.index(team_id)]
        return self.left[start + origin] + origin
