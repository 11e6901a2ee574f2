"""Which boards are held."""

from dataclasses import replace

import pytest

from leaderboards.board import Board, Entry
from leaderboards.comparison.anomalies import Anomaly
from leaderboards.comparison.board_diff import BoardDiff
from tests.leaderboards.boards import board, entry


def plain(count: int, score: str | None = None, **more: object) -> list[Entry]:
    return [entry(rank, rank, score or str(1 / rank), **more) for rank in range(1, count + 1)]


NAMELESS = plain(30, members=())


@pytest.mark.parametrize(
    ("old", "new", "anomaly"),
    [
        (None, board(*plain(30)), None),
        (None, board(*plain(30, "0.0")), None),
        (board(*plain(30)), board(*plain(21)), None),
        (board(*plain(30)), board(*plain(20)), Anomaly.TEAMS_GONE),
        (board(*plain(9)), board(*plain(1)), None),
        (board(*plain(30)), board(*plain(30, "0.00000")), Anomaly.EQUAL_SCORES),
        (board(*plain(30, "0.5")), board(*plain(30, "0.5")), None),
        (board(entry(1, 1)), board(entry(1, 1), entry(3, 2)), Anomaly.RANK_GAPS),
        (board(entry(1, 1), entry(3, 2)), board(entry(1, 1), entry(4, 2)), None),
        (None, board(entry(2, 1)), None),
        (board(*plain(3)), board(*plain(3, members=())), Anomaly.MEMBERS_UNKNOWN),
        (board(*plain(3, members=())), board(*plain(3, members=())), None),
        (board(*plain(3, members=())), board(*plain(3)), None),
        (board(*plain(3)), board(*plain(2), entry(3, 3, members=())), None),
        (board(*plain(30)), board(*plain(20), *NAMELESS[20:]), Anomaly.MEMBERS_UNKNOWN),
        (board(*plain(30)), board(*plain(21), *NAMELESS[21:]), None),
        (board(*plain(3)), board(*plain(3, submissions=None)), Anomaly.SUBMISSIONS_UNKNOWN),
        (board(*plain(3)), board(*plain(3, last_submission_at=None)), Anomaly.DATES_UNKNOWN),
        (board(*plain(3)), replace(board(*plain(3)), ranks_derived=True), Anomaly.RANKS_DERIVED),
        (replace(board(*plain(3)), ranks_derived=True), board(*plain(3)), None),
    ],
)
def test_anomalies_are_found(old: Board | None, new: Board, anomaly: Anomaly | None) -> None:
    assert Anomaly.find_in(BoardDiff.between(old, new)) is anomaly
