"""Axis of time with a few round times, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes

from plots.drawing.elements.ticks import set_x_ticks

_STEPS = (
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 4, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12)


def scale_time(axes: Axes, start: datetime, end: datetime, *, most_ticks: int = 4) -> None:
    """Set up the axis for a period, in Unix seconds."""
    axes.set_xlim(start.timestamp(), end.timestamp())
    ticks = time_ticks(start, end, most_ticks)
    set_x_ticks(axes, [tick.timestamp() for tick in ticks], _format_ticks(ticks))


def time_ticks(start: datetime, end: datetime, most: int = 4) -> list[datetime]:
    """Return a few round times within a period."""
    start = start.astimezone(UTC)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in _STEPS:
        if (end - start) / step > most:
            continue
        # Weeks begin on Mondays.
        first = midnight - timedelta(days=midnight.weekday() if step.days >= 7 else 0)
        ticks = list(_generate_ticks(step, first, start, end))
        if len(ticks) <= most:
            return ticks
    for months in _MONTHS:
        ticks = list(_generate_month_ticks(months, start, end))
        if len(ticks) <= most:
            return ticks
    years = -(-(end.year - start.year) // (most - 1))
    return list(_generate_month_ticks(12 * years, start, end))


def _generate_ticks(
    step: timedelta, first: datetime, start: datetime, end: datetime
) -> Iterator[datetime]:
    tick = first + step * -((first - start) // step)
    while tick <= end:
        yield tick
        tick += step


def _generate_month_ticks(months: int, start: datetime, end: datetime) -> Iterator[datetime]:
    number = start.year * 12
    while (tick := datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)) <= end:
        if tick >= start:
            yield tick
        number += months


def _format_ticks(ticks: list[datetime]) -> list[str]:
    """Return the day at midnight, else the hour; the month if the labels are far apart."""
    if len(ticks) > 1 and ticks[1] - ticks[0] >= timedelta(days=28):
        within_a_year = ticks[-1] - ticks[0] < timedelta(days=300)
        return [f"{tick:%b}" if within_a_year else f"{tick:%b %Y}" for tick in ticks]
    with_hours = [tick for tick in ticks if tick.hour or tick.minute]
    return [
        f"{tick:%H:%M}" + (" UTC" if tick is with_hours[0] else "")
        if tick in with_hours
        else f"{tick.day} {tick:%b}"
        for tick in ticks
    ]
