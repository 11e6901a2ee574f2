"""Limits that the bot's owner sets, so that no server can exhaust the bot for all.

Fixed limits stand beside what they limit, such as `MAX_WATCHES` in `leaderboards/news/watches.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """What servers can make the bot store and do."""

    adds_per_hour: int = 30
    """Competitions that a server, or a person in all servers together, can add within an hour."""
    competitions: int = 500
    """Competitions that are kept in all, whoever follows them."""
    keep_unfollowed: timedelta = timedelta(days=7)
    """How long a competition is kept that no server follows any more."""


DEFAULT_LIMITS = Limits()
