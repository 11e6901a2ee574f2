from datetime import UTC, datetime, timedelta

import pytest

from leaderboards.history import RankPoint
from leaderboards.history.team_history import (
    RankSummary,
    find_ahead_since,
    history_since,
    summarize_history,
)
from tests.leaderboards.histories import build_history

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(hour: int, rank: int | None, submissions: int | None = None) -> RankPoint:
    score = None if rank is None else 1 - rank / 100
    text = None if score is None else str(score)
    return RankPoint(START + timedelta(hours=hour), 50, rank, score, text, submissions)


ROWS = [at(0, None), at(1, 9, 1), at(2, 4, 3), at(3, None), at(4, 12, 3), at(5, 4, 6)]
HISTORY = build_history(ROWS)


def test_summary_has_first_last_best_and_worst_rank() -> None:
    assert summarize_history(HISTORY[:3]) == RankSummary(
        first=ROWS[1], last=ROWS[2], best=ROWS[2], worst=ROWS[1], submissions=2, joined=True
    )
    since = summarize_history(HISTORY[1:3])
    assert since is not None
    assert not since.joined


@pytest.mark.parametrize(
    ("ahead", "behind", "since"),
    [
        ([1, 1, 1], [2, 3, 2], 0),
        ([3, 1, 1], [2, 2, 2], 1),
        ([1, 2, 1], [2, 1, 2], 2),
        ([1, 1, 1], [None, 3, 2], 1),
        ([None, 1, 1], [2, 3, 2], 1),
        ([1, 1, 3], [2, 2, 2], None),
        ([1, 1, None], [2, 2, 2], None),
        ([1, 1, 1], [2, 2, None], None),
        ([], [], None),
    ],
)
def test_since_when_a_team_is_ahead(
    ahead: list[int | None], behind: list[int | None], since: int | None
) -> None:
    histories = [
        build_history([at(hour, rank) for hour, rank in enumerate(ranks)])
        for ranks in (ahead, behind)
    ]
    assert find_ahead_since(*histories) == since


def test_summary_of_a_team_that_was_away_counts_from_its_return() -> None:
    rows = [*ROWS, at(6, 6, 6)]
    assert summarize_history(build_history(rows)) == RankSummary(
        first=rows[4], last=rows[6], best=rows[5], worst=rows[4], submissions=3, best_before=rows[2]
    )


def test_summary_of_a_team_that_is_away_again_counts_from_its_last_return() -> None:
    rows = [*ROWS, at(6, None)]
    assert summarize_history(build_history(rows)) == RankSummary(
        first=rows[4], last=rows[5], best=rows[5], worst=rows[4], submissions=3, best_before=rows[2]
    )


def test_team_that_was_never_on_the_board_has_no_summary() -> None:
    assert summarize_history(build_history([])) is None
    assert summarize_history(build_history([at(0, None), at(1, None)])) is None


def test_summary_counts_submissions_only_where_known() -> None:
    untold = summarize_history(build_history([at(0, 3), at(1, 2, 7)]))
    assert untold is not None
    assert untold.submissions is None
    fallen = summarize_history(build_history([at(0, 3, 9), at(1, 2, 7)]))
    assert fallen is not None
    assert fallen.submissions == 0


def test_history_since_begins_at_or_before_the_moment() -> None:
    assert list(history_since(HISTORY, None)) == ROWS
    assert list(history_since(HISTORY, START + timedelta(hours=2))) == ROWS[2:]
    assert list(history_since(HISTORY, START + timedelta(hours=2, minutes=30))) == ROWS[2:]
    assert list(history_since(HISTORY, START - timedelta(hours=1))) == ROWS
    assert list(history_since(HISTORY, START + timedelta(days=9))) == ROWS[5:]
    assert list(history_since(build_history([]), START)) == []
