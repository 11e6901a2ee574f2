"""Drawing of replays: the cooldown of each server, and what commands and announcements share."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cogs.framework.layout import Picture
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.replays.replay_data import load_replay
from cogs.replays.replay_screen import (
    FAILED_TEXT,
    QUEUE_FULL_TEXT,
    ReplayData,
    cooldown_text,
    replay_picture,
    too_large_text,
)
from plots.replay_renderer import ReplayFailed, ReplayQueueFull

logger = logging.getLogger(__name__)

_COOLDOWN = timedelta(minutes=1)


class ReplayService:
    """Draws replays for servers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._drawn_at: dict[int, datetime] = {}
        """By guild id, only of the last minute."""

    async def draw(
        self, guild_id: int, data: ReplayData, limit: int, progress: Callable[[int], None]
    ) -> Picture:
        """Return the picture for a member's command, of at most `limit` bytes.

        A replay that was drawn a moment ago is shown again; another one has a cooldown. Raises
        `UserError`.
        """
        renderer, now = self._services.replay_renderer, self._services.now()
        gif = await renderer.find_drawn(data.replay)
        if gif is None:
            self._require_cooldown_over(guild_id, now)
            self._drawn_at[guild_id] = now
            try:
                gif = await renderer.render(data.replay, progress)
            except BaseException as error:
                self._drawn_at.pop(guild_id, None)
                if isinstance(error, ReplayQueueFull):
                    raise UserError(QUEUE_FULL_TEXT) from error
                if isinstance(error, ReplayFailed):
                    raise UserError(FAILED_TEXT) from error
                raise
        if len(gif) > limit:
            raise UserError(too_large_text(limit >> 20))
        return replay_picture(data, "replay.gif", gif)

    async def draw_after_end(
        self, row_id: int, guild_id: int, competition_id: int, name: str, limit: int
    ) -> list[Picture]:
        """Return the picture for the message of an outbox row; none if it cannot be drawn."""
        storage = self._services.storage
        competition = await storage.competitions.find_by_id(competition_id)
        if competition is None:
            return []
        links = await storage.links.load_counted_links(guild_id)
        try:
            data = await load_replay(self._services, replace(competition, own_name=name), links)
            gif = await self._services.replay_renderer.render(data.replay, _ignore)
        except (UserError, ReplayFailed, ReplayQueueFull) as error:
            logger.info("Server %s: no replay after the end: %r", guild_id, error)
            return []
        if len(gif) > limit:
            return []
        return [replay_picture(data, f"message-{row_id}.gif", gif)]

    def _require_cooldown_over(self, guild_id: int, now: datetime) -> None:
        self._drawn_at = {
            id_: at for id_, at in self._drawn_at.items() if timedelta(0) <= now - at < _COOLDOWN
        }
        if guild_id in self._drawn_at:
            rest = self._drawn_at[guild_id] + _COOLDOWN - now
            raise UserError(cooldown_text(math.ceil(rest.total_seconds())))


def _ignore(_percent: int) -> None:
    """Show no progress."""
