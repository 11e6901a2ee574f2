import json
from pathlib import Path

from tests.bot.conftest import FIRST, SECOND, CommandLine, build_zip, csv


def test_board_as_json_has_every_row_in_the_boards_order(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    code, out, err = podium("board", "a.zip", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "slug": "titanic",
        "kind": "public",
        "taken_at": "2026-08-09T12:00:00Z",
        "teams": 2,
        "benchmarks": 1,
        "order": "higher",
        "ranks_derived": False,
        "complete": True,
        "entries": [
            {
                "rank": rank,
                "team_id": team_id,
                "team_name": name,
                "score": float(score),
                "score_text": score,
                "submissions": submissions,
                "last_submission_at": "2026-08-09T10:00:00Z",
                "members": members,
            }
            for rank, team_id, name, score, submissions, members in [
                (1, 1, "Ada", "0.9", 3, ["ada"]),
                (0, 9, "Sample", "0.85", 1, []),
                (2, 2, "Bob 🐍", "0.80", 2, ["bob", "bea"]),
            ]
        ],
    }
    assert "🐍" in out


def test_board_table_shows_the_first_rows(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("board", "a.zip")[1].splitlines() == [
        "titanic, public board, 2026-08-09T12:00:00Z, 2 teams, 1 benchmark, higher is better",
        "",
        "rank  score  submissions  team    members",
        "   1  0.9              3  Ada     ada",
        "   -  0.85             1  Sample  -",
        "   2  0.80             2  Bob 🐍  bob, bea",
    ]


def test_long_board_is_cut_and_says_so(podium: CommandLine) -> None:
    rows = [f"{rank},{rank},team {rank},{1 - rank / 100:.2f},1,user{rank}" for rank in range(1, 31)]
    Path("a.csv").write_text(csv(*rows), "utf-8")
    lines = podium("board", "a.csv")[1].splitlines()
    assert lines[0].startswith("a competition that the file does not name, public board, no time")
    assert lines[-1] == "… and 10 more rows; --json prints the whole board"


def test_one_team_is_counted_in_the_singular(podium: CommandLine) -> None:
    rows = [f"{rank},{rank},team {rank},{1 - rank / 100:.2f},1,user{rank}" for rank in range(1, 22)]
    Path("a.csv").write_text(csv(*rows), "utf-8")
    assert "\n… and 1 more row; --json prints" in podium("board", "a.csv")[1]
    Path("b.zip").write_bytes(build_zip(csv(rows[0], "0,9,Sample,0.85,1,")))
    assert ", 1 team, 1 benchmark, " in podium("board", "b.zip")[1]
    imported = podium("import", "titanic", "b.zip")[1]
    assert imported == "b.zip: 2026-08-09T12:00:00Z, 1 team, 1 new, 0 changed, 0 gone\n"


def test_board_reports_data_that_the_file_lacks(podium: CommandLine) -> None:
    Path("a.csv").write_text(
        "TeamId,TeamName,SubmissionDate,Score\n1,a,2026-08-09 10:00:00,0.1\n"
        "2,b,2026-08-09 10:00:00,0.3\n3,c,2026-08-09 10:00:00,0.2\n",
        "utf-8",
    )
    code, out, err = podium("board", "a.csv")
    assert (code, out) == (1, "")
    assert "--order" in err
    code, out, _ = podium("board", "a.csv", "--order", "lower")
    assert code == 0
    assert "lower is better, the file has no ranks: they follow from its order, or from" in out
    Path("b.csv").write_text(csv("1,1,a,0.5,1,a", "2,2,b,0.5,1,b"), "utf-8")
    assert "better direction unknown" in podium("board", "b.csv")[1]


def test_board_says_why_a_file_is_refused(podium: CommandLine) -> None:
    Path("a.csv").write_text(csv("1,1,Ada,high,3,ada"), "utf-8")
    code, out, err = podium("board", "a.csv", "--json")
    assert (code, out) == (1, "")
    assert err.endswith("\n")
    assert "row" in err.lower()
    Path("b.zip").write_text("<!doctype html><title>Kaggle</title>")
    assert podium("board", "b.zip")[0] == 1
    assert podium("board", "none.zip") == (
        1,
        "",
        "none.zip cannot be read: No such file or directory.\n",
    )


def test_a_past_board_is_rebuilt(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    Path("b.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
    assert podium("import", "titanic", "b.zip", "a.zip")[0] == 0
    for file, at in (("a.zip", "2026-08-09T12:59:59"), ("b.zip", "2026-08-09T15:00+02:00")):
        then = podium("board", "https://www.kaggle.com/c/titanic", "--at", at, "--json")
        assert then == podium("board", file, "--json")
    assert podium("board", "titanic", "--at", "2026-08-09T11:00") == (
        1,
        "",
        "The first public board of titanic is from 2026-08-09T12:00:00Z, later than that.\n",
    )
    for arguments in (["titanic", "--private"], ["other"]):
        code, _, err = podium("board", *arguments, "--at", "2026-08-10")
        kind = "private" if "--private" in arguments else "public"
        assert (code, err) == (1, not_stored(kind, arguments[0]))


def not_stored(kind: str, slug: str) -> str:
    way_on = "" if kind == "private" else f"; python -m bot sync {slug} reads it from Kaggle"
    return f"No {kind} board of {slug} is stored{way_on}.\n"


def test_newest_stored_board_is_shown(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    Path("b.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
    assert podium("import", "titanic", "a.zip", "b.zip")[0] == 0
    Path("titanic").mkdir()  # As that into which a download was unpacked.
    for source in ("titanic", "https://www.kaggle.com/c/titanic"):
        assert podium("board", source, "--json") == podium("board", "b.zip", "--json")
    assert podium("board", "titanic")[1].splitlines()[0] == (
        "titanic, public board, 2026-08-09T13:00:00Z, 3 teams, 0 benchmarks, higher is better"
    )
    for arguments in (["titanic", "--private"], ["other"]):
        kind = "private" if "--private" in arguments else "public"
        code, _, err = podium("board", *arguments)
        assert (code, err) == (1, not_stored(kind, arguments[0]))
    code, _, err = podium("board", "titanic", "--order", "higher")
    assert (code, err) == (1, "--order is for a file; a stored board has its order.\n")
    code, _, err = podium("board", "b.zip", "--private")
    assert (code, err) == (1, "--private is for a stored board: a file says itself which it is.\n")
    code, _, err = podium("board", "b.zip", "--at", "2026-08-09T13:00")
    assert (code, err) == (1, "--at is for a stored board: a file is of one moment.\n")


def test_file_named_like_a_competition_is_read(podium: CommandLine) -> None:
    Path("titanic").write_bytes(build_zip(FIRST))
    assert podium("board", "titanic")[1].startswith("titanic, public board, 2026-08-09T12:00:00Z")


def test_name_that_no_file_can_have_is_reported_in_one_sentence(podium: CommandLine) -> None:
    name = "long" * 70
    assert podium("board", name) == (1, "", f"{name} cannot be read: File name too long.\n")
