"""Positions that teams left and took from sync to sync: all that ranks follow from."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from leaderboards.board import ABSENT, Integers
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history.column_codec import pack, to_array, unpack

NEW_TEAM = 0
"""In `came_from`: the team was not on the board before."""


class OwnChange(NamedTuple):
    """A sync in which a team moved by itself or its row changed."""

    sync: int
    """Index of the sync in its segment."""
    row: int
    """Index of the team's row in the segment's `RowChanges`."""
    slot: int | None
    """Index in `Moves.taken`; None for a team whose row changed in place."""


@dataclass(frozen=True, slots=True)
class TeamPath:
    """The ranks and own changes of a team in a segment, newest sync first."""

    ranks: list[int] = field(default_factory=list)
    """Rank after each sync; 0 while the team was not on the board."""
    own_changes: list[OwnChange] = field(default_factory=list)


@dataclass(frozen=True)
class Moves:
    """The moves of one or more consecutive syncs.

    The first seven columns have one value for each sync. `team_counts` is the number of teams on
    the board; each other `*_counts` column says how many values of the column in its name belong to
    each sync (`taken_counts`: also of `came_from`). Positions are row indices on a board, from 0.
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
    """Positions of the old board that were left, ascending, each minus its index: the number
    of teams that stayed in order above it."""
    taken: array[int]
    """Positions of the new board that were taken, ascending."""
    came_from: array[int]
    """For each position taken, the index of the team's old position in `left`, from 1; or
    `NEW_TEAM`."""
    edited: array[int]
    """Positions of teams that stayed in order but whose row changed, ascending."""
    gone: array[int]
    """Ids of teams that left the board, in the order of the positions that they left."""
    ranks: array[int]
    """Kaggle's rank at each position; empty for syncs whose ranks are 1, 2, 3, …"""

    @classmethod
    def from_diff(cls, changes: BoardDiff, taken_at: int) -> Moves:
        """Return the moves from one board to the next."""
        teams = changes.new.teams
        taken = np.flatnonzero(changes.moved_itself)
        origins = changes.old_rows[taken]
        known = origins != ABSENT
        left = np.sort(np.concatenate([changes.gone_rows, origins[known]]))
        return cls.from_sync(
            taken_at,
            teams.rank,
            left=left,
            taken=taken,
            came_from=np.where(known, np.searchsorted(left, origins) + 1, NEW_TEAM),
            edited=np.flatnonzero(changes.edited),
            gone=np.array(changes.gone_ids, dtype=np.int64),
        )

    @classmethod
    def empty(cls, taken_at: int, ranks: Integers) -> Moves:
        """Return a sync without moves on a board with these ranks."""
        none = ranks[:0]
        return cls.from_sync(
            taken_at, ranks, left=none, taken=none, came_from=none, edited=none, gone=none
        )

    @classmethod
    def from_sync(
        cls,
        taken_at: int,
        ranks: Integers,
        *,
        left: Integers,
        taken: Integers,
        came_from: Integers,
        edited: Integers,
        gone: Integers,
    ) -> Moves:
        """Build the moves of one sync; `left` are plain positions, `ranks` those of all rows."""
        has_gaps = bool((ranks != np.arange(1, len(ranks) + 1)).any())
        return cls(
            taken_at=array("q", [taken_at]),
            team_counts=array("q", [len(ranks)]),
            left_counts=array("q", [len(left)]),
            taken_counts=array("q", [len(taken)]),
            edited_counts=array("q", [len(edited)]),
            gone_counts=array("q", [len(gone)]),
            rank_counts=array("q", [len(ranks) if has_gaps else 0]),
            left=to_array(left - np.arange(len(left))),
            taken=to_array(taken),
            came_from=to_array(came_from),
            edited=to_array(edited),
            gone=to_array(gone),
            ranks=to_array(ranks if has_gaps else ranks[:0]),
        )

    @classmethod
    def concatenate(cls, segments: Sequence[Moves]) -> Moves:
        """Return the moves of consecutive segments as one, oldest first."""
        return cls(
            *(
                to_array(np.concatenate([getattr(segment, each.name) for segment in segments]))
                for each in fields(cls)
            )
        )

    def truncate(self, moment: int) -> Moves:
        """Return the moves without the syncs after a Unix second."""
        count = bisect_right(self.taken_at, moment)
        if count == len(self):
            return self
        # In the order of the fields: `came_from` is as long as `taken`.
        starts = (self.left_starts, self.taken_starts, self.taken_starts, self.edited_starts)
        ends = [column[count] for column in (*starts, self.gone_starts, self.rank_starts)]
        lengths = [count] * (len(fields(self)) - len(ends)) + ends
        names = (each.name for each in fields(self))
        return Moves(*(getattr(self, name)[:end] for name, end in zip(names, lengths, strict=True)))

    @classmethod
    def decode(cls, data: bytes) -> Moves:
        """Return the moves that `encode` wrote."""
        return cls(*unpack(data))

    def encode(self) -> bytes:
        """Return the moves as bytes."""
        return pack(getattr(self, each.name) for each in fields(self))

    def __len__(self) -> int:
        return len(self.taken_at)

    @cached_property
    def left_starts(self) -> list[int]:
        """Index in `left` at which each sync begins, and the total length."""
        return list(accumulate(self.left_counts, initial=0))

    @cached_property
    def taken_starts(self) -> list[int]:
        """Index in `taken` and `came_from` at which each sync begins, and the total length."""
        return list(accumulate(self.taken_counts, initial=0))

    @cached_property
    def edited_starts(self) -> list[int]:
        """Index in `edited` at which each sync begins, and the total length."""
        return list(accumulate(self.edited_counts, initial=0))

    @cached_property
    def gone_starts(self) -> list[int]:
        """Index in `gone` at which each sync begins, and the total length."""
        return list(accumulate(self.gone_counts, initial=0))

    @cached_property
    def rank_starts(self) -> list[int]:
        """Index in `ranks` at which each sync begins, and the total length."""
        return list(accumulate(self.rank_counts, initial=0))

    def find_position(self, rank: int) -> int:
        """Return the position of a rank after the last sync."""
        first, end = self.rank_starts[-2:]
        return bisect_left(self.ranks, rank, first, end) - first if first < end else rank - 1

    def trace_back(self, team_id: int, position: int | None, path: TeamPath) -> int | None:
        """Return a team's position before the first sync, from that after the last one.

        None is a position off the board. Ranks and own changes are appended to `path`, newest sync
        first.
        """
        left, taken, came_from, edited = self.left, self.taken, self.came_from, self.edited
        left_starts, taken_starts = self.left_starts, self.taken_starts
        edited_starts = self.edited_starts
        has_gaps, was_gone = bool(self.ranks), team_id in self.gone
        ranks, own_changes = path.ranks, path.own_changes
        left_end, taken_end, edited_end = left_starts[-1], taken_starts[-1], edited_starts[-1]
        for sync in range(len(self) - 1, -1, -1):
            left_start, taken_start = left_starts[sync], taken_starts[sync]
            edited_start = edited_starts[sync]
            if position is None:
                ranks.append(0)
                if was_gone:
                    position = self._find_position_left(team_id, sync)
            else:
                ranks.append(self._rank_at(position, sync) if has_gaps else position + 1)
                slot = bisect_left(taken, position, taken_start, taken_end)
                if slot < taken_end and taken[slot] == position:
                    own_changes.append(OwnChange(sync, slot + edited_start, slot))
                    origin = came_from[slot] - 1
                    position = None if origin < 0 else left[left_start + origin] + origin
                else:
                    if edited_start < edited_end:
                        at = bisect_left(edited, position, edited_start, edited_end)
                        if at < edited_end and edited[at] == position:
                            own_changes.append(OwnChange(sync, at + taken_end, None))
                    position -= slot - taken_start
                    position += bisect_right(left, position, left_start, left_end) - left_start
            left_end, taken_end, edited_end = left_start, taken_start, edited_start
        return position

    def _rank_at(self, position: int, sync: int) -> int:
        start, end = self.rank_starts[sync : sync + 2]
        return self.ranks[start + position] if start < end else position + 1

    def _find_position_left(self, team_id: int, sync: int) -> int | None:
        """Return the old position of a team that left the board in this sync; None for others."""
        gone = self.gone[self.gone_starts[sync] : self.gone_starts[sync + 1]]
        if team_id not in gone:
            return None
        start, end = self.left_starts[sync : sync + 2]
        kept_origins = set(self.came_from[self.taken_starts[sync] : self.taken_starts[sync + 1]])
        gone_origins = [origin for origin in range(end - start) if origin + 1 not in kept_origins]
        origin = gone_origins[gone.index(team_id)]
        return self.left[start + origin] + origin
