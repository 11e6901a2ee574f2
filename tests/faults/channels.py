"""The real bot on the wire, with two channels to which it announces."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from bot.client import Podium
from cogs.announcements import retry_policy
from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.errors import CompetitionNotFound
from leaderboards.feeds.posts import PostKind, PostList
from leaderboards.news.messages import FollowedMessage
from records.outbox import Announcement
from storage.news import outbox
from storage.storage import Storage
from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.redirect import redirected_clients, set_guild_ready_timeout

_NUMBER = re.compile(r"The board has (\d+) teams?\.")
_PATIENCE = 60.0

SOON = timedelta(seconds=0.1)
"""After this the bot tries again for the first time, instead of after 15 s."""


class NoKaggle:
    """Knows no competition."""

    async def download(self, slug: str) -> NoReturn:
        raise CompetitionNotFound(f"There is no {slug}.")

    async def find_competition(self, slug: str) -> CompetitionInfo | None:
        return None

    async def search_competitions(self, words: str) -> list[CompetitionInfo]:
        return []

    async def list_newest_competitions(self, token: str | None = None) -> CompetitionPage:
        return CompetitionPage((), None)

    async def list_posts(self, slug: str, kinds: Iterable[PostKind], since: datetime) -> PostList:
        return PostList(())

    async def list_notebooks(self, user_name: str) -> list[str]:
        return []

    async def load_page(self, slug: str, token: str | None = None) -> NoReturn:
        raise CompetitionNotFound(f"There is no {slug}.")


class _Clock:
    """The time by which the bot lives."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Channels:
    """What is announced, and what arrives."""

    wire: Wire
    guild: Guild
    bot: Podium
    storage: Storage
    clock: _Clock

    async def announce(self, channel: str, *numbers: int) -> None:
        """Decide messages for a channel, each with a number of its own, and have them sent."""
        async with self.storage.database.write() as connection:
            for number in numbers:
                await outbox.add(
                    connection,
                    Announcement(
                        self.guild.id,
                        self.guild.channels[channel],
                        None,
                        FollowedMessage("titanic", team_count=number, members_on_board=0),
                    ),
                    self.clock.now(),
                )
        self.bot.dispatch("messages_queued")

    async def read_numbers(self, channel: str, count: int = 0) -> list[int]:
        """Return the numbers posted in a channel, in order; waits until there are some."""
        channel_id = self.guild.channels[channel]
        messages = await self.wire.messages(channel_id, count=count, wait=_PATIENCE)
        return [int(found[1]) for found in map(_NUMBER.search, (m.text for m in messages)) if found]

    async def wait_until_delivered(self) -> None:
        """Wait until nothing waits to be delivered."""

        async def is_outbox_empty() -> bool:
            return await self.storage.outbox.count_waiting() == 0

        await until(is_outbox_empty)

    async def wait_for_failure(self) -> None:
        """Wait until a delivery has failed."""

        async def has_failed() -> bool:
            return bool(await self.storage.outbox.load_failing(self.guild.id))

        await until(has_failed)

    async def status(self) -> str:
        """Return the text of `/status`."""
        return (await self.wire.command(self.guild.channels["other"], "status")).text

    async def advance(self, pause: timedelta) -> None:
        """Move the clocks of Discord and the bot forward."""
        self.clock.ahead += pause
        await self.wire.advance(pause.total_seconds())


class OnTheWire(Podium):
    """The bot, as it logs in at the stand-in."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds: the stand-in takes a session at once."""


@asynccontextmanager
async def open_channels(wire: Wire, folder: Path) -> AsyncIterator[Channels]:
    """Log the bot in, in a server with the channels news and other."""
    guild = await wire.add_guild("Kagglers", ["news", "other"])
    storage = await Storage.open(folder / "podium.db")
    try:
        await storage.guilds.change_settings(guild.id, channel_id=guild.channels["news"])
        clock = _Clock()
        bot = OnTheWire(storage, NoKaggle(), now=clock.now, shard_count=1)
        set_guild_ready_timeout(bot, 0.02)
        bot._connection.heartbeat_timeout = 0.25
        async with redirected_clients(wire.base_url, wire.gateway_url):
            async with bot:
                running = asyncio.create_task(bot.start("a-token-for-nothing"))
                await ready(bot, running)
                with patch.object(retry_policy, "FIRST_PAUSE", SOON):
                    yield Channels(wire, guild, bot, storage, clock)
            await running
    finally:
        await storage.close()


async def ready(bot: Podium, running: asyncio.Task[None]) -> None:
    """Wait until a bot is online; raises why it is not."""

    async def is_ready() -> bool:
        if running.done():
            running.result()
        return bot.is_ready()

    await until(is_ready)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has come about."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.02)
