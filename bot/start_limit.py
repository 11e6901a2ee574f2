"""Pause before a start that follows many others.

Discord allows a bot 1,000 identifies a day, and resets the token of one that needs more:
https://discord.com/developers/docs/events/gateway#session-start-limit-object. A bot that crashes at
each start, and is started again by systemd, Docker or the Task Scheduler, would need them all.

Each shard of a start identifies. With the pauses there are at most 155 starts a day, so the limit
holds for up to six shards, that is some 6,000 servers.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from storage.key_values import RECENT_STARTS, KeyValues

logger = logging.getLogger(__name__)

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LIMITS: Final = ((_DAY, 130, _HOUR), (_HOUR, 10, timedelta(minutes=5)))
"""Periods, the starts in each without a pause, and the pause before each further start."""


async def limit_starts(
    key_values: KeyValues,
    now: datetime,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Record a start; wait if there were many in the last hour or day."""
    ages = {
        start: now - datetime.fromisoformat(start)
        for start in json.loads(await key_values.get(RECENT_STARTS) or "[]")
    }
    starts = [start for start, age in ages.items() if timedelta(0) <= age <= _DAY]
    await key_values.set(RECENT_STARTS, json.dumps([*starts, now.isoformat()]))
    for period, max_starts, pause in _LIMITS:
        count = sum(ages[start] <= period for start in starts)
        if count >= max_starts:
            logger.warning(
                "This is start number %d in %d h; connecting to Discord in %d minutes, so that"
                " its limit of starts is not used up. The log of the earlier starts says why they"
                " ended",
                count + 1,
                period / _HOUR,
                pause / timedelta(minutes=1),
            )
            await sleep(pause.total_seconds())
            return
