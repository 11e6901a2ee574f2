"""`ChannelQueue`: works on many channels at the same time, but never twice on the same one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial


class ChannelQueue:
    """Runs a coroutine function for queued channels, for at most `concurrency` at the same time.

    For one channel it never runs twice at the same time. A channel with more work goes to the end
    of the queue, so that none waits for another's backlog.
    """

    def __init__(
        self, work: Callable[[int], Coroutine[None, None, bool]], concurrency: int
    ) -> None:
        """`work` handles one item of a channel and returns whether the channel has more."""
        self._work = work
        self._concurrency = concurrency
        # Thousands of channels may wait: an entry here is much smaller than a waiting task.
        self._queue: OrderedDict[int, None] = OrderedDict()
        self._running: dict[int, asyncio.Task[bool]] = {}
        self._put_while_running: set[int] = set()
        """Channels whose work may have looked for items before the last `put`."""
        self._stopped = False

    def put(self, channel_id: int) -> None:
        """Queue a channel; work that is running for it runs once more afterwards."""
        if channel_id in self._running:
            self._put_while_running.add(channel_id)
        else:
            self._queue[channel_id] = None
            self._start_tasks()

    async def stop(self) -> None:
        """Start no more work, and cancel what is running."""
        self._stopped = True
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _start_tasks(self) -> None:
        while self._queue and len(self._running) < self._concurrency and not self._stopped:
            channel_id, _ = self._queue.popitem(last=False)
            # In a context of its own: log lines are not about what queued the channel.
            task = asyncio.create_task(self._work(channel_id), context=Context())
            self._running[channel_id] = task
            task.add_done_callback(partial(self._on_done, channel_id))

    def _on_done(self, channel_id: int, task: asyncio.Task[bool]) -> None:
        del self._running[channel_id]
        put_again = channel_id in self._put_while_running
        self._put_while_running.discard(channel_id)
        try:
            if not task.cancelled() and (task.result() or put_again):
                self._queue[channel_id] = None
        finally:
            self._start_tasks()
