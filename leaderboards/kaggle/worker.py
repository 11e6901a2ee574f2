"""Calls of the Kaggle CLI at a twentieth of their cost: forked from one that has started.

Nearly all of a call's work is the start of the CLI. `forks.py` starts it once, up to where it reads
its command line, and each call is a fork of that: a process of its own, with a group, a folder, an
environment of its own. It knows no secret until a call brings one, and to a call nothing else of
the bot's comes. It ends when the bot does, however that ends; should it end itself, the next call
starts another.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

from leaderboards.kaggle.environment import INSTALL, bare_environment, is_of_this_python
from leaderboards.kaggle.orphan_cleanup import folder_prefix
from leaderboards.kaggle.process import Running, spawn

logger = logging.getLogger(__name__)

_READY_WITHIN = 60.0
"""Seconds for loading the CLI; much more than even a slow machine takes."""
_ANSWER_WITHIN = 5.0
"""Seconds for a fork, and for the end of one that is killed."""
_TRY_AGAIN_AFTER = 600.0
"""Seconds after which one that did not start is tried again."""

CAN_FORK = sys.platform not in {"win32", "darwin"}
"""Windows has no forks, and Apple's libraries do not survive them."""


FORKABLE = "2.2.4"
"""The version of the CLI of which is known what it takes from its environment, and when."""


class ForkServer:
    """Starts calls as forks; where that cannot be had, as processes like any other."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._server: _Server | None = None
        self._not_before = 0.0
        self._closed = False

    def __call__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        stdout: BinaryIO,
        stderr: BinaryIO,
    ) -> Running:
        """Start a command inside a folder."""
        if CAN_FORK and is_of_this_python(command[0]):
            # One may have ended since the last call: then there is another try.
            for _ in range(2):
                server = self._running()
                if server is None:
                    break
                request = {
                    "command": list(command),
                    "folder": str(folder),
                    "environment": dict(environment),
                }
                try:
                    return server.fork(request, stdout, stderr)
                except (ConnectionError, TimeoutError, _Lost):
                    logger.warning("The process that runs the Kaggle CLI was lost")
                    server.end()
        return spawn(command, folder=folder, environment=environment, stdout=stdout, stderr=stderr)

    async def aclose(self) -> None:
        """End it, and with it every call."""
        self._closed = True
        if self._server is not None:
            await asyncio.to_thread(self._server.end)

    def _running(self) -> _Server | None:
        with self._starting:
            if self._server is not None and self._server.is_running():
                return self._server
            if self._closed or time.monotonic() < self._not_before:
                return None
            try:
                _check_version()
                # Whoever closes all of this meanwhile must find it.
                self._server = _Server()
                self._server.load()
            except (OSError, _Lost) as error:
                logger.warning("The Kaggle CLI is started anew for each call: %s", error)
                self._not_before = time.monotonic() + _TRY_AGAIN_AFTER
                return None
            return self._server


class _Lost(Exception):
    """The server ended, does not answer, or could not be had at all."""


def _check_version() -> None:
    try:
        version = metadata.version("kaggle")
    except metadata.PackageNotFoundError as error:
        raise _Lost(f"it is not installed as a package; {INSTALL}") from error
    if version != FORKABLE:
        raise _Lost(f"it is version {version}, and only {FORKABLE} can be forked; {INSTALL}")


class _Server:
    """One running `forks.py`."""

    def __init__(self) -> None:
        self._sending = threading.Lock()
        # While it loads, the CLI makes a folder for its settings at home.
        self._home = tempfile.TemporaryDirectory(prefix=folder_prefix())
        self._control, its = socket.socketpair()
        with its:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", str(Path(__file__).with_name("forks.py"))],
                cwd=self._home.name,
                env=bare_environment(Path(self._home.name)),
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        # Also where nobody calls `end`: no process is left behind.
        self.end = weakref.finalize(self, _end, self._process, self._control, self._home)

    def load(self) -> None:
        """Wait until it has loaded the CLI."""
        try:
            self._control.settimeout(_READY_WITHIN)
            ready = self._control.recv(1)
            self._control.settimeout(_ANSWER_WITHIN)
        except OSError as error:
            self.end()
            raise _Lost(f"it does not get ready ({error})") from error
        if not ready:
            self.end()
            raise _Lost("it ended while it was starting")
        self._home.cleanup()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def fork(self, request: object, stdout: BinaryIO, stderr: BinaryIO) -> _Fork:
        call, its = socket.socketpair()
        try:
            with its, self._sending:
                handed_over = [its.fileno(), stdout.fileno(), stderr.fileno()]
                socket.send_fds(self._control, [b"\n"], handed_over)
            call.settimeout(_ANSWER_WITHIN)
            call.sendall(json.dumps(request).encode() + b"\n")
            return _Fork(call)
        except BaseException:
            call.close()
            raise


class _Fork:
    """A call that runs in a fork."""

    def __init__(self, call: socket.socket) -> None:
        self._call = call
        self._heard = b""
        self._code: int | None = None
        self._pid = self._number()

    def wait(self, seconds: float) -> int | None:
        """Give the exit code if the call ends in time; below zero the signal that ended it."""
        if self._code is None:
            try:
                self._call.settimeout(seconds)
                self._code = self._number()
            except TimeoutError:
                return None
            except (OSError, _Lost):
                self._kill_directly()
            self._call.close()
        return self._code

    def kill(self) -> None:
        """Kill the call's whole group, and wait for its end."""
        if self._code is not None:
            return
        try:
            self._call.settimeout(_ANSWER_WITHIN)
            self._call.shutdown(socket.SHUT_WR)
            self._code = self._number()
        except (OSError, _Lost):
            self._kill_directly()
        self._call.close()

    def _number(self) -> int:
        """Hear the next line of what is said: first the process's number, then its exit code."""
        while b"\n" not in self._heard:
            said = self._call.recv(64)
            if not said:
                raise _Lost("it ended before its call")
            self._heard += said
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)

    def _kill_directly(self) -> None:
        """Kill a group whose server is gone, or does not answer; it may have ended before."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        self._code = -signal.SIGKILL


def _end(
    process: subprocess.Popen[bytes],
    control: socket.socket,
    home: tempfile.TemporaryDirectory[str],
) -> None:
    # It ends its calls and itself when it hears no more of the bot.
    control.close()
    try:
        process.wait(_ANSWER_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    home.cleanup()
