from pathlib import Path

import pytest

from tests.bot.conftest import FIRST, CommandLine, archive


def test_backup_is_a_working_database(podium: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.zip").write_bytes(archive(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    code, out, err = podium("backup", "copy.db")
    assert (code, err) == (0, "")
    assert out == f"copy.db: {Path('copy.db').stat().st_size:,} bytes\n"
    before = podium("history", "titanic", 1)
    monkeypatch.setenv("DATABASE_PATH", "copy.db")
    assert podium("history", "titanic", 1) == before


def test_a_failed_backup_is_reported(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(archive(FIRST))
    assert podium("import", "titanic", "a.zip")[0] == 0
    code, out, err = podium("backup", "no/such/folder/copy.db")
    assert (code, out) == (1, "")
    assert err.startswith("No backup was written to no/such/folder/copy.db: ")
    assert podium("backup", "podium.db")[0] == 1
