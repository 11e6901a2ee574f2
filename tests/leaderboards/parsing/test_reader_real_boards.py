"""Real boards are what Python's own `csv` module reads."""

import csv
import io
import itertools
import zipfile
from pathlib import Path

import pytest

from leaderboards.board import ScoreOrder
from leaderboards.parsing.reader import read_file
from tests.board_files import BOARDS

REAL = sorted(BOARDS.glob("*.zip"))
ORDERS = {"sberbank-russian-housing-market.zip": ScoreOrder.LOWER}


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_board_equals_what_the_csv_module_reads(path: Path) -> None:
    with zipfile.ZipFile(path) as opened:
        text = opened.read(opened.namelist()[0]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    board = read_file(path)
    entries = list(board.entries())
    assert board.order is ORDERS.get(path.name, ScoreOrder.HIGHER)

    if "Rank" in rows[0]:
        assert len(board.teams) == sum(row["Rank"] != "0" for row in rows)
        assert len(board.benchmarks) == sum(row["Rank"] == "0" for row in rows)
        assert [
            (
                str(entry.rank),
                str(entry.team_id),
                entry.team_name,
                f"{entry.last_submission_at:%Y-%m-%d %H:%M:%S}",
                entry.score_text,
                str(entry.submissions),
                ",".join(entry.members),
            )
            for entry in entries
        ] == [tuple(row.values()) for row in rows]
        return

    assert board.ranks_derived
    assert not len(board.benchmarks)
    sign = 1 if board.order is ScoreOrder.LOWER else -1
    best: dict[str, tuple[float, str]] = {}
    latest: dict[str, dict[str, str]] = {}
    for row in rows:
        score = (sign * float(row["Score"]), row["SubmissionDate"])
        best[row["TeamId"]] = min(best.get(row["TeamId"], score), score)
        latest[row["TeamId"]] = row
    assert len(entries) == len(best)
    assert [entry.rank for entry in entries] == list(range(1, len(entries) + 1))
    assert {str(e.team_id): e.team_name for e in entries} == {
        team_id: row["TeamName"] for team_id, row in latest.items()
    }
    if len(best) == len(rows):
        assert [str(entry.team_id) for entry in entries] == [row["TeamId"] for row in rows]
    else:
        by_best = [best[str(entry.team_id)] for entry in entries]
        assert all(a <= b for a, b in itertools.pairwise(by_best))


def test_real_boards_contain_names_that_break_parsers() -> None:
    names = read_file(BOARDS / "titanic.zip").teams.team_name
    assert any("," in name for name in names)
    assert any(name != name.strip() for name in names)
    assert any(not name.isascii() for name in names)
