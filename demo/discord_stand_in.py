"""The stand-in for Discord: SimCord, in which forum posts are as on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import simcord
from simcord.backend import Backend
from simcord.backend.models import Message
from simcord.enums import ChannelType


class DiscordBackend(Backend):
    """SimCord's servers, in which a forum post has the id of its first message."""

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        """Store a message; SimCord gives the first one of a forum post an id of its own."""
        channel = self.get_channel(message.channel_id)
        if channel.parent_id is not None and not self.messages[channel.id]:
            parent = self.channels.get(channel.parent_id)
            if parent is not None and parent.type == ChannelType.FORUM:
                message.id = channel.id
        return super().commit_message(message, broadcast=broadcast)


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
