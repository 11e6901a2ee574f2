"""How often a change that no submission caused is told."""

from __future__ import annotations

from datetime import datetime, timedelta

COOLDOWN = timedelta(hours=6)
"""Minimum time between two announcements of such a change.

Teams at the border of a zone or rank, or with nearly the same score, would otherwise be news at
every sync.
"""


def is_cooldown_over(announced_at: datetime | None, now: datetime) -> bool:
    """Return whether such a change can be told again; `announced_at` is when it last was."""
    return announced_at is None or now - announced_at >= COOLDOWN
