"""Cases: generated files that the real parser reads, with counts of the results."""

from __future__ import annotations

import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from random import Random

import numpy as np

from leaderboards.board import Board, ScoreOrder
from leaderboards.errors import LeaderboardError
from leaderboards.parsing.reader import read_board
from leaderboards.parsing.zip_file import open_zip
from tests.fuzz.tables import generate_table
from tests.fuzz.zip_files import generate_zip


@dataclass(slots=True)
class Figures:
    """Results of the cases of one run."""

    cases: int = 0
    boards: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    """By the type of the error."""
    sentences: Counter[str] = field(default_factory=Counter)
    """By the beginning of the error message."""
    slowest: float = 0
    slowest_case: int = -1
    peak_bytes: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Add the figures of another run."""
        self.cases += other.cases
        self.boards += other.boards
        self.refusals += other.refusals
        self.sentences += other.sentences
        self.failures += other.failures
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)
        if other.slowest > self.slowest:
            self.slowest, self.slowest_case = other.slowest, other.slowest_case


def build_case(seed: int, number: int) -> Callable[[], Board]:
    """Build a call that reads one zip file or CSV; the same for the same numbers."""
    random = Random(f"{seed} {number}")  # noqa: S311 - no secret
    order = random.choice((None, None, ScoreOrder.HIGHER, ScoreOrder.LOWER))
    if random.random() < 0.4:
        return partial(read_board, generate_table(random), order=order)
    return partial(_read_zipped, generate_zip(random), order)


def _read_zipped(data: bytes, order: ScoreOrder | None) -> Board:
    zipped = open_zip(data)
    label = zipped.label
    return read_board(zipped.unpack(), slug=label.slug, taken_at=label.taken_at, order=order)


def run_cases(seed: int, numbers: Iterable[int]) -> Figures:
    """Read the cases; a result that is neither a board nor a typed error is a failure."""
    figures = Figures()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in numbers:
            figures.cases += 1
            read = build_case(seed, number)
            began = time.perf_counter()
            try:
                try:
                    board = read()
                finally:
                    spent = time.perf_counter() - began
                check_board(board)
                figures.boards += 1
            except LeaderboardError as error:
                figures.refusals[type(error).__name__] += 1
                figures.sentences[_first_words(str(error))] += 1
            except Exception:  # noqa: BLE001 - each is one of the failures that are looked for
                figures.failures.append(f"case {number}:\n{traceback.format_exc()}")
            if spent > figures.slowest:
                figures.slowest, figures.slowest_case = spent, number
    return figures


def check_board(board: Board) -> None:
    """Raise AssertionError where ranks, team ids or scores are not those of a board."""
    teams = board.teams
    if not len(teams) or int(teams.rank[0]) < 1 or not bool((np.diff(teams.rank) > 0).all()):
        raise AssertionError("the ranks do not rise from 1 on")
    if len(np.unique(teams.team_id)) < len(teams):
        raise AssertionError("a team is on the board twice")
    if not bool(np.isfinite(teams.score).all()):
        raise AssertionError("a score is no number")


def _first_words(sentence: str) -> str:
    words = [word for word in sentence.split() if not any(map(str.isdigit, word))]
    return " ".join(words[:6])
