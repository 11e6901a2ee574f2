import json
from pathlib import Path

import pytest

from tests.bot.conftest import FIRST, SECOND, CommandLine, archive


@pytest.fixture(autouse=True)
def boards(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(archive(FIRST))
    Path("b.zip").write_bytes(archive(SECOND, "2026-08-09T13:00:00"))
    assert podium("import", "titanic", "a.zip", "b.zip")[0] == 0


def test_history_as_json_has_rank_and_score_of_every_sync(podium: CommandLine) -> None:
    code, out, err = podium("history", "titanic", 2, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "slug": "titanic",
        "kind": "public",
        "team_id": 2,
        "history": [
            {
                "taken_at": f"2026-08-09T{hour}:00:00Z",
                "teams": teams,
                "rank": rank,
                "score": float(score),
                "score_text": score,
                "submissions": submissions,
            }
            for hour, teams, rank, score, submissions in [
                (12, 2, 2, "0.80", 2),
                (13, 3, 1, "0.95", 3),
            ]
        ],
    }


def test_history_table_has_dashes_before_the_team_appeared(podium: CommandLine) -> None:
    assert podium("history", "titanic", 3)[1].splitlines() == [
        "time                  rank  teams  score  submissions",
        "2026-08-09T12:00:00Z     -      2  -                -",
        "2026-08-09T13:00:00Z     3      3  0.7              1",
    ]


def test_an_unknown_team_or_board_is_reported(podium: CommandLine) -> None:
    assert podium("history", "titanic", 77) == (
        1,
        "",
        "No stored public board of titanic has a team 77.\n",
    )
    assert podium("history", "digits", 1)[2] == "No public board of digits is stored.\n"
    code, _, err = podium("history", "titanic", 1, "--private")
    assert (code, err) == (1, "No private board of titanic is stored.\n")
