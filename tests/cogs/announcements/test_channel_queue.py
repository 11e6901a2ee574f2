import asyncio
from collections import Counter

from cogs.announcements.channel_queue import ChannelQueue

FEW = 3


class Channels:
    """Channels that have something to do, a piece a turn."""

    def __init__(self, **pieces: int) -> None:
        self.pieces = Counter(pieces)
        self.done: list[str] = []
        self.under_way: set[int] = set()
        self.most = 0
        self.begun = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.turns = ChannelQueue(self.take, FEW)
        for channel in pieces:
            self.turns.put(ord(channel))

    async def take(self, channel_id: int) -> bool:
        assert channel_id not in self.under_way
        self.under_way.add(channel_id)
        self.begun += 1
        self.most = max(self.most, len(self.under_way))
        channel = chr(channel_id)
        try:
            await asyncio.sleep(0)
            await self.go_on.wait()
            if self.pieces[channel] < 0:
                raise ValueError(channel)
            if self.pieces[channel]:
                self.pieces[channel] -= 1
                self.done.append(channel)
            return self.pieces[channel] > 0
        finally:
            self.under_way.remove(channel_id)

    async def settle(self) -> str:
        for _ in range(100):
            await asyncio.sleep(0)
        return "".join(self.done)


async def test_between_two_turns_of_a_channel_the_others_have_theirs() -> None:
    channels = Channels(a=3, b=1, c=1, d=2, e=1)
    assert await channels.settle() == "abcdeada"
    assert channels.most == FEW


async def test_who_asks_during_a_turn_has_another_one_after_it() -> None:
    channels = Channels(a=1)
    channels.go_on.clear()
    await channels.settle()
    for _ in range(5):
        channels.turns.put(ord("a"))
    channels.go_on.set()
    await channels.settle()
    assert channels.begun == 2


async def test_a_turn_that_fails_takes_nobody_elses() -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: failures.append(context["exception"])
    )
    channels = Channels(a=-1, b=-1, c=-1, d=2)
    assert await channels.settle() == "dd"
    assert [str(failure) for failure in failures] == ["a", "b", "c"]


async def test_after_the_end_nobody_has_a_turn() -> None:
    channels = Channels(a=1, b=1, c=1, d=1)
    channels.go_on.clear()
    await channels.settle()
    await channels.turns.stop()
    channels.turns.put(ord("a"))
    channels.go_on.set()
    assert await channels.settle() == ""
    assert not channels.under_way
