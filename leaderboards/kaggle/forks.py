"""Runs the Kaggle CLI up to its command line; from there on each call is a fork.

`fork_server.py` starts this file as a process of its own and knows what it does for the bot. It
needs POSIX, that server's version of the CLI, and nothing of the bot's. Over its standard input, a
socket, comes a byte for each call, with three descriptors: the call's own socket, and where to
print. The call's socket brings what to run as a line of JSON, and takes the process's number and at
its end the exit code. Whoever closes it kills the call; when standard input ends, the bot has
ended, and so does all of this.
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
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.machinery import SourceFileLoader
from ssl import SSLContext
from types import CodeType
from typing import Any, NoReturn

_REQUEST_WITHIN = 5.0
"""Seconds; the bot sends it at once."""


def main() -> None:
    """Run the CLI up to its command line, and there serve until the bot is gone."""
    bot = socket.socket(fileno=os.dup(0))
    # What a process does at its end is for the one that was forked to do.
    os._exit(_run(bot))


def _run(bot: socket.socket) -> int:
    """Run the CLI as its own script would; gives the exit code."""
    # Its parser takes the name from here.
    sys.argv = ["kaggle"]
    code = 0
    try:
        # For the lock of a progress bar, whether or not it is shown.
        import multiprocessing.synchronize  # noqa: F401, PLC0415

        from kaggle.cli import main as run_cli  # noqa: PLC0415
        from tqdm import tqdm  # type: ignore[import-untyped]  # noqa: PLC0415

        # No thread need watch over the bars of a call: nobody sees them.
        tqdm.monitor_interval = 0
        _know_whom_to_trust()
        _stop_at_the_command_line(bot)
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


def _know_whom_to_trust() -> None:
    """Read certifi's certificates once: for each connection that is more work than the call.

    Whoever names others, or has a certificate of its own, gets a context of its own as ever.
    """
    import certifi  # noqa: PLC0415

    connection: Any = import_module("urllib3.connection")
    wrap = connection.ssl_wrap_socket
    ready = connection.create_urllib3_context()
    ready.load_verify_locations(certifi.where())
    nothing_else = dict.fromkeys(("ca_cert_dir", "ca_cert_data", "certfile", "keyfile"))
    usual = {"ca_certs": certifi.where(), **nothing_else}

    def wrap_with_what_is_ready(*, ssl_context: SSLContext, **given: Any) -> object:  # noqa: ANN401
        if ssl_context.check_hostname and usual.items() <= given.items():
            return wrap(ssl_context=ready, **{**given, "ca_certs": None})
        return wrap(ssl_context=ssl_context, **given)

    connection.ssl_wrap_socket = wrap_with_what_is_ready


def _stop_at_the_command_line(bot: socket.socket) -> None:
    """Let the CLI wait for the bot where it would read its command line; each fork reads its own.

    By then it has made its parser with a hundred subcommands, which is most of its start.
    """
    parse_args = ArgumentParser.parse_args
    settings = _Settings()

    def read_in_a_fork(parser: ArgumentParser) -> object:
        ArgumentParser.parse_args = parse_args  # type: ignore[method-assign]
        # It said that it has no login; what is left unsaid would be said by each fork.
        sys.stdout.flush()
        os.chdir("/")
        # A collection in a fork would touch, and so copy, every page that it shares.
        gc.collect()
        gc.freeze()
        _Forks(bot).serve()
        settings.read_anew()
        return parser.parse_args()

    ArgumentParser.parse_args = read_in_a_fork  # type: ignore[method-assign, assignment]


class _Settings:
    """What the CLI takes from its environment while it is imported.

    In kaggle 2.2.4 that is what the body of `KaggleApi` says above its methods. It also tries to
    log in, which here must fail: then it does so once more after its command line.
    """

    def __init__(self) -> None:
        module = sys.modules["kaggle.api.kaggle_api_extended"]
        loader = SourceFileLoader(module.__name__, str(module.__file__))
        code = loader.get_code(module.__name__)
        assert code is not None  # noqa: S101 - it has been imported
        (self._body,) = (
            part
            for part in code.co_consts
            if isinstance(part, CodeType) and part.co_name == "KaggleApi"
        )
        self._globals = vars(module)

    def read_anew(self) -> None:
        """Run that part once more."""
        said = _UpToTheMethods()
        with suppress(_Enough):
            exec(self._body, self._globals, said)  # noqa: S102 - it is the CLI's own
        for name, value in said.items():
            if not name.startswith("__"):
                setattr(self._globals["KaggleApi"], name, value)


class _Enough(Exception):
    """The methods begin."""


class _UpToTheMethods(dict[str, Any]):
    def __setitem__(self, name: str, value: object) -> None:
        if callable(value):
            raise _Enough
        super().__setitem__(name, value)


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
        """Say that all is ready, and serve until the bot is gone; returns in each fork alone."""
        # A bot that is gone already is met when its next word is waited for.
        with suppress(OSError):
            self._bot.send(b"\n")
        while True:
            for key, _ in self._selector.select():
                if key.data():
                    return

    def _take(self) -> bool:
        """Fork for a call; tells whether this is the fork."""
        try:
            word, descriptors, _, _ = socket.recv_fds(self._bot, 1, 3)
        except OSError:
            word, descriptors = b"", []
        if not word:
            self._end()
        call, *printed = descriptors
        try:
            return self._fork(socket.socket(fileno=call), printed)
        finally:
            for descriptor in printed:
                os.close(descriptor)

    def _fork(self, call: socket.socket, printed: Sequence[int]) -> bool:
        call.settimeout(_REQUEST_WITHIN)
        try:
            with call.makefile("rb") as file:
                request: dict[str, Any] = json.loads(file.readline())
            pid = os.fork()
        except (OSError, ValueError):
            call.close()
            return False
        if pid == 0:
            self._let_go_of_all(call)
            _become(request, printed)
            return True
        # Whichever of the two comes first: from here on a group of its own can be killed.
        with suppress(OSError):
            os.setpgid(pid, pid)
        self._calls[pid] = call
        _say(call, pid)
        self._selector.register(call, selectors.EVENT_READ, lambda: self._kill(pid))
        return False

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
        """End the calls, wait for their end, and end."""
        for pid in self._calls:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        for pid in self._calls:
            os.waitpid(pid, 0)
        os._exit(0)

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


def _become(request: dict[str, Any], printed: Sequence[int]) -> None:
    """Make this process what the CLI's own would be."""
    with suppress(OSError):
        os.setpgid(0, 0)
    os.chdir(request["folder"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, *printed)):
        os.dup2(descriptor, number)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]


if __name__ == "__main__":
    main()
