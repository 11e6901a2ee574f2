import asyncio

import pytest

from storage.batching import RequestBatcher


async def test_what_is_asked_meanwhile_is_done_together_and_each_gets_its_answer() -> None:
    done: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        done.append(numbers)
        await asyncio.sleep(0)
        return [2 * number for number in numbers]

    joined = RequestBatcher(double)
    assert await joined(1) == 2
    assert await asyncio.gather(*(joined(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert done == [[1], [0, 1, 2, 3, 4]]


async def test_what_fails_fails_for_all_and_no_later_one() -> None:
    async def refuse(numbers: list[int]) -> list[int]:
        if 0 in numbers:
            raise OSError("no room")
        return numbers

    joined = RequestBatcher(refuse)
    answers = await asyncio.gather(joined(0), joined(1), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError]
    assert await joined(2) == 2


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    async def same(numbers: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return numbers

    joined = RequestBatcher(same)
    first, second = asyncio.create_task(joined(1)), asyncio.create_task(joined(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await first
