"""Lockouts: Kaggle refuses every call, because of the login or of too many calls (401, 429).

Any other failure, such as a 5xx or a timeout, delays one competition only, in
`SyncService.record_failure`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import discord

from cogs.framework.clock import is_within
from cogs.framework.services import Services
from cogs.syncing.owner_notice import OwnerNotice
from cogs.syncing.syncing_screen import login_view, rate_limit_text
from leaderboards.errors import NotLoggedIn, RateLimited
from records.competitions import Competition

logger = logging.getLogger(__name__)

MAX_SYNC_PAUSE = timedelta(hours=2)
"""Longest pause between two attempts, however many failed before."""


@dataclass(frozen=True, slots=True)
class Lockout:
    """Reason why nothing is read from Kaggle at present."""

    error: NotLoggedIn | RateLimited
    since: datetime
    refusals: int
    slug: str
    """The competition that was refused last."""
    refused_at: datetime
    """When it was refused."""
    next_attempt_at: datetime

    def is_paused(self, now: datetime) -> bool:
        """Return whether no attempt is due yet."""
        pause = self.next_attempt_at - self.refused_at
        return is_within(self.refused_at, pause, now)


def require_pause_over(start: datetime, end: datetime, now: datetime) -> None:
    """Raise `RateLimited`, with the minutes to wait, during a pause."""
    if is_within(start, end - start, now):
        minutes = -(-(end - now) // timedelta(minutes=1))
        raise RateLimited(rate_limit_text(minutes))


class KaggleLockout:
    """Records refusals of Kaggle, and notifies the bot's owner of a login that fails.

    During a lockout one competition is attempted at a time. The first answer ends the lockout.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._services = services
        self.current: Lockout | None = None
        self._refused_slugs: set[str] = set()
        """Competitions that Kaggle has refused and not answered since.

        If one of them is refused again outside a lockout, only that competition is at fault, and no
        lockout begins.
        """
        self._notice = OwnerNotice(client, "the login")

    def require_no_rate_limit(self) -> None:
        """Raise `RateLimited` if Kaggle asked for fewer calls and the next attempt is not due."""
        lockout = self.current
        if lockout is not None and isinstance(lockout.error, RateLimited):
            require_pause_over(lockout.refused_at, lockout.next_attempt_at, self._services.now())

    def select_attempt(self, due: Sequence[Competition]) -> list[Competition]:
        """Return a list of the one competition to attempt in a lockout; empty if none is due.

        If possible, it is another than the last one.
        """
        if self.current is None or not due or self.current.is_paused(self._services.now()):
            return []
        others = [competition for competition in due if competition.slug != self.current.slug]
        return [*others, *due][:1]

    def record_refusal(self, slug: str, error: NotLoggedIn | RateLimited) -> bool:
        """Start or prolong a lockout; return False if only this competition is refused."""
        lockout, now = self.current, self._services.now()
        if lockout is None and slug in self._refused_slugs:
            return False
        self._refused_slugs.add(slug)
        if lockout is None or type(lockout.error) is not type(error):
            logger.error("Kaggle refuses every call: %s", error)
            lockout = Lockout(error, now, 0, slug, now, now)
        elif lockout.is_paused(now):
            return True  # The call started before the last refusal.
        pause = interval = self._services.sync_interval
        if isinstance(error, RateLimited):
            pause = min(interval * 2 ** min(lockout.refusals, 12), MAX_SYNC_PAUSE)
            logger.warning("Kaggle is asked again in %s", pause)
        # Slightly less, so that the loop's next run is never too early.
        pause -= interval / 10
        self.current = replace(
            lockout,
            error=error,
            refusals=lockout.refusals + 1,
            slug=slug,
            refused_at=now,
            next_attempt_at=now + pause,
        )
        return True

    def record_answer(self, slug: str) -> None:
        """End the lockout, if there is one: Kaggle answered for a competition."""
        self._refused_slugs.discard(slug)
        if self.current is not None:
            logger.info("Kaggle answers again, after %s", self._services.now() - self.current.since)
            self.current = None
            self._notice.reset()

    async def notify_owner(self) -> None:
        """Send the bot's owner a direct message, once per lockout, that the login must be fixed.

        Only after a second refusal: a single one can be an error of Kaggle.
        """
        lockout = self.current
        if lockout is None or lockout.refusals < 2 or not isinstance(lockout.error, NotLoggedIn):
            return
        await self._notice.send(login_view(str(lockout.error)))
