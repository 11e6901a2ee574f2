"""Kills the bot at one statement of its database: just before it is carried out."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

from bot import board_worker
from storage import database


@dataclass(frozen=True, slots=True)
class Statement:
    """Which statement is the last."""

    begins: str
    number: int = 1
    """It is the so manyth that begins so."""
    after: str = ""
    """It is counted only from a statement on that begins so."""
    in_worker: bool = False
    """Whether it is one of the worker process, and not of the bot itself."""
    outlived: bool = False
    """Whether that process lives on, as long as it can without the bot."""


def install(statement: Statement) -> None:
    """Kill the bot when it, or its board worker, reaches a statement."""
    if statement.in_worker:
        patch.object(board_worker, "_initialize", partial(_begin, statement)).start()
    else:
        _watch(statement)


def _begin(statement: Statement, path: Path) -> None:
    """Begin the worker process, in which nothing is patched yet."""
    _watch(statement)
    board_worker._initialize(path)


def _watch(statement: Statement) -> None:
    opened = database.Database.open

    async def watched(path: Path, **more: int) -> database.Database:
        made = await opened(path, **more)
        await made._writer.set_trace_callback(_Watch(statement))
        return made

    patch.object(database.Database, "open", watched).start()


class _Watch:
    def __init__(self, last: Statement) -> None:
        self._last = last
        self._bot = os.getppid() if last.in_worker else os.getpid()
        self._counting = not last.after
        self._left = last.number

    def __call__(self, sql: str) -> None:
        """See a statement before SQLite carries it out."""
        if self._counting and sql.startswith(self._last.begins):
            self._left -= 1
            if self._left == 0:
                os.kill(self._bot, signal.SIGKILL)
                if not self._last.outlived:
                    os.kill(os.getpid(), signal.SIGKILL)
        self._counting = self._counting or sql.startswith(self._last.after)
