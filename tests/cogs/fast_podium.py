"""The bot for the tests of cogs: it starts faster, and SimCord waits less for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from importlib import import_module
from typing import Any

import simcord
from discord.ext import commands, tasks

from bot.client import Podium
from cogs.framework.loop_cog import LoopCog


class FastPodium(Podium):
    """The bot, which adds cogs without executing their modules anew: that is 40 % of a start."""

    context: Context
    """The context in which SimCord counts timers as the bot's, and `now` is SimCord's time."""
    clock: list[simcord.Env]
    """SimCord, from when it has started the bot."""
    _turns_left: int
    _last_task: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        self.context = copy_context()
        await super().setup_hook()

    def dispatch(self, event: str, /, *args: Any, **options: Any) -> None:
        """Dispatch an event; end a task some iterations of the event loop later.

        SimCord waits 50 ms if the last task of a command begins and ends between two of its checks.
        """
        super().dispatch(event, *args, **options)
        self._turns_left = 10
        if self.is_ready() and (self._last_task is None or self._last_task.done()):
            self._last_task = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        while self._turns_left > 0:
            self._turns_left -= 1
            await asyncio.sleep(0)

    def _fingerprint(self, tree_commands: object) -> str:
        """Return the same for all bots, as their commands are: to write them out is slow."""
        return "the same commands"

    async def load_extension(self, name: str, *, package: str | None = None) -> None:
        await import_module(name).setup(self)
        # Else its path may lead to a module that a bot of another test has executed anew.
        parent, _, child = name.rpartition(".")
        setattr(import_module(parent), child, import_module(name))

    async def add_cog(self, cog: commands.Cog, **options: Any) -> None:
        """Add a cog; end a task with each round of its loop.

        SimCord looks whether the bot is at rest when a task has ended, else every 50 ms: that is
        most of the time of a test in which days pass.
        """
        if isinstance(cog, LoopCog):
            cog.loop.coro = self._end_task_with_round(cog.loop)
        await super().add_cog(cog, **options)

    def _end_task_with_round(self, loop: tasks.Loop[Any]) -> Callable[..., Awaitable[None]]:
        body = loop.coro

        async def run(*arguments: object) -> None:
            if not self.clock or asyncio.current_task() is not loop.get_task():
                await body(*arguments)
                return
            ended = asyncio.Event()

            async def wait() -> None:
                await self.clock[0].external_wait(ended.wait(), reason="a round of the loop")

            task = asyncio.create_task(wait())
            try:
                await body(*arguments)
            finally:
                ended.set()
                await task

        return run
