"""Pause before a start that follows many others.

Discord allows a bot 1,000 identifies a day, and resets the token of one that needs more:
https://discord.com/developers/docs/events/gateway#session-start-limit-object. A bot that crashes at
each start, and is started again by systemd, Docker or the Task Scheduler, would need them all.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from storage.key_values import KeyValues

logger = logging.getLogger(__name__)

_KEY: Final = "recent starts"
_PERIOD: Final = timedelta(hours=1)
_MAX_STARTS: Final = 10
"""Starts in an hour without a pause."""
_PAUSE: Final = timedelta(minutes=5)
"""Pause before each further start: at most 10 + 12 starts an hour, 528 a day."""


async def limit_starts(
    key_values: KeyValues,
    now: datetime,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Record a start; wait if there were many in the last hour."""
    starts = [
        start
        for start in json.loads(await key_values.get(_KEY) or "[]")
        if timedelta(0) <= now - datetime.fromisoformat(start) <= _PERIOD
    ]
    await key_values.set(_KEY, json.dumps([*starts, now.isoformat()]))
    if len(starts) >= _MAX_STARTS:
        logger.warning(
            "This is the start number %d in an hour; connecting to Discord in %d minutes, so that"
            " its limit of starts is not used up. Their log says why they ended",
            len(starts) + 1,
            _PAUSE / timedelta(minutes=1),
        )
        await sleep(_PAUSE.total_seconds())
