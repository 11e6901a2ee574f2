"""Half-written backups: a killed process leaves one, and it is removed later."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.backup import write_backup
from storage.database import Database
from storage.drafts import choose_draft, remove_orphaned_drafts


def draft_of(pid: int, folder: Path, suffix: str = "") -> Path:
    draft = folder / f".copy.db.podium-{pid}-7-0a1b2c3d{suffix}"
    draft.touch()
    return draft


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell who lives")
def test_drafts_of_ended_processes_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])  # noqa: S607
    ended.wait()
    mine = choose_draft(tmp_path / "copy.db")
    others = [tmp_path / name for name in (".copy.db.podium-x-7-0a1b2c3d", "copy.db", ".copy.db")]
    for path in (mine, *others):
        path.touch()
    left = [draft_of(ended.pid, tmp_path, suffix) for suffix in ("", "-journal")]
    remove_orphaned_drafts([tmp_path])
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in (mine, *others))


def test_draft_is_removed_after_a_day_even_if_its_maker_seems_to_run(tmp_path: Path) -> None:
    old, new = choose_draft(tmp_path / "copy.db"), choose_draft(tmp_path / "copy.db")
    for path, hours in ((old, 25), (new, 23)):
        path.touch()
        written_at = time.time() - hours * 3600
        os.utime(path, (written_at, written_at))
    remove_orphaned_drafts([tmp_path])
    assert list(tmp_path.iterdir()) == [new]


@pytest.mark.skipif(sys.platform != "linux", reason="the others know only process ids")
async def test_backup_removes_the_half_one_of_a_killed_process(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    left = draft_of(os.getpid(), folder)
    await write_backup(database.path, folder / "copy.db")
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert not left.exists()


def test_folder_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """Such as one on a network disk that is gone, here one with a name that is too long."""
    old = choose_draft(tmp_path / "copy.db")
    old.touch()
    os.utime(old, (0, 0))
    remove_orphaned_drafts([tmp_path / ("x" * 300), tmp_path])
    assert not old.exists()
