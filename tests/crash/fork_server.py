"""Fork server of the crash tests: `python -m tests.crash.fork_server`.

What a start costs most is to import pandas and discord.py. It is done here once; each life of the
bot is a fork of this process, in which nothing has run yet.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

import cogs
from tests.crash import kill_switch
from tests.wire import run_bot

LONGEST_LIFE = 120
"""Seconds after which a life ends by itself, so that none is left over whatever happens."""


def main() -> None:
    """Read a life per line, run it, and answer with its process and then with how it ended."""
    for name in cogs.EXTENSIONS:
        importlib.import_module(name)
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        process = os.fork()
        if process == 0:
            _live(**asked)
        _answer(process)
        _, status = os.waitpid(process, 0)
        _answer(os.waitstatus_to_exitcode(status))


def _live(
    arguments: list[str], environment: dict[str, str], log: str, dying: dict[str, str | int] | None
) -> None:
    signal.alarm(LONGEST_LIFE)
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(nothing, 0)
        os.dup2(written, 1)
        os.dup2(written, 2)
        os.environ.update(environment)
        if dying is not None:
            statement = kill_switch.Statement(**dying)  # type: ignore[arg-type]
            kill_switch.install(statement)
            arguments += ["--own-worker"] * statement.in_worker
        code = run_bot.main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
