"""Log of announcements, so that the simulated Discord can delete them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import discord

from tests.cogs.world import Server, World, announcements

_SEARCH_PERIOD = timedelta(hours=3)
"""The bot searches for its own messages only in this period."""


class AnnouncementLog:
    """The outbox row ids of all announcements, including deleted ones."""

    def __init__(self, world: World, servers: Sequence[Server]) -> None:
        self._world = world
        self._servers = servers
        self._deleted_row_ids: list[int] = []

    def row_ids(self) -> list[int]:
        """Return the outbox row id of each announcement."""
        return self._deleted_row_ids + [
            row_id
            for server in self._servers
            for message in announcements(self._world, server)
            for row_id in _row_ids(message)
        ]

    def delete_old(self) -> None:
        """Delete old announcements, all requests and all events from the simulated Discord."""
        backend, before = self._world.env.backend, self._world.env.now() - _SEARCH_PERIOD
        for server in self._servers:
            for message in announcements(self._world, server):
                if message.created_at < before:
                    self._deleted_row_ids += _row_ids(message)
                    del backend.messages[message.channel.id][message.id]
        backend.http_requests.clear()
        backend.transcript.clear()


def _row_ids(message: discord.Message) -> Iterator[int]:
    for component in message.components:
        if isinstance(component, discord.Container) and component.id is not None:
            yield component.id
