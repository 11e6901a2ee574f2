"""What happens after a deadline: the board rests, the private one is looked for, the end is told.

After each round of the syncs it is asked whose deadline has passed. Kaggle's list is read again
before anything is called over. From then on each look reads the public board once more, since what
was handed in at the last moment is scored later, and the first page of what Kaggle shows.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from weakref import WeakValueDictionary

from discord.ext import commands

from cogs.framework.services import Services, get_services
from cogs.syncing.sync import syncer_of
from leaderboards.board import Board, BoardKind
from leaderboards.board_diff import BoardDiff
from leaderboards.errors import LeaderboardError, NotLoggedIn, PrivateServed, RateLimited
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.kaggle.pages import Row
from leaderboards.kaggle.private_board import build_private_board, fingerprint, load_private
from leaderboards.medals import awards_medals
from leaderboards.news.competition_end import MAX_WAIT, End, pause_before_next_check
from leaderboards.sync import Outcome
from records.competitions import Competition
from storage.errors import BoardMoved

logger = logging.getLogger(__name__)

_LIST_AGAIN = timedelta(minutes=30)
"""How soon Kaggle's list is asked again about a deadline when it could not be read."""


class Ending(commands.Cog):
    """Leads competitions from their deadline into the archive."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._not_before: dict[int, datetime] = {}
        self._looking = False

    @commands.Cog.listener()
    async def on_sync_round_finished(self) -> None:
        """Look at what has ended, one competition after the other."""
        if self._looking:
            return
        self._looking = True
        try:
            await self._round()
        except Exception:
            logger.exception("It could not be found out what has ended")
        finally:
            self._looking = False

    async def look(self, competition: Competition) -> None:
        """Read again what Kaggle has of a competition; raises why that failed.

        One that is archived is read once more, and nothing is told of it.
        """
        lock = self._locks.setdefault(competition.id, asyncio.Lock())
        async with lock:
            fresh = await self._services.storage.competitions.find_by_id(competition.id)
            if fresh is not None:
                await self._look(fresh)

    async def _round(self) -> None:
        competition_ends, now = self._services.storage.competition_ends, self._services.now()
        access = syncer_of(self._bot).access
        due = [
            competition
            for competition in await competition_ends.load_passed(now)
            if self._not_before.get(competition.id, now) <= now
        ] + await competition_ends.load_due(now)
        if access.outage is not None:
            due = access.may_try(due)
        for competition in due:
            await self._look_due(competition)
            if access.outage is not None:
                break

    async def _look_due(self, competition: Competition) -> None:
        """Look, keep what went wrong, and plan the next look.

        Looks that fail end the waiting in time as well, but not one alone: after a long rest of the
        bot it may be a mishap.
        """
        syncer = syncer_of(self._bot)
        try:
            await self.look(competition)
        except (NotLoggedIn, RateLimited) as error:
            if not syncer.access.refused(competition.slug, error):
                await syncer.failed(competition, str(error))
        except LeaderboardError as error:
            logger.warning("%s: its end was not read: %s", competition.slug, error)
            await syncer.failed(competition, str(error))
            if competition.failures:
                await self._give_up_in_time(competition.id)
        except Exception:
            logger.exception("%s: its end was not read", competition.slug)
            await syncer.failed(competition, "An error of the bot itself; its log tells more.")
        await self._plan(competition)

    async def _plan(self, competition: Competition) -> None:
        now, competitions = self._services.now(), self._services.storage.competitions
        fresh = await competitions.find_by_id(competition.id)
        if fresh is None or fresh.archived_at is not None:
            return
        if fresh.over_at is None:
            self._not_before[fresh.id] = now + _LIST_AGAIN
            return
        shortest = timedelta(minutes=self._services.sync_minutes)
        pause = pause_before_next_check(fresh.over_at, now, shortest)
        await competitions.schedule(fresh.id, now + pause)

    async def _look(self, competition: Competition) -> None:
        services, syncer = self._services, syncer_of(self._bot)
        competition = await syncer.read_details(competition)
        now, deadline = services.now(), competition.deadline
        if deadline is None or deadline > now:
            if competition.over_at is not None:
                logger.info("%s goes on: its deadline is %s now", competition.slug, deadline)
                await services.storage.competition_ends.reopen(competition.id, now)
            return
        await services.storage.competition_ends.record_end(competition.id, deadline)
        with suppress(PrivateServed, BoardMoved):  # What is stored is the last public board.
            report = await syncer.sync(competition)
            if report.outcome is Outcome.HELD:
                return
        public = await services.storage.board_writer.current(competition.slug, BoardKind.PUBLIC)
        if public is None:
            return
        rows = await load_private(partial(services.kaggle.load_page, competition.slug), public)
        if rows is not None:
            await self._finish(competition, deadline, public, rows)
        else:
            await self._give_up_in_time(competition.id)

    async def _finish(
        self, competition: Competition, deadline: datetime, public: Board, rows: list[Row]
    ) -> None:
        """Store the private board, and tell the servers in the same transaction."""
        writer, now = self._services.storage.board_writer, self._services.now()
        checksum = await asyncio.to_thread(fingerprint, rows)
        stored = await writer.stored(competition.slug, BoardKind.PRIVATE)
        if stored is not None and stored.digest == checksum:
            return
        old = await writer.current(competition.slug, BoardKind.PRIVATE)
        taken_at = now.replace(microsecond=0)
        private, changes, snapshot = await asyncio.to_thread(_built, rows, public, old, taken_at)
        end = _end(competition, deadline, public, private)
        await writer.commit(
            competition.slug,
            changes,
            snapshot,
            digest=checksum,
            decide=end.decide if competition.archived_at is None else None,
            now=now,
        )
        logger.info("%s is over: %d teams", competition.slug, len(private.teams))
        self._told(competition)

    async def _give_up_in_time(self, competition_id: int) -> None:
        """Archive a competition without a private board when it was waited for long enough."""
        now, storage = self._services.now(), self._services.storage
        competition = await storage.competitions.find_by_id(competition_id)
        if competition is None or competition.over_at is None:
            return
        if now < competition.over_at + MAX_WAIT:
            return
        info = await storage.boards.find_info(competition.id)
        public = await storage.board_writer.current(competition.slug, BoardKind.PUBLIC)
        if public is None or info is None:
            return
        end = _end(competition, competition.over_at, public, None)
        await storage.competition_ends.archive(competition.id, info.board_id, end.decide, now)
        logger.info("%s is over, and no private board came", competition.slug)
        self._told(competition)

    def _told(self, competition: Competition) -> None:
        self._bot.dispatch("board_synced", competition.id)  # Live boards show another board now.
        self._bot.dispatch("competition_archived")


def _end(competition: Competition, deadline: datetime, public: Board, private: Board | None) -> End:
    medals = awards_medals(competition.category)
    return End(competition.slug, deadline, public, private, medals)


def _built(
    rows: list[Row], public: Board, old: Board | None, taken_at: datetime
) -> tuple[Board, BoardDiff, Snapshot]:
    private = build_private_board(rows, public, taken_at)
    changes = BoardDiff.between(old, private)
    return private, changes, build_snapshot(changes, taken_at)


def ending_of(bot: commands.Bot) -> Ending:
    """Give the cog that ends competitions."""
    return cast("Ending", bot.get_cog("Ending"))


async def setup(bot: commands.Bot) -> None:
    """Start watching deadlines."""
    await bot.add_cog(Ending(bot, get_services(bot)))
