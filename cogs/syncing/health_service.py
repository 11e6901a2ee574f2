"""Health of the bot: whether boards are read, Discord is connected, the database can be written.

A failed sync is recorded by `SyncService`. This is about what fails without an error: a sync that
never ends, a loop that hangs, a database file that was deleted.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import discord

from cogs.framework.services import Services
from cogs.syncing.owner_notice import OwnerNotice
from cogs.syncing.sync_service import SyncService
from cogs.syncing.syncing_screen import late_text, problems_view, rescued_text, write_timeout_text
from leaderboards import run_id
from leaderboards.errors import LeaderboardError
from records.competitions import Competition
from records.health import LATE_AFTER_INTERVALS, HealthReport
from storage.errors import DatabaseMoved
from storage.key_values import LAST_HEALTH_CHECK

logger = logging.getLogger(__name__)

_WRITE_SECONDS = 15.0
"""Longer than a write waits for another process that writes."""


class HealthService:
    """Finds what is wrong with the bot as a whole, and tells the bot's owner once."""

    def __init__(
        self, client: discord.Client, services: Services, sync_service: SyncService
    ) -> None:
        self._client = client
        self._services = services
        self._sync_service = sync_service
        self._disconnected_at: dict[int, datetime] = {}
        """By shard without a connection to Discord: since when."""
        self._notice = OwnerNotice(client, "the bot's health")
        self._had_problems = False
        self._writing: asyncio.Task[str | None] | None = None
        self._rescuing = asyncio.Lock()
        self._rescued_to: Path | None = None

    def is_late(self, competition: Competition) -> bool:
        """Return whether a competition that is not paused should have been synced by now."""
        if competition.ended_at is not None or self._sync_service.lockout.current is not None:
            return False
        return max(competition.next_sync_at, self._services.started_at) < self._late_before

    def record_disconnect(self, shard_id: int) -> None:
        """Record when a shard lost its connection; failed attempts to reconnect change nothing."""
        self._disconnected_at.setdefault(shard_id, self._services.now())

    def record_connect(self, shard_id: int) -> None:
        """Record that a shard has a connection again."""
        self._disconnected_at.pop(shard_id, None)

    async def build_report(self) -> HealthReport:
        """Return the state of the bot as it is now; raise an error if the outbox cannot be read."""
        oldest = await self._services.storage.outbox.find_oldest_deliverable()
        return replace(self._build_report_without_outbox(), oldest_waiting_at=oldest)

    async def find_problems(self) -> list[str]:
        """Return a sentence for members for each problem that concerns all servers."""
        report = self._build_report_without_outbox()
        return [
            *await self._find_database_problems(),
            *filter(None, (report.find_round_problem(), report.find_gateway_problem())),
            *filter(None, (self._services.backup_error,)),
        ]

    async def check(self) -> None:
        """Log what is wrong, and tell the bot's owner if it was wrong in the last check too."""
        problems = [
            *await self.find_problems(),
            *await self._find_late_boards(),
            *await self._find_outbox_problems(),
        ]
        for problem in problems:
            logger.error("%s", problem)
        if not problems:
            self._notice.reset()
        elif self._had_problems:
            await self._notice.send(problems_view(problems))
        self._had_problems = bool(problems)

    async def _find_database_problems(self) -> list[str]:
        try:
            await self._services.storage.database.require_same_file()
        except DatabaseMoved as error:
            return [f"{error} {await self._write_rescue_copy()}"]
        self._rescued_to = None
        # A write that waits for the disk cannot be cancelled: the next check waits for it as well.
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._try_to_write())
        await asyncio.wait({self._writing}, timeout=_WRITE_SECONDS)
        if not self._writing.done():
            return [write_timeout_text(_WRITE_SECONDS)]
        problem = self._writing.result()
        return [] if problem is None else [problem]

    async def _try_to_write(self) -> str | None:
        try:
            await self._services.storage.key_values.set(
                LAST_HEALTH_CHECK, self._services.now().isoformat()
            )
        except LeaderboardError as error:
            return str(error)
        return None

    async def _write_rescue_copy(self) -> str:
        """Copy what is stored, once, before it is lost with the process; return a sentence."""
        async with self._rescuing:
            if self._rescued_to is None:
                try:
                    self._rescued_to = await self._services.storage.database.write_rescue_copy()
                except LeaderboardError as error:
                    return str(error)
            return rescued_text(self._rescued_to.name)

    def _build_report_without_outbox(self) -> HealthReport:
        """Return the state of the bot without that of the outbox."""
        disconnected = min(self._disconnected_at.values(), default=None)
        return HealthReport(
            run_id=run_id.run_id(),
            recorded_at=self._services.now(),
            started_at=self._services.started_at,
            sync_minutes=self._services.sync_minutes,
            last_round_at=self._sync_service.last_round_at,
            disconnected_at=disconnected if self._client.is_ready() else self._services.started_at,
            oldest_waiting_at=None,
        )

    async def _find_outbox_problems(self) -> list[str]:
        try:
            report = await self.build_report()
        except LeaderboardError:
            return []  # `_find_database_problems` says why.
        return [*filter(None, (report.find_outbox_problem(),))]

    async def _find_late_boards(self) -> list[str]:
        try:
            due = await self._services.storage.competitions.load_late(self._late_before)
        except LeaderboardError:
            return []  # `_find_database_problems` says why.
        slugs = [one.slug for one in due if self.is_late(one)]
        return [late_text(slugs)] if slugs else []

    @property
    def _late_before(self) -> datetime:
        # A board is due one interval after its last sync.
        return self._services.now() - (LATE_AFTER_INTERVALS - 1) * self._services.sync_interval
