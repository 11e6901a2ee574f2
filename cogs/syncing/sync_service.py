"""Sync policy: when a competition is due, one sync of it at a time, and pauses after failures."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from weakref import WeakValueDictionary

import discord

from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.framework.texts import BUG_TEXT
from cogs.syncing.kaggle_lockout import MAX_SYNC_PAUSE, KaggleLockout
from cogs.syncing.rename_search import find_new_slug
from cogs.syncing.request_limiter import RequestLimiter
from cogs.syncing.syncing_screen import asking_text, renamed_on_kaggle_text
from leaderboards.errors import (
    CompetitionNotFound,
    CompetitionRenamed,
    EmptyBoard,
    Forbidden,
    LeaderboardError,
    LeaderboardNotShown,
    NotLoggedIn,
    RateLimited,
)
from leaderboards.news.deadlines import pause_before_next_info
from leaderboards.outcomes import OutcomeCounts
from leaderboards.sync import ReportLog, SyncOptions, SyncReport
from records.competitions import Competition
from records.guilds import Follow
from storage.errors import CompetitionDeleted, StaleBoardDiff

logger = logging.getLogger(__name__)

_MAX_BURST = 20
"""At most so many syncs start together; if more are due, the starts are spread over the round."""

_SPREAD = 0.8
"""Share of the sync interval over which a round is spread; the rest is for the last to finish."""

_UNCHANGED_AFTER = timedelta(days=1)
"""How long a board must be unchanged for `Services.quiet_sync_minutes` to apply."""

_INFO_RETRY = timedelta(hours=1)


class _KaggleRefused(Exception):
    """Kaggle refuses every call: cancel the rest of the round."""


class SyncService:
    """Syncs competitions, for the loop and for commands."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reports = ReportLog()
        self.lockout = KaggleLockout(client, services)
        self.request_limiter = RequestLimiter(self.lockout, services)
        self.last_round_at: datetime | None = None
        """When the last round finished."""
        self.outcomes = OutcomeCounts()
        """How many syncs had each outcome of `SyncReport`, and each kind of error."""
        self._unstored_failures: dict[int, tuple[str, datetime]] = {}
        """By competition id: sentence and time of a failure that could not be stored."""

    async def sync_due(self) -> None:
        """Sync all competitions that are due; during a lockout, one of them first."""
        due = await self._services.storage.competitions.load_due(self._services.now())
        attempted: list[Competition] = []
        if self.lockout.current is not None:
            attempted = self.lockout.select_attempt(due)
            await self._sync_all(attempted)
        if self.lockout.current is None:
            await self._sync_all([one for one in due if one not in attempted])
        self.last_round_at = self._services.now()

    async def sync(
        self,
        competition: Competition,
        progress: Callable[[str], None] = lambda _step: None,
        *,
        round_started_at: datetime | None = None,
    ) -> SyncReport:
        """Download a competition's board and store what changed.

        Waits for a sync of the same competition that is running. Raises `LeaderboardError`. Records
        the failure first, unless it is `CompetitionDeleted`, `StaleBoardDiff` or part of a lockout,
        or the competition has had no teams yet.
        """
        async with self._only_sync_of(competition.slug):
            self.lockout.require_no_rate_limit()
            started_at = self._services.now()
            if started_at >= competition.info_due_at:
                competition = await self._refresh_info_or_log(competition)
            try:
                with self.outcomes.count_errors():
                    report = await self._download_and_store(competition, progress)
            except (NotLoggedIn, RateLimited) as error:
                if not self.lockout.record_refusal(competition.slug, error):
                    await self.record_failure(competition, str(error))
                raise
            except StaleBoardDiff:
                # The command line has just synced it, which counts as a sync.
                await self._schedule_next(competition, round_started_at or started_at)
                raise
            except CompetitionDeleted:
                raise  # If it was renamed, the failure is not that of its new slug.
            except LeaderboardError as error:
                if isinstance(error, (CompetitionNotFound, Forbidden, LeaderboardNotShown)):
                    self.lockout.record_answer(competition.slug)
                if isinstance(error, EmptyBoard):
                    await self._record_empty_board(competition, error)
                    # The first teams may hand in at any time.
                    await self._schedule_next(competition, round_started_at or started_at)
                    raise
                renamed = await self._find_rename(competition, error)
                if renamed is not None:
                    await self.record_failure(competition, str(renamed), renamed.new_slug)
                    raise renamed from error
                await self.record_failure(competition, str(error))
                raise
            self.outcomes[report.outcome] += 1
            await self._schedule_next(competition, round_started_at or started_at)
        self._unstored_failures.pop(competition.id, None)
        self._client.dispatch("board_synced", competition.id)
        return report

    @asynccontextmanager
    async def _only_sync_of(self, slug: str) -> AsyncIterator[None]:
        """Wait for other syncs of a competition; log lines within are about it."""
        with log_subject(competition=slug):
            async with self._locks.setdefault(slug, asyncio.Lock()):
                yield

    async def _record_empty_board(self, competition: Competition, error: EmptyBoard) -> None:
        if competition.synced_at is not None:
            await self.record_failure(competition, str(error))
            return
        await self._services.storage.competitions.record_no_teams(competition.id)
        self._unstored_failures.pop(competition.id, None)

    async def _find_rename(
        self, competition: Competition, error: LeaderboardError
    ) -> CompetitionRenamed | None:
        """Return an error that offers the new slug, if Kaggle no longer knows the old one."""
        if not isinstance(error, (CompetitionNotFound, Forbidden)):
            return None
        new_slug = await find_new_slug(self._services.kaggle, competition)
        if new_slug is None:
            return None
        return CompetitionRenamed(renamed_on_kaggle_text(competition.slug, new_slug), new_slug)

    async def refresh_info(self, competition: Competition) -> Competition:
        """Update a competition from Kaggle's list; raise `LeaderboardError`."""
        self.lockout.require_no_rate_limit()
        competitions, now = self._services.storage.competitions, self._services.now()
        info = await self._services.kaggle.find_competition(competition.slug)
        if info is not None:
            if await self._services.storage.deadlines.store_listed(competition.id, info, now):
                self._client.dispatch("messages_queued")
            competition = await competitions.update_info(info)
        pause = pause_before_next_info(competition.deadlines, now)
        await competitions.schedule_info(competition.id, now + pause)
        return competition

    async def record_failure(
        self, competition: Competition, sentence: str, renamed_to: str | None = None
    ) -> None:
        """Store why a competition could not be synced, and delay its next sync exponentially.

        A failure that cannot be stored is kept in memory; see `with_last_failure`. An archived
        competition does not fail: it is over.
        """
        if competition.archived_at is not None:
            return
        now, interval = self._services.now(), self._services.sync_interval
        self._unstored_failures[competition.id] = sentence, now
        pause = min(interval * 2 ** min(competition.failures + 1, 12), MAX_SYNC_PAUSE)
        # Jitter: competitions that failed together must not all be due together.
        pause *= random.uniform(0.75, 1)  # noqa: S311 - not used for security
        try:
            await self._services.storage.competitions.record_failure(
                competition.id, sentence, now, now + pause, renamed_to
            )
            self._unstored_failures.pop(competition.id, None)
        except LeaderboardError as error:
            logger.warning("%s: the failure could not be stored: %s", competition.slug, error)
        except Exception:
            logger.exception("%s: the failure could not be stored", competition.slug)

    def with_last_failure(self, competition: Competition) -> Competition:
        """Return a stored competition with its last failure, also if that could not be stored."""
        error, error_at = self._unstored_failures.get(
            competition.id, (competition.error, competition.error_at)
        )
        return replace(competition, error=error, error_at=error_at)

    async def load_follows(self, guild_id: int) -> list[Follow]:
        """Return what a server follows, with the last failures as `with_last_failure` does."""
        return [
            replace(follow, competition=self.with_last_failure(follow.competition))
            for follow in await self._services.storage.guilds.load_follows(guild_id)
        ]

    async def _sync_all(self, due: list[Competition]) -> None:
        """Start the sync of each competition, in the order of `due`, and wait for all.

        At most `KAGGLE_CONCURRENCY` calls of Kaggle run at a time, and the board worker stores one
        board after the other: there the started syncs wait. The starts of many are spread over the
        round, to avoid a burst of calls. If Kaggle refuses all calls, the remaining syncs are
        cancelled.
        """
        started_at, interval = self._services.now(), self._services.sync_interval
        pause = _SPREAD * interval / len(due) if len(due) > _MAX_BURST else timedelta(0)
        try:
            async with asyncio.TaskGroup() as group:
                for competition in due:
                    group.create_task(self._sync_or_log(competition, started_at))
                    if pause:
                        await asyncio.sleep(pause.total_seconds())
        except* _KaggleRefused:
            logger.info("The round ends here: Kaggle refuses every call")

    async def _sync_or_log(self, competition: Competition, round_started_at: datetime) -> None:
        """Sync a competition, or log why not; raise `_KaggleRefused` during a lockout."""
        with log_subject(competition=competition.slug):
            try:
                await self.sync(competition, round_started_at=round_started_at)
            except LeaderboardError as error:
                is_refused = isinstance(error, (NotLoggedIn, RateLimited))
                if is_refused and self.lockout.current is not None:
                    raise _KaggleRefused from error
                has_not_begun = isinstance(error, EmptyBoard) and competition.synced_at is None
                level = logging.INFO if has_not_begun else logging.WARNING
                logger.log(level, "%s was not synced: %s", competition.slug, error)
            except Exception:
                logger.exception("%s was not synced", competition.slug)
                await self.record_failure(competition, BUG_TEXT)

    async def _download_and_store(
        self, competition: Competition, progress: Callable[[str], None]
    ) -> SyncReport:
        slug = competition.slug
        # Kept in another file, the board would be lost, and announced again after a restart.
        await self._services.storage.database.require_same_file()
        progress(asking_text(slug))
        began = perf_counter()
        data = await self._services.kaggle.download(slug)
        milliseconds = (perf_counter() - began) * 1000
        # Kaggle has answered, whatever the file is worth.
        self.lockout.record_answer(slug)
        options = SyncOptions(
            medals=competition.awards_medals,
            announce=competition.archived_at is None,
            now=self._services.now(),
        )
        report = await self._services.sync_board(slug, data, options=options, progress=progress)
        report = report.add_download_time(milliseconds)
        self._reports.log(report)
        return report

    async def _refresh_info_or_log(self, competition: Competition) -> Competition:
        try:
            return await self.refresh_info(competition)
        except CompetitionDeleted:
            raise
        except LeaderboardError as error:
            # The list misses some competitions: whether there is a board, the download shows.
            logger.warning("%s: Kaggle's list was not read: %s", competition.slug, error)
            retry_at = self._services.now() + _INFO_RETRY
            await self._services.storage.competitions.schedule_info(competition.id, retry_at)
            return competition

    async def _schedule_next(self, competition: Competition, started_at: datetime) -> None:
        """Schedule the next sync for a later round, even if this one took the whole interval.

        Half a minute is subtracted so that the loop's next run is never slightly too early.
        """
        interval = self._services.sync_interval
        grace = min(timedelta(seconds=30), interval / 4)
        due_at = started_at + await self._interval_until_next(competition) - grace
        earliest = self._services.now() + interval / 10
        await self._services.storage.competitions.schedule(competition.id, max(due_at, earliest))

    async def _interval_until_next(self, competition: Competition) -> timedelta:
        quiet_minutes = self._services.quiet_sync_minutes
        interval = self._services.sync_interval
        if quiet_minutes is None:
            return interval
        now = self._services.now()
        board = await self._services.storage.boards.find_info(competition.id)
        if board is None or now - board.stored_at < _UNCHANGED_AFTER:
            return interval
        # Syncs also read Kaggle's list, hourly near a deadline: wait no longer than that.
        longest = pause_before_next_info(competition.deadlines, now)
        return max(interval, min(timedelta(minutes=quiet_minutes), longest))
