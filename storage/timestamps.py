"""Conversion between aware datetimes and the Unix seconds of the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def to_seconds(moment: datetime) -> int: ...
@overload
def to_seconds(moment: datetime | None) -> int | None: ...
def to_seconds(moment: datetime | None) -> int | None:
    """Return the Unix seconds of a datetime, rounded down."""
    return None if moment is None else int(moment.timestamp())


@overload
def from_seconds(seconds: int) -> datetime: ...
@overload
def from_seconds(seconds: int | None) -> datetime | None: ...
def from_seconds(seconds: int | None) -> datetime | None:
    """Return the datetime of Unix seconds, aware and in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
