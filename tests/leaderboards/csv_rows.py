"""Boards from rows of CSV, in the forms that Kaggle has written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leaderboards.board import Board, ScoreOrder
from leaderboards.errors import BoardRefused
from leaderboards.parsing.reader import read_board

HEADER = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"
OLD_HEADER = "TeamId,TeamName,SubmissionDate,Score\n"
DATE = "2026-08-09 14:23:20"
TEMPORARY = datetime(2026, 8, 9, 14, 23, 20, tzinfo=UTC)


def read(*rows: str, header: str = HEADER, order: ScoreOrder | None = None) -> Board:
    return read_board((header + "".join(f"{row}\n" for row in rows)).encode(), order=order)


def read_scores(*scores: str) -> Board:
    return read(*(f'{n},{n},t,"{DATE}",{score},1,u' for n, score in enumerate(scores, start=1)))


def ranks_and_scores(board: Board) -> list[tuple[int, int, str]]:
    return [(entry.rank, entry.team_id, entry.score_text) for entry in board.entries()]


def refusal(*rows: str, header: str = HEADER, order: ScoreOrder | None = None) -> str:
    with pytest.raises(BoardRefused) as caught:
        read(*rows, header=header, order=order)
    return str(caught.value)
