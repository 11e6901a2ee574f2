"""Histories of teams: rank, score and submissions at every sync."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN, Integers
from leaderboards.history.moves import Moves, TeamPath
from leaderboards.history.past_continuations import PastContinuations
from leaderboards.history.row_changes import RowChanges
from leaderboards.history.snapshot import LogSegment


@dataclass(frozen=True, slots=True)
class RankPoint:
    """A team at one sync; its rank, score and submissions are None while it was not on the board.

    `submissions` is also None where the file has no count.
    """

    taken_at: datetime
    team_count: int
    rank: int | None
    score: float | None
    score_text: str | None
    submissions: int | None


@dataclass(frozen=True, slots=True, eq=False)
class TeamHistory(Sequence[RankPoint]):
    """A team at every stored sync; all columns have one value for each sync."""

    team_id: int
    taken_at: Integers
    """Unix seconds, ascending."""
    team_count: Integers
    rank: Integers
    """0 while the team was not on the board."""
    score: NDArray[np.float64]
    """NaN while the team was not on the board."""
    score_text: list[str | None]
    submissions: Integers
    """`UNKNOWN` where the file had none, and while the team was not on the board."""

    def __len__(self) -> int:
        return len(self.rank)

    @overload
    def __getitem__(self, index: int) -> RankPoint: ...
    @overload
    def __getitem__(self, index: slice) -> TeamHistory: ...
    def __getitem__(self, index: int | slice) -> RankPoint | TeamHistory:
        if isinstance(index, int):
            return self._at(range(len(self))[index])
        columns = (getattr(self, each.name)[index] for each in fields(self)[1:])
        return TeamHistory(self.team_id, *columns)

    def __iter__(self) -> Iterator[RankPoint]:
        # Faster than indexing, for long histories.
        for seconds, team_count, rank, score, score_text, submissions in zip(
            self.taken_at.tolist(),
            self.team_count.tolist(),
            self.rank.tolist(),
            self.score.tolist(),
            self.score_text,
            self.submissions.tolist(),
            strict=True,
        ):
            yield RankPoint(
                datetime.fromtimestamp(seconds, UTC),
                team_count,
                rank or None,
                score if rank else None,
                score_text,
                None if submissions == UNKNOWN else submissions,
            )

    def _at(self, index: int) -> RankPoint:
        rank, submissions = int(self.rank[index]), int(self.submissions[index])
        return RankPoint(
            taken_at=datetime.fromtimestamp(int(self.taken_at[index]), UTC),
            team_count=int(self.team_count[index]),
            rank=rank or None,
            score=float(self.score[index]) if rank else None,
            score_text=self.score_text[index],
            submissions=None if submissions == UNKNOWN else submissions,
        )


@dataclass(frozen=True, slots=True)
class RankSummary:
    """First, last, best and worst rank of a history.

    If the team was away from the board, they are those since its return.
    """

    first: RankPoint
    last: RankPoint
    best: RankPoint
    """The first sync with the best rank."""
    worst: RankPoint
    submissions: int | None
    """Made after `first`; None where the files have no counts."""
    best_before: RankPoint | None = None
    """The best rank before it was away from the board; None if it never was."""
    joined: bool = False
    """Whether it was not on the first board of the history, and came to it with `first`."""


def history_since(history: TeamHistory, moment: datetime | None) -> TeamHistory:
    """Return a history from the last sync at or before a moment on; all of it without a moment."""
    if moment is None:
        return history
    begin = bisect_right(history, moment, key=lambda at: at.taken_at) - 1
    return history[max(begin, 0) :]


def summarize_history(history: TeamHistory) -> RankSummary | None:
    """Return the summary of a history; None for a team that was never on the board."""
    ranked = np.flatnonzero(history.rank)
    if not len(ranked):
        return None
    returned = skip_absence(history.rank, 0)
    earlier, ranked = ranked[ranked < returned], ranked[ranked >= returned]
    ranks = history.rank[ranked]
    first, last = history[int(ranked[0])], history[int(ranked[-1])]
    best, worst = history[int(ranked[ranks.argmin()])], history[int(ranked[ranks.argmax()])]
    best_before = history[int(earlier[history.rank[earlier].argmin()])] if len(earlier) else None
    known = first.submissions is not None and last.submissions is not None
    # In simulation competitions the count can fall.
    made = max((last.submissions or 0) - (first.submissions or 0), 0) if known else None
    joined = best_before is None and ranked[0] > 0
    return RankSummary(first, last, best, worst, made, best_before, joined=bool(joined))


def find_ahead_since(ahead: TeamHistory, behind: TeamHistory) -> int | None:
    """Return the sync since which a team has been ahead of another without a break.

    None if it is not ahead, or if one of them is not on the board. Both have the same syncs.
    """
    not_ahead = np.flatnonzero((ahead.rank == 0) | (ahead.rank >= behind.rank))
    first = int(not_ahead[-1]) + 1 if len(not_ahead) else 0
    return first if first < len(ahead) else None


def find_compared_sync(taken_at: Integers, ranks: Integers, moment: datetime) -> int:
    """Return the sync from which a team's change since a moment is counted.

    That is the last sync at or before the moment, the first one if that is later, or that of the
    team's return. `taken_at` and `ranks` are those of all syncs, as in `TeamHistory`.
    """
    sync = max(bisect_right(taken_at, moment.timestamp()) - 1, 0)
    return skip_absence(ranks, sync)


def skip_absence(ranks: Integers, sync: int) -> int:
    """Return `sync`, or the sync of the team's last return if it was off the board after `sync`.

    A team that was away from the board meanwhile is counted from its return: it did not fall to
    where it came back, nor is it new. `ranks` are 0 while it was not on the board.
    """
    present = np.flatnonzero(ranks)
    end = int(present[-1]) + 1 if present.size else 0
    absent = np.flatnonzero(ranks[sync:end] == 0) + sync
    if not absent.size or not ranks[: absent[-1]].any():
        return sync
    return int(absent[-1]) + 1


def continue_history(
    team_id: int, histories: Mapping[int, TeamHistory], continuations: PastContinuations
) -> TeamHistory:
    """Return a team's history across continuations, from the histories of all its contributors.

    Its submissions before a continuation are the sum of those of all teams that are one now.
    """
    own = histories[team_id]
    contributors = [histories[one] for one in continuations.find_contributors(team_id)]
    if len(contributors) == 1:
        return own
    spans = continuations.find_spans(team_id, own.taken_at)
    parts = [histories[span.team_id][span.syncs] for span in spans]
    submissions = np.concatenate([part.submissions for part in parts])
    made = np.sum([np.maximum(one.submissions, 0) for one in contributors], axis=0)
    return TeamHistory(
        team_id=team_id,
        taken_at=own.taken_at,
        team_count=own.team_count,
        rank=np.concatenate([part.rank for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        score_text=[text for part in parts for text in part.score_text],
        submissions=np.where(submissions == UNKNOWN, UNKNOWN, made),
    )


class TeamTrace:
    """Some teams traced back through a log, from their current ranks."""

    def __init__(
        self,
        log: Sequence[Moves],
        ranks_now: Mapping[int, int | None],
        continuations: PastContinuations | None = None,
    ) -> None:
        """`log` is oldest first; the rank of a team that left the board is None.

        With `continuations`, ranks go on from those of the teams whose place was taken over.
        """
        self._log = log
        self._continuations = continuations or PastContinuations(())
        self._team_ids = list(ranks_now)
        self.taken_at = _concatenate([moves.taken_at for moves in log])
        """The Unix seconds of all syncs, ascending."""
        self.team_counts = _concatenate([moves.team_counts for moves in log])
        """The number of teams after each sync."""
        self._paths: dict[int, list[TeamPath]] = {}
        self._first_positions: dict[int, int | None] = {}
        contributors = {
            one: None
            for team_id in ranks_now
            for one in self._continuations.find_contributors(team_id)
        }
        for team_id in contributors:
            rank = ranks_now.get(team_id)
            position = log[-1].find_position(rank) if log and rank is not None else None
            paths = []
            for moves in reversed(log):
                path = TeamPath()
                position = moves.trace_back(team_id, position, path)
                paths.append(path)
            self._paths[team_id] = paths[::-1]
            self._first_positions[team_id] = position

    def find_segments_with_own_changes(self) -> list[int]:
        """Return the indices of the segments with rows of these teams."""
        return [
            segment
            for segment in range(len(self._log))
            if any(paths[segment].own_changes for paths in self._paths.values())
        ]

    def ranks(self, team_id: int) -> Integers:
        """Return a team's rank after each sync, 0 while it was not on the board."""
        spans = self._continuations.find_spans(team_id, self.taken_at)
        return np.concatenate([self._own_ranks(span.team_id)[span.syncs] for span in spans])

    def _own_ranks(self, team_id: int) -> Integers:
        ranks = [rank for path in self._paths[team_id] for rank in reversed(path.ranks)]
        return np.array(ranks, dtype=np.int64)

    def histories(
        self, first: LogSegment | None, row_changes: Mapping[int, RowChanges]
    ) -> list[TeamHistory]:
        """Return the history of each team, in the order of `ranks_now`.

        Each is the team's own: `continue_history` joins it with those of others.

        `first` is the first keyframe of the log; `row_changes` are needed for the segments in
        `find_segments_with_own_changes`, by index.
        """
        return [self._history(team_id, first, row_changes) for team_id in self._team_ids]

    def _history(
        self,
        team_id: int,
        first: LogSegment | None,
        row_changes: Mapping[int, RowChanges],
    ) -> TeamHistory:
        rank = self._own_ranks(team_id)
        rows = list(self._rows(team_id, first, row_changes))
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
            team_count=self.team_counts,
            rank=rank,
            score=np.where(absent, np.nan, score),
            score_text=score_text,
            submissions=np.where(absent, UNKNOWN, submissions),
        )

    def _rows(
        self, team_id: int, first: LogSegment | None, row_changes: Mapping[int, RowChanges]
    ) -> Iterator[_Row]:
        """Generate the changes of the team's row, oldest first."""
        score_text, submissions = None, UNKNOWN
        position = self._first_positions[team_id]
        if position is not None and first is not None:
            score_text = first.row_changes.score_text(position)
            submissions = int(first.row_changes.submissions[position])
        yield _Row(0, score_text, submissions)
        before = 0
        for segment, path in enumerate(self._paths[team_id]):
            for own in reversed(path.own_changes):
                changes = row_changes[segment]
                if own.slot is not None:
                    score_text = changes.score_text(own.slot)
                if changes.submissions_changed[own.row]:
                    submissions = int(
                        changes.submissions[changes.submissions_changed_before[own.row]]
                    )
                yield _Row(before + own.sync, score_text, submissions)
            before += len(path.ranks)


@dataclass(frozen=True, slots=True)
class _Row:
    """A team's row from a sync on."""

    sync: int
    score_text: str | None
    submissions: int


def _concatenate(columns: Sequence[array[int]]) -> Integers:
    return np.concatenate([np.empty(0, dtype=np.int64), *columns])
