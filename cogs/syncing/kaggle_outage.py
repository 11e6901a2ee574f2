"""Whether Kaggle lets the bot in at all: one answer for all competitions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import discord

from cogs.framework.discord_errors import ErrorMeaning, classify_error, is_expected
from cogs.framework.escape import plain
from cogs.framework.layout import RED, card
from cogs.framework.services import Services
from leaderboards.errors import NotLoggedIn, RateLimited
from records.competitions import Competition

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=2)
"""Kaggle is asked this often at least, however often it has refused."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Why nothing is read from Kaggle at present."""

    error: NotLoggedIn | RateLimited
    since: datetime
    refusals: int
    slug: str
    """The competition that was refused last."""
    next_try_at: datetime


class KaggleOutage:
    """Knows when not to ask Kaggle, and tells the bot's owner of a login that stopped working.

    During an outage one competition is tried at a time. The first that Kaggle answers ends it.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self.outage: Outage | None = None
        self._refused: set[str] = set()
        """Those refused in an outage that ended with the answer to another.

        Refused once more, it is their own affair and holds up nobody else.
        """
        self._told = False

    def require_calls(self) -> None:
        """Raise where Kaggle has asked for fewer calls and the time for one has not come."""
        outage = self.outage
        if outage is not None and isinstance(outage.error, RateLimited):
            rest = outage.next_try_at - self._services.now()
            if rest > timedelta(0):
                minutes = -(-rest // timedelta(minutes=1))
                raise RateLimited(f"Kaggle asks for fewer calls; try again in {minutes} min.")

    def may_try(self, due: Sequence[Competition]) -> list[Competition]:
        """Give the competition to try during an outage: another than last time, if there is one."""
        if self.outage is None or not due or self._services.now() < self.outage.next_try_at:
            return []
        others = [competition for competition in due if competition.slug != self.outage.slug]
        return [*others, *due][:1]

    def refused(self, slug: str, error: NotLoggedIn | RateLimited) -> bool:
        """Take note of a refusal; False when it is the affair of that competition alone."""
        before, now = self.outage, self._services.now()
        if before is None and slug in self._refused:
            return False
        self._refused.add(slug)
        if before is None or type(before.error) is not type(error):
            logger.error("Kaggle refuses every call: %s", error)
            before = Outage(error, now, 0, slug, now)
        elif now < before.next_try_at:
            return True  # It was asked at the same time as the one refused before it.
        pause = interval = timedelta(minutes=self._services.sync_minutes)
        if isinstance(error, RateLimited):
            pause = min(interval * 2 ** min(before.refusals, 12), LONGEST_PAUSE)
            logger.warning("Kaggle is asked again in %s", pause)
        # A little less, so that no round of the loop comes a moment too early.
        pause -= interval / 10
        self.outage = replace(
            before, error=error, refusals=before.refusals + 1, slug=slug, next_try_at=now + pause
        )
        return True

    def answered(self, slug: str) -> None:
        """Take note that Kaggle answered for a competition."""
        self._refused.discard(slug)
        if self.outage is not None:
            logger.info("Kaggle answers again, after %s", self._services.now() - self.outage.since)
            self.outage, self._told = None, False

    async def tell_owner(self) -> None:
        """Tell the bot's owner, once an outage, that the login has to be mended.

        One refusal can be a mishap of Kaggle's own: it is told when the next try confirms it. Where
        Discord could not open the way to the owner, that is tried again with the next round.
        """
        outage = self.outage
        if self._told or outage is None or outage.refusals < 2:
            return
        if not isinstance(outage.error, NotLoggedIn):
            return
        try:
            application = await self._client.application_info()
            owner_id = application.team.owner_id if application.team else application.owner.id
            channel = await self._client.create_dm(discord.Object(owner_id or application.owner.id))
            # An answer that is lost after this would make a second message of a second try.
            self._told = True
            await channel.send(view=_login_view(outage))
        except Exception as error:
            if not is_expected(error):
                raise
            logger.error("The bot's owner could not be told about the login: %s", error)  # noqa: TRY400
            self._told = self._told or classify_error(error) is not ErrorMeaning.TEMPORARY


def _login_view(outage: Outage) -> discord.ui.LayoutView:
    return card(
        "### ⚠️ I can read no leaderboard",
        f"{plain(str(outage.error), 400)}\n\nThe last try was refused as well, so it is no mishap."
        " All that is stored stays; it goes on by itself once Kaggle lets me in.",
        colour=RED,
    )
