"""Specifications of plots as plain values; names as Kaggle gives them, times aware in UTC."""

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
"""The most rows of a plot; of longer lists it shows the beginning."""

_STRETCHES = 240
"""The most points of a line; no plot is wide enough for more."""
_MARKS = 90


@dataclass(frozen=True, slots=True)
class RankLine:
    """One team's ranks over time, downsampled for a plot."""

    name: str
    points: tuple[RankAt, ...]
    """Ascending in time; rank None while the team was not on the board."""
    submitted: tuple[RankAt, ...]
    """The syncs with a new submission."""

    @classmethod
    def of(cls, name: str, history: TeamHistory) -> RankLine:
        """Downsample a complete history."""
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
    """The competition's name."""
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
    """All scores of a board, and the one of a marked team."""

    name: str
    board: str
    rank: int
    score_text: str
    scores: tuple[float, ...]
    """The scores of all teams in the order of their ranks."""
    order: ScoreOrder | None
    medals: bool


@dataclass(frozen=True, slots=True)
class Trends:
    """The recent ranks of some teams, at most `MOST_ROWS`."""

    lines: tuple[RankLine, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """A team that climbed or fell; rank None while it was not on the board."""

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
    """The shake-up from the public to the private board; marks members, names `MOST_ROWS`."""

    board: str
    teams: tuple[tuple[int, int], ...]
    """Public and private rank of every team that is on both boards."""
    members: tuple[Shaken, ...]
    medals: bool


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """A member's points in each competition of a season, in the season's order."""

    name: str
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Season:
    """The ranking of a season: at most `MOST_ROWS` rows, best first."""

    name: str
    competitions: tuple[str, ...]
    rows: tuple[SeasonRow, ...]


Picture = RankHistory | Comparison | ScoreDistribution | Trends | Movement | ShakeUp | Season


def _thinned(history: TeamHistory, places: Indices, stretches: int) -> tuple[RankAt, ...]:
    moments, ranks = history.taken_at[places], history.rank[places]
    kept = thin(moments.astype(np.float64), np.where(ranks, ranks, np.nan), stretches)
    return tuple(history[place] for place in places[kept].tolist())


def _submissions(history: TeamHistory) -> Indices:
    """Return the indices where the count of submissions rose; without counts, the score changed."""
    there = np.flatnonzero(history.rank)
    counts = history.submissions[there]
    scores = np.array([history.score_text[place] for place in there.tolist()], dtype=np.object_)
    told = (counts[1:] != UNKNOWN) & (counts[:-1] != UNKNOWN)
    is_new: NDArray[np.bool_] = np.where(told, counts[1:] > counts[:-1], scores[1:] != scores[:-1])
    # Who was not there at first begins with a submission.
    return there[np.r_[there[:1] > 0, is_new]]
