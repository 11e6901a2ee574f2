"""The loop that keeps the boards up to date, and the one way to sync a competition."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter
from typing import cast
from weakref import WeakValueDictionary

from discord.ext import commands, tasks

from cogs.framework.clock_guard import restart_after_clock_change
from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import Services, get_services
from cogs.syncing.kaggle_outage import LONGEST_PAUSE, KaggleOutage
from cogs.syncing.kaggle_throttle import UserRequestLimiter
from leaderboards.errors import (
    CompetitionNotFound,
    Forbidden,
    LeaderboardError,
    NotLoggedIn,
    RateLimited,
)
from leaderboards.medals import awards_medals
from leaderboards.sync import ReportLog, SyncOptions, SyncReport
from records.competitions import Competition
from storage.errors import BoardMoved

logger = logging.getLogger(__name__)


_AT_ONCE = 20
"""So many due competitions are begun together; more are spread over the round."""

_SPREAD = 0.8
"""The part of an interval over which a round is spread; the rest is for the last to end."""

_QUIET_AFTER = timedelta(days=1)
"""A board that stayed the same for so long is asked for less often, if a setting says so."""

_DETAILS_EVERY = timedelta(days=1)
"""How often Kaggle's list is asked about a competition: deadlines are moved at times."""

_DETAILS_AGAIN = timedelta(hours=1)
"""How soon it is asked again when it could not be read."""


class _Refused(Exception):
    """Ends a round of the loop: Kaggle would refuse the others as well."""


class Sync(LoopCog):
    """Syncs competitions, each once at a time, whoever asks."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self.access = KaggleOutage(bot, services)
        self.asks = UserRequestLimiter(self.access, services)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reports = ReportLog()
        self.last_run_at: datetime | None = None
        """When the loop last came to its end."""

    async def cog_load(self) -> None:
        """Start the loop at the pace that is set."""
        self.loop.change_interval(minutes=self._services.sync_minutes)
        await super().cog_load()

    @tasks.loop(minutes=5, reconnect=False)
    async def loop(self) -> None:
        """Sync what is due.

        What was just synced is not due again: runs that follow at once find nothing to do.
        """
        try:
            await self._round()
            self.last_run_at = self._services.now()
            await self.access.tell_owner()
        except Exception:
            logger.exception("The loop could not find out what is due")
        self._bot.dispatch("sync_round_finished")
        restart_after_clock_change(self.loop)

    async def sync(
        self,
        competition: Competition,
        progress: Callable[[str], None] = lambda _step: None,
        *,
        round_began: datetime | None = None,
    ) -> SyncReport:
        """Bring one competition up to date, once at a time; raises why it failed."""
        services = self._services
        lock = self._locks.setdefault(competition.slug, asyncio.Lock())
        async with lock:
            self.access.require_calls()
            started = services.now()
            if started >= competition.details_due_at:
                competition = await self._with_details(competition)
            try:
                report = await self._download_and_store(competition, progress)
            except (NotLoggedIn, RateLimited) as error:
                if not self.access.refused(competition.slug, error):
                    await self.failed(competition, str(error))
                raise
            except BoardMoved:
                # The command line has just synced it: that is as good.
                await self._schedule(competition, round_began or started)
                raise
            except LeaderboardError as error:
                if isinstance(error, (CompetitionNotFound, Forbidden)):
                    self.access.answered(competition.slug)
                await self.failed(competition, str(error))
                raise
            self.access.answered(competition.slug)
            await self._schedule(competition, round_began or started)
        self._bot.dispatch("board_synced", competition.id)
        return report

    async def _download_and_store(
        self, competition: Competition, progress: Callable[[str], None]
    ) -> SyncReport:
        slug = competition.slug
        progress(f"Asking Kaggle for {slug}")
        began = perf_counter()
        data = await self._services.kaggle.download(slug)
        milliseconds = (perf_counter() - began) * 1000
        options = SyncOptions(
            medals=awards_medals(competition.category),
            announce=competition.archived_at is None,
            now=self._services.now(),
        )
        report = await self._services.sync_board(slug, data, options=options, progress=progress)
        report = report.with_download(milliseconds)
        self._reports.log(report)
        return report

    async def read_details(self, competition: Competition) -> Competition:
        """Ask Kaggle's list for what it says of a competition, medals and deadline among it."""
        competitions, now = self._services.storage.competitions, self._services.now()
        details = await self._services.kaggle.find_competition(competition.slug)
        if details is not None:
            competition = await competitions.add(
                competition.slug, details.category, details.deadline, details.reward
            )
        await competitions.schedule_info(competition.id, now + _DETAILS_EVERY)
        return competition

    async def _with_details(self, competition: Competition) -> Competition:
        try:
            return await self.read_details(competition)
        except LeaderboardError as error:
            # Whether there is a board is for the download to say.
            logger.warning("%s: Kaggle's list was not read: %s", competition.slug, error)
            again = self._services.now() + _DETAILS_AGAIN
            await self._services.storage.competitions.schedule_info(competition.id, again)
            return competition

    async def _round(self) -> None:
        due = await self._services.storage.competitions.load_due(self._services.now())
        tried: list[Competition] = []
        if self.access.outage is not None:
            tried = self.access.may_try(due)
            await self._sync_all(tried)
        if self.access.outage is None:
            await self._sync_all([competition for competition in due if competition not in tried])

    async def _sync_all(self, due: list[Competition]) -> None:
        """Sync them one soon after the other, those that are due for longest first.

        Many are spread over the time until the next round: neither Kaggle nor this machine meets a
        burst. When Kaggle refuses everything, those that wait are let go.
        """
        began = self._services.now()
        pause = _SPREAD * self._interval / len(due) if len(due) > _AT_ONCE else timedelta(0)
        try:
            async with asyncio.TaskGroup() as group:
                for competition in due:
                    group.create_task(self._sync_due(competition, began))
                    if pause:
                        await asyncio.sleep(pause.total_seconds())
        except* _Refused:
            logger.info("The round ends here: Kaggle refuses every call")

    async def _sync_due(self, competition: Competition, round_began: datetime) -> None:
        try:
            await self.sync(competition, round_began=round_began)
        except LeaderboardError as error:
            if isinstance(error, (NotLoggedIn, RateLimited)) and self.access.outage is not None:
                raise _Refused from error
            logger.warning("%s was not synced: %s", competition.slug, error)
        except Exception:
            logger.exception("%s was not synced", competition.slug)
            await self.failed(competition, "An error of the bot itself; its log tells more.")

    async def failed(self, competition: Competition, sentence: str) -> None:
        """Keep why a competition could not be read, and try it again after a longer pause."""
        now = self._services.now()
        pause = min(self._interval * 2 ** min(competition.failures + 1, 12), LONGEST_PAUSE)
        # Those that failed together must not come back together.
        pause *= random.uniform(0.75, 1)  # noqa: S311 - no secret
        try:
            await self._services.storage.competitions.record_failure(
                competition.id, sentence, now, now + pause
            )
        except LeaderboardError as error:
            logger.warning("%s: the failure could not be kept: %s", competition.slug, error)
        except Exception:
            logger.exception("%s: the failure could not be kept", competition.slug)

    async def _schedule(self, competition: Competition, began: datetime) -> None:
        """Plan the next sync for a run of the loop, but not at once after a sync that took long.

        The loop keeps its own pace; half a minute's grace lets no run come a moment too early.
        """
        grace = min(timedelta(seconds=30), self._interval / 4)
        due = began + await self._pause_after(competition) - grace
        soonest = self._services.now() + self._interval / 10
        await self._services.storage.competitions.schedule(competition.id, max(due, soonest))

    async def _pause_after(self, competition: Competition) -> timedelta:
        quiet = self._services.quiet_sync_minutes
        if quiet is None:
            return self._interval
        board = await self._services.storage.boards.find_info(competition.id)
        if board is None or self._services.now() - board.stored_at < _QUIET_AFTER:
            return self._interval
        return max(self._interval, timedelta(minutes=quiet))

    @property
    def _interval(self) -> timedelta:
        return timedelta(minutes=self._services.sync_minutes)


def syncer_of(bot: commands.Bot) -> Sync:
    """Give the cog that syncs."""
    return cast("Sync", bot.get_cog("Sync"))


async def setup(bot: commands.Bot) -> None:
    """Start syncing."""
    await bot.add_cog(Sync(bot, get_services(bot)))
