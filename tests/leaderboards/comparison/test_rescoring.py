"""Boards that Kaggle has scored anew, and scores that move by themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from demo.recording import ARCHIVE, read_recording
from leaderboards.board import Board, ScoreOrder
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import ScoreDrift
from leaderboards.parsing.reader import read_board
from leaderboards.parsing.zip_file import open_zip
from tests.board_files import SIMULATION
from tests.leaderboards.boards import board, entry


@cache
def load(archive: Path) -> list[Board]:
    files = [open_zip(recorded.zip) for recorded in read_recording(archive)]
    return [
        read_board(file.unpack(), slug=file.label.slug, taken_at=file.label.taken_at)
        for file in files
    ]


def find_rescored(boards: Iterable[Board]) -> list[int]:
    """Return the numbers of the boards that count as scored anew."""
    return [number for number, drift in enumerate(measure(boards), start=1) if drift.rescored]


def find_steps(boards: Iterable[Board]) -> list[int]:
    """Return the numbers of the boards that count as scored anew, if only in part."""
    return [number for number, drift in enumerate(measure(boards), start=1) if drift.is_step]


def measure(boards: Iterable[Board]) -> list[ScoreDrift]:
    found: list[ScoreDrift] = []
    drift = ScoreDrift()
    for old, new in pairwise(boards):
        drift = drift.measure(BoardDiff.between(old, new))
        found.append(drift)
    return found


def rescore(
    board: Board,
    change: Callable[[float], float],
    *,
    share: float = 1,
    hours: float = 1,
    first: float = 0,
) -> Board:
    """Score a share of the teams anew, without a submission, and rank all by that.

    They are chosen by their ids, from `first` on.
    """
    teams = board.teams
    scores = teams.score.copy()
    chosen = (teams.team_id - round(100 * first)) % 100 < 100 * share
    scores[chosen] = [change(score) for score in scores[chosen]]
    ranked = replace(teams, score=scores).take(np.argsort(-scores, kind="stable"))
    ranked = replace(
        ranked,
        rank=np.arange(1, len(scores) + 1),
        score_text=np.array([f"{score:.5f}" for score in ranked.score], dtype=object),
    )
    assert board.taken_at is not None
    return replace(board, teams=ranked, taken_at=board.taken_at + timedelta(hours=hours))


def submit_last(board: Board, taken_at: datetime | None, number: int) -> Board:
    """Return a later board, on which only the last team has submitted."""
    submissions = board.teams.submissions.copy()
    submissions[-1] += 1 + number
    return replace(board, teams=replace(board.teams, submissions=submissions), taken_at=taken_at)


CORRECTIONS: list[Callable[[float], float]] = [
    lambda score: score * 0.97,
    lambda score: 1 - score,
    lambda score: score + 0.01,
    lambda score: score + 0.1 * math.sin(1e6 * score),
]


@pytest.mark.parametrize("archive", [ARCHIVE, SIMULATION], ids=["quiet", "simulation"])
def test_no_board_of_a_recording_is_scored_anew(archive: Path) -> None:
    boards = load(archive)
    assert find_rescored(boards) == []
    for first in range(len(boards) - 1):
        assert find_rescored(boards[first : first + 2]) == []


@pytest.mark.parametrize("step", [2, 3, 4, 6, 11])
def test_simulation_is_not_scored_anew_after_a_long_outage(step: int) -> None:
    boards = load(SIMULATION)
    assert find_rescored(boards[::step]) == []
    assert find_rescored([*boards[:3], boards[-1]]) == []


@pytest.mark.parametrize("last", [5, 7, 11])
def test_simulation_with_many_games_an_hour_is_not_scored_anew(last: int) -> None:
    """On its first two boards nothing is known of its usual pace: here nine in ten in an hour."""
    boards = load(SIMULATION)
    first, second = boards[0], boards[last]
    hour = timedelta(hours=1)
    assert first.taken_at is not None
    latest = first.teams.last_submission_at.max() + int(hour.total_seconds())
    dates = np.minimum(second.teams.last_submission_at, latest)
    fast = replace(
        second,
        teams=replace(second.teams, last_submission_at=dates),
        taken_at=first.taken_at + hour,
    )
    drift = ScoreDrift().measure(BoardDiff.between(first, fast))
    assert drift.usual is not None
    assert drift.usual > 0.9
    assert not drift.rescored


@pytest.mark.parametrize("last", [1, 2, 4])
def test_simulation_that_is_read_every_five_minutes_is_not_scored_anew_after_a_pause(
    last: int,
) -> None:
    """One in ten scores moves in five minutes, half of them in three quarters of an hour."""
    boards = load(SIMULATION)
    drift = ScoreDrift(0.1).measure(BoardDiff.between(boards[0], boards[last]))
    assert not drift.rescored


def test_correction_of_a_board_of_whole_scores_is_found() -> None:
    """Scores like those of a simulation, but all of them fall."""
    first = load(SIMULATION)[0]
    corrected = rescore(first, lambda score: score - 40)
    corrected = replace(
        corrected,
        teams=replace(
            corrected.teams,
            score_text=np.array([f"{s:.1f}" for s in corrected.teams.score], dtype=object),
        ),
    )
    assert find_rescored([first, corrected]) == [1]


@pytest.mark.parametrize("change", CORRECTIONS)
@pytest.mark.parametrize("known", [1, 2, 20])
def test_correction_of_most_scores_is_found_once(
    change: Callable[[float], float], known: int
) -> None:
    boards = load(ARCHIVE)[:known]
    corrected = rescore(boards[-1], change)
    later = [rescore(corrected, lambda score: score, hours=hours) for hours in (1, 2)]
    assert find_rescored([*boards, corrected, *later]) == [known]


@pytest.mark.parametrize(("share", "found"), [(0.6, [5]), (0.4, [])])
def test_only_a_change_of_most_scores_is_a_correction(share: float, found: list[int]) -> None:
    boards = load(ARCHIVE)[:5]
    assert find_rescored([*boards, rescore(boards[-1], lambda s: s / 2, share=share)]) == found


def test_correction_in_two_steps_is_found_once_and_another_a_day_later() -> None:
    boards = load(ARCHIVE)
    first = rescore(boards[3], lambda score: score / 2, share=0.6)
    second = rescore(first, lambda score: score / 2)
    later = [
        submit_last(second, board.taken_at, number) for number, board in enumerate(boards[6:32])
    ]
    third = rescore(second, lambda score: score + 1, hours=48)
    assert find_rescored([*boards[:4], first, second]) == [4]
    assert find_rescored([*boards[:4], first, second, *later, third]) == [4, 32]


@pytest.mark.parametrize("known", [1, 2, 20])
def test_correction_in_many_steps_is_found_once(known: int) -> None:
    boards = load(ARCHIVE)[:known]
    for number in range(10):
        first = 0.1 * number
        boards.append(rescore(boards[-1], lambda s: s / 2, share=0.1, hours=0.1, first=first))
    later = [
        submit_last(boards[-1], board.taken_at, number)
        for number, board in enumerate(load(ARCHIVE)[known + 2 :])
    ]
    assert find_steps([*boards, *later]) == list(range(known, known + 10))
    (found,) = find_rescored([*boards, *later])
    assert known + 4 <= found <= known + 6


def test_correction_of_few_scores_is_a_step_and_not_announced() -> None:
    boards = load(ARCHIVE)[:5]
    part = rescore(boards[-1], lambda score: score / 2, share=0.1)
    assert find_steps([*boards, part]) == [5]
    assert find_rescored([*boards, part]) == []
    # After an outage, a board that forgets old submissions looks like that.
    assert find_steps([*boards, rescore(boards[-1], lambda s: s / 2, share=0.1, hours=9)]) == []


def test_first_step_is_found_however_long_the_board_stood_still() -> None:
    board = load(ARCHIVE)[4]
    part = rescore(board, lambda score: score / 2, share=0.1, hours=9)
    changes = BoardDiff.between(board, part)
    assert part.taken_at is not None
    for minutes, is_step in ((5, True), (300, False), (-5, False)):
        seen_at = part.taken_at - timedelta(minutes=minutes)
        assert ScoreDrift(0.0).measure(changes, seen_at).is_step == is_step


def test_scores_that_never_stand_still_move_by_themselves() -> None:
    boards = load(ARCHIVE)[:5]
    for number in range(60):
        boards.append(rescore(boards[-1], lambda s: s + 1e-5, share=0.2, first=0.2 * number))
    assert find_steps(boards)[-1] < 20
    assert len(find_rescored(boards)) == 1


@pytest.mark.parametrize("archive", [ARCHIVE, SIMULATION], ids=["quiet", "simulation"])
@pytest.mark.parametrize("usual", [None, 0.0, 0.5])
def test_no_board_of_a_recording_is_a_step(archive: Path, usual: float | None) -> None:
    for old, new in pairwise(load(archive)):
        assert not ScoreDrift(usual).measure(BoardDiff.between(old, new)).is_step


def test_quiet_hour_of_a_simulation_is_no_step() -> None:
    """Its games begin again, slowly."""
    boards = load(SIMULATION)
    still = [submit_last(boards[0], board.taken_at, n) for n, board in enumerate(boards)]
    teams = still[-1].teams
    scores = teams.score + (np.arange(len(teams)) % 20 == 0) * 3.0
    moved = replace(still[-1], teams=replace(teams, score=scores))
    assert boards[-1].taken_at is not None
    moved = replace(moved, taken_at=boards[-1].taken_at + timedelta(hours=1))
    assert find_steps([*still, moved]) == []


def test_new_submissions_are_no_correction() -> None:
    def submit(scores: Sequence[str], count: int) -> Board:
        rows = [entry(n, n, score, submissions=count) for n, score in enumerate(scores, start=1)]
        return board(*rows, hours=count)

    everyone = [
        submit(["0.9", "0.8", "0.7", "0.6"], 1),
        submit(["0.99", "0.98", "0.97", "0.96"], 2),
    ]
    assert find_rescored(everyone) == []


@pytest.mark.parametrize("order", list(ScoreOrder))
def test_small_board_is_scored_anew_if_all_scores_change(order: ScoreOrder) -> None:
    before = board(*(entry(n, n, f"0.{n}") for n in range(1, 5)), order=order)
    after = board(*(entry(n, n, f"0.{n}5") for n in range(1, 5)), order=order, hours=1)
    assert find_rescored([before, after]) == [1]
    assert find_rescored([before, replace(before, taken_at=after.taken_at)]) == []
