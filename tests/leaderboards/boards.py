"""Boards written by hand or by hypothesis, for tests."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from operator import itemgetter

import numpy as np
from hypothesis import strategies as st

from leaderboards.board import (
    COLUMNS,
    UNKNOWN,
    Board,
    BoardKind,
    Columns,
    Entry,
    Integers,
    ScoreOrder,
)

START = datetime(2026, 8, 9, 12, tzinfo=UTC)


def entry(rank: int, team_id: int, score: str = "0.5", **more: object) -> Entry:
    values: dict[str, object] = {
        "team_name": f"team {team_id}",
        "submissions": 1,
        "last_submission_at": START,
        "members": (f"user{team_id}",),
    } | more
    return Entry(rank=rank, team_id=team_id, score=float(score), score_text=score, **values)  # type: ignore[arg-type]


def build_columns(entries: Sequence[Entry]) -> Columns:
    def integers(values: Iterable[int | None]) -> Integers:
        return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int64)

    times = [row.last_submission_at for row in entries]
    return Columns.build(
        rank=integers(row.rank for row in entries),
        team_id=integers(row.team_id for row in entries),
        team_name=[row.team_name for row in entries],
        score=np.array([row.score for row in entries], dtype=np.float64),
        score_text=[row.score_text for row in entries],
        submissions=integers(row.submissions for row in entries),
        last_submission_at=integers(
            None if time is None else int(time.timestamp()) for time in times
        ),
        members=[",".join(row.members) for row in entries],
    )


def board(
    *entries: Entry,
    benchmarks: tuple[tuple[int, Entry], ...] = (),
    hours: float = 0,
    order: ScoreOrder | None = ScoreOrder.HIGHER,
) -> Board:
    return Board(
        slug="titanic",
        kind=BoardKind.PUBLIC,
        taken_at=START + timedelta(hours=hours),
        order=order,
        teams=build_columns(entries),
        benchmarks=build_columns([benchmark for _, benchmark in benchmarks]),
        teams_above=np.array([above for above, _ in benchmarks], dtype=np.int64),
    )


def all_values(board: Board) -> list[list[object]]:
    """Return every value of a board, of teams and benchmarks: faster than its entries."""
    columns = [
        board.teams_above,
        *(getattr(part, name) for part in (board.teams, board.benchmarks) for name in COLUMNS),
    ]
    return [column.tolist() for column in columns]


_SCORES = ["0", "0.10", "0.1", "0.5", "0.97", "1", "-3.2"]
_SUBMISSIONS = [None] * 10 + [*range(10)]
_TIMES = [None, START, START + timedelta(minutes=5)]
_USERS = ["a", "b", "c", "'", '"', "\\", "\\u0041", "é\n\u2028"]

# Most of the time of a test is spent in single draws and in making strategies: there are few.
_scores = st.sampled_from(_SCORES)
_teams = st.tuples(
    st.integers(1, 30),
    st.sampled_from([*product(_SCORES, _SUBMISSIONS, _TIMES)]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.one_of([st.sampled_from([*permutations(_USERS, size)]) for size in range(4)]),
)
_boards = st.tuples(
    st.lists(_teams, unique_by=itemgetter(0), min_size=1, max_size=20),
    st.sampled_from([0, 0, 0, 1, 3]),
    st.lists(st.tuples(st.integers(0, 20), _scores), max_size=3),
)
_sequences = st.one_of([st.tuples(*[_boards] * count) for count in range(1, 7)])


@st.composite
def board_sequences(draw: st.DrawFn) -> list[Board]:
    """Generate boards one after the other: teams come, go, return, move, rename and merge."""
    boards = []
    for hours, (teams, missing_ranks, unranked) in enumerate(draw(_sequences)):
        entries = [
            entry(
                place + 1 + (missing_ranks if place >= len(teams) // 2 else 0),
                team_id,
                score,
                team_name=name,
                submissions=submissions,
                last_submission_at=time,
                members=members,
            )
            for place, (team_id, (score, submissions, time), name, members) in enumerate(teams)
        ]
        marks = sorted((min(above, len(teams)), score) for above, score in unranked)
        benchmarks = [
            (above, entry(0, 100 + number, score)) for number, (above, score) in enumerate(marks)
        ]
        boards.append(board(*entries, benchmarks=tuple(benchmarks), hours=hours))
    return boards
