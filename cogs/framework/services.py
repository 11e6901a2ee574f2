"""Dependencies of the cogs besides Discord: built by `bot`, found through the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import discord

from cogs.framework.clock import utc_now
from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.feeds.posts import PostKind, PostList
from leaderboards.kaggle.pages import BoardPage
from leaderboards.outcomes import OutcomeCounts
from leaderboards.sync import PrivateBoardRows, SyncOptions, SyncReport
from plots.renderer import PlotRenderer
from plots.replay_renderer import ReplayRenderer
from records.feeds import FeedKind
from records.limits import DEFAULT_LIMITS, Limits
from storage.boards.history_compaction import DEFAULT_RETENTION, Retention
from storage.storage import Storage

T = TypeVar("T")


class Kaggle(Protocol):
    """Calls to Kaggle; all raise `LeaderboardError`."""

    async def download(self, slug: str) -> bytes:
        """Return the zip file of a competition's leaderboard."""
        ...

    async def find_competition(self, slug: str) -> CompetitionInfo | None:
        """Return a competition as Kaggle's list has it; None if it is not listed."""
        ...

    async def search_competitions(self, words: str) -> list[CompetitionInfo]:
        """Return the first page of Kaggle's search results."""
        ...

    async def list_newest_competitions(self, token: str | None = None) -> CompetitionPage:
        """Return a page of all competitions, the newest first."""
        ...

    async def list_posts(self, slug: str, kinds: Iterable[PostKind], since: datetime) -> PostList:
        """Return a competition's newest topics or notebooks, and those with many votes."""
        ...

    async def list_notebooks(self, user_name: str) -> list[str]:
        """Return the titles of a user's public notebooks."""
        ...

    async def load_page(self, slug: str, token: str | None = None) -> BoardPage:
        """Return a page of the leaderboard: of the private one as soon as it is published."""
        ...


class SyncBoard(Protocol):
    """`leaderboards.sync.sync_board` with a store, in this process or in the board worker."""

    async def __call__(
        self,
        slug: str,
        data: bytes | PrivateBoardRows,
        *,
        options: SyncOptions,
        progress: Callable[[str], None],
    ) -> SyncReport:
        """Parse a downloaded zip file, or a private board, and store what changed."""
        ...


@dataclass(slots=True)
class Services:
    """Everything that a command or a loop needs besides Discord.

    Services that a room of `cogs` defines are found by their class (`add`, `get`).
    """

    storage: Storage
    kaggle: Kaggle
    sync_board: SyncBoard
    sync_minutes: float = 5
    quiet_sync_minutes: float | None = None
    """Interval for boards that have not changed for a day; None: the same as for the others."""
    feed_minutes: float = 60
    """Interval at which new competitions, topics and notebooks are read for feeds."""
    retention: Retention = DEFAULT_RETENTION
    limits: Limits = DEFAULT_LIMITS
    backup_folder: Path | None = None
    """Where a backup is written each day; None: nowhere."""
    feed_errors: dict[FeedKind, str] = field(init=False, default_factory=dict)
    """By kind of feed, why its source cannot be read at present."""
    backup_error: str | None = None
    """Why the last daily backup failed; None: it did not."""
    now: Callable[[], datetime] = utc_now
    plot_renderer: PlotRenderer = field(default_factory=PlotRenderer)
    replay_renderer: ReplayRenderer = field(default_factory=ReplayRenderer)
    announcement_outcomes: OutcomeCounts = field(init=False, default_factory=OutcomeCounts)
    """How many attempts to send an announcement had each `DeliveryOutcome`."""
    started_at: datetime = field(init=False)
    _room_services: dict[type, object] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.started_at = self.now()

    @property
    def sync_interval(self) -> timedelta:
        """The interval between rounds of syncs."""
        return timedelta(minutes=self.sync_minutes)

    def add(self, service: object) -> None:
        """Add a service that a room of `cogs` defines, such as `SyncService`.

        Its module must not be an extension: discord.py executes those again, which makes a second
        class of the same name.
        """
        self._room_services[type(service)] = service

    def get(self, kind: type[T]) -> T:
        """Return the service of a class; raise `KeyError` if there is none."""
        return cast("T", self._room_services[kind])


class _Client(Protocol):
    services: Services


def get_services(client: discord.Client) -> Services:
    """Return the services of the bot."""
    return cast("_Client", client).services


def require_guild_id(interaction: discord.Interaction[Any]) -> int:
    """Return the id of an interaction's server; raise `NoPrivateMessage` outside servers."""
    if interaction.guild_id is None:
        raise discord.app_commands.NoPrivateMessage
    return interaction.guild_id
