"""Drawing of replays: the cooldown of each server, and what commands and announcements share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from cogs.framework.checks import Cooldown
from cogs.framework.layout import Picture
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.replays.replay_data import load_replay
from cogs.replays.replay_screen import (
    FAILED_TEXT,
    QUEUE_FULL_TEXT,
    ReplayData,
    replay_cooldown_text,
    replay_picture,
    too_large_text,
)
from plots.replay_renderer import ReplayFailed, ReplayQueueFull

logger = logging.getLogger(__name__)

_COOLDOWN = timedelta(minutes=1)
"""Shortest time between two replays that are drawn for commands of one server."""


class ReplayService:
    """Draws replays for servers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cooldown = Cooldown(services, _COOLDOWN, replay_cooldown_text)

    async def draw(
        self, guild_id: int, data: ReplayData, limit: int, progress: Callable[[int], None]
    ) -> Picture:
        """Return the picture for a member's command, of at most `limit` bytes.

        A replay that was drawn a moment ago is shown again; another one has a cooldown. Raises
        `UserError`.
        """
        renderer = self._services.replay_renderer
        gif = await renderer.find_drawn(data.replay)
        if gif is None:
            try:
                with self._cooldown.start_unless_failed(guild_id):
                    gif = await renderer.render(data.replay, progress)
            except ReplayQueueFull as error:
                raise UserError(QUEUE_FULL_TEXT) from error
            except ReplayFailed as error:
                raise UserError(FAILED_TEXT) from error
        if len(gif) > limit:
            raise UserError(too_large_text(limit >> 20))
        return replay_picture(data, "replay.gif", gif)

    async def draw_after_end(
        self, row_id: int, guild_id: int, competition_id: int, name: str, limit: int
    ) -> list[Picture]:
        """Return the picture for the message of an outbox row.

        An empty list if it cannot be drawn, or has more than `limit` bytes.
        """
        storage = self._services.storage
        competition = await storage.competitions.find_by_id(competition_id)
        if competition is None:
            return []
        links = await storage.links.load_counted_links(guild_id)
        try:
            data = await load_replay(self._services, replace(competition, own_name=name), links)
            # Two of these are asked for at a time at most: they may wait, however many others do.
            gif = await self._services.replay_renderer.render(
                data.replay, _ignore_progress, always=True
            )
        except (UserError, ReplayFailed) as error:
            logger.info("Server %s: no replay after the end: %r", guild_id, error)
            return []
        if len(gif) > limit:
            logger.info("Server %s: the replay has %d bytes, too many", guild_id, len(gif))
            return []
        return [replay_picture(data, f"message-{row_id}.gif", gif)]


def _ignore_progress(_percent: int) -> None:
    """Show no progress."""
