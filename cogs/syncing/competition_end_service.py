"""`CompetitionEndService`: checks competitions that have ended, and stores their final boards.

Ended competitions are checked after each round of syncs. First the deadline is read again from
Kaggle's list, as it may have moved. Each check then syncs the public board once more, since the
last submissions are scored after the deadline, and looks for the private board in Kaggle's pages.
Kaggle goes on removing teams for weeks: an archived competition is checked a few times more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

import discord

from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.framework.texts import BUG_TEXT
from cogs.syncing.end_report import EndOutcome, EndReport
from cogs.syncing.sync_service import SyncService
from cogs.syncing.syncing_screen import LOOKING_FOR_PRIVATE_TEXT
from leaderboards.board import Board, BoardKind
from leaderboards.errors import (
    CompetitionRenamed,
    LeaderboardError,
    NotLoggedIn,
    PrivateBoardServed,
    RateLimited,
    UnconfirmedBoard,
)
from leaderboards.kaggle.pages import Row
from leaderboards.kaggle.private_board import compute_checksum, load_private
from leaderboards.results.competition_end import (
    MAX_WAIT,
    CompetitionEnd,
    choose_max_wait,
    find_next_recheck,
    pause_before_next_check,
)
from leaderboards.sync import Outcome, PrivateBoardRows, SyncOptions
from records.competitions import Competition
from storage.errors import CompetitionDeleted, StaleBoardDiff

logger = logging.getLogger(__name__)

_INFO_RETRY = timedelta(minutes=30)
"""Pause after Kaggle's list could not be read."""

_MIN_UNCHANGED = timedelta(minutes=4)
"""How long the public board must not have changed before pages with other scores are taken for the
private board. With the default sync interval, one unchanged sync is enough."""

_MIN_UNCHANGED_TO_ARCHIVE = timedelta(days=1)
"""How long the public board must not have changed to become the final one without a private one."""

_CONFIRM_AFTER = timedelta(minutes=10)
"""Pages that differ little from the public board must be found again after at least this long."""

_RECHECK_RETRY = timedelta(hours=6)
"""Pause after a final board could not be read again."""

_RETRY_RECHECKS_FOR = timedelta(days=33)
"""For how long after the archive a failed check of the final board is repeated."""

_CHECK_INTERVAL = timedelta(days=1)
"""Pause between checks of a competition without a deadline; its board must also be unchanged for
that long."""


class CompetitionEndService:
    """Takes competitions from their deadline into the archive."""

    def __init__(
        self, client: discord.Client, services: Services, sync_service: SyncService
    ) -> None:
        self._client = client
        self._services = services
        self._sync_service = sync_service
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._deadline_checks: dict[int, datetime] = {}
        """By competition id: the next check of one whose deadline has passed, and whose end is not
        recorded yet."""
        self._unconfirmed: dict[int, tuple[bytes, datetime]] = {}
        """By competition id: pages that a later check must find again, and since when."""
        self._unlisted_checks: dict[int, datetime] = {}
        """By competition id: the next check of one without a known deadline."""

    async def check_due(self) -> None:
        """Check the ended competitions that are due, one after the other."""
        competition_ends, now = self._services.storage.competition_ends, self._services.now()
        lockout = self._sync_service.lockout
        due = [
            competition
            for competition in await competition_ends.load_past_deadline(now)
            if self._deadline_checks.get(competition.id, now) <= now
        ]
        due += await competition_ends.load_due(now) + await competition_ends.load_rechecks(now)
        due += await self._load_unlisted_due(now, {competition.id for competition in due})
        if lockout.current is not None:
            due = lockout.select_attempt(due)
        for competition in due:
            with log_subject(competition=competition.slug):
                await self._check_or_log(competition)
            if lockout.current is not None:
                break

    async def _load_unlisted_due(self, now: datetime, excluded: set[int]) -> list[Competition]:
        """Return the competitions of unknown deadline whose private board may show by now."""
        competition_ends = self._services.storage.competition_ends
        return [
            competition
            for competition in await competition_ends.load_without_deadline(now - _CHECK_INTERVAL)
            if competition.id not in excluded
            and self._unlisted_checks.get(competition.id, now) <= now
        ]

    async def check(
        self, competition: Competition, progress: Callable[[str], None] = lambda _step: None
    ) -> EndReport:
        """Check a competition now; raise `LeaderboardError` if Kaggle cannot be read."""
        lock = self._locks.setdefault(competition.id, asyncio.Lock())
        async with lock:
            current = await self._services.storage.competitions.find_by_id(competition.id)
            if current is None:
                raise CompetitionDeleted(competition.slug)
            return await self._check(current, progress)

    async def _check_or_log(self, competition: Competition) -> None:
        """Check a competition, record a failure, and schedule the next check.

        Failed checks count towards the maximum wait, but a single failure does not end it: it may
        be the first check after the bot was offline for long.
        """
        if competition.archived_at is not None:
            await self._recheck_or_log(competition)
            return
        report = None
        try:
            report = await self.check(competition)
        except CompetitionDeleted as error:
            logger.info("%s: its end was not checked: %s", competition.slug, error)
        except (NotLoggedIn, RateLimited) as error:
            if not self._sync_service.lockout.record_refusal(competition.slug, error):
                await self._sync_service.record_failure(competition, str(error))
        except LeaderboardError as error:
            logger.warning("%s: its end was not checked: %s", competition.slug, error)
            renamed_to = error.new_slug if isinstance(error, CompetitionRenamed) else None
            await self._sync_service.record_failure(competition, str(error), renamed_to)
            if competition.failures:
                await self._archive_after_max_wait(competition.id, MAX_WAIT)
        except Exception:
            logger.exception("%s: its end was not checked", competition.slug)
            await self._sync_service.record_failure(competition, BUG_TEXT)
        await self._schedule_next(competition, report)

    async def _recheck_or_log(self, competition: Competition) -> None:
        """Check the final board again, and schedule the next check.

        A failure is no fault of the archived competition: it is logged, and tried again later.
        """
        storage, now = self._services.storage, self._services.now()
        archived_at = competition.archived_at or now
        due_at = find_next_recheck(archived_at, now)
        try:
            report = await self.check(competition)
            if report.outcome in (EndOutcome.UNCONFIRMED, EndOutcome.STILL_CHANGING):
                due_at = now + _CONFIRM_AFTER
        except Exception as error:
            if isinstance(error, (NotLoggedIn, RateLimited)):
                self._sync_service.lockout.record_refusal(competition.slug, error)
            if isinstance(error, LeaderboardError):
                logger.warning("%s: its final board was not read: %s", competition.slug, error)
            else:
                logger.exception("%s: its final board was not read", competition.slug)
            if now < archived_at + _RETRY_RECHECKS_FOR:
                due_at = now + _RECHECK_RETRY
        await storage.competition_ends.schedule_recheck(competition.id, due_at)

    async def _schedule_next(self, competition: Competition, report: EndReport | None) -> None:
        now, competitions = self._services.now(), self._services.storage.competitions
        current = await competitions.find_by_id(competition.id)
        if current is None or current.archived_at is not None:
            return
        if current.ended_at is None:
            self._deadline_checks[current.id] = now + _INFO_RETRY
            if report and report.outcome is EndOutcome.UNCONFIRMED:
                self._unlisted_checks[current.id] = now + _CONFIRM_AFTER
            elif self._sync_service.lockout.current is None:  # Else nothing was checked.
                self._unlisted_checks[current.id] = now + _CHECK_INTERVAL
            return
        shortest = self._services.sync_interval
        pause = pause_before_next_check(current.ended_at, now, shortest)
        if report and report.outcome is EndOutcome.STILL_CHANGING:
            pause = shortest
        elif report and report.outcome is EndOutcome.UNCONFIRMED:
            pause = min(pause, max(shortest, _CONFIRM_AFTER))
        await competitions.schedule(current.id, now + pause)

    async def _check(self, competition: Competition, progress: Callable[[str], None]) -> EndReport:
        services = self._services
        competition = await self._sync_service.refresh_info(competition)
        now, deadline = services.now(), await self._find_deadline(competition)
        is_end_known = deadline is not None or competition.ended_at is not None
        if deadline is None and not is_end_known:
            deadline = now  # Not known: if the private board shows now, now is recorded as its end.
        elif deadline is not None and deadline <= now:
            await services.storage.competition_ends.record_end(competition.id, deadline)
        else:  # The deadline is ahead, or none is known any more.
            if competition.ended_at is not None:
                logger.info("%s goes on: its deadline is %s now", competition.slug, deadline)
                await services.storage.competition_ends.reopen(competition.id, now)
            return EndReport(EndOutcome.REOPENED, deadline=deadline)
        try:
            sync = await self._sync_service.sync(competition, progress)
            is_private_served = False
        except (PrivateBoardServed, StaleBoardDiff) as error:
            # PrivateBoardServed: the stored board is the last public one.
            # StaleBoardDiff: another process has just stored it.
            sync, is_private_served = None, isinstance(error, PrivateBoardServed)
        if sync is not None and sync.outcome is Outcome.HELD:
            return EndReport(EndOutcome.HELD, sync)
        # While the public board still changes, a difference is no sign of a private board.
        if competition.archived_at is None and not await self._is_unchanged(
            competition.id, _MIN_UNCHANGED
        ):
            return EndReport(EndOutcome.STILL_CHANGING, sync)
        progress(LOOKING_FOR_PRIVATE_TEXT)
        report = await self._search_private_board(
            competition,
            deadline,
            must_confirm=not is_end_known,
            is_private_known=is_private_served,
        )
        return replace(report, sync=sync)

    async def _is_unchanged(self, competition_id: int, period: timedelta) -> bool:
        """Return whether the public board has not changed for at least `period`."""
        info = await self._services.storage.boards.find_info(competition_id)
        return info is not None and self._services.now() - info.stored_at >= period

    async def _search_private_board(
        self,
        competition: Competition,
        deadline: datetime,
        *,
        must_confirm: bool,
        is_private_known: bool,
    ) -> EndReport:
        writer = self._services.storage.board_writer
        competition_ends = self._services.storage.competition_ends
        public = await writer.load_board(competition.slug, BoardKind.PUBLIC)
        if public is None:
            return EndReport(EndOutcome.WAITING)
        try:
            rows = await self._load_private(
                competition, public, must_confirm=must_confirm, is_private_known=is_private_known
            )
        except UnconfirmedBoard as error:
            logger.info("%s: %s", competition.slug, error)
            return EndReport(EndOutcome.UNCONFIRMED)
        if rows is not None:
            if not is_private_known and not await self._is_public_unchanged(competition, rows):
                return EndReport(EndOutcome.STILL_CHANGING)
            await competition_ends.record_end(competition.id, deadline)
            report = await self._store_private(competition, deadline, rows)
        elif competition.archived_at is not None:
            await writer.record_unchanged(competition.slug, self._services.now())
            report = EndReport(EndOutcome.UNCHANGED)
        else:
            report = await self._archive_after_max_wait(
                competition.id, choose_max_wait(medals=competition.awards_medals)
            )
        await competition_ends.record_check_after_restore(competition.id)
        return report

    async def _is_public_unchanged(self, competition: Competition, rows: list[Row]) -> bool:
        """Sync the public board again; return whether it is still what the rows were compared with.

        It may have changed as a whole while the pages were read, such as when Kaggle scores it
        anew. Rows that are stored already need no second sync.
        """
        writer = self._services.storage.board_writer
        stored = await writer.find_stored(competition.slug, BoardKind.PRIVATE)
        checksum = await asyncio.to_thread(compute_checksum, rows)
        if stored is not None and stored.checksum == checksum:
            return True
        try:
            report = await self._sync_service.sync(competition)
        except PrivateBoardServed:
            return True
        except StaleBoardDiff:
            return False
        return report.outcome not in (Outcome.STORED, Outcome.HELD)

    async def _load_private(
        self,
        competition: Competition,
        public: Board,
        *,
        must_confirm: bool,
        is_private_known: bool,
    ) -> list[Row] | None:
        """Load the private board; None if Kaggle shows the public one.

        Raise `UnconfirmedBoard` if only a later check can tell.
        """
        writer, now = self._services.storage.board_writer, self._services.now()
        stored = await writer.find_stored(competition.slug, BoardKind.PRIVATE)
        found, found_at = self._unconfirmed.get(competition.id, (None, now))
        seen = set() if stored is None else {stored.checksum}
        if found is not None and now - found_at >= _CONFIRM_AFTER:
            seen.add(found)
        try:
            rows = await load_private(
                partial(self._services.kaggle.load_page, competition.slug),
                public,
                reference=await writer.load_board(competition.slug, BoardKind.PRIVATE),
                seen=seen,
                must_confirm=must_confirm,
                is_private_known=is_private_known,
            )
        except UnconfirmedBoard as error:
            if error.checksum != found:
                self._unconfirmed[competition.id] = error.checksum, now
            raise
        self._unconfirmed.pop(competition.id, None)
        return rows

    async def _find_deadline(self, competition: Competition) -> datetime | None:
        """Return the deadline of Kaggle's list, or else the one that its followers have given.

        Without either, an archived competition has ended when its private board was found.
        """
        if competition.deadline is not None:
            return competition.deadline
        given = await self._services.storage.competition_ends.load_given_deadline(competition.id)
        if given is None and competition.archived_at is not None:
            return competition.ended_at
        return given

    async def _store_private(
        self, competition: Competition, deadline: datetime, rows: list[Row]
    ) -> EndReport:
        """Store the private board and queue the announcements in one transaction."""
        services, slug = self._services, competition.slug
        is_first = await services.storage.board_writer.find_stored(slug, BoardKind.PRIVATE) is None
        # Kept in another file, the board would be lost, and announced again after a restart.
        await services.storage.database.require_same_file()
        # After the restore of a backup, the end may have been announced already.
        is_announced = await services.storage.competition_ends.may_be_announced_before_restore(
            competition.id
        )
        report = await services.sync_board(
            slug,
            PrivateBoardRows(
                rows, deadline, replaces_public=is_first and competition.archived_at is not None
            ),
            options=SyncOptions(
                medals=competition.awards_medals,
                announce=not is_announced,
                now=services.now(),
            ),
            progress=lambda _step: None,
        )
        # If a worker process ended just after it had stored the first board, the second try finds
        # it unchanged.
        if report.outcome is Outcome.UNCHANGED and not is_first:
            return EndReport(EndOutcome.UNCHANGED)
        self._client.dispatch("final_board_stored", competition.id)
        if is_first:
            logger.info("%s is over: %d teams", slug, report.teams)
            return EndReport(EndOutcome.ARCHIVED)
        logger.info(
            "%s: the final board changed: %d teams removed, %d added", slug, report.gone, report.new
        )
        return EndReport(EndOutcome.CHANGED, removed=report.gone, added=report.new)

    async def _archive_after_max_wait(self, competition_id: int, wait: timedelta) -> EndReport:
        """Archive a competition whose private board did not appear within `wait`."""
        now, storage = self._services.now(), self._services.storage
        competition = await storage.competitions.find_by_id(competition_id)
        if competition is None or competition.ended_at is None:
            return EndReport(EndOutcome.WAITING)
        if now < competition.ended_at + wait or not await self._is_unchanged(
            competition.id, _MIN_UNCHANGED_TO_ARCHIVE
        ):
            return EndReport(EndOutcome.WAITING)
        info = await storage.boards.find_info(competition.id)
        public = await storage.board_writer.load_board(competition.slug, BoardKind.PUBLIC)
        if public is None or info is None:
            return EndReport(EndOutcome.WAITING)
        end = CompetitionEnd(
            competition.slug, competition.ended_at, public, None, competition.awards_medals
        )
        # After the restore of a backup, the end may have been announced already.
        ends = storage.competition_ends
        is_announced = await ends.may_be_announced_before_restore(competition.id)
        decide = None if is_announced else end.decide
        await ends.archive(competition.id, info.board_id, decide, now)
        logger.info("%s is over, and no private board came", competition.slug)
        self._client.dispatch("final_board_stored", competition.id)
        return EndReport(EndOutcome.ARCHIVED)
