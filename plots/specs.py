"""Specifications of plots as plain values; names as Kaggle gives them, times aware in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from leaderboards.board import UNKNOWN, Integers, Mask, ScoreOrder
from leaderboards.feeds.posts import PostKind
from leaderboards.history import RankPoint, TeamHistory
from leaderboards.medals import MedalZone
from plots import colours
from plots.downsample import downsample

MAX_COMPARED = len(colours.SERIES)
MAX_MARKS = 9
"""The most topics and notebooks that are marked in a plot: their numbers have one digit."""
MAX_REPLAYED = len(colours.REPLAY_SERIES)
MAX_ROWS = 10
"""The most rows of a plot; of longer lists it shows the beginning."""

_LINE_PERIODS = 240
"""Periods that a line is downsampled to; no plot is wide enough to show more."""
_SUBMISSION_PERIODS = 22
"""At most four submissions of each period are kept, so up to 88."""


@dataclass(frozen=True, slots=True)
class RankLine:
    """One team's ranks over time, downsampled for a plot."""

    name: str
    points: tuple[RankPoint, ...]
    """Ascending in time; rank None while the team was not on the board."""
    submissions: tuple[RankPoint, ...]
    """The syncs with a new submission."""

    @classmethod
    def from_history(cls, name: str, history: TeamHistory) -> RankLine:
        """Downsample a complete history."""
        all_indices = np.arange(len(history))
        return cls(
            name,
            _downsample(history, all_indices, _LINE_PERIODS),
            _downsample(history, _find_submissions(history), _SUBMISSION_PERIODS),
        )


@dataclass(frozen=True, slots=True)
class PostMark:
    """A topic or notebook above a history; the marks of a plot are numbered from 1."""

    kind: PostKind
    at: datetime


@dataclass(frozen=True, slots=True)
class RankHistoryPlot:
    """The rank of one person or team over time."""

    name: str
    competition_name: str
    line: RankLine
    medals: bool
    """Whether the competition awards medals."""
    deadline: datetime | None = None
    is_public: bool = False
    """Whether the ranks are public ones of a competition whose private board counts."""
    final_rank: int | None = None
    """The rank on that private board; None if the team is not on it."""
    marks: tuple[PostMark, ...] = ()
    """Oldest first, at most `MAX_MARKS`."""


@dataclass(frozen=True, slots=True)
class ForecastStep:
    """The rank that a team is likely to have at a moment if it submits nothing."""

    at: datetime
    team_count: int
    rank: int
    low: int
    """The best rank of the 80 % interval."""
    high: int
    """The worst rank of the 80 % interval."""


@dataclass(frozen=True, slots=True)
class ForecastPlot:
    """The recent ranks of one team, and those that it will have if it submits nothing."""

    name: str
    competition_name: str
    line: RankLine
    """The last days, up to the first step."""
    steps: tuple[ForecastStep, ...]
    """Ascending in time, two or more; the first is the rank that it has, without an interval."""
    medals: bool
    """Whether the competition awards medals."""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComparisonPlot:
    """The ranks of several people or teams over time, at most `MAX_COMPARED`."""

    competition_name: str
    lines: tuple[RankLine, ...]
    medals: bool
    deadline: datetime | None = None
    is_public: bool = False
    """See `RankHistoryPlot`."""

    def __post_init__(self) -> None:
        if len(self.lines) > MAX_COMPARED:
            raise ValueError(f"A plot compares at most {MAX_COMPARED} lines.")


@dataclass(frozen=True, slots=True)
class ScoreDistributionPlot:
    """All scores of a board, and the one of a marked team."""

    name: str
    competition_name: str
    rank: int
    score: float
    score_text: str
    scores: tuple[float, ...]
    """The score of every team, best rank first. Ranks may have gaps: an index is not a rank."""
    order: ScoreOrder | None
    zone_edges: tuple[tuple[MedalZone, float], ...]
    """The score of the last team in each medal zone that exists, best first."""


@dataclass(frozen=True, slots=True)
class TrendsPlot:
    """The recent ranks of some teams, at most `MAX_ROWS`."""

    lines: tuple[RankLine, ...]
    days: int
    """The period that the lines are from: that many days up to the news."""

    @property
    def period(self) -> tuple[int, str]:
        """The period that the lines cover: some days, or less while the board is young."""
        moments = [at.taken_at for line in self.lines for at in line.points]
        covered = max(moments) - min(moments) if moments else timedelta()
        hours = round(covered / timedelta(hours=1))
        if 0 < hours < 48:
            return hours, "hour"
        return min(round(hours / 24) or self.days, self.days), "day"


@dataclass(frozen=True, slots=True)
class Mover:
    """A team that climbed or fell; rank None while it was not on the board."""

    name: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class MovementPlot:
    """Climbers and fallers of a period, at most `MAX_ROWS`."""

    competition_name: str
    team_count: int
    since: datetime
    until: datetime
    movers: tuple[Mover, ...]
    is_first: bool = False
    """Whether the first board was read at `since`."""


@dataclass(frozen=True, slots=True)
class MemberShakeUp:
    """A member's ranks on the two boards."""

    name: str
    public: int
    private: int


@dataclass(frozen=True, slots=True)
class ShakeUpPlot:
    """The shake-up from the public to the private board.

    All members are marked, the first `MAX_ROWS` named.
    """

    competition_name: str
    teams: tuple[tuple[int, int], ...]
    """Public and private rank of every team that is on both boards."""
    team_count: int
    """All teams of the private board, by which medals are awarded."""
    members: tuple[MemberShakeUp, ...]
    medals: bool
    mean: float
    """See `ShakeUp.mean`."""


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """A member's results in each competition of a season, in the season's order."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SeasonPlot:
    """The ranking of a season: at most `MAX_ROWS` rows, best first."""

    name: str
    competitions: tuple[str, ...]
    rows: tuple[SeasonRow, ...]
    unit: str = "points"
    """Of the values."""


@dataclass(frozen=True, slots=True)
class FinalRanks:
    """The private board that ends a replay."""

    ranks: tuple[int | None, ...]
    """By line; None for a team that is not on it."""
    team_count: int


@dataclass(frozen=True, slots=True)
class Replay:
    """An animated picture of the ranks of some teams through a competition, at most `MAX_REPLAYED`.

    It is no `Plot`: it takes seconds, and is drawn in a process of its own.
    """

    competition_name: str
    lines: tuple[RankLine, ...]
    """By rank; at least one has two points."""
    medals: bool
    deadline: datetime | None = None
    rescored_at: datetime | None = None
    """When Kaggle last scored the board anew."""
    final: FinalRanks | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.lines) <= MAX_REPLAYED:
            raise ValueError(f"A replay has one to {MAX_REPLAYED} lines.")


Plot = (
    RankHistoryPlot
    | ForecastPlot
    | ComparisonPlot
    | ScoreDistributionPlot
    | TrendsPlot
    | MovementPlot
    | ShakeUpPlot
    | SeasonPlot
)


def _downsample(history: TeamHistory, indices: Integers, periods: int) -> tuple[RankPoint, ...]:
    moments, ranks = history.taken_at[indices], history.rank[indices]
    kept = downsample(moments.astype(np.float64), np.where(ranks, ranks, np.nan), periods)
    return tuple(history[index] for index in indices[kept].tolist())


def _find_submissions(history: TeamHistory) -> Integers:
    """Return the indices where the count of submissions rose; without counts, the score changed."""
    present = np.flatnonzero(history.rank)
    counts = history.submissions[present]
    scores = np.array([history.score_text[index] for index in present.tolist()], dtype=np.object_)
    are_known = (counts[1:] != UNKNOWN) & (counts[:-1] != UNKNOWN)
    is_new: Mask = np.where(are_known, counts[1:] > counts[:-1], scores[1:] != scores[:-1])
    # A team that joined later begins with a submission.
    return present[np.r_[present[:1] > 0, is_new]]
