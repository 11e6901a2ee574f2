"""`make backtest`: the forecasts that Podium would have made on recorded boards, and how they did.

    python -m benchmarks.backtest FOLDER_OR_FILE…

A folder holds boards of one competition whose names hold their time, as Kaggle's do. A file is a
score history, of which a board is made every three hours. At each board Podium forecasts the ranks
of all teams from the boards before it. Measured are the teams that submitted nothing meanwhile: the
mean error of their ranks as a share of the error of "the rank stays", for the forecast in ten lines
(the rank moves on as that of its score did in as many hours before) and for Podium's, and how many
80 % intervals contained the rank that came. Of the scores that medal lines take, it measures how
many places they were from the line, beside "the line stays", and how many intervals contained them.
"""

from __future__ import annotations

import argparse
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from leaderboards.board import Board, Integers, Mask, Reals, ScoreOrder
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import NO_DRIFT, ScoreDrift
from leaderboards.errors import LeaderboardError
from leaderboards.forecast.medal_lines import forecast_medal_lines
from leaderboards.forecast.pace import Pace, measure_pace
from leaderboards.forecast.rank_forecast import forecast_ranks, forecast_zone_exits
from leaderboards.forecast.rhythm import RHYTHM_WINDOW
from leaderboards.history.moves import Moves
from leaderboards.medals import MedalZone, medal_thresholds
from leaderboards.parsing.reader import read_board, read_file
from leaderboards.parsing.zip_file import open_zip, parse_file_name

HOURS = (3, 6, 12, 24, 48, 72, 120, 168)
_EXIT_HOURS = (12, 24)
_TOLERANCE = 1.0
"""Hours by which a board may be away from the one that is forecast."""
_HISTORY_STEP = timedelta(hours=3)
_HISTORY_SPAN = timedelta(days=49)
"""How much of the end of a score history is played: Getting Started boards forget older teams."""
_HEAD = (
    "part of the recording",
    "hours",
    "forecasts",
    "ten lines",
    "Podium",
    "coverage",
    "top tenth: ten lines",
    "Podium",
    "coverage",
)
_LINES_HEAD = ("part of the recording", "hours", "lines", "Podium", "the line stays", "coverage")


@dataclass
class Recording:
    """The boards of a competition, and the log that Podium would have of them."""

    name: str
    boards: list[Board]
    hours: Reals = field(init=False)
    """Since the first board."""
    log: list[Moves] = field(init=False)
    drifts: list[ScoreDrift] = field(init=False)

    def __post_init__(self) -> None:
        """Compare the boards."""
        self.log, self.drifts, old, drift = [], [], None, NO_DRIFT
        for board in self.boards:
            changes = BoardDiff.between(old, board)
            seconds = _seconds(board)
            moves = Moves.from_diff(changes, seconds)
            self.log.append(moves if old else Moves.empty(seconds, board.teams.rank))
            drift = drift.measure(changes)
            self.drifts.append(drift)
            old = board
        times = np.array([_seconds(board) for board in self.boards])
        self.hours = (times - times[0]) / 3600

    def find_board(self, hour: float) -> int | None:
        """Return the index of the board at an hour; None if there is none near it."""
        index = int(np.abs(self.hours - hour).argmin())
        return index if abs(self.hours[index] - hour) <= _TOLERANCE else None

    def measure_pace(self, index: int) -> Pace | None:
        """Return the pace at a board, of all its ranks."""
        board = self.boards[index]
        oldest = self.hours[index] - RHYTHM_WINDOW / timedelta(hours=1)
        first = int(np.searchsorted(self.hours, oldest))
        log = self.log[max(first - 1, 0) : index + 1]
        return measure_pace(log, board.teams.rank, _seconds(board))


@dataclass
class Trial:
    """A forecast at one board, of another that came later."""

    now: Board
    then: Board
    pace: Pace
    hours: float
    before: Board | None
    """The board as many hours before; None if there is none."""

    @cached_property
    def left_alone(self) -> Mask:
        """The teams that submitted nothing meanwhile."""
        before, after, rows = self.now.teams, self.then.teams, self._rows
        alone: Mask = (rows >= 0) & (after.last_submission_at[rows] == before.last_submission_at)
        return alone

    @cached_property
    def ranks(self) -> Integers:
        """The ranks that came; meaningless for teams that are gone."""
        return self.then.teams.rank[self._rows]

    @cached_property
    def _rows(self) -> Integers:
        return self.then.teams.find_rows(self.now.teams.team_id)

    @cached_property
    def top_tenth(self) -> Mask:
        """The teams of the best tenth."""
        top: Mask = self.pace.ranks <= len(self.now.teams) / 10
        return top

    def forecast_in_ten_lines(self) -> Integers | None:
        """Return each rank moved on as its score's rank did in as many hours before."""
        if self.before is None:
            return None
        scores = _ascending(self.now)[::-1]
        now, before = (
            len(board) - np.searchsorted(board, scores, side="right")
            for board in (_ascending(self.now), _ascending(self.before))
        )
        return self.now.teams.rank + now - before


@dataclass
class Sums:
    """What is added up over the trials of one part and horizon."""

    trials: int = 0
    naive: Reals = field(default_factory=lambda: np.zeros(2))
    """Places that ranks moved: of all teams, and of the top tenth."""
    ten: Reals = field(default_factory=lambda: np.zeros(2))
    naive_beside_ten: Reals = field(default_factory=lambda: np.zeros(2))
    podium: Reals = field(default_factory=lambda: np.zeros(2))
    held: Reals = field(default_factory=lambda: np.zeros(2))
    teams: Reals = field(default_factory=lambda: np.zeros(2))

    def add(self, trial: Trial) -> None:
        """Measure a trial."""
        forecast, ten = forecast_ranks(trial.pace, trial.hours), trial.forecast_in_ten_lines()
        within = (forecast.low <= trial.ranks) & (trial.ranks <= forecast.high)
        self.trials += 1
        for group, teams in enumerate((trial.left_alone, trial.left_alone & trial.top_tenth)):
            ranks, moved = trial.ranks[teams], np.abs(trial.ranks - trial.pace.ranks)[teams].sum()
            self.naive[group] += moved
            self.podium[group] += np.abs(forecast.rank[teams] - ranks).sum()
            self.held[group] += within[teams].sum()
            self.teams[group] += teams.sum()
            if ten is not None:
                self.ten[group] += np.abs(ten[teams] - ranks).sum()
                self.naive_beside_ten[group] += moved

    def cells(self) -> list[str]:
        """Return the figures of a row of the table."""
        ten, podium = _divide(self.ten, self.naive_beside_ten), _divide(self.podium, self.naive)
        held = _divide(self.held, self.teams)
        cells = [[_ratio(ten[i]), _ratio(podium[i]), f"{held[i]:.0%}"] for i in range(2)]
        return [str(self.trials), *cells[0], *cells[1]]


@dataclass
class Lines:
    """What is added up over the scores of medal lines of one part and horizon."""

    lines: int = 0
    podium: int = 0
    """Places between the forecast scores and the lines that came."""
    stays: int = 0
    """Places between the scores of the lines before and those that came."""
    held: int = 0

    def add(self, trial: Trial) -> None:
        """Measure the lines of a trial."""
        sign = -1 if trial.now.order is ScoreOrder.LOWER else 1
        ascending = _ascending(trial.then)
        thresholds = medal_thresholds(len(ascending))
        scores = trial.now.teams.score
        for line in forecast_medal_lines(trial.pace, scores, trial.hours):
            rank = thresholds.last_rank(line.medal_zone)
            came = ascending[-rank]
            self.lines += 1
            self.podium += _places_apart(ascending, sign * line.later_score, rank)
            self.stays += _places_apart(ascending, sign * line.score, rank)
            self.held += bool(sign * line.worst_score <= came <= sign * line.best_score)

    def cells(self) -> list[str]:
        """Return the figures of a row of the table."""
        means = [f"{places / self.lines:.2f}" for places in (self.podium, self.stays)]
        return [str(self.lines), *means, _share(self.held, self.lines)]


@dataclass
class Exits:
    """Teams that were told that they would leave their zone, and those that did."""

    hours: int
    told: int = 0
    left: int = 0
    both: int = 0

    def add(self, trial: Trial) -> None:
        """Measure a trial."""
        before, after = (len(board.teams) for board in (trial.now, trial.then))
        now, then = trial.pace.ranks, trial.ranks
        lines_now, lines_then = medal_thresholds(before), medal_thresholds(after)
        left, worst = np.zeros(len(now), dtype=np.bool_), 0
        for zone in MedalZone:
            inside = (worst < now) & (now <= lines_now.last_rank(zone))
            left |= inside & (then > lines_then.last_rank(zone))
            worst = lines_now.last_rank(zone)
        told = forecast_zone_exits(trial.pace, self.hours) > 0
        self.told += int((told & trial.left_alone).sum())
        self.left += int((left & trial.left_alone).sum())
        self.both += int((told & left & trial.left_alone).sum())

    def text(self) -> str:
        """Return the figures as a sentence."""
        return (
            f"{self.told} were told that they would leave their zone within {self.hours} h,"
            f" {_share(self.both, self.told)} of them did;"
            f" {self.left} left it, {_share(self.both, self.left)} of them had been told."
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of each recording."""
    parser = argparse.ArgumentParser(prog="make backtest", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FOLDER_OR_FILE")
    for path in parser.parse_args(arguments).paths:
        print(format_recording(load_recording(path)), flush=True)


def load_recording(path: Path) -> Recording:
    """Read a folder of boards, or a score history."""
    boards = list(_read_folder(path) if path.is_dir() else _rebuild_from_score_history(path))
    if not boards:
        raise SystemExit(f"{path} has no boards whose names hold their time.")
    return Recording(path.stem, boards)


def format_recording(recording: Recording) -> str:
    """Return the figures of a recording as a table, and a sentence about its zones."""
    sums: dict[tuple[str, int], Sums] = defaultdict(Sums)
    lines: dict[tuple[str, int], Lines] = defaultdict(Lines)
    exits = {hours: Exits(hours) for hours in _EXIT_HOURS}
    silent, middle = 0, recording.hours[-1] / 2
    for index, now in enumerate(recording.boards):
        pace = None if recording.drifts[index].moves_by_itself else recording.measure_pace(index)
        if pace is None:
            silent += 1
            continue
        for hours in HOURS:
            later = recording.find_board(recording.hours[index] + hours)
            if later is None or later <= index:
                continue
            before = recording.find_board(recording.hours[index] - hours)
            trial = Trial(
                now,
                recording.boards[later],
                pace,
                recording.hours[later] - recording.hours[index],
                None if before is None else recording.boards[before],
            )
            parts = ["all"]
            if recording.hours[later] <= middle:
                parts.append("earlier half")
            elif recording.hours[index] >= middle:
                parts.append("later half")
            for part in parts:
                sums[part, hours].add(trial)
                lines[part, hours].add(trial)
            if hours in exits:
                exits[hours].add(trial)
    table = _format_table(_HEAD, {key: each.cells() for key, each in sums.items()})
    table += "\n\n" + _format_table(
        _LINES_HEAD, {key: each.cells() for key, each in lines.items() if each.lines}
    )
    head = (
        f"## {recording.name}: {len(recording.boards)} boards in {recording.hours[-1]:.0f} h,"
        f" silent at {silent} of them"
    )
    told = "\n".join(each.text() for each in exits.values())
    return f"{head}\n\n{table}\n\n{told}\n" if sums else f"{head}\n"


def _format_table(head: tuple[str, ...], cells: Mapping[tuple[str, int], list[str]]) -> str:
    """Return a Markdown table with a row for each part of a recording and horizon."""
    rows = [head, ("---",) * len(head)]
    rows += [
        (part, str(hours), *cells[part, hours])
        for part in ("earlier half", "later half", "all")
        for hours in HOURS
        if (part, hours) in cells
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _read_folder(folder: Path) -> Iterator[Board]:
    boards = []
    for path in sorted(folder.iterdir()):
        try:
            board = read_file(path)
        except LeaderboardError:
            continue
        if board.taken_at is not None:
            boards.append(board)
    yield from sorted(boards, key=_seconds)


def _rebuild_from_score_history(path: Path) -> Iterator[Board]:
    """Yield a board every three hours, of the improvements that had been made by then."""
    data = path.read_bytes()
    csv = data if path.suffix == ".csv" else open_zip(data).unpack()
    rows = pd.read_csv(io.BytesIO(csv), encoding="utf-8-sig", dtype=str)
    times = pd.to_datetime(rows["SubmissionDate"], utc=True)
    label = parse_file_name(path.name)
    moment, end = times.max() - _HISTORY_SPAN, times.max()
    while moment <= end:
        text = rows[times <= moment].to_csv(index=False).encode()
        yield read_board(text, slug=label.slug, taken_at=moment.to_pydatetime())
        moment += _HISTORY_STEP


def _seconds(board: Board) -> int:
    taken_at: datetime | None = board.taken_at
    return 0 if taken_at is None else int(taken_at.timestamp())


def _ascending(board: Board) -> Reals:
    """Return the scores of a board, the worst first, as numbers of which the higher is better."""
    scores = board.teams.score[::-1]
    return -scores if board.order is ScoreOrder.LOWER else scores


def _places_apart(ascending: Reals, score: float, rank: int) -> int:
    """Return how many places of a board a score is away from the one at a rank."""
    count = len(ascending)
    first = count - int(np.searchsorted(ascending, score, side="right")) + 1
    last = count - int(np.searchsorted(ascending, score, side="left"))
    # A score that nobody has is between two ranks.
    if last < first:
        first, last = last, first
    return max(rank - last, first - rank, 0)


def _divide(values: Reals, by: Reals) -> Reals:
    """Divide; not a number where there is nothing to divide by."""
    quotients: Reals = np.divide(values, by, out=np.full(len(values), np.nan), where=by > 0)
    return quotients


def _ratio(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


if __name__ == "__main__":
    main()
