"""A cache of searches in Kaggle's list of competitions."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from cogs.framework import format as fmt
from cogs.framework.clock import is_within
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.syncing.request_limiter import RequestLimiter
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import InvalidInput, LeaderboardError
from leaderboards.kaggle_ids import is_slug, parse_competition

logger = logging.getLogger(__name__)

MAX_AGE = timedelta(minutes=10)
MAX_LENGTH = 40
"""Characters of a search."""

_MAX_SEARCHES = 200
_MAX_PREFETCHES = 30
"""Searches for autocomplete within `MAX_AGE`, which nobody asked for explicitly."""


class SearchCache:
    """Searches Kaggle's list of competitions and keeps the results for some minutes."""

    def __init__(self, services: Services, limiter: RequestLimiter) -> None:
        self._services = services
        self._limiter = limiter
        self._results: OrderedDict[str, tuple[datetime, Sequence[CompetitionInfo]]]
        self._results = OrderedDict()
        self._prefetch_times: list[datetime] = []
        self._next_prefetch: str | None = None
        self._prefetching: asyncio.Task[None] | None = None

    async def find(self, text: str) -> Sequence[CompetitionInfo]:
        """Return what Kaggle finds, at most `MAX_AGE` old.

        Raises `LeaderboardError` or `UserError` where Kaggle cannot be asked.
        """
        words = normalize_search(text)
        cached = self._find_cached(words)
        if cached is not None:
            return cached
        return await self._limiter.call(lambda: self._search(words))

    def find_cached_matches(self, text: str) -> Sequence[CompetitionInfo]:
        """Return the cached competitions that match, without asking Kaggle.

        The results of the same search come first, then those of others.
        """
        words = normalize_search(text)
        matches = {info.slug: info for info in self._find_cached(words) or ()}
        for other_words in list(self._results):
            for info in self._find_cached(other_words) or ():
                if fmt.is_named(words, info.slug, info.title):
                    matches.setdefault(info.slug, info)
        return list(matches.values())[:MAX_CHOICES]

    def prefetch(self, text: str) -> None:
        """Search in the background unless the result is cached; a newer call replaces this one."""
        words = normalize_search(text)
        if self._find_cached(words) is not None:
            return
        self._next_prefetch = words
        if self._prefetching is None or self._prefetching.done():
            self._prefetching = asyncio.create_task(self._prefetch())

    async def _search(self, words: str) -> Sequence[CompetitionInfo]:
        cached = self._find_cached(words)  # The same search may have run while this one waited.
        if cached is not None:
            return cached
        listed = await self._services.kaggle.search_competitions(words)
        found = [info for info in listed if is_slug(info.slug)]
        self._results[words] = self._services.now(), found
        self._results.move_to_end(words)
        if len(self._results) > _MAX_SEARCHES:
            self._results.popitem(last=False)
        return found

    async def _prefetch(self) -> None:
        while (words := self._next_prefetch) is not None:
            self._next_prefetch = None
            now = self._services.now()
            self._prefetch_times = [
                at for at in self._prefetch_times if is_within(at, MAX_AGE, now)
            ]
            if len(self._prefetch_times) >= _MAX_PREFETCHES:
                return
            self._prefetch_times.append(now)
            try:
                await self.find(words)
            except (LeaderboardError, UserError) as error:
                logger.info("Kaggle was not searched: %s", error)
            except Exception:
                logger.exception("Kaggle was not searched")

    def _find_cached(self, words: str) -> Sequence[CompetitionInfo] | None:
        at, found = self._results.get(words, (None, ()))
        if not is_within(at, MAX_AGE, self._services.now()):
            return None
        return found


def normalize_search(text: str) -> str:
    """Return the words to search for; for an address or a command of Kaggle's CLI, the slug."""
    if "/" in text or "kaggle " in text:
        try:
            return parse_competition(text)
        except InvalidInput:
            pass
    words = " ".join(text.casefold().split())
    if len(words) <= MAX_LENGTH:
        return words
    # Kaggle finds nothing for half a word.
    return words[: MAX_LENGTH + 1].rpartition(" ")[0] or words[:MAX_LENGTH]
