"""Runs the Kaggle CLI in forks of a process that has loaded whatever the CLI loads.

`fork_server.py` starts this file as a process of its own and knows what it does for the bot. It
needs POSIX, and nothing of the bot's. Over its standard input, a socket, comes a byte for each
call, with three descriptors: the call's own socket, and where to print. The call's socket brings
what to run as a line of JSON, and takes the process's number and at its end the exit code. Whoever
closes it kills the call; when standard input ends, the bot has ended, and so does all of this.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.machinery import SourceFileLoader
from typing import Any, NoReturn

_REQUEST_WITHIN = 5.0
"""Seconds; the bot sends it at once."""


def main() -> None:
    """Get ready, say so, and serve until the bot is gone."""
    bot = socket.socket(fileno=os.dup(0))
    _load()
    # A bot that is gone already is met when its next word is waited for.
    with suppress(OSError):
        bot.send(b"\n")
    _Forks(bot).serve()


def _load() -> None:
    """Load what the CLI needs, then forget the CLI itself.

    It reads its settings and its login while it is imported, and each call has its own.
    """
    # Each fork runs the CLI's modules anew, but needs not read them anew.
    SourceFileLoader.get_code = cache(SourceFileLoader.get_code)  # type: ignore[method-assign]
    # For the lock of a progress bar, whether or not it is shown.
    import multiprocessing.synchronize  # noqa: F401, PLC0415

    import kaggle.cli  # noqa: F401, PLC0415

    for name in [name for name in sys.modules if name.partition(".")[0] == "kaggle"]:
        del sys.modules[name]
    # It said that it has no login; what is left unsaid would be said by each fork.
    sys.stdout.flush()
    os.chdir("/")
    # A collection in a fork would touch, and so copy, every page that it shares.
    gc.collect()
    gc.freeze()


class _Forks:
    def __init__(self, bot: socket.socket) -> None:
        self._bot = bot
        self._calls: dict[int, socket.socket] = {}
        self._ended, self._ending = os.pipe()
        os.set_blocking(self._ended, False)
        os.set_blocking(self._ending, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._ending)
        self._selector = selectors.DefaultSelector()
        self._selector.register(bot, selectors.EVENT_READ, self._take)
        self._selector.register(self._ended, selectors.EVENT_READ, self._reap)

    def serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                key.data()

    def _take(self) -> None:
        try:
            word, descriptors, _, _ = socket.recv_fds(self._bot, 1, 3)
        except OSError:
            word, descriptors = b"", []
        if not word:
            self._end()
        call, *printed = descriptors
        try:
            self._fork(socket.socket(fileno=call), printed)
        finally:
            for descriptor in printed:
                os.close(descriptor)

    def _fork(self, call: socket.socket, printed: Sequence[int]) -> None:
        call.settimeout(_REQUEST_WITHIN)
        try:
            with call.makefile("rb") as file:
                request: dict[str, Any] = json.loads(file.readline())
            pid = os.fork()
        except (OSError, ValueError):
            call.close()
            return
        if pid == 0:
            try:
                self._let_go_of_all(call)
                _become(request, printed)
            finally:
                os._exit(1)
        # Whichever of the two comes first: from here on a group of its own can be killed.
        with suppress(OSError):
            os.setpgid(pid, pid)
        self._calls[pid] = call
        _say(call, pid)
        self._selector.register(call, selectors.EVENT_READ, lambda: self._kill(pid))

    def _kill(self, pid: int) -> None:
        """Kill a call that the bot wants no more; it does not speak but to end it."""
        call = self._calls.get(pid)
        if call is None:
            return  # Its end was met in the same moment, and before this.
        self._selector.unregister(call)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._ended, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            call = self._calls.pop(pid)
            with suppress(KeyError):
                self._selector.unregister(call)
            _say(call, os.waitstatus_to_exitcode(status))
            call.close()

    def _end(self) -> NoReturn:
        for pid in self._calls:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        sys.exit()

    def _let_go_of_all(self, call: socket.socket) -> None:
        """Keep nothing open in a fork by which the bot would wait for it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for one in (call, self._bot, *self._calls.values()):
            one.close()
        os.close(self._ended)
        os.close(self._ending)


def _say(call: socket.socket, number: int) -> None:
    with suppress(OSError):
        call.sendall(f"{number}\n".encode())


def _become(request: dict[str, Any], printed: Sequence[int]) -> NoReturn:
    """Run the CLI in this process, as its own script would."""
    with suppress(OSError):
        os.setpgid(0, 0)
    os.chdir(request["folder"])
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), *printed)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]
    # What a process does at its end is for the one that was forked to do.
    os._exit(_run())


def _run() -> int:
    code = 0
    try:
        from kaggle.cli import main as run_cli  # noqa: PLC0415

        run_cli()
    except SystemExit as asked:
        if isinstance(asked.code, int):
            code = asked.code
        elif asked.code is not None:
            sys.stderr.write(f"{asked.code}\n")
            code = 1
    except BaseException:  # noqa: BLE001 - Python itself would end like this
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120
    return code


if __name__ == "__main__":
    main()
