import asyncio

import pytest
from discord.http import HTTPClient

from bot import buckets


async def test_rate_limits_that_are_over_are_cleared_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    http = HTTPClient(asyncio.get_running_loop())
    looks = []
    monkeypatch.setattr(http, "_try_clear_expired_ratelimits", lambda: looks.append(1))
    moment = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: moment[0])
    buckets.clear_seldom(http)
    for channel in range(1_000):
        http.get_ratelimit(str(channel))
    assert looks == []
    for moment[0] in (buckets.EVERY, buckets.EVERY + 1, 2 * buckets.EVERY):
        http.get_ratelimit(f"at {moment[0]}")
    assert len(looks) == 2
