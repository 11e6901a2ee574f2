"""Shows the steps of something that takes a while."""

from __future__ import annotations

import asyncio
import logging

from cogs.framework.discord_errors import is_expected
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, respond

logger = logging.getLogger(__name__)


class ProgressMessage:
    """Shows the newest step of something that takes a while, one edit after the other."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._newest = ""
        self._edit: asyncio.Task[None] | None = None

    def __call__(self, step: str) -> None:
        """Show a step, unless the next one comes before its turn."""
        self._newest = step
        self._edit = asyncio.create_task(self._show(step, self._edit))

    async def end(self) -> None:
        """Wait until what comes next cannot be overwritten."""
        self._newest = ""
        if self._edit is not None:
            await self._edit

    async def _show(self, step: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        if step == self._newest:
            try:
                await respond(self._interaction, notice(f"⏳ {step} …"))
            except Exception as error:
                if not is_expected(error):
                    raise
                logger.info("A step could not be shown: %s", error)
