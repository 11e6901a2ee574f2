import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.conftest import FIRST, CommandLine, build_zip


def test_backup_is_a_working_database(podium: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    code, out, err = podium("backup", "copy.db")
    assert (code, err) == (0, "")
    assert out == f"copy.db: {Path('copy.db').stat().st_size:,} bytes\n"
    before = podium("history", "titanic", 1)
    monkeypatch.setenv("DATABASE_PATH", "copy.db")
    assert podium("history", "titanic", 1) == before


def test_backup_replaces_a_file_only_with_force(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    Path("copy.db").write_text("precious")
    code, out, err = podium("backup", "copy.db")
    assert (code, out) == (1, "")
    assert err == (
        "No backup was written to copy.db: that file exists already; give another name, or"
        " --force\n"
    )
    assert Path("copy.db").read_text() == "precious"
    assert podium("backup", "copy.db", "--force")[0] == 0
    with closing(sqlite3.connect("copy.db")) as copy:
        assert copy.execute("SELECT slug FROM competitions").fetchall() == [("titanic",)]


def test_database_is_no_backup_of_itself_even_with_force(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    code, _, err = podium("backup", "podium.db", "--force")
    assert (code, err) == (
        1,
        "No backup was written to podium.db: that is the database itself\n",
    )


def test_a_failed_backup_is_reported(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    code, out, err = podium("backup", "no/such/folder/copy.db")
    assert (code, out) == (1, "")
    assert err == (
        "No backup was written to no/such/folder/copy.db: the folder no/such/folder does not exist:"
        " make it first\n"
    )
    assert podium("backup", "podium.db")[0] == 1
    for force in ([], ["--force"]):
        assert podium("backup", ".", *force)[2] == (
            "No backup was written to .: that is a folder; give the name of a file\n"
        )
    name = "long" * 70
    assert podium("backup", name) == (
        1,
        "",
        f"No backup was written to {name}: File name too long\n",
    )


def test_backup_copies_a_database_of_another_version(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    with closing(sqlite3.connect("podium.db")) as database, database:
        database.execute("INSERT INTO migrations VALUES (999, '0999_later', 0, '')")
    before = Path("podium.db").read_bytes()
    assert podium("backup", "copy.db")[0] == 0
    assert Path("podium.db").read_bytes() == before
    with closing(sqlite3.connect("copy.db")) as copy:
        assert copy.execute("SELECT max(number) FROM migrations").fetchone() == (999,)


def test_backup_of_an_empty_or_damaged_file_is_refused(podium: CommandLine) -> None:
    Path("podium.db").touch()
    code, _, err = podium("backup", "copy.db")
    assert (code, Path("copy.db").exists()) == (1, False)
    assert "podium.db is an empty file" in err
    Path("podium.db").write_text("letter " * 900)
    code, _, err = podium("backup", "copy.db")
    assert (code, Path("copy.db").exists()) == (1, False)
    assert "file is not a database" in err
