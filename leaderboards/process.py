"""Runs one command to its end, or to the end of what it is allowed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LOOK_EVERY = 0.02
_TEXT_LIMIT = 1 << 20


class Stopped(Exception):
    """Somebody asked for the command to be stopped."""


class OutOfTime(Exception):
    """The command did not end within its time."""


class OutOfSpace(Exception):
    """The command wrote more than it may."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended and what it printed."""

    code: int
    """The exit code; below zero the signal that ended it."""
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    space: int,
    stop: threading.Event,
) -> Finished:
    """Run a command inside a folder, where it may write so many bytes, printing included.

    It gets a process group of its own. When its time or space is used up, or `stop` is set, the
    whole group is killed.
    """
    deadline = time.monotonic() + timeout
    # What is printed goes to files: they cannot fill up and block as pipes do, and whoever
    # inherits them keeps nobody waiting.
    out, err = folder / "stdout", folder / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            creationflags=_FLAGS,
        )
    try:
        while process.poll() is None:
            if stop.wait(_LOOK_EVERY):
                raise Stopped
            if time.monotonic() >= deadline:
                raise OutOfTime
            if _size(folder) > space:
                raise OutOfSpace
    except BaseException:
        _kill_group(process)
        raise
    if _size(folder) > space:
        raise OutOfSpace
    return Finished(process.returncode, _text(out), _text(err))


if sys.platform == "win32":  # pragma: no cover
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP

    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        taskkill = Path(os.environ["SYSTEMROOT"], "System32", "taskkill.exe")
        subprocess.run(  # noqa: S603
            [taskkill, "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
        )
        process.wait()

else:
    _FLAGS = 0

    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        # Until it is waited for, its number can belong to nobody else. PermissionError is how
        # macOS says that it has just ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _size(folder: Path) -> int:
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            # The command may rename or remove its files at any moment.
            with suppress(FileNotFoundError):
                total += Path(inside, name).lstat().st_size
    return total


def _text(path: Path) -> str:
    """Read the end of what was printed: that is where a command says why it failed."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TEXT_LIMIT))
        return file.read().decode("utf-8", "replace")
