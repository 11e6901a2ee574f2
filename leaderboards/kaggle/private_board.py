"""Private boards: detection, loading page by page, and conversion to a `Board`.

After the end Kaggle shows the private board "if it's available, otherwise the public" one
(`ApiGetLeaderboardRequest` of kagglesdk), without saying which. Private scores come from other
data, so nearly all of them differ from the public ones. Two public boards within minutes differ in
a few scores at most, those of simulation competitions.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from leaderboards.board import UNKNOWN, Board, BoardKind, Columns
from leaderboards.errors import BoardRefused, InconsistentPages
from leaderboards.kaggle.pages import LoadPage, Row, load_pages
from leaderboards.parsing.ranking import infer_score_order

_MAX_ATTEMPTS = 4
"""Attempts at most until the pages are known to belong to one board."""


async def load_private(load: LoadPage, public: Board) -> list[Row] | None:
    """Load the private board's pages; return None while Kaggle still shows the public one.

    The pages belong to one board if they hold every team of the public board, ordered by score.
    Hosts may remove teams at the end; then two attempts in a row must agree. Raise
    `InconsistentPages` if none do.
    """
    page = await load(None)
    if not await asyncio.to_thread(is_private, page.rows, public):
        return None
    before: list[Row] | None = None
    for attempt in range(_MAX_ATTEMPTS):
        try:
            rows = await load_pages(load, None if attempt else page)
        except InconsistentPages:
            before = None
            continue
        if await asyncio.to_thread(_belong_together, rows, before, public):
            return rows
        before = rows
    raise InconsistentPages("The private leaderboard changes each time its pages are read.")


def is_private(rows: Sequence[Row], public: Board) -> bool:
    """Return whether more than half of these teams have a different score on the public board."""
    public_scores = dict(
        zip(public.teams.team_id.tolist(), public.teams.score.tolist(), strict=True)
    )
    scores = [
        (_parse_score(row), public_scores[row.team_id])
        for row in rows
        if row.team_id in public_scores
    ]
    different = [score for score, public_score in scores if score != public_score]
    return 2 * len(different) > len(scores)


def build_private_board(rows: Sequence[Row], public: Board, taken_at: datetime) -> Board:
    """Build the private board, with ranks from the order of rows and members from the public one.

    Benchmarks are those of the public board. Teams without a private score are left out.
    """
    scored = [row for row in rows if row.score_text]
    if not scored:
        raise BoardRefused("The private leaderboard has no scores.")
    benchmark_ids = set(public.benchmarks.team_id.tolist())
    is_benchmark = np.array([row.team_id in benchmark_ids for row in scored], dtype=np.bool_)
    columns = _build_columns(scored, public)
    ranks = np.where(is_benchmark, 0, np.cumsum(~is_benchmark))
    benchmark_rows = np.flatnonzero(is_benchmark)
    teams = columns.take(np.flatnonzero(~is_benchmark))
    teams.rank[:] = ranks[~is_benchmark]
    if not len(teams):
        raise BoardRefused("The private leaderboard has no teams.")
    return Board(
        slug=public.slug,
        kind=BoardKind.PRIVATE,
        taken_at=taken_at,
        order=infer_score_order(teams.score) or public.order,
        teams=teams,
        benchmarks=columns.take(benchmark_rows),
        teams_above=benchmark_rows - np.arange(len(benchmark_rows)),
    )


def fingerprint(rows: Sequence[Row]) -> bytes:
    """Return a digest of the teams and scores of a board."""
    text = json.dumps([(row.team_id, row.score_text) for row in rows])
    return hashlib.sha256(text.encode()).digest()


def _belong_together(rows: Sequence[Row], before: Sequence[Row] | None, public: Board) -> bool:
    return _is_complete(rows, public) or rows == before


def _is_complete(rows: Sequence[Row], public: Board) -> bool:
    scored = {row.team_id for row in rows if row.score_text}
    steps = np.diff([_parse_score(row) for row in rows if row.score_text])
    in_order = bool((steps >= 0).all() or (steps <= 0).all())
    return in_order and scored.issuperset(public.teams.team_id.tolist())


def _parse_score(row: Row) -> float:
    try:
        score = float(row.score_text) if row.score_text else np.inf
    except ValueError:
        score = np.nan
    if np.isnan(score):
        raise BoardRefused(f"The score {row.score_text[:40]!r} of team {row.team_id} is no number.")
    return score


def _build_columns(rows: Sequence[Row], public: Board) -> Columns:
    public_teams = public.teams
    row_by_id = {team_id: row for row, team_id in enumerate(public_teams.team_id.tolist())}
    known_rows = [row_by_id.get(row.team_id) for row in rows]
    return Columns.build(
        team_id=np.array([row.team_id for row in rows], dtype=np.int64),
        team_name=[row.team_name for row in rows],
        score=np.array([_parse_score(row) for row in rows], dtype=np.float64),
        score_text=[row.score_text for row in rows],
        submissions=np.array(
            [UNKNOWN if row is None else int(public_teams.submissions[row]) for row in known_rows],
            dtype=np.int64,
        ),
        last_submission_at=np.array(
            [
                UNKNOWN if row.submitted_at is None else int(row.submitted_at.timestamp())
                for row in rows
            ],
            dtype=np.int64,
        ),
        members=["" if row is None else public_teams.members[row] for row in known_rows],
    )
