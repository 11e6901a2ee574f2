"""The private board: how it is told from the public one, and how it is read whole.

After the end Kaggle shows the private board "if it's available, otherwise the public" one
(`ApiGetLeaderboardRequest` of kagglesdk), and does not say which it is. Its scores come from other
data, so that nearly all differ from those of the public board, while the public one, read twice
within minutes, differs in a few at most: in simulation competitions, whose boards go on moving.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from leaderboards.board import UNKNOWN, Board, BoardKind, Columns
from leaderboards.errors import BoardMoving, BoardRefused
from leaderboards.kaggle.pages import LoadPage, Row, read_pages
from leaderboards.parsing.ranking import infer_score_order

_READINGS = 4
"""How often the pages are read at most, until they are known to be of one board."""


async def read_private(get: LoadPage, public: Board) -> list[Row] | None:
    """Read the private board's pages; None while Kaggle still shows the public one.

    What was read is of one board when it holds each team of the public board, in the order of the
    scores. Hosts remove teams at the end; then two readings in a row must say the same. Raises
    `BoardMoving` when none do.
    """
    page = await get(None)
    if not await asyncio.to_thread(is_private, page.rows, public):
        return None
    before: list[Row] | None = None
    for reading in range(_READINGS):
        try:
            rows = await read_pages(get, None if reading else page)
        except BoardMoving:
            before = None
            continue
        if await asyncio.to_thread(_are_of_one_board, rows, before, public):
            return rows
        before = rows
    raise BoardMoving("The private leaderboard changes each time its pages are read.")


def is_private(rows: Sequence[Row], public: Board) -> bool:
    """Tell whether more than half of these teams have another score than on the public board."""
    known = dict(zip(public.teams.team_id.tolist(), public.teams.score.tolist(), strict=True))
    scores = [(_number(row), known[row.team_id]) for row in rows if row.team_id in known]
    different = [score for score, public_score in scores if score != public_score]
    return 2 * len(different) > len(scores)


def build_private_board(rows: Sequence[Row], public: Board, taken_at: datetime) -> Board:
    """Build the private board: Kaggle's order tells the ranks, the public board the members.

    Benchmarks are those of the public board. Teams without a private score are not on it.
    """
    scored = [row for row in rows if row.score_text]
    if not scored:
        raise BoardRefused("The private leaderboard has no scores.")
    benchmark_ids = set(public.benchmarks.team_id.tolist())
    is_benchmark = np.array([row.team_id in benchmark_ids for row in scored], dtype=np.bool_)
    everything = _columns(scored, public)
    ranks = np.where(is_benchmark, 0, np.cumsum(~is_benchmark))
    marks = np.flatnonzero(is_benchmark)
    teams = everything.take(np.flatnonzero(~is_benchmark))
    teams.rank[:] = ranks[~is_benchmark]
    if not len(teams):
        raise BoardRefused("The private leaderboard has no teams.")
    return Board(
        slug=public.slug,
        kind=BoardKind.PRIVATE,
        taken_at=taken_at,
        order=infer_score_order(teams.score) or public.order,
        teams=teams,
        benchmarks=everything.take(marks),
        teams_above=marks - np.arange(len(marks)),
    )


def fingerprint(rows: Sequence[Row]) -> bytes:
    """Give the digest by which the same board is known again."""
    told = json.dumps([(row.team_id, row.score_text) for row in rows])
    return hashlib.sha256(told.encode()).digest()


def _are_of_one_board(rows: Sequence[Row], before: Sequence[Row] | None, public: Board) -> bool:
    return _is_whole(rows, public) or rows == before


def _is_whole(rows: Sequence[Row], public: Board) -> bool:
    scored = {row.team_id for row in rows if row.score_text}
    steps = np.diff([_number(row) for row in rows if row.score_text])
    in_order = bool((steps >= 0).all() or (steps <= 0).all())
    return in_order and scored.issuperset(public.teams.team_id.tolist())


def _number(row: Row) -> float:
    try:
        number = float(row.score_text) if row.score_text else np.inf
    except ValueError:
        number = np.nan
    if np.isnan(number):
        raise BoardRefused(f"The score {row.score_text[:40]!r} of team {row.team_id} is no number.")
    return number


def _columns(rows: Sequence[Row], public: Board) -> Columns:
    known = public.teams
    places = {team_id: place for place, team_id in enumerate(known.team_id.tolist())}
    found = [places.get(row.team_id) for row in rows]
    return Columns.build(
        team_id=np.array([row.team_id for row in rows], dtype=np.int64),
        team_name=[row.team_name for row in rows],
        score=np.array([_number(row) for row in rows], dtype=np.float64),
        score_text=[row.score_text for row in rows],
        submissions=np.array(
            [UNKNOWN if place is None else int(known.submissions[place]) for place in found],
            dtype=np.int64,
        ),
        last_submission_at=np.array(
            [
                UNKNOWN if row.submitted_at is None else int(row.submitted_at.timestamp())
                for row in rows
            ],
            dtype=np.int64,
        ),
        members=["" if place is None else known.members[place] for place in found],
    )
