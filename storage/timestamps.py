"""Moments as the tables keep them: Unix seconds, UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def to_seconds(moment: datetime) -> int: ...
@overload
def to_seconds(moment: datetime | None) -> int | None: ...
def to_seconds(moment: datetime | None) -> int | None:
    """Write a moment as a table keeps it."""
    return None if moment is None else int(moment.timestamp())


@overload
def from_seconds(seconds: int) -> datetime: ...
@overload
def from_seconds(seconds: int | None) -> datetime | None: ...
def from_seconds(seconds: int | None) -> datetime | None:
    """Read a moment from a table, aware and in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
