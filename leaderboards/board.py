"""A leaderboard as values: the whole board in columns, and one row of it as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""Stands in the number columns for what a form of the file does not tell."""


class ScoreOrder(StrEnum):
    """Which score is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class BoardKind(StrEnum):
    """Whether a board counts the public or the private part of the test data."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a board; a benchmark has rank 0."""

    rank: int
    team_id: int
    team_name: str
    score: float
    score_text: str
    submissions: int | None
    last_submission_at: datetime | None
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows of a board side by side, best first; every column has the same length."""

    rank: NDArray[np.int64]
    team_id: NDArray[np.int64]
    team_name: list[str]
    score: NDArray[np.float64]
    score_text: list[str]
    submissions: NDArray[np.int64]
    """`UNKNOWN` where the file does not say."""
    last_submission_at: NDArray[np.int64]
    """Unix seconds, `UNKNOWN` where the file does not say."""
    members: list[str]
    """User names joined by commas, as Kaggle writes them."""

    def __len__(self) -> int:
        return len(self.rank)

    def entry(self, index: int) -> Entry:
        """Give one row as a person reads it."""
        submissions = int(self.submissions[index])
        seconds = int(self.last_submission_at[index])
        return Entry(
            rank=int(self.rank[index]),
            team_id=int(self.team_id[index]),
            team_name=self.team_name[index],
            score=float(self.score[index]),
            score_text=self.score_text[index],
            submissions=None if submissions == UNKNOWN else submissions,
            last_submission_at=None if seconds == UNKNOWN else datetime.fromtimestamp(seconds, UTC),
            members=split_members(self.members[index]),
        )

    def take(self, indices: NDArray[np.int64]) -> Columns:
        """Give the rows at these indices, in their order."""
        return Columns(
            rank=self.rank[indices],
            team_id=self.team_id[indices],
            team_name=_take_texts(self.team_name, indices),
            score=self.score[indices],
            score_text=_take_texts(self.score_text, indices),
            submissions=self.submissions[indices],
            last_submission_at=self.last_submission_at[indices],
            members=_take_texts(self.members, indices),
        )

    @classmethod
    def from_entries(cls, entries: list[Entry]) -> Columns:
        """Build columns from rows."""
        return cls(
            rank=np.array([e.rank for e in entries], dtype=np.int64),
            team_id=np.array([e.team_id for e in entries], dtype=np.int64),
            team_name=[e.team_name for e in entries],
            score=np.array([e.score for e in entries], dtype=np.float64),
            score_text=[e.score_text for e in entries],
            submissions=np.array(
                [UNKNOWN if e.submissions is None else e.submissions for e in entries],
                dtype=np.int64,
            ),
            last_submission_at=np.array(
                [
                    UNKNOWN
                    if e.last_submission_at is None
                    else int(e.last_submission_at.timestamp())
                    for e in entries
                ],
                dtype=np.int64,
            ),
            members=[",".join(e.members) for e in entries],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """One leaderboard at one moment, complete and in Kaggle's order."""

    slug: str | None
    kind: BoardKind
    taken_at: datetime | None
    """Kaggle's own time of the file; None where its name does not tell."""
    order: ScoreOrder | None
    """None where nothing on the board tells: one team, or all scores equal."""
    teams: Columns
    """Teams by ascending rank."""
    benchmarks: Columns
    """Entries of hosts (rank 0), best first. Never counted, never first."""
    teams_above: NDArray[np.int64]
    """For each benchmark, how many teams stand above it."""
    ranks_derived: bool = False
    """True where the file has no ranks and they follow from score and date."""
    complete: bool = True
    """False for one page of a longer board."""

    def entries(self) -> Iterator[Entry]:
        """Give every row in the board's order, benchmarks at their place."""
        above = self.teams_above.tolist()
        shown = 0
        for index in range(len(self.teams)):
            while shown < len(above) and above[shown] <= index:
                yield self.benchmarks.entry(shown)
                shown += 1
            yield self.teams.entry(index)
        for rest in range(shown, len(above)):
            yield self.benchmarks.entry(rest)


def _take_texts(texts: list[str], indices: NDArray[np.int64]) -> list[str]:
    return [texts[index] for index in indices.tolist()]


def split_members(joined: str) -> tuple[str, ...]:
    """Split Kaggle's `a,b,c` into user names."""
    return tuple(filter(None, joined.split(",")))
