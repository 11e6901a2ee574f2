"""Log of announcements, so that the simulated Discord can delete them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import discord

from tests.cogs.world import Server, World, announcements

_SETTLED = timedelta(hours=3)
"""What is older is not looked for any more by the bot that sent it."""


class AnnouncementLog:
    """The outbox row ids of all announcements, including deleted ones."""

    def __init__(self, world: World, servers: Sequence[Server]) -> None:
        self._world = world
        self._servers = servers
        self._marks: list[int] = []

    def marks(self) -> list[int]:
        """Return the outbox row id of each announcement."""
        return self._marks + [
            mark
            for server in self._servers
            for message in announcements(self._world, server)
            for mark in _marks_of(message)
        ]

    def forget_old(self) -> None:
        """Delete old announcements, all requests and all events from the simulated Discord."""
        backend, before = self._world.env.backend, self._world.env.now() - _SETTLED
        for server in self._servers:
            for message in announcements(self._world, server):
                if message.created_at < before:
                    self._marks += _marks_of(message)
                    del backend.messages[message.channel.id][message.id]
        backend.http_requests.clear()
        backend.transcript.clear()


def _marks_of(message: discord.Message) -> Iterator[int]:
    for component in message.components:
        if isinstance(component, discord.Container) and component.id is not None:
            yield component.id
