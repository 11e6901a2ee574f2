import sqlite3
from pathlib import Path

from tests.bot.conftest import FIRST, SECOND, CommandLine, build_zip, csv


def test_files_are_stored_in_the_order_of_their_times(podium: CommandLine) -> None:
    Path("late.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
    Path("early.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "late.zip", "early.zip") == (
        0,
        (
            "early.zip: 2026-08-09T12:00:00Z, 2 teams, 2 new, 0 changed, 0 gone\n"
            "late.zip: 2026-08-09T13:00:00Z, 3 teams, 1 new, 2 changed, 0 gone\n"
        ),
        "",
    )
    assert podium("import", "titanic", "late.zip") == (0, "late.zip: already stored\n", "")


def test_a_csv_without_zip_is_read_too(podium: CommandLine) -> None:
    name = "titanic-publicleaderboard-2026-08-09T12-00-00.csv"
    Path(name).write_text(FIRST, "utf-8")
    code, out, _ = podium("import", "titanic", name)
    assert (code, out) == (0, f"{name}: 2026-08-09T12:00:00Z, 2 teams, 2 new, 0 changed, 0 gone\n")


def test_refused_files_are_named_and_the_others_stored(podium: CommandLine) -> None:
    Path("good.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
    Path("old.zip").write_bytes(build_zip(FIRST))
    Path("other.zip").write_bytes(build_zip(FIRST, "2026-08-09T14:00:00", slug="digits"))
    Path("page.zip").write_text("<html>")
    Path("empty.zip").touch()
    Path("private.zip").write_bytes(build_zip(FIRST, "2026-08-09T15:00:00", kind="private"))
    for name in ("titanic-publicleaderboard.csv", "board.csv"):
        Path(name).write_text(FIRST, "utf-8")
    assert podium("import", "titanic", "good.zip")[0] == 0
    files = ["old.zip", "other.zip", "page.zip", "empty.zip", "private.zip", "none.zip"]
    files += ["titanic-publicleaderboard.csv", "board.csv"]
    code, out, err = podium("import", "titanic", *files)
    assert (code, out) == (1, "")
    said = dict(line.split(": ", 1) for line in err.splitlines())
    assert said["old.zip"] == (
        "Its time is 2026-08-09T12:00:00Z, the stored board's is 2026-08-09T13:00:00Z: only newer"
        " boards can be added. Import older ones first, into a new database."
    )
    assert said["other.zip"] == (
        "It belongs to another competition: it is the leaderboard of digits, not of titanic. Give"
        " digits instead; only if Kaggle renamed it to titanic, rename the CSV."
    )
    assert said["page.zip"] == "It is a web page, not a leaderboard."
    assert said["empty.zip"] == "This is no leaderboard: it is not a zip file."
    assert said["private.zip"] == "It is a private leaderboard; only public ones can be imported."
    assert said["board.csv"].startswith("Its name does not tell when it was")
    assert "Kaggle answered" not in err
    assert said["none.zip"] == "It cannot be read: No such file or directory."
    assert said["titanic-publicleaderboard.csv"].startswith("Its name does not tell when it was")
    assert set(said) == set(files)


def test_a_board_that_looks_wrong_is_not_stored(podium: CommandLine) -> None:
    rows = [f"{rank},{rank},t{rank},{1 - rank / 100:.2f},1,u{rank}" for rank in range(1, 21)]
    Path("a.zip").write_bytes(build_zip(csv(*rows)))
    Path("b.zip").write_bytes(build_zip(csv(*rows[:5]), "2026-08-09T13:00:00"))
    code, _, err = podium("import", "titanic", "a.zip", "b.zip")
    assert code == 1
    assert err == "b.zip: It looks wrong. A third of the teams or more are gone.\n"


def test_files_of_which_none_is_good_make_no_database(podium: CommandLine) -> None:
    Path("other.zip").write_bytes(build_zip(FIRST, slug="digits"))
    Path("damaged.zip").write_bytes(build_zip("TeamId\n"))
    code, _, err = podium("import", "titanic", "other.zip", "none.zip", "damaged.zip")
    assert (code, len(err.splitlines())) == (1, 3)
    assert not Path("podium.db").exists()


def test_damaged_file_beside_a_good_one_is_refused_in_a_new_database(podium: CommandLine) -> None:
    Path("damaged.zip").write_bytes(build_zip("TeamId\n"))
    Path("good.zip").write_bytes(build_zip(FIRST, "2026-08-09T13:00:00"))
    for _ in range(2):
        code, out, err = podium("import", "titanic", "damaged.zip", "good.zip")
        assert (code, out[:9], err.count("damaged.zip: ")) == (1, "good.zip:", 1)


def test_a_competition_without_any_good_file_leaves_nothing(podium: CommandLine) -> None:
    Path("good.zip").write_bytes(build_zip(FIRST, slug="digits"))
    assert podium("import", "digits", "good.zip")[0] == 0
    Path("damaged.zip").write_bytes(build_zip("TeamId\n"))
    assert podium("import", "titanic", "damaged.zip")[0] == 1
    with sqlite3.connect("podium.db") as connection:
        assert connection.execute("SELECT slug FROM competitions").fetchall() == [("digits",)]
    connection.close()
