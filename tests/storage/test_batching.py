import asyncio

import pytest

from storage.batching import RequestBatcher


async def test_requests_during_a_run_are_processed_together() -> None:
    batches: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        batches.append(numbers)
        await asyncio.sleep(0)
        return [2 * number for number in numbers]

    batcher = RequestBatcher(double)
    assert await batcher(1) == 2
    assert await asyncio.gather(*(batcher(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert batches == [[1], [0, 1, 2, 3, 4]]


async def test_error_is_raised_in_every_caller_of_its_batch_only() -> None:
    async def refuse(numbers: list[int]) -> list[int]:
        if 0 in numbers:
            raise OSError("no room")
        return numbers

    batcher = RequestBatcher(refuse)
    answers = await asyncio.gather(batcher(0), batcher(1), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError]
    assert await batcher(2) == 2


async def test_cancelled_caller_does_not_affect_others() -> None:
    async def echo(numbers: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return numbers

    batcher = RequestBatcher(echo)
    first, second = asyncio.create_task(batcher(1)), asyncio.create_task(batcher(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await first
