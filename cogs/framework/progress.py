"""Progress of a long command, shown by edits of its response."""

from __future__ import annotations

import asyncio
import logging

from cogs.framework.discord_errors import is_expected
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, show_progress

logger = logging.getLogger(__name__)


class ProgressMessage:
    """Shows the latest step of a long command; edits follow each other and skip outdated steps."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._newest = ""
        self._edit: asyncio.Task[None] | None = None

    def __call__(self, step: str) -> None:
        """Schedule the edit that shows a step; a later step replaces it if it is still waiting."""
        self._newest = step
        self._edit = asyncio.create_task(self._show(step, self._edit))

    async def end(self) -> None:
        """Drop waiting steps and wait for a running edit, so that the result is not overwritten."""
        self._newest = ""
        if self._edit is not None:
            await self._edit

    async def _show(self, step: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        if step == self._newest:
            try:
                await show_progress(self._interaction, notice(f"⏳ {step} …"))
            except Exception as error:
                if not is_expected(error):
                    raise
                logger.info("A step could not be shown: %s", error)
