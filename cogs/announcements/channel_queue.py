"""Channels take turns: each does one thing at a time, and all together only so many."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial


class KeyedQueue:
    """Lets channels have their turns in the order in which they ask; who has more asks anew."""

    def __init__(self, take: Callable[[int], Coroutine[None, None, bool]], at_once: int) -> None:
        """`take` does a channel's turn, and tells whether it wants another one."""
        self._take = take
        self._at_once = at_once
        # Thousands may wait: an entry here is a small part of a task that waits.
        self._line: OrderedDict[int, None] = OrderedDict()
        self._taking: dict[int, asyncio.Task[bool]] = {}
        self._asked_again: set[int] = set()
        """Channels that asked during their turn, which may have looked for more before."""
        self._stopped = False

    def ask(self, channel_id: int) -> None:
        """Give a channel a turn that begins after this moment."""
        if channel_id in self._taking:
            self._asked_again.add(channel_id)
        else:
            self._line[channel_id] = None
            self._go_on()

    async def stop(self) -> None:
        """Begin no more turns, and break off those under way."""
        self._stopped = True
        under_way = list(self._taking.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _go_on(self) -> None:
        while self._line and len(self._taking) < self._at_once and not self._stopped:
            channel_id, _ = self._line.popitem(last=False)
            task = asyncio.create_task(self._take(channel_id))
            self._taking[channel_id] = task
            task.add_done_callback(partial(self._ended, channel_id))

    def _ended(self, channel_id: int, task: asyncio.Task[bool]) -> None:
        del self._taking[channel_id]
        asked_again = channel_id in self._asked_again
        self._asked_again.discard(channel_id)
        try:
            if not task.cancelled() and (task.result() or asked_again):
                self._line[channel_id] = None
        finally:
            self._go_on()
