"""SQLite connection without a thread, for a process whose event loop serves nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

Parameters = Sequence[object] | Mapping[str, object]
"""Values for the placeholders of a statement: `?` or `:name`."""


class BlockingConnection:
    """The part of `aiosqlite.Connection` that storage uses; each call blocks the event loop.

    A small board takes some thirty statements, and passing each to aiosqlite's thread and back
    takes as long as all of them (see `docs/performance.md`).
    """

    def __init__(self, uri: str, timeout: float) -> None:
        self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout)

    async def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Execute a statement."""
        return self._connection.execute(sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Parameters]) -> sqlite3.Cursor:
        """Execute a statement once for each set of parameters."""
        return self._connection.executemany(sql, parameters)

    async def execute_fetchall(
        self, sql: str, parameters: Parameters = ()
    ) -> Iterable[sqlite3.Row]:
        """Execute a statement and return all its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def commit(self) -> asyncio.Future[None]:
        """Commit the transaction, if there is one."""
        return _call(self._connection.commit)

    def rollback(self) -> asyncio.Future[None]:
        """Roll the transaction back, if there is one."""
        return _call(self._connection.rollback)

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _call(function: Callable[[], None]) -> asyncio.Future[None]:
    """Call, and return a completed future: awaiting it creates no task."""
    future = asyncio.get_running_loop().create_future()
    function()
    future.set_result(None)
    return future
