import asyncio
from collections import Counter
from collections.abc import Mapping

from cogs.announcements.channel_queue import ChannelQueue
from cogs.framework.log_context import get_log_subject, log_subject

CONCURRENCY = 3


class Channels:
    """Channels with items, of which each run of the queue handles one."""

    def __init__(self, **items: int) -> None:
        self.items = Counter(items)
        self.done: list[str] = []
        self.running: set[int] = set()
        self.most_running = 0
        self.runs = 0
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.queue = ChannelQueue(self.handle_item, CONCURRENCY)
        for channel in items:
            self.queue.put(ord(channel))

    async def handle_item(self, channel_id: int) -> bool:
        assert channel_id not in self.running
        self.running.add(channel_id)
        self.runs += 1
        self.most_running = max(self.most_running, len(self.running))
        channel = chr(channel_id)
        try:
            await asyncio.sleep(0)
            await self.may_finish.wait()
            if self.items[channel] < 0:
                raise ValueError(channel)
            if self.items[channel]:
                self.items[channel] -= 1
                self.done.append(channel)
            return self.items[channel] > 0
        finally:
            self.running.remove(channel_id)

    async def settle(self) -> str:
        for _ in range(100):
            await asyncio.sleep(0)
        return "".join(self.done)


async def test_channels_take_turns() -> None:
    channels = Channels(a=3, b=1, c=1, d=2, e=1)
    assert await channels.settle() == "abcdeada"
    assert channels.most_running == CONCURRENCY


async def test_channel_put_while_it_runs_is_run_once_more() -> None:
    channels = Channels(a=1)
    channels.may_finish.clear()
    await channels.settle()
    for _ in range(5):
        channels.queue.put(ord("a"))
    channels.may_finish.set()
    await channels.settle()
    assert channels.runs == 2


async def test_error_of_one_channel_stops_no_other() -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: failures.append(context["exception"])
    )
    channels = Channels(a=-1, b=-1, c=-1, d=2)
    assert await channels.settle() == "dd"
    assert [str(failure) for failure in failures] == ["a", "b", "c"]


async def test_log_lines_of_a_channel_are_not_about_what_queued_it() -> None:
    subjects: list[Mapping[str, str]] = []

    async def work(_channel_id: int) -> bool:
        subjects.append(get_log_subject())
        return False

    with log_subject(competition="titanic"):
        ChannelQueue(work, CONCURRENCY).put(1)
    await asyncio.sleep(0)
    assert subjects == [{}]


async def test_nothing_runs_after_stop() -> None:
    channels = Channels(a=1, b=1, c=1, d=1)
    channels.may_finish.clear()
    await channels.settle()
    await channels.queue.stop()
    channels.queue.put(ord("a"))
    channels.may_finish.set()
    assert await channels.settle() == ""
    assert not channels.running
