"""Environment of the crash tests: the bot, the stand-ins for Discord and Kaggle, a clock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.recording import RecordedBoard
from storage.storage import Storage
from tests.crash import kaggle_lists, servers, short_competitions
from tests.crash.bot_process import BotProcess, ForkServer
from tests.crash.kill_switch import Statement
from tests.crash.short_competitions import ShortCompetition, build_short_competitions
from tests.wire.control.client import Wire
from tests.wire.control.results import Guild

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
    channels: Mapping[str, int]
    """Where the bot writes: by a name that is the same in each run."""
    members: Mapping[int, int]
    """The channel of the direct messages to each member who has watches."""
    database: Path
    guilds: Sequence[Guild]
    shorts: Sequence[ShortCompetition]
    hour: int = 0
    """Which board Kaggle serves."""
    _ahead: timedelta = field(default_factory=timedelta)

    async def serve(self, hour: int) -> None:
        """Serve a board from Kaggle and move the clocks to its time."""
        self.hour = hour
        board = self.recording[hour]
        self.kaggle.serve(board.slug, board.zip)
        await self._advance_to(BETWEEN_BOARDS * hour)
        for info in kaggle_lists.list_competitions(hour):
            self.kaggle.add_competition(info)
        now = self._now()
        self.kaggle.serve_posts(board.slug, kaggle_lists.list_posts(hour, now))
        await short_competitions.change_follows(self.database, self.guilds, self.shorts, hour, now)

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
        await self._schedule_ends()
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
            "FEED_MINUTES": "20",
        }
        return await self.fork_server.start(arguments, environment, kill_at)

    @property
    def calls(self) -> int:
        """How often Kaggle was asked for the board."""
        return self.kaggle.download_counts[self.recording[0].slug]

    @property
    def list_calls(self) -> int:
        """How often Kaggle was asked for a list."""
        return sum(
            self.kaggle.call_counts[name]
            for name in ("ListCompetitions", "ListCompetitionTopics", "ListKernels")
        )

    @property
    def stored(self) -> bool:
        """Whether the database has the boards that Kaggle serves."""
        begun = self.shorts[: self.hour // short_competitions.EVERY + 1]
        served = [self.recording[self.hour], *(short.public for short in begun)]
        stored = self._select(
            "SELECT slug || ' ' || taken_at FROM boards"
            " JOIN competitions c ON c.id = competition_id WHERE kind = 'public'"
        )
        return {f"{one.slug} {one.taken_at.timestamp():.0f}" for one in served} <= {*stored}

    @property
    def listed(self) -> bool:
        """Whether the database has the lists that Kaggle serves."""
        slugs = {info.slug for info in kaggle_lists.list_competitions(self.hour)}
        votes = [post.votes for post in kaggle_lists.list_posts(self.hour, datetime.now(UTC))]
        return slugs <= set(self._select("SELECT slug FROM known_competitions")) and (
            self._select("SELECT votes FROM posts ORDER BY votes") == sorted(votes)
        )

    @property
    def ended(self) -> list[int]:
        """The competitions that are over and not in the archive."""
        return self._select(
            "SELECT id FROM competitions WHERE deadline <= ? AND archived_at IS NULL",
            int(self._now().timestamp()),
        )

    @property
    def unfinished_threads(self) -> int:
        """How many threads are to be opened, or were left and are not closed."""
        return len(
            self._select(
                "SELECT 1 FROM competition_threads WHERE thread_id IS NULL OR pinned_id IS NULL"
                " UNION ALL SELECT 1 FROM former_threads"
                " UNION ALL SELECT 1 FROM former_live_boards"
            )
        )

    @property
    def waiting_replays(self) -> int:
        """How many replays are to be drawn and sent."""
        return len(
            self._select(
                "SELECT id FROM outbox WHERE delivered_at IS NULL"
                " AND message ->> '$.type' = 'replay'"
            )
        )

    @property
    def waiting(self) -> int:
        """How many announcements are not known to be delivered."""
        return len(self._select("SELECT id FROM outbox WHERE delivered_at IS NULL"))

    @property
    def waiting_members(self) -> list[int]:
        """The members for whom direct messages wait."""
        return self._select("SELECT DISTINCT user_id FROM direct_messages ORDER BY user_id")

    @property
    def waiting_channels(self) -> list[int]:
        """The channels for which messages wait."""
        announced = self._select(
            "SELECT DISTINCT channel_id FROM outbox WHERE delivered_at IS NULL ORDER BY channel_id"
        )
        return [*announced, *(self.members[user_id] for user_id in self.waiting_members)]

    @property
    def unclear(self) -> bool:
        """Whether there are messages that may or may not have been sent."""
        return bool(
            self._select(
                "SELECT id FROM outbox WHERE delivered_at IS NULL AND attempted_at IS NOT NULL"
                " UNION ALL SELECT id FROM direct_messages WHERE attempted"
            )
        )

    @property
    def settled(self) -> bool:
        """Whether boards, ends and lists are stored, and all their messages are delivered."""
        return (
            self.stored
            and self.listed
            and not self.ended
            and self.waiting == 0
            and not self.waiting_members
            and self.unfinished_threads == 0
        )

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def _schedule_ends(self) -> None:
        """Let the bot check again at once the ends of which it was killed.

        Else it does so with its next syncs, in twenty minutes.
        """
        ended = self._select(
            "SELECT id FROM competitions WHERE ended_at IS NOT NULL AND archived_at IS NULL"
        )
        if ended:
            storage = await Storage.open(self.database)
            try:
                for competition_id in ended:
                    await storage.competitions.schedule(competition_id, self._now())
            finally:
                await storage.close()

    def _select(self, query: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return [value for (value,) in connection.execute(query, parameters)]


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
        guilds = [
            await wire.add_guild(name, servers.CHANNELS, guild_id)
            for guild_id, name in servers.GUILDS.items()
        ]
        now, climbers = datetime.now(UTC), servers.find_climbers(recording)
        names = [servers.find_forecaster(recording, climbers), *climbers[: 2 * servers.MEMBERS]]
        shorts = [*build_short_competitions(recording, names, now, BETWEEN_BOARDS)]
        await servers.set_up(database, guilds, recording, shorts, now)
        kaggle.serve_hosts(recording[0].slug, [kaggle_lists.HOST])
        for short in shorts:
            short_competitions.serve(kaggle, short)
        watchers = (*servers.WATCHERS, short_competitions.FORECASTER)
        members = {user_id: await wire.dm_channel(user_id) for user_id in watchers}
        channels = {
            f"{servers.GUILDS[guild.id]} #{name}": channel_id
            for guild in guilds
            for name, channel_id in guild.channels.items()
        }
        channels |= {f"direct messages to {one}": channel for one, channel in members.items()}
        yield Environment(
            wire, kaggle, fork_server, recording, channels, members, database, guilds, shorts
        )
