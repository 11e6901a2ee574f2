from datetime import UTC, datetime, timedelta

from bot.start_limit import limit_starts
from storage.storage import Storage

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_crash_loop_uses_up_no_identifies(storage: Storage) -> None:
    """A bot that crashes at once, started again after ten seconds, for a day."""
    now = NOW
    identifies: list[datetime] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)

    while now < NOW + timedelta(days=3):
        await limit_starts(storage.key_values, now, sleep)
        identifies.append(now)
        now += timedelta(seconds=10)
    shards = 6
    for first in identifies:
        a_day = sum(first <= one < first + timedelta(days=1) for one in identifies)
        assert a_day * shards <= 1_000
    assert len(identifies) > 300


async def test_usual_restarts_do_not_wait(storage: Storage) -> None:
    async def sleep(seconds: float) -> None:
        raise AssertionError

    for hour in range(30):
        for minute in range(0, 50, 10):
            now = NOW + timedelta(hours=hour, minutes=minute)
            await limit_starts(storage.key_values, now, sleep)
    # Nor do starts that a wrong clock dated into the future.
    await limit_starts(storage.key_values, NOW, sleep)
