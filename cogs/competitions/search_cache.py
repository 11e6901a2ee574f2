"""What Kaggle finds for some words: kept for a while, and asked for no more often than need be."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.syncing.kaggle_throttle import UserRequestLimiter
from leaderboards.errors import InvalidName, LeaderboardError
from leaderboards.kaggle.client import CompetitionInfo
from leaderboards.kaggle_ids import competition_slug, is_slug

logger = logging.getLogger(__name__)

KEPT = timedelta(minutes=10)
LONGEST = 40
"""Characters of the words that are searched for."""

_MOST_KEPT = 200
_MOST_AHEAD = 30
"""Searches within `KEPT` that nobody has asked for yet, made while somebody types."""
_OFFERED = 25


class Searches:
    """Searches Kaggle's list of competitions."""

    def __init__(self, services: Services, asks: UserRequestLimiter) -> None:
        self._services = services
        self._asks = asks
        self._results: OrderedDict[str, tuple[datetime, Sequence[CompetitionInfo]]]
        self._results = OrderedDict()
        self._made_ahead: list[datetime] = []
        self._next: str | None = None
        self._ahead: asyncio.Task[None] | None = None

    async def find(self, typed: str) -> Sequence[CompetitionInfo]:
        """Give what Kaggle finds, as it was some minutes ago at most; raises why it cannot."""
        words = searchable(typed)
        found = self._fresh(words)
        return found if found is not None else await self._asks.ask(lambda: self._search(words))

    def known(self, typed: str) -> Sequence[CompetitionInfo]:
        """Give what is known to fit, without asking: found for these words, then for others."""
        words = searchable(typed)
        parts = words.split()
        found = {details.slug: details for details in self._fresh(words) or ()}
        for others in list(self._results):
            for details in self._fresh(others) or ():
                if all(part in details.slug for part in parts):
                    found.setdefault(details.slug, details)
        return list(found.values())[:_OFFERED]

    def begin(self, typed: str) -> None:
        """Search in the background, unless that is known; of what is typed only the newest."""
        words = searchable(typed)
        if self._fresh(words) is not None:
            return
        self._next = words
        if self._ahead is None or self._ahead.done():
            self._ahead = asyncio.create_task(self._search_ahead())

    async def _search(self, words: str) -> Sequence[CompetitionInfo]:
        found = self._fresh(words)  # Somebody else may have asked for the same meanwhile.
        if found is None:
            listed = await self._services.kaggle.search(words)
            found = [details for details in listed if is_slug(details.slug)]
            self._results[words] = self._services.now(), found
            if len(self._results) > _MOST_KEPT:
                self._results.popitem(last=False)
        return found

    async def _search_ahead(self) -> None:
        while (words := self._next) is not None:
            self._next = None
            now = self._services.now()
            self._made_ahead = [at for at in self._made_ahead if now - at < KEPT]
            if len(self._made_ahead) >= _MOST_AHEAD:
                return
            self._made_ahead.append(now)
            try:
                await self.find(words)
            except (LeaderboardError, UserError) as error:
                logger.info("Kaggle was not searched: %s", error)
            except Exception:
                logger.exception("Kaggle was not searched")

    def _fresh(self, words: str) -> Sequence[CompetitionInfo] | None:
        at, found = self._results.get(words, (None, ()))
        if at is None or self._services.now() - at >= KEPT:
            return None
        return found


def searchable(typed: str) -> str:
    """Give the words to search for; of a competition's address its name."""
    if "/" in typed:
        try:
            return competition_slug(typed)
        except InvalidName:
            pass
    return " ".join(typed.casefold().split())[:LONGEST].strip()
