"""What stays behind when a bot is killed in the middle of a call, and that it goes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from leaderboards import run_id
from leaderboards.kaggle.orphan_cleanup import remove_orphans
from tests.processes import is_running, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="the imitation is a shell script"),
]

PROJECT = Path(__file__).resolve().parents[3]
BOT = """
import asyncio, sys
sys.executable = sys.argv[1]
from leaderboards.kaggle.client import KaggleCli
cli = KaggleCli(credentials={"KAGGLE_USERNAME": "a", "KAGGLE_KEY": "b"})
asyncio.run(cli.download("titanic"))
"""
CLI = """#!/bin/sh
if [ "$1" = --version ]; then echo 'Kaggle CLI 2.2.4'; exit; fi
echo $$ > {called}.new; mv {called}.new {called}
sleep 600
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def start_of(process: int) -> int:
    """Return when a process started, in ticks; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what runs in a folder")
def test_call_and_folder_of_a_killed_bot_are_removed(tmp_path: Path, temporary: Path) -> None:
    binaries, called = tmp_path / "bin", tmp_path / "called"
    binaries.mkdir()
    (binaries / "kaggle").write_text(CLI.format(called=called))
    (binaries / "kaggle").chmod(0o755)
    bot = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", BOT, binaries / "python"],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    wait_until(called.exists)
    cli = int(called.read_text())
    remove_orphans()  # Of a bot that lives, nothing is left over.
    assert is_running(cli)
    bot.kill()
    # The system takes a moment to end it; it stays listed until somebody reads its exit code.
    os.waitid(os.P_PID, bot.pid, os.WEXITED | os.WNOWAIT)
    (folder,) = temporary.iterdir()
    assert folder.name.startswith(f"podium-kaggle-{bot.pid}-")
    assert is_running(cli), "nothing of the system's ends it"
    remove_orphans()
    assert list(temporary.iterdir()) == []
    wait_until(lambda: not is_running(cli))
    bot.wait()


def test_folders_of_other_processes_are_kept(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "600"]) as alive:  # noqa: S607
        ended = subprocess.Popen(["true"])  # noqa: S607
        ended.wait()
        run = f"{alive.pid}-{start_of(alive.pid)}"
        kept = [f"podium-kaggle-{run}-a", "podium-kaggle-b", "podium-kaggle-1-c", "another"]
        kept += ["pymp-of-another-program", "pymp-of-a-bot-that-runs"]
        left = [f"podium-kaggle-{run}-old", f"podium-kaggle-{ended.pid}-7-d", "pymp-left"]
        left.append(f"podium-kaggle-{os.getpid()}-1-of-the-last-with-this-number")
        for name in (*kept, *left):
            (temporary / name).mkdir()
        (temporary / "pymp-of-a-bot-that-runs" / f"podium-{run}").touch()
        (temporary / "pymp-left" / f"podium-{ended.pid}-7").touch()
        os.utime(temporary / left[0], (0, 0))
        monkeypatch.setattr(os, "getuid", lambda: -1)
        remove_orphans()
        assert len(list(temporary.iterdir())) == len(kept) + len(left)
        monkeypatch.undo()
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        remove_orphans()
        assert {path.name for path in temporary.iterdir()} == set(kept)
        alive.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
def test_without_proc_every_bot_counts_as_running(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run_id.is_running("999999999-5")
    monkeypatch.setattr(run_id, "_find_start", lambda _pid: 0)
    assert run_id.is_running("999999999-5")
    assert run_id.is_running(run_id.run_id())
