"""The stand-in for Discord: SimCord, in which forum posts and edited selects are as on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import discord
import simcord
from simcord.backend import Backend
from simcord.backend.models import Message
from simcord.components import walk_components
from simcord.enums import ChannelType

_SELECT_TYPES = frozenset(
    {
        discord.ComponentType.select.value,
        discord.ComponentType.user_select.value,
        discord.ComponentType.role_select.value,
        discord.ComponentType.mentionable_select.value,
        discord.ComponentType.channel_select.value,
    }
)


class DiscordBackend(Backend):
    """SimCord's servers, with what is otherwise on Discord.

    A forum post has the id of its first message, and a select of an edited message shows what the
    message says.
    """

    def __init__(self) -> None:
        super().__init__()
        # SimCord itself gives the components of a message the ids 1 to 40.
        self._select_ids = count(100)

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        """Store a message; SimCord gives the first one of a forum post an id of its own."""
        channel = self.get_channel(message.channel_id)
        if channel.parent_id is not None and not self.messages[channel.id]:
            parent = self.channels.get(channel.parent_id)
            if parent is not None and parent.type == ChannelType.FORUM:
                message.id = channel.id
        return super().commit_message(message, broadcast=broadcast)

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        """Edit a message; SimCord's page keeps by a select's id what was chosen in it."""
        for component in walk_components(fields.get("components") or []):
            if component.get("type") in _SELECT_TYPES:
                component["id"] = next(self._select_ids)
        return super().edit_message(channel_id, message_id, fields)


@asynccontextmanager
async def run_on_discord(
    bot: discord.Client, *, check_errors: bool = True
) -> AsyncIterator[simcord.Env]:
    """Start a bot on the stand-in; with `check_errors` raise its errors at the end."""
    env = simcord.Env(bot, shard_count=1, settle_timeout=300, check_errors=check_errors)
    env.backend = DiscordBackend()
    await env.start()
    try:
        with env.time_context():
            yield env
    finally:
        await env.shutdown()
    if check_errors:
        env.raise_errors()
