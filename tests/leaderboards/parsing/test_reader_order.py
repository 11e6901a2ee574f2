"""Which score is the better one, and where a team stands in a file without ranks."""

from datetime import UTC, datetime

import pytest

from leaderboards.board import ScoreOrder
from tests.leaderboards.csv_rows import (
    DATE,
    OLD_HEADER,
    ranks_and_scores,
    read,
    read_scores,
    refusal,
)


@pytest.mark.parametrize(
    ("scores", "order"),
    [
        (["3", "2", "1"], ScoreOrder.HIGHER),
        (["1", "2", "3"], ScoreOrder.LOWER),
        (["-1.5", "-1.50", "-2"], ScoreOrder.HIGHER),
        (["1e-9", "1000000000.5"], ScoreOrder.LOWER),
        (["5", "4", "4.5", "3", "2"], ScoreOrder.HIGHER),  # one stands wrong
        (["0.5"], None),
        (["0.50", "0.5", "0.500"], None),
    ],
)
def test_order_is_inferred_from_ranks(scores: list[str], order: ScoreOrder | None) -> None:
    board = read_scores(*scores)
    assert board.order == order
    assert board.teams.score.tolist() == [float(score) for score in scores]
    assert board.teams.score_text.tolist() == scores


def test_given_order_is_used_where_ranks_show_none() -> None:
    row = f"1,1,a,{DATE},0.5,1,u"
    assert read(row, order=ScoreOrder.LOWER).order is ScoreOrder.LOWER
    assert read(row, f"2,2,b,{DATE},0.4,1,u", order=ScoreOrder.LOWER).order is ScoreOrder.HIGHER


# Four columns, one row a team


def test_best_first_file_keeps_its_order_among_equal_scores() -> None:
    rows = ["9,a,2017-06-29 23:55:46,0.5", "8,b,2017-06-29 23:44:51,0.50", "7,c,2017-01-01,0.7"]
    board = read(*rows, header=OLD_HEADER)
    assert ranks_and_scores(board) == [(1, 9, "0.5"), (2, 8, "0.50"), (3, 7, "0.7")]
    assert board.order is ScoreOrder.LOWER
    assert board.ranks_derived


def test_file_sorted_by_team_id_needs_a_given_order() -> None:
    rows = [
        f"1,a,{DATE},0.5",
        "2,b,2026-08-02 00:00:00,0.9",
        "3,c,2026-08-01 00:00:00,0.90",
        f"4,d,{DATE},0.7",
    ]
    assert refusal(*rows, header=OLD_HEADER).endswith(
        "Say it on the command line: `board FILE --order higher` or `--order lower`."
    )
    higher = read(*rows, header=OLD_HEADER, order=ScoreOrder.HIGHER)
    assert ranks_and_scores(higher) == [(1, 3, "0.90"), (2, 2, "0.9"), (3, 4, "0.7"), (4, 1, "0.5")]
    lower = read(*rows, header=OLD_HEADER, order=ScoreOrder.LOWER)
    assert ranks_and_scores(lower) == [(1, 1, "0.5"), (2, 4, "0.7"), (3, 3, "0.90"), (4, 2, "0.9")]
    assert (higher.order, lower.order) == (ScoreOrder.HIGHER, ScoreOrder.LOWER)


def test_given_order_overrides_a_file_without_ranks() -> None:
    rows = [f"1,a,{DATE},0.5", f"2,b,{DATE},0.9"]
    assert read(*rows, header=OLD_HEADER).order is ScoreOrder.LOWER
    assert ranks_and_scores(read(*rows, header=OLD_HEADER, order=ScoreOrder.HIGHER))[0] == (
        1,
        2,
        "0.9",
    )


def test_equal_scores_show_no_order() -> None:
    rows = [f"2,a,{DATE},0.5", f"1,b,{DATE},0.50"]
    assert "or `--order lower`." in refusal(*rows, header=OLD_HEADER)
    assert ranks_and_scores(read(*rows, header=OLD_HEADER, order=ScoreOrder.LOWER))[0] == (
        1,
        2,
        "0.5",
    )


def test_single_team_needs_no_order() -> None:
    board = read(f"1,a,{DATE},0.5", header=OLD_HEADER)
    assert (board.order, ranks_and_scores(board)) == (None, [(1, 1, "0.5")])


# Score history

HISTORY = [
    "5,first name,2012-10-02 04:43:58,0.7",
    "6,other,2012-10-02 05:00:00,0.80",
    "7,third,2012-10-04 00:00:00,0.8",
    "5,new name,2012-10-03 00:29:19,0.8",
]


def test_score_history_ranks_the_best_score_of_each_team() -> None:
    for rows in (HISTORY, HISTORY[::-1]):
        board = read(*rows, header=OLD_HEADER)
        assert ranks_and_scores(board) == [(1, 6, "0.80"), (2, 5, "0.8"), (3, 7, "0.8")]
        assert board.teams.team_name.tolist() == ["other", "new name", "third"]
        assert board.order is ScoreOrder.HIGHER
        assert board.ranks_derived
        assert board.teams.entry(0).submissions is None


def test_team_is_ranked_by_the_date_of_its_first_best_score() -> None:
    rows = [
        "1,a,2020-01-01 00:00:00,0.9",
        "1,a,2020-01-03 00:00:00,0.5",
        "1,a,2020-01-05 00:00:00,0.5",
        "2,b,2020-01-04 00:00:00,0.50",
        "3,c,,0.5",
    ]
    board = read(*rows, header=OLD_HEADER)
    assert board.order is ScoreOrder.LOWER
    assert [e.team_id for e in board.entries()] == [1, 2, 3]
    assert board.teams.entry(0).last_submission_at == datetime(2020, 1, 5, tzinfo=UTC)


def test_score_history_without_improvement_needs_a_given_order() -> None:
    rows = [f"1,a,{DATE},0.5", f"1,a,{DATE},0.5", f"2,b,{DATE},0.7"]
    assert "or `--order lower`." in refusal(*rows, header=OLD_HEADER)
    board = read(*rows, header=OLD_HEADER, order=ScoreOrder.HIGHER)
    assert ranks_and_scores(board) == [(1, 2, "0.7"), (2, 1, "0.5")]
