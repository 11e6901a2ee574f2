"""Fork server of the crash tests: `python -m tests.crash.fork_server`.

Most of a start is the import of pandas and discord.py. It is done here once; each process of the
bot is a fork of this one, in which nothing has run yet.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from unittest.mock import patch

import cogs
from plots import replay_renderer
from tests.crash import kill_switch, power_loss
from tests.wire import run_bot

MAX_SECONDS = 400
"""Seconds after which a process of the bot ends by itself, so that none is left over."""


def main() -> None:
    """Read one start per line; answer with the process id, later with the exit code."""
    for name in cogs.EXTENSIONS:
        importlib.import_module(name)
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        process = os.fork()
        if process == 0:
            _run_bot(**request)
        _answer(process)
        _, status = os.waitpid(process, 0)
        _answer(os.waitstatus_to_exitcode(status))


def _run_bot(
    arguments: list[str],
    environment: dict[str, str],
    log: str,
    kill_at: dict[str, str | int] | None,
) -> None:
    signal.alarm(MAX_SECONDS)
    code = 1
    try:
        null = os.open(os.devnull, os.O_RDONLY)
        log_file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(null, 0)
        os.dup2(log_file, 1)
        os.dup2(log_file, 2)
        os.environ.update(environment)
        power_loss.record_synced_commits()
        # At low priority, a busy machine draws no replay within its time limit.
        patch.object(replay_renderer, "_NICENESS", 0).start()
        if kill_at is not None:
            statement = kill_switch.Statement(**kill_at)  # type: ignore[arg-type]
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
