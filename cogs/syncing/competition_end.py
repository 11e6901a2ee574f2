"""`CompetitionEndService`: checks competitions that have ended, until their final board is stored.

Ended competitions are checked after each round of syncs. First the deadline is read again from
Kaggle's list, as it may have moved. Each check then syncs the public board once more, since the
last submissions are scored after the deadline, and looks for the private board in Kaggle's pages.
Kaggle goes on removing teams for weeks: an archived competition is checked a few times more.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

import discord

from cogs.framework.services import Services
from cogs.syncing.sync_service import BUG_TEXT, SyncService
from leaderboards.board import Board, BoardKind
from leaderboards.board_diff import BoardDiff
from leaderboards.errors import LeaderboardError, NotLoggedIn, PrivateBoardServed, RateLimited
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.kaggle.pages import Row
from leaderboards.kaggle.private_board import build_private_board, fingerprint, load_private
from leaderboards.medals import awards_medals
from leaderboards.news.competition_end import (
    MAX_WAIT,
    CompetitionEnd,
    EndOutcome,
    EndReport,
    next_recheck,
    pause_before_next_check,
)
from leaderboards.news.final_board import FinalBoardChange
from leaderboards.sync import Outcome
from records.competitions import Competition
from storage.errors import StaleBoardDiff

logger = logging.getLogger(__name__)

_INFO_RETRY = timedelta(minutes=30)
"""Pause after Kaggle's list could not be read."""

_RECHECK_RETRY = timedelta(hours=6)
"""Pause after a final board could not be read again."""

_RECHECKS_GIVEN_UP = timedelta(days=33)
"""How long after the archive a failing look at the final board is tried again."""


class CompetitionEndService:
    """Takes competitions from their deadline into the archive."""

    def __init__(
        self, client: discord.Client, services: Services, sync_service: SyncService
    ) -> None:
        self._client = client
        self._services = services
        self._sync_service = sync_service
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._not_before: dict[int, datetime] = {}
        """By competition id: the next check of a deadline that could not be confirmed."""

    async def check_due(self) -> None:
        """Check the ended competitions that are due, one after the other."""
        competition_ends, now = self._services.storage.competition_ends, self._services.now()
        outage = self._sync_service.outage
        due = [
            competition
            for competition in await competition_ends.load_past_deadline(now)
            if self._not_before.get(competition.id, now) <= now
        ]
        due += await competition_ends.load_due(now) + await competition_ends.load_rechecks(now)
        if outage.current is not None:
            due = outage.select_attempt(due)
        for competition in due:
            await self._check_or_log(competition)
            if outage.current is not None:
                break

    async def check(self, competition: Competition) -> EndReport:
        """Check a competition now; raise `LeaderboardError` if Kaggle cannot be read."""
        lock = self._locks.setdefault(competition.id, asyncio.Lock())
        async with lock:
            current = await self._services.storage.competitions.find_by_id(competition.id)
            return await self._check(current or competition)

    async def _check_or_log(self, competition: Competition) -> None:
        """Check a competition, record a failure, and schedule the next check.

        Failed checks count towards the maximum wait, but a single failure does not end it: it may
        be the first check after the bot was offline for long.
        """
        if competition.archived_at is not None:
            await self._recheck_or_log(competition)
            return
        try:
            await self.check(competition)
        except (NotLoggedIn, RateLimited) as error:
            if not self._sync_service.outage.record_refusal(competition.slug, error):
                await self._sync_service.record_failure(competition, str(error))
        except LeaderboardError as error:
            logger.warning("%s: its end was not checked: %s", competition.slug, error)
            await self._sync_service.record_failure(competition, str(error))
            if competition.failures:
                await self._archive_after_max_wait(competition.id)
        except Exception:
            logger.exception("%s: its end was not checked", competition.slug)
            await self._sync_service.record_failure(competition, BUG_TEXT)
        await self._schedule_next(competition)

    async def _recheck_or_log(self, competition: Competition) -> None:
        """Look at the final board again, and schedule the next look.

        A failure is no fault of the archived competition: it is logged, and tried again later.
        """
        storage, now = self._services.storage, self._services.now()
        archived_at = competition.archived_at or now
        due_at = next_recheck(archived_at, now)
        try:
            await self.check(competition)
        except Exception as error:
            if isinstance(error, (NotLoggedIn, RateLimited)):
                self._sync_service.outage.record_refusal(competition.slug, error)
            if isinstance(error, LeaderboardError):
                logger.warning("%s: its final board was not read: %s", competition.slug, error)
            else:
                logger.exception("%s: its final board was not read", competition.slug)
            await storage.board_writer.record_unchanged(competition.slug, now)
            if now < archived_at + _RECHECKS_GIVEN_UP:
                due_at = now + _RECHECK_RETRY
        await storage.competition_ends.schedule_recheck(competition.id, due_at)

    async def _schedule_next(self, competition: Competition) -> None:
        now, competitions = self._services.now(), self._services.storage.competitions
        current = await competitions.find_by_id(competition.id)
        if current is None or current.archived_at is not None:
            return
        if current.over_at is None:
            self._not_before[current.id] = now + _INFO_RETRY
            return
        shortest = timedelta(minutes=self._services.sync_minutes)
        pause = pause_before_next_check(current.over_at, now, shortest)
        await competitions.schedule(current.id, now + pause)

    async def _check(self, competition: Competition) -> EndReport:
        services = self._services
        competition = await self._sync_service.refresh_info(competition)
        now, deadline = services.now(), competition.deadline
        if deadline is None or deadline > now:
            if competition.over_at is not None:
                logger.info("%s goes on: its deadline is %s now", competition.slug, deadline)
                await services.storage.competition_ends.reopen(competition.id, now)
            return EndReport(EndOutcome.REOPENED)
        await services.storage.competition_ends.record_end(competition.id, deadline)
        # PrivateBoardServed: the stored board is the last public one.
        # StaleBoardDiff: another process has just stored it.
        with suppress(PrivateBoardServed, StaleBoardDiff):
            report = await self._sync_service.sync(competition)
            if report.outcome is Outcome.QUARANTINED:
                return EndReport(EndOutcome.QUARANTINED)
        public = await services.storage.board_writer.load_board(competition.slug, BoardKind.PUBLIC)
        if public is None:
            return EndReport(EndOutcome.WAITING)
        rows = await load_private(partial(services.kaggle.load_page, competition.slug), public)
        if rows is not None:
            return await self._store_private(competition, deadline, public, rows)
        if competition.archived_at is not None:
            await services.storage.board_writer.record_unchanged(competition.slug, services.now())
            return EndReport(EndOutcome.UNCHANGED)
        return await self._archive_after_max_wait(competition.id)

    async def _store_private(
        self, competition: Competition, deadline: datetime, public: Board, rows: list[Row]
    ) -> EndReport:
        """Store the private board and queue the announcements in one transaction."""
        writer, now = self._services.storage.board_writer, self._services.now()
        checksum = await asyncio.to_thread(fingerprint, rows)
        stored = await writer.find_stored(competition.slug, BoardKind.PRIVATE)
        if stored is not None and stored.digest == checksum:
            await writer.record_unchanged(competition.slug, now)
            return EndReport(EndOutcome.UNCHANGED)
        old = await writer.load_board(competition.slug, BoardKind.PRIVATE)
        taken_at = now.replace(microsecond=0)
        private, changes, snapshot = await asyncio.to_thread(_compare, rows, public, old, taken_at)
        end = _build_end(competition, deadline, public, private)
        change = None if old is None else FinalBoardChange(end, changes)
        await writer.commit(
            competition.slug,
            changes,
            snapshot,
            digest=checksum,
            decide=end.decide if change is None else change.decide,
            now=now,
        )
        self._client.dispatch("competition_archived", competition.id)
        if change is None:
            logger.info("%s is over: %d teams", competition.slug, len(private.teams))
            return EndReport(EndOutcome.ARCHIVED)
        logger.info(
            "%s: the final board changed: %d teams removed, %d added",
            competition.slug,
            change.removed_count,
            change.added_count,
        )
        return EndReport(EndOutcome.CHANGED, change.removed_count, change.added_count)

    async def _archive_after_max_wait(self, competition_id: int) -> EndReport:
        """Archive a competition whose private board did not appear within `MAX_WAIT`."""
        now, storage = self._services.now(), self._services.storage
        competition = await storage.competitions.find_by_id(competition_id)
        if competition is None or competition.over_at is None:
            return EndReport(EndOutcome.WAITING)
        if now < competition.over_at + MAX_WAIT:
            return EndReport(EndOutcome.WAITING)
        info = await storage.boards.find_info(competition.id)
        public = await storage.board_writer.load_board(competition.slug, BoardKind.PUBLIC)
        if public is None or info is None:
            return EndReport(EndOutcome.WAITING)
        end = _build_end(competition, competition.over_at, public, None)
        await storage.competition_ends.archive(competition.id, info.board_id, end.decide, now)
        logger.info("%s is over, and no private board came", competition.slug)
        self._client.dispatch("competition_archived", competition.id)
        return EndReport(EndOutcome.ARCHIVED)


def _build_end(
    competition: Competition, deadline: datetime, public: Board, private: Board | None
) -> CompetitionEnd:
    medals = awards_medals(competition.category)
    return CompetitionEnd(competition.slug, deadline, public, private, medals)


def _compare(
    rows: list[Row], public: Board, old: Board | None, taken_at: datetime
) -> tuple[Board, BoardDiff, Snapshot]:
    private = build_private_board(rows, public, taken_at)
    changes = BoardDiff.between(old, private)
    return private, changes, build_snapshot(changes, taken_at)
