"""SQLite connection without a thread, for the tests of cogs."""

import asyncio
from collections.abc import Callable, Iterable
from sqlite3 import Cursor, Row

from storage.blocking_connection import BlockingConnection, Parameters


class InlineConnection(BlockingConnection):
    """Lets other tasks run before each statement, as aiosqlite does, but starts no thread.

    Passing each statement to a thread and back takes a third of the CPU time of the tests of cogs.
    Those of `tests/storage/`, and all that start the whole bot, use aiosqlite.
    """

    async def execute(self, sql: str, parameters: Parameters = ()) -> Cursor:
        """Execute a statement."""
        await asyncio.sleep(0)
        return await super().execute(sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Parameters]) -> Cursor:
        """Execute a statement once for each set of parameters."""
        await asyncio.sleep(0)
        return await super().executemany(sql, parameters)

    async def execute_fetchall(self, sql: str, parameters: Parameters = ()) -> Iterable[Row]:
        """Execute a statement and return all its rows."""
        await asyncio.sleep(0)
        return await super().execute_fetchall(sql, parameters)

    def commit(self) -> asyncio.Future[None]:
        """Commit the transaction, if there is one."""
        return _call_soon(super().commit)

    def rollback(self) -> asyncio.Future[None]:
        """Roll the transaction back, if there is one."""
        return _call_soon(super().rollback)


def _call_soon(method: Callable[[], asyncio.Future[None]]) -> asyncio.Future[None]:
    """Call in a later turn of the event loop, without a task: SimCord looks when a task ends."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def call() -> None:
        try:
            method()
        except Exception as error:  # noqa: BLE001 - who awaits it gets it
            future.set_exception(error)
        else:
            future.set_result(None)

    loop.call_soon(call)
    return future
