"""Environment of the crash tests: the bot, the stand-ins for Discord and Kaggle, a clock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.recording import RecordedBoard
from tests.crash import servers
from tests.crash.bot_process import BotProcess, ForkServer
from tests.crash.kill_switch import Statement
from tests.wire.client import Wire

BETWEEN_BOARDS = timedelta(minutes=55)
"""Six hours, after which some changes are announced again, must not be a multiple of this: a board
exactly on that limit would be decided by small differences in time."""

_MOST_WITHIN_A_BOARD = timedelta(minutes=20)
_POLL_SECONDS = 0.02


class StuckError(Exception):
    """An expected event did not happen in a long time."""


@dataclass
class Environment:
    """Everything that a run needs, and the state that can be seen from outside."""

    wire: Wire
    kaggle: KaggleStandIn
    fork_server: ForkServer
    recording: Sequence[RecordedBoard]
    channels: Mapping[int, int]
    """The channel of each server."""
    database: Path
    hour: int = 0
    """Which board Kaggle serves."""
    _ahead: timedelta = field(default_factory=timedelta)

    async def serve(self, hour: int) -> None:
        """Serve a board from Kaggle and move the clocks to its time."""
        self.hour = hour
        board = self.recording[hour]
        self.kaggle.serve(board.slug, board.zip)
        await self._advance_to(BETWEEN_BOARDS * hour)

    async def advance(self, pause: timedelta) -> bool:
        """Move all clocks forward; return False if the next board would come too soon."""
        ahead = self._ahead + pause
        if ahead > BETWEEN_BOARDS * self.hour + _MOST_WITHIN_A_BOARD:
            return False
        await self._advance_to(ahead)
        return True

    async def _advance_to(self, ahead: timedelta) -> None:
        await self.wire.advance((ahead - self._ahead).total_seconds())
        self._ahead = ahead

    async def start_bot(
        self, kill_at: Statement | None = None, *, own_worker: bool = False
    ) -> BotProcess:
        """Start the bot; with `own_worker` its board worker stores the boards, else it does."""
        arguments = [
            *("--base-url", self.wire.base_url, "--gateway-url", self.wire.gateway_url),
            *("--kaggle-port", str(self.kaggle.port)),
            *("--ahead", str(self._ahead.total_seconds())),
            *("--shards", "1"),
            *["--own-worker"] * own_worker,
        ]
        environment = {
            **CREDENTIALS,
            "DISCORD_TOKEN": "a-token-for-nothing",
            "DATABASE_PATH": str(self.database),
            "SYNC_MINUTES": "20",
        }
        return await self.fork_server.start(arguments, environment, kill_at)

    @property
    def calls(self) -> int:
        """How often Kaggle was asked for the board."""
        return self.kaggle.download_counts[self.recording[0].slug]

    @property
    def stored(self) -> bool:
        """Whether the database has the board that Kaggle serves."""
        taken_at = int(self.recording[self.hour].taken_at.timestamp())
        return self._select("SELECT taken_at FROM boards") == [taken_at]

    @property
    def waiting(self) -> int:
        """How many announcements are not known to be delivered."""
        return len(self._select("SELECT id FROM outbox WHERE delivered_at IS NULL"))

    @property
    def waiting_channels(self) -> list[int]:
        """The channels for which announcements wait."""
        return self._select(
            "SELECT DISTINCT channel_id FROM outbox WHERE delivered_at IS NULL ORDER BY channel_id"
        )

    @property
    def unclear(self) -> bool:
        """Whether there are announcements that may or may not have been sent."""
        return bool(
            self._select(
                "SELECT id FROM outbox WHERE delivered_at IS NULL AND attempted_at IS NOT NULL"
            )
        )

    @property
    def settled(self) -> bool:
        """Whether the board is stored and all its announcements are delivered."""
        return self.stored and self.waiting == 0

    def _select(self, query: str) -> list[int]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return [value for (value,) in connection.execute(query)]


async def wait_until(condition: Callable[[], bool], what: str, seconds: float = 300) -> None:
    """Wait until the condition holds; raises `StuckError` after the time."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            raise StuckError(f"This did not happen within {seconds:g} s: {what}")
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def open_environment(
    folder: Path, recording: Sequence[RecordedBoard]
) -> AsyncIterator[Environment]:
    """Set up the environment in a folder, with three servers that follow the competition."""
    await asyncio.to_thread(folder.mkdir)
    database = folder / "podium.db"
    async with Wire() as wire, KaggleStandIn() as kaggle, ForkServer(folder) as fork_server:
        channels = {}
        for guild_id, name in servers.GUILDS.items():
            guild = await wire.add_guild(name, ["news"], guild_id)
            channels[guild_id] = guild.channels["news"]
        await servers.set_up(database, list(channels.items()), recording)
        yield Environment(wire, kaggle, fork_server, recording, channels, database)
