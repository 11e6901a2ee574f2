"""Score order, and the ranks that are computed for files that have none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN, Columns, Integers, ScoreOrder
from leaderboards.errors import BoardRefused

_ORDER_UNKNOWN = (
    "The file has no ranks, and nothing in it tells whether the higher or the lower score is"
    " better. Say it on the command line: `board FILE --order higher` or `--order lower`."
)


def infer_score_order(scores: NDArray[np.float64]) -> ScoreOrder | None:
    """Infer which score is better from scores sorted best first, even if a few are misplaced."""
    return _infer_order(-np.diff(scores))


def rank_teams(rows: Columns, order: ScoreOrder | None) -> tuple[Columns, ScoreOrder | None]:
    """Rank the rows of a file with one row for each team.

    A file sorted best first keeps its order, which is Kaggle's own also among equal scores. Any
    other is ranked by score, and by the earlier date among equal scores.
    """
    steps = np.diff(rows.score)
    falls, rises = bool((steps < 0).any()), bool((steps > 0).any())
    if order is None and len(rows) > 1:
        if falls == rises:
            raise BoardRefused(_ORDER_UNKNOWN)
        order = ScoreOrder.HIGHER if falls else ScoreOrder.LOWER
    best_first = not (rises if order is ScoreOrder.HIGHER else falls)
    indices = np.arange(len(rows)) if best_first else _sort_best_first(rows, order)
    return _number_ranks(rows.take(indices)), order


def rank_score_history(rows: Columns, order: ScoreOrder | None) -> tuple[Columns, ScoreOrder]:
    """Rank a score history, in which each row improves on its team's row before.

    A team has the score and text of its best row, and the name and date of its latest.
    """
    by_time = np.lexsort((_put_unknown_dates_last(rows), rows.team_id))
    same_team = np.diff(rows.team_id[by_time]) == 0
    order = _infer_order(np.diff(rows.score[by_time])[same_team]) or order
    if order is None:
        raise BoardRefused(_ORDER_UNKNOWN)

    best_first = _sort_best_first(rows, order)
    _, first = np.unique(rows.team_id[best_first], return_index=True)
    best = best_first[np.sort(first)]
    # `unique` finds the first row of each team: in the reversed order its latest.
    teams, from_end = np.unique(rows.team_id[by_time][::-1], return_index=True)
    latest = by_time[::-1][from_end][np.searchsorted(teams, rows.team_id[best])]
    ranked = replace(
        rows.take(best),
        team_name=rows.team_name[latest],
        last_submission_at=rows.last_submission_at[latest],
    )
    return _number_ranks(ranked), order


def _infer_order(improvements: NDArray[np.float64]) -> ScoreOrder | None:
    higher, lower = int((improvements > 0).sum()), int((improvements < 0).sum())
    if higher == lower:
        return None
    return ScoreOrder.HIGHER if higher > lower else ScoreOrder.LOWER


def _sort_best_first(rows: Columns, order: ScoreOrder | None) -> Integers:
    """Sort by score, then by date, then as in the file."""
    sign = -1 if order is ScoreOrder.HIGHER else 1
    return np.lexsort((_put_unknown_dates_last(rows), sign * rows.score))


def _put_unknown_dates_last(rows: Columns) -> Integers:
    dates = rows.last_submission_at
    return np.where(dates == UNKNOWN, np.iinfo(np.int64).max, dates)


def _number_ranks(rows: Columns) -> Columns:
    return replace(rows, rank=np.arange(1, len(rows) + 1, dtype=np.int64))
