import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leaderboards.kaggle.pages import Row
from leaderboards.sync import PrivateBoardRows, SyncOptions, sync_board
from storage.storage import Storage
from tests.bot.conftest import FIRST, SECOND, CommandLine, build_zip, csv


@pytest.fixture(autouse=True)
def boards(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    Path("b.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
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
    assert podium("history", "digits", 1)[2] == (
        "No public board of digits is stored; python -m bot sync digits reads it from Kaggle.\n"
    )
    code, _, err = podium("history", "titanic", 1, "--private")
    assert (code, err) == (1, "No private board of titanic is stored.\n")


def test_history_goes_on_across_a_merger(podium: CommandLine) -> None:
    """Eve, third, takes in Ada, second, and stands in her place."""
    merged = csv("1,2,Bob 🐍,0.95,3,bob,bea", "2,3,Eve & Ada,0.9,4,eve,ada")
    Path("c.zip").write_bytes(build_zip(merged, "2026-08-09T14:00:00"))
    assert podium("import", "titanic", "c.zip")[0] == 0
    rows = podium("history", "titanic", 3)[1].splitlines()
    assert [row.split()[1:4] for row in rows[1:]] == [
        ["1", "2", "0.9"],
        ["2", "3", "0.9"],
        ["2", "2", "0.9"],
    ]
    assert podium("history", "titanic", 1)[1].splitlines()[-1] == "merged into team 3"
    assert json.loads(podium("history", "titanic", 1, "--json")[1])["merged_into"] == 3


def test_team_is_found_by_a_user_name_of_any_member(podium: CommandLine) -> None:
    by_id = podium("history", "titanic", 2)
    for name in ("bob", "BEA", "@bea", "https://www.kaggle.com/bob"):
        code, out, err = podium("history", "titanic", name)
        assert (code, err) == (0, "")
        assert out == f"team 2: Bob 🐍\n{by_id[1]}"
    assert podium("history", "titanic", "bob", "--json") == podium(
        "history", "titanic", 2, "--json"
    )


async def store_private_board() -> None:
    end = datetime(2026, 8, 10, tzinfo=UTC)
    rows = [Row(2, "Bob 🐍", end, "0.9"), Row(1, "Ada", end, "0.8")]
    storage = await Storage.open(Path("podium.db"))
    await sync_board(
        "titanic",
        PrivateBoardRows(rows, ended_at=end),
        store=storage.board_writer,
        options=SyncOptions(),
    )
    await storage.close()


def test_user_who_left_the_board_is_told_so(podium: CommandLine) -> None:
    without_eve = csv("1,2,Bob 🐍,0.95,3,bob,bea", "2,1,Ada,0.9,3,ada")
    Path("c.zip").write_bytes(build_zip(without_eve, "2026-08-09T14:00:00"))
    assert podium("import", "titanic", "c.zip")[0] == 0
    assert podium("history", "titanic", "eve") == (
        1,
        "",
        "eve is not on the public board of titanic any more: #3 until 2026-08-09T13:00:00Z.\n",
    )
    asyncio.run(store_private_board())
    assert podium("history", "titanic", "eve")[2].startswith("eve is not on the public board")
    assert podium("history", "titanic", "eve", "--private")[2] == (
        "No team on the private board of titanic has a member eve.\n"
    )
    assert podium("history", "titanic", "nobody") == (
        1,
        "",
        "No team on the public board of titanic has a member nobody.\n",
    )
