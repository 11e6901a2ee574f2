"""Commands run within limits of time and disk space."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_CHECK_INTERVAL = 0.1
"""Seconds between two checks of a command's limits."""
_MAX_OUTPUT_BYTES = 1 << 20
_MIN_FREE_BYTES = 1 << 20
"""Free bytes on the disk without which no command runs: some programs retry failing writes for
minutes."""


class CommandFailed(Exception):
    """The base of the errors below; the command does not run any more."""


class CommandStopped(CommandFailed):
    """The command was stopped by the caller."""


class CommandTimeout(CommandFailed):
    """The command did not end within its time."""


class NoRoomLeft(CommandFailed):
    """The disk of the command's folder is full."""


class OutputTooLarge(CommandFailed):
    """The command wrote more bytes than its limit."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The exit code and output of a command."""

    code: int
    """The exit code; below zero the signal that ended it."""
    stdout: str
    stderr: str


class RunningCommand(Protocol):
    """A running command in a process group of its own."""

    def wait(self, seconds: float) -> int | None:
        """Return the exit code, or None if it has not ended after these seconds."""
        ...

    def kill(self) -> None:
        """Kill the process group and wait for its end."""
        ...


class CommandStarter(Protocol):
    """Function that starts a command."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        stdout: Path,
        stderr: Path,
    ) -> RunningCommand:
        """Start a command in a folder, with its output in two files."""
        ...


def spawn(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    stdout: Path,
    stderr: Path,
) -> RunningCommand:
    """Start a command as a program."""
    with stdout.open("wb") as out, stderr.open("wb") as err:
        return _Spawned(
            subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                creationflags=_FLAGS,
            )
        )


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    max_bytes: int,
    stop: threading.Event,
    start: CommandStarter = spawn,
) -> CommandResult:
    """Run a command in a folder.

    `timeout` is in seconds; `max_bytes` limits files and output together. When one is exceeded, or
    `stop` is set, kill the process group and raise `CommandTimeout`, `OutputTooLarge` or
    `CommandStopped`; raise `NoRoomLeft` if the disk is full.
    """
    _require_room(folder)
    began = time.monotonic()
    # Files, unlike pipes, cannot fill up and block, nor stay open in a process that inherits them.
    stdout, stderr = folder / "stdout", folder / "stderr"
    running = start(command, folder=folder, environment=environment, stdout=stdout, stderr=stderr)
    try:
        while (code := running.wait(_CHECK_INTERVAL)) is None:
            if stop.is_set():
                raise CommandStopped
            if time.monotonic() - began >= timeout:
                raise CommandTimeout
            if _folder_size(folder) > max_bytes:
                raise OutputTooLarge
            _require_room(folder)
    except BaseException:
        running.kill()
        raise
    if _folder_size(folder) > max_bytes:
        raise OutputTooLarge
    if code != 0:
        _require_room(folder)
    return CommandResult(code, _read_end(stdout), _read_end(stderr))


class _Spawned:
    """A running program, which leads a process group of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def wait(self, seconds: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def kill(self) -> None:
        _kill_group(self._process)


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
        # Its id cannot be reused until it is waited for. macOS raises PermissionError if it has
        # just ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _require_room(folder: Path) -> None:
    """Raise `NoRoomLeft` if the disk is full; some file systems do not say how large they are."""
    usage = shutil.disk_usage(folder)
    if usage.total and usage.free < _MIN_FREE_BYTES:
        raise NoRoomLeft


def _folder_size(folder: Path) -> int:
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            # The command may rename or remove its files meanwhile.
            with suppress(FileNotFoundError):
                total += Path(inside, name).lstat().st_size
    return total


def _read_end(path: Path) -> str:
    """Read the end of the output, where a command prints its error."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MAX_OUTPUT_BYTES))
        return file.read().decode("utf-8", "replace")
