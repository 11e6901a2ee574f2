"""The report of a check of a competition that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leaderboards.sync import SyncReport


class EndOutcome(StrEnum):
    """Outcome of a check of a competition that has ended."""

    REOPENED = "reopened"
    """Its deadline was moved or removed: it goes on."""
    HELD = "held"
    """The public board looks wrong, so that nothing can be said yet."""
    STILL_CHANGING = "still_changing"
    """The public board still changes, as that of a simulation: it is synced until it does not."""
    UNCONFIRMED = "unconfirmed"
    """Kaggle shows the private board or a changed public one; a later check must agree."""
    WAITING = "waiting"
    """Kaggle shows no private board yet."""
    ARCHIVED = "archived"
    """The final board was stored just now."""
    UNCHANGED = "unchanged"
    """The final board is as it was."""
    CHANGED = "changed"
    """The final board changed, as Kaggle removed teams."""


@dataclass(frozen=True, slots=True)
class EndReport:
    """Report of a check of a competition that has ended."""

    outcome: EndOutcome
    sync: SyncReport | None = None
    """The sync of the public board; None if there was none, or Kaggle served the private one."""
    deadline: datetime | None = None
    """When the competition ends now, for `REOPENED`; None if that is not known."""
    removed: int = 0
    """Teams that are not on the final board any more, for `CHANGED`."""
    added: int = 0
    """Teams that were not on it before, for `CHANGED`."""
