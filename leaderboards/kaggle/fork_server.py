"""Kaggle CLI calls in processes that start with the CLI's dependencies already imported.

Most of a call's CPU time goes into imports. `multiprocessing`'s fork server imports what the CLI
imports, once, and each call is a fork of it that then imports and runs the CLI itself: the CLI
reads the call's environment while it is imported.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from leaderboards.kaggle.environment import build_minimal_environment, is_in_same_environment
from leaderboards.kaggle.orphan_cleanup import mark_multiprocessing_folder
from leaderboards.kaggle.process import CommandStarter, RunningCommand, spawn

logger = logging.getLogger(__name__)

_PRELOAD = [
    __name__,
    "argparse",
    "bleach",
    "certifi",
    "dateutil.parser",
    "dateutil.relativedelta",
    "dotenv",
    "gettext",
    "google.protobuf.field_mask_pb2",
    "kagglesdk.kaggle_client",
    "packaging.version",
    "requests",
    "slugify",
    "tarfile",
    "tqdm",
    "urllib3",
    "yaml",
]
"""Imported by the CLI in most versions; the fork server skips what is not installed."""

_FORK_TIMEOUT = 5.0
"""Seconds that a fork may take, and the end of a killed call."""
_RETRY_SECONDS = 600.0
"""Seconds until the fork server is tried again after it could not be used."""
_LOST_EXIT_CODE = 255
"""The exit code that `multiprocessing` reports for a call whose fork server is gone."""

_WAIT_FLAGS = getattr(os, "WEXITED", 0) | getattr(os, "WNOWAIT", 0)  # Windows has neither.

# Starting a process polls all others. Two threads that poll the same one would both try to read
# its exit code, and one of them would take it for lost.
_lock = threading.Lock()


def select_start() -> CommandStarter:
    """Return the cheapest way to start CLI calls on this system.

    Windows cannot fork, and Apple's frameworks are not safe to use in a forked process.
    """
    return spawn if sys.platform in {"win32", "darwin"} else ForkServer()


class ForkServer:
    """Start CLI calls as forks of `multiprocessing`'s fork server.

    A process has one server, however many instances. It starts with the first instance, is replaced
    when it is lost, and ends with the process. Calls end with the process too, even when it is
    killed. `process.spawn` is the fallback for a CLI of another Python or a failing server.
    """

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOAD)
        self._retry_at = 0.0
        self.pid = 0
        """The server's process id; 0 before the first call."""
        with _lock, suppress(OSError):  # The first call reports what is wrong.
            _ensure_server()

    def __call__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        stdout: Path,
        stderr: Path,
    ) -> RunningCommand:
        """Start a CLI call inside a folder."""
        is_ours = command[0] == sys.executable or is_in_same_environment(command[0])
        if is_ours and time.monotonic() >= self._retry_at:
            arguments = (list(command), folder, dict(environment), stdout, stderr)
            for _ in range(2):
                try:
                    with _lock:
                        return self._fork(arguments)
                except (OSError, EOFError) as error:
                    logger.warning("The fork server for the Kaggle CLI was lost: %s", error)
            logger.warning("The Kaggle CLI is started anew for each call")
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        return spawn(command, folder=folder, environment=environment, stdout=stdout, stderr=stderr)

    def _fork(self, arguments: tuple[object, ...]) -> _Call:
        if not _is_running(self.pid):
            _ensure_server()
            self.pid = self._find_pid()
        process = self._context.Process(target=_run_cli, args=arguments, daemon=True)
        # `start` waits for the server without a limit, and fails once the server is killed.
        limit = threading.Timer(_FORK_TIMEOUT, _end_server, (self.pid,))
        limit.start()
        try:
            process.start()
            if not _is_running(self.pid):
                # The server was just lost: `start` replaced it by one that has the bot's whole
                # environment, secrets included.
                process.kill()
                _end_server(self._find_pid())
                raise ConnectionResetError("it ended while a call was started")
        except (OSError, EOFError):
            _end_server(self.pid)
            raise
        finally:
            limit.cancel()
        return _Call(process)

    def _find_pid(self) -> int:
        reader, writer = self._context.Pipe(duplex=False)
        with reader, writer:
            self._context.Process(target=_send_parent_pid, args=(writer,), daemon=True).start()
            writer.close()
            return int(reader.recv())


def _ensure_server() -> None:
    """Start the server unless it runs, with nothing secret in its environment."""
    from multiprocessing import forkserver  # noqa: PLC0415 - Windows has none

    # It gets the environment of this process: there is no parameter for another one.
    original, bare = dict(os.environ), build_minimal_environment()
    try:
        os.environ.clear()
        os.environ.update(bare)
        # First, since this process may be killed while the server starts.
        mark_multiprocessing_folder()
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(original)


def _is_running(server_pid: int) -> bool:
    """Return whether a server runs; its exit status is left to `multiprocessing`."""
    with suppress(ChildProcessError):
        return server_pid > 0 and os.waitid(os.P_PID, server_pid, _WAIT_FLAGS | os.WNOHANG) is None
    return False


def _end_server(server_pid: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(server_pid, signal.SIGKILL)
        os.waitid(os.P_PID, server_pid, _WAIT_FLAGS)


class _Call:
    """A running call in a process group of its own."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    def wait(self, seconds: float) -> int | None:
        """Return the exit code if the call ends in time; below zero the signal that ended it."""
        connection.wait([self._process.sentinel], seconds)
        with _lock:
            code = self._process.exitcode
        if code == _LOST_EXIT_CODE and self._kill_group():
            return -signal.SIGKILL
        return code

    def kill(self) -> None:
        """Kill the call's whole group, and wait for its end."""
        with _lock:
            if self._process.exitcode is not None:
                return
        if not self._kill_group():
            self._process.kill()  # It has not made its group yet.
        connection.wait([self._process.sentinel], _FORK_TIMEOUT)

    def _kill_group(self) -> bool:
        assert self._process.pid is not None  # noqa: S101 - it was started
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
            return True
        return False


def _send_parent_pid(writer: connection.Connection) -> None:
    writer.send(os.getppid())


def _run_cli(
    command: list[str], folder: Path, environment: dict[str, str], stdout: Path, stderr: Path
) -> None:
    """Run a call of the CLI, or a script of this Python, in a fork."""
    os.setsid()
    os.chdir(folder)
    for number, path in ((1, stdout), (2, stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    is_script = command[0] == sys.executable
    sys.argv = command[2:] if is_script else command
    threading.Thread(target=_end_with_bot, daemon=True).start()
    gc.disable()  # A collection would copy all memory that is shared with the server.

    if is_script:
        runpy.run_path(command[2], run_name="__main__")
        return

    from kaggle.cli import main  # noqa: PLC0415 - it reads the environment

    main()


def _end_with_bot() -> None:
    bot = multiprocessing.parent_process()
    if bot is not None:
        bot.join()
    os.killpg(0, signal.SIGKILL)
