"""The smallest bot that the real discord.py makes, for tests of the stand-in itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord import ui
from discord.ext import commands

from tests.wire.control.client import Wire
from tests.wire.redirect import redirected_clients
from tests.wire.state.change_signal import ChangeSignal

TOKEN = "a-token-for-nothing"


class MinimalBot(commands.AutoShardedBot):
    """Logs in, and counts what the gateway tells it."""

    def __init__(self, shards: int | None = None, heartbeat_timeout: float = 60) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            shard_count=shards,
            guild_ready_timeout=0.02,
            heartbeat_timeout=heartbeat_timeout,
        )
        self.event_counts: Counter[str] = Counter()
        self._changes = ChangeSignal()

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Count an event on its way."""
        self.event_counts[event_name] += 1
        self._changes.notify()
        super().dispatch(event_name, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds between shards."""

    async def wait_for_event(self, event: str, times: int = 1) -> None:
        """Wait until an event has come so often."""
        assert await self._changes.wait_for(lambda: self.event_counts[event] >= times, 60), (
            f"{event} came {self.event_counts[event]} times, not {times}"
        )

    def text_channel(self, channel_id: int) -> discord.TextChannel:
        """Return a channel from the cache."""
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel


@asynccontextmanager
async def online(wire: Wire, bot: MinimalBot) -> AsyncIterator[MinimalBot]:
    """Log the bot in at the stand-in, and out again."""
    async with redirected_clients(wire.base_url, wire.gateway_url), bot:
        running = asyncio.create_task(bot.start(TOKEN))
        ready = asyncio.create_task(bot.wait_for_event("ready"))
        try:
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            await ready
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)


def card(text: str, *, id: int | None = None) -> ui.LayoutView:  # noqa: A002
    """Build a message of one text in a frame."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(text), id=id))
    return view
