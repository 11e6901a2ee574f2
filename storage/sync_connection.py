"""A connection for a process of its own, which may wait for SQLite: no thread, no queue between."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Parameters = Iterable[Any]


class InlineConnection:
    """What storage uses of `aiosqlite.Connection`; each call is over when it is awaited."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=timeout)

    async def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a statement."""
        return self._connection.execute(sql, tuple(parameters))

    async def executemany(self, sql: str, parameters: Iterable[Parameters]) -> sqlite3.Cursor:
        """Run a statement with one set of parameters after the other."""
        return self._connection.executemany(sql, parameters)  # type: ignore[arg-type]

    async def execute_fetchall(
        self, sql: str, parameters: Parameters = ()
    ) -> Iterable[sqlite3.Row]:
        """Run a statement and give all its rows."""
        return self._connection.execute(sql, tuple(parameters)).fetchall()

    # These two are awaited under the protection of a task, which a future that is done spares.

    def commit(self) -> asyncio.Future[None]:
        """Commit the transaction, if there is one."""
        return _over(self._connection.commit)

    def rollback(self) -> asyncio.Future[None]:
        """Undo the transaction, if there is one."""
        return _over(self._connection.rollback)

    async def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _over(step: Callable[[], None]) -> asyncio.Future[None]:
    step()
    future = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future
