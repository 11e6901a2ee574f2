"""The lock between bots, held by real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.errors import DatabaseUnusable
from storage.lock import lock_database

PROJECT = Path(__file__).resolve().parents[2]
HOLD_LOCK = """
import sys
from pathlib import Path
from storage.lock import lock_database
with lock_database(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that holds the lock until its input ends."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD_LOCK, path],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def test_error_names_the_process_that_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    with another_process(path) as process:
        with pytest.raises(
            DatabaseUnusable, match=rf"in use by another Podium \(process {process.pid}\); stop"
        ):
            lock_database(path).__enter__()
        with lock_database(tmp_path / "other.db"):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="links are for administrators there")
def test_symbolic_link_uses_the_lock_of_its_target(tmp_path: Path) -> None:
    path, link = tmp_path / "podium.db", tmp_path / "link.db"
    path.touch()
    link.symlink_to(path)
    with another_process(path), pytest.raises(DatabaseUnusable, match="in use"):
        lock_database(link).__enter__()


@pytest.mark.parametrize("killed", [True, False])
def test_the_lock_ends_with_its_process(tmp_path: Path, killed: bool) -> None:
    path = tmp_path / "podium.db"
    with another_process(path) as process:
        if killed:
            process.kill()
        else:
            assert process.stdin is not None
            process.stdin.close()
        process.wait()
        with lock_database(path):
            assert (tmp_path / "podium.db.lock").read_text() == f"{os.getpid()}\n"


def test_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    with lock_database(path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with lock_database(path):
        pass
    child.communicate(b"\n")


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"No such file .*\. Its folder is missing: make"):
        lock_database(tmp_path / "missing" / "podium.db").__enter__()


def test_lock_file_of_another_user_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("storage.lock.os.open", refuse)
    with pytest.raises(DatabaseUnusable, match=r"denied\. Its files must belong to the user that"):
        lock_database(tmp_path / "podium.db").__enter__()


def test_file_system_without_locks_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("storage.lock._lock", refuse)
    with pytest.raises(DatabaseUnusable, match="cannot be locked: No locks available"):
        lock_database(tmp_path / "podium.db").__enter__()


def test_holder_without_a_written_process_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "podium.db"
    monkeypatch.setattr("storage.lock._PROCESS_ID_TIMEOUT", 0.05)
    with lock_database(path):
        (tmp_path / "podium.db.lock").write_text("")
        with pytest.raises(DatabaseUnusable, match="in use by another Podium; stop"):
            lock_database(path).__enter__()
