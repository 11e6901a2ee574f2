"""Discord's rate limits, by the machine's own time, since it is in it that the bot waits."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

EVERYTHING = "everything"
_IN_FLIGHT = 0.1
"""A request that was under way when a limit was told is not one that ignores it."""


@dataclass(frozen=True)
class Limit:
    """A number of requests that is allowed in a number of seconds."""

    requests: int
    seconds: float


GLOBAL = Limit(50, 1)
CREATE_MESSAGE = Limit(5, 5)


@dataclass
class _Bucket:
    limit: Limit
    used: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Return the seconds until one more request is allowed."""
        while self.used and now - self.used[0] >= self.limit.seconds:
            self.used.popleft()
        if len(self.used) < self.limit.requests:
            return 0
        return self.used[0] + self.limit.seconds - now

    def headers(self, name: str, now: float) -> dict[str, str]:
        reset = self.used[0] + self.limit.seconds - now if self.used else 0.0
        return {
            "X-RateLimit-Limit": str(self.limit.requests),
            "X-RateLimit-Remaining": str(self.limit.requests - len(self.used)),
            "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
            "X-RateLimit-Reset-After": f"{reset:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }


@dataclass(frozen=True)
class Hit:
    """A request that came too soon."""

    retry_after: float
    everything: bool


class RateLimits:
    """Counts requests; holds them to the limits when it is strict."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.strict = False
        """Whether Discord's own limits hold; those told by a fault always do."""
        self.exceeded = 0
        """Requests over a limit: each was answered 429."""
        self.ignored = 0
        """Requests that came although the bot had been told to wait: what Discord bans for."""
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._closed: dict[str, tuple[float, float]] = {}
        """What is closed since when and until when."""

    def close(self, key: str, seconds: float) -> None:
        """Answer all requests of a key, or all requests, with 429 for that long."""
        now = self._clock()
        self._closed[key] = (now, now + seconds)

    def check(self, key: str, route: str, *, counts_globally: bool) -> Hit | None:
        """Count a request; return what it has to wait for when it comes too soon."""
        now = self._clock()
        everything = (EVERYTHING,) if counts_globally else ()
        for name in (*everything, key):
            since, until = self._closed.get(name, (now, now))
            if now < until:
                self.ignored += now - since > _IN_FLIGHT
                return Hit(until - now, name == EVERYTHING)
            self._closed.pop(name, None)
        if not self.strict:
            return None
        buckets = [self._bucket(EVERYTHING, GLOBAL)] if counts_globally else []
        if route == "POST /channels/{channel_id}/messages":
            buckets.append(self._bucket(key, CREATE_MESSAGE))
        for bucket in buckets:
            wait = bucket.wait(now)
            if wait > 0:
                self.exceeded += 1
                self.close(EVERYTHING if bucket.limit is GLOBAL else key, wait)
                return Hit(wait, bucket.limit is GLOBAL)
        for bucket in buckets:
            bucket.used.append(now)
        return None

    def headers(self, key: str, route: str) -> dict[str, str]:
        """Return the rate limit headers."""
        bucket = self._buckets.get(key)
        if not self.strict or bucket is None:
            return {}
        # The bucket is one for all channels; a client tells them apart by the channel.
        return bucket.headers(route, self._clock())

    def _bucket(self, key: str, limit: Limit) -> _Bucket:
        return self._buckets.setdefault(key, _Bucket(limit))
