"""What pictures show, as plain values: names as Kaggle gives them, times aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN, ScoreOrder
from leaderboards.board_diff import Indices
from leaderboards.history import RankAt, TeamHistory
from plots import colours
from plots.downsample import thin

MOST_COMPARED = len(colours.PEOPLE)
MOST_ROWS = 10
"""What fits below each other; of longer lists the pictures show the beginning."""

_STRETCHES = 240
"""No picture is wide enough to show more of a line."""
_MARKS = 90


@dataclass(frozen=True, slots=True)
class RankLine:
    """One team's way over the board, no finer than a picture can show it."""

    name: str
    points: tuple[RankAt, ...]
    """Ascending in time; a rank of None where the team was not on the board."""
    submitted: tuple[RankAt, ...]
    """The syncs that found a new submission."""

    @classmethod
    def of(cls, name: str, history: TeamHistory) -> RankLine:
        """Thin a whole history, as `storage.boards.history` gives it."""
        everywhere = np.arange(len(history))
        return cls(
            name,
            _thinned(history, everywhere, _STRETCHES),
            _thinned(history, _submissions(history), _MARKS // 4),
        )


@dataclass(frozen=True, slots=True)
class RankHistory:
    """The rank of one person or team over time."""

    name: str
    board: str
    """The competition, as people call it."""
    line: RankLine
    medals: bool
    """Whether the competition awards medals."""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ranks of several people or teams over time, at most `MOST_COMPARED`."""

    board: str
    lines: tuple[RankLine, ...]
    medals: bool
    deadline: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.lines) > MOST_COMPARED:
            raise ValueError(f"A picture compares at most {MOST_COMPARED} lines.")


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """All scores of a board, and where one of its teams is among them."""

    name: str
    board: str
    rank: int
    score_text: str
    scores: tuple[float, ...]
    """Of all teams, in the order of their ranks."""
    order: ScoreOrder | None
    medals: bool


@dataclass(frozen=True, slots=True)
class Trends:
    """Where some teams were heading: a low picture, a small line for each of `MOST_ROWS`."""

    lines: tuple[RankLine, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """One who climbed or fell; a rank of None where they were not on the board."""

    name: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Movement:
    """Climbers and fallers of a period, at most `MOST_ROWS`."""

    board: str
    teams: int
    since: datetime
    until: datetime
    movers: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Shaken:
    """A member's ranks on the two boards."""

    name: str
    public: int
    private: int


@dataclass(frozen=True, slots=True)
class ShakeUp:
    """What the private board did to the public one; members are marked, `MOST_ROWS` named."""

    board: str
    teams: tuple[tuple[int, int], ...]
    """Public and private rank of every team that is on both."""
    members: tuple[Shaken, ...]
    medals: bool


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """A member's points in each competition of a season, in the season's order."""

    name: str
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Season:
    """The standings of a season: at most `MOST_ROWS` rows, in the order in which they stand."""

    name: str
    competitions: tuple[str, ...]
    rows: tuple[SeasonRow, ...]


Picture = RankHistory | Comparison | ScoreDistribution | Trends | Movement | ShakeUp | Season


def _thinned(history: TeamHistory, places: Indices, stretches: int) -> tuple[RankAt, ...]:
    moments, ranks = history.taken_at[places], history.rank[places]
    kept = thin(moments.astype(np.float64), np.where(ranks, ranks, np.nan), stretches)
    return tuple(history[place] for place in places[kept].tolist())


def _submissions(history: TeamHistory) -> Indices:
    """Tell where the count rose; where files have no count, where the score changed."""
    there = np.flatnonzero(history.rank)
    counts = history.submissions[there]
    scores = np.array([history.score_text[place] for place in there.tolist()], dtype=np.object_)
    told = (counts[1:] != UNKNOWN) & (counts[:-1] != UNKNOWN)
    is_new: NDArray[np.bool_] = np.where(told, counts[1:] > counts[:-1], scores[1:] != scores[:-1])
    # Who was not there at first begins with a submission.
    return there[np.r_[there[:1] > 0, is_new]]
