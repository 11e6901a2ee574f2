"""An event loop for a process in which nobody waits: what it is given is done before it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class InlineLoop(asyncio.SelectorEventLoop):
    """Does at once what others leave to threads."""

    def run_in_executor(
        self, _executor: object, func: Callable[..., Any], *args: object
    ) -> asyncio.Future[Any]:
        """Give what comes of it as a future that is done."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            future.set_exception(error)
        return future

    def run_at_once(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that never waits to its end, without a task and the rounds of a loop.

        Raises `RuntimeError` for one that waits after all.
        """
        asyncio._set_running_loop(self)  # noqa: SLF001 - made for those who write loops
        try:
            coroutine.send(None)
            coroutine.close()
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001
        raise RuntimeError(f"{coroutine!r} waits for something")
