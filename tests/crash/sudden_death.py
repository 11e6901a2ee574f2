"""Kills the process at one statement of its database: just before it is carried out."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from storage import database


@dataclass(frozen=True, slots=True)
class Statement:
    """Which statement is the last."""

    begins: str
    number: int = 1
    """It is the so manyth that begins so."""
    after: str = ""
    """It is counted only from a statement on that begins so."""


def at(statement: Statement) -> None:
    """Let this process be killed when it comes to a statement."""
    opened = database.Database.open

    async def watched(path: Path, **more: Any) -> database.Database:
        made = await opened(path, **more)
        await made._writer.set_trace_callback(_Watch(statement))
        return made

    patch.object(database.Database, "open", watched).start()


class _Watch:
    def __init__(self, last: Statement) -> None:
        self._last = last
        self._counting = not last.after
        self._left = last.number

    def __call__(self, sql: str) -> None:
        """See a statement before SQLite carries it out."""
        if self._counting and sql.startswith(self._last.begins):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        self._counting = self._counting or sql.startswith(self._last.after)
