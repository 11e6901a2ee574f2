"""Record of the bot's health in the database, which `python -m bot health` reads.

`records/health.py` says what is recorded, and from when on it is a problem.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.client import Podium
from cogs.syncing.health_service import HealthService
from storage.key_values import HEALTH

logger = logging.getLogger(__name__)

_INTERVAL = 60.0
"""Seconds between two records."""


@asynccontextmanager
async def record_health(bot: Podium, interval: float = _INTERVAL) -> AsyncIterator[None]:
    """Record the health now, when the bot is ready, and each minute.

    Not in a loop of the cogs: it is about this process, also before it is connected.
    """

    async def on_ready() -> None:
        await _record(bot)

    bot.add_listener(on_ready)
    task = asyncio.create_task(_record_each(bot, interval))
    try:
        yield
    finally:
        bot.remove_listener(on_ready)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _record_each(bot: Podium, interval: float) -> None:
    while True:
        await _record(bot)
        await asyncio.sleep(interval)


async def _record(bot: Podium) -> None:
    try:
        report = await bot.services.get(HealthService).build_report()
        await bot.storage.key_values.set(HEALTH, report.to_json())
    except Exception as error:  # noqa: BLE001 - the next record may succeed
        logger.warning("The bot's health could not be recorded: %s", error)
