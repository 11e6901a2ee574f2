"""Private boards: detection, loading page by page, and conversion to a `Board`.

After the end Kaggle shows the private board "if it's available, otherwise the public" one
(`ApiGetLeaderboardRequest` of kagglesdk), without saying which. Private scores come from the other
part of the test data. The caller must make sure that the public board has stopped changing; then
any score that differs from the public one is a private one. On most boards nearly all scores of
each page differ. If few do (perfect scores, coarse metrics), a later check must find the same
pages. A private board with the very scores of the public one cannot be told from it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import ABSENT, COLUMNS, UNKNOWN, Board, BoardKind, Columns
from leaderboards.errors import BoardRefused, InconsistentPages, UnconfirmedBoard
from leaderboards.kaggle.pages import BoardPage, LoadPage, Row, load_pages
from leaderboards.parsing.ranking import infer_score_order

_MAX_ATTEMPTS = 4
"""The most attempts to load pages that belong to one board."""


async def load_private(
    load: LoadPage,
    public: Board,
    *,
    reference: Board | None = None,
    seen: Container[bytes] = (),
    must_confirm: bool = False,
    is_private_known: bool = False,
) -> list[Row] | None:
    """Load the private board's pages; return None while Kaggle still shows the public one.

    `public` must stand still, unless it is known that Kaggle shows the private board. The pages
    belong to one board if they are in the order of their scores and hold every team of `reference`:
    the last private board, or by default the public one. Hosts may remove teams at the end; then
    two attempts in a row must agree.

    Raise `InconsistentPages` if no attempt finds one board, or if the pages leave gaps. Pages that
    differ little from the public board, or any pages if `must_confirm` is set, must have been found
    before: raise `UnconfirmedBoard` unless their checksum is in `seen`, the checksums that earlier
    checks found. With `is_private_known` no pages need that.
    """
    before: list[Row] | None = None
    problem: str | None = None
    for _ in range(_MAX_ATTEMPTS):
        try:
            pages = await load_pages(load)
        except InconsistentPages:
            before = problem = None
            continue
        rows = [row for page in pages for row in page.rows]
        if not is_private_known and not await asyncio.to_thread(_differs, rows, public):
            return None
        problem = await asyncio.to_thread(_find_problem, pages, reference or public)
        if problem is None and (_has_all_teams(rows, reference or public) or rows == before):
            if not is_private_known and (
                must_confirm or await asyncio.to_thread(_differs_little, pages, public)
            ):
                await asyncio.to_thread(_require_seen, rows, seen)
            return rows
        before = None if problem else rows
    raise InconsistentPages(
        problem or "The private leaderboard changes each time its pages are read."
    )


def differs_mostly(rows: Sequence[Row], public: Board) -> bool:
    """Return whether more than half of these teams have a different score on the public board."""
    scores = _pair_scores(rows, public)
    different = [score for score, public_score in scores if score != public_score]
    return 2 * len(different) > len(scores)


def build_private_board(rows: Sequence[Row], public: Board, taken_at: datetime) -> Board:
    """Build the private board from its rows, best first.

    Ranks follow from their order. The rows have no members and no number of submissions: those are
    taken from the public board, as is which rows are benchmarks. Teams without a private score are
    left out.
    """
    scored = [row for row in rows if row.score_text]
    if not scored:
        raise BoardRefused("The private leaderboard has no scores.")
    benchmark_ids = set(public.benchmarks.team_id.tolist())
    is_benchmark = np.array([row.team_id in benchmark_ids for row in scored], dtype=np.bool_)
    columns = _build_columns(scored, public)
    benchmark_rows = np.flatnonzero(is_benchmark)
    teams = columns.take(np.flatnonzero(~is_benchmark))
    if not len(teams):
        raise BoardRefused("The private leaderboard has no teams.")
    teams.rank[:] = np.arange(1, len(teams) + 1)
    return Board(
        slug=public.slug,
        kind=BoardKind.PRIVATE,
        taken_at=taken_at,
        order=infer_score_order(teams.score) or public.order,
        teams=teams,
        benchmarks=columns.take(benchmark_rows),
        teams_above=benchmark_rows - np.arange(len(benchmark_rows)),
    )


def compute_checksum(rows: Sequence[Row]) -> bytes:
    """Return a checksum of the teams and scores of a board."""
    text = json.dumps([(row.team_id, row.score_text) for row in rows])
    return hashlib.sha256(text.encode()).digest()


def _pair_scores(rows: Sequence[Row], public: Board) -> list[tuple[float, float]]:
    """Return shown and public score of the teams that have both."""
    public_scores = dict(
        zip(public.teams.team_id.tolist(), public.teams.score.tolist(), strict=True)
    )
    return [
        (_parse_score(row), public_scores[row.team_id])
        for row in rows
        if row.score_text and row.team_id in public_scores
    ]


def _differs(rows: Sequence[Row], public: Board) -> bool:
    return any(score != public_score for score, public_score in _pair_scores(rows, public))


def _differs_little(pages: Sequence[BoardPage], public: Board) -> bool:
    """Return whether a page differs too little from the public board to be sure."""
    return not all(
        differs_mostly(page.rows, public) or not _pair_scores(page.rows, public) for page in pages
    )


def _require_seen(rows: Sequence[Row], seen: Container[bytes]) -> None:
    found = compute_checksum(rows)
    if found not in seen:
        raise UnconfirmedBoard(
            "Kaggle's pages differ from the public board: a later check must confirm that they are"
            " the private one.",
            found,
        )


def _find_problem(pages: Sequence[BoardPage], reference: Board) -> str | None:
    """Return why pages are no complete board, as a sentence; None if nothing is wrong.

    Hosts remove some teams. It is a gap if as many are missing as a page holds, or more than a
    fifth of all; or any, if a page before the last is shorter than the first.
    """
    rows = [row for page in pages for row in page.rows]
    known = set(reference.teams.team_id.tolist())
    missing = len(known - {row.team_id for row in rows})
    is_short = any(len(page.rows) < len(pages[0].rows) for page in pages[1:-1])
    is_gap = len(pages) > 1 and (missing >= len(pages[0].rows) or is_short)
    if missing and (is_gap or missing > max(1, len(known) // 5)):
        return (
            f"The private leaderboard is incomplete: {missing:,} of {len(known):,} teams are"
            " missing on its pages. It is read again later."
        )
    scored = [row for row in rows if row.score_text]
    if 2 * len(scored) < len(rows):
        return (
            f"The private leaderboard is incomplete: {len(rows) - len(scored):,} of {len(rows):,}"
            " teams have no score on it. It is read again later."
        )
    if _is_sorted(reference.teams.score) and not _is_sorted([_parse_score(row) for row in scored]):
        return (
            "The private leaderboard is not in the order of its scores, as if its pages were of"
            " different boards. It is read again later."
        )
    return None


def _is_sorted(scores: Sequence[float] | NDArray[np.float64]) -> bool:
    steps = np.diff(np.asarray(scores))
    return bool((steps >= 0).all() or (steps <= 0).all())


def _has_all_teams(rows: Sequence[Row], reference: Board) -> bool:
    scored = {row.team_id for row in rows if row.score_text}
    return scored.issuperset(reference.teams.team_id.tolist())


def _parse_score(row: Row) -> float:
    try:
        score = float(row.score_text) if row.score_text else np.inf
    except ValueError:
        score = np.nan
    if np.isnan(score):
        raise BoardRefused(f"The score {row.score_text[:40]!r} of team {row.team_id} is no number.")
    return score


def _build_columns(rows: Sequence[Row], public: Board) -> Columns:
    """Return the columns that pages show, and all others as they are on the public board."""
    public_rows = public.teams.find_rows([row.team_id for row in rows]).tolist()
    shown: dict[str, list[Any]] = {
        "team_id": [row.team_id for row in rows],
        "team_name": [row.team_name for row in rows],
        "score": [_parse_score(row) for row in rows],
        "score_text": [row.score_text for row in rows],
        "last_submission_at": [
            UNKNOWN if row.submitted_at is None else int(row.submitted_at.timestamp())
            for row in rows
        ],
    }
    for name, column in COLUMNS.items():
        if name not in shown and name != "rank":
            values = getattr(public.teams, name)
            shown[name] = [column.unknown if row == ABSENT else values[row] for row in public_rows]
    return Columns.build(**shown)
