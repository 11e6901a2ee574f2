"""Kills the bot just before it executes a certain SQL statement."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot import board_worker
from storage import database
from storage.blocking_connection import BlockingConnection


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement at which to kill."""

    prefix: str
    number: int = 1
    """Which of the statements with this prefix it is."""
    after: str = ""
    """Count only after a statement with this prefix."""
    in_worker: bool = False
    """Whether the board worker executes it, not the bot itself."""
    worker_survives: bool = False
    """Whether only the bot is killed; the worker ends by itself."""


def install(statement: Statement) -> None:
    """Kill the bot when it, or its board worker, reaches a statement."""
    if statement.in_worker:
        patch.object(board_worker, "_initialize", partial(_initialize_worker, statement)).start()
    else:
        _trace_statements(statement)


def _initialize_worker(statement: Statement, *arguments: Any) -> None:
    """Initialize the board worker, in which nothing is patched yet."""
    _trace_statements(statement)
    board_worker._initialize(*arguments)


def _trace_statements(statement: Statement) -> None:
    open_database = database.Database.open

    async def open_traced(path: Path, **options: Any) -> database.Database:
        opened = await open_database(path, **options)
        # The board worker has a connection without a thread.
        writer: object = opened._writer
        if isinstance(writer, BlockingConnection):
            writer._connection.set_trace_callback(_StatementCounter(statement))
        else:
            await opened._writer.set_trace_callback(_StatementCounter(statement))
        return opened

    patch.object(database.Database, "open", open_traced).start()


class _StatementCounter:
    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._bot = os.getppid() if statement.in_worker else os.getpid()
        self._counting = not statement.after
        self._left = statement.number

    def __call__(self, sql: str) -> None:
        """Count a statement before SQLite executes it; kill at the last one."""
        if self._counting and sql.startswith(self._statement.prefix):
            self._left -= 1
            if self._left == 0:
                os.kill(self._bot, signal.SIGKILL)
                if not self._statement.worker_survives:
                    os.kill(os.getpid(), signal.SIGKILL)
        self._counting = self._counting or sql.startswith(self._statement.after)
