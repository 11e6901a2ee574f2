"""Many small asks in one transaction: what a thousand channels ask for at once is done at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class BatchedReader(Generic[Ask, Answer]):
    """Does together what is asked for while the asks before are being done.

    Each who asks goes on when the transaction that holds their part is committed, as if it had been
    their own; when it fails, it fails for all of them. Who asks alone waits for nobody.
    """

    def __init__(self, do: Callable[[list[Ask]], Awaitable[Sequence[Answer]]]) -> None:
        """`do` gives an answer for each ask, in their order."""
        self._do = do
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._serving: asyncio.Task[None] | None = None

    async def __call__(self, ask: Ask) -> Answer:
        """Give the answer to one ask; raises what the work raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await future

    async def _serve(self) -> None:
        try:
            while self._waiting:
                joined, self._waiting = self._waiting, []
                await self._serve_together(joined)
        finally:
            self._serving = None

    async def _serve_together(self, joined: list[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._do([ask for ask, _ in joined])
        except BaseException as error:
            for _, future in joined:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for (_, future), answer in zip(joined, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
