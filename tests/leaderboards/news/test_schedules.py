"""The hours and days of a server, also where its clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.news.schedules import QuietHours, Schedule, load_time_zone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "quiet"),
    [
        ((22, 7), "2026-01-10 20:59", False),
        ((22, 7), "2026-01-10 21:00", True),
        ((22, 7), "2026-01-11 05:59", True),
        ((22, 7), "2026-01-11 06:00", False),
        ((1, 5), "2026-01-11 00:00", True),
        ((1, 5), "2026-01-11 04:00", False),
        ((5, 5), "2026-01-11 04:00", False),
        ((None, 5), "2026-01-11 03:00", False),
        ((22, None), "2026-01-11 21:00", False),
    ],
)
def test_quiet_hours_use_the_time_zone_of_the_server(
    hours: tuple[int | None, int | None], now: str, quiet: bool
) -> None:
    assert QuietHours("Europe/Berlin", *hours).is_quiet(at(now)) is quiet


def test_quiet_hours_follow_clock_changes() -> None:
    quiet = QuietHours("Europe/Berlin", 22, 2)
    # In spring the clocks go from 2:00 to 3:00; in autumn from 3:00 back to 2:00.
    assert quiet.is_quiet(at("2026-03-29 00:59"))
    assert not quiet.is_quiet(at("2026-03-29 01:00"))
    assert not quiet.is_quiet(at("2026-10-25 00:00"))
    assert not quiet.is_quiet(at("2026-10-25 01:00"))


@pytest.mark.parametrize(
    ("hours", "moment", "over"),
    [
        ((22, 7), "2026-01-10 21:30", "2026-01-11 06:00"),
        ((22, 7), "2026-01-11 05:59", "2026-01-11 06:00"),
        ((1, 5), "2026-01-11 00:30", "2026-01-11 04:00"),
        ((22, 7), "2026-01-11 12:00", "2026-01-11 12:00"),
        ((None, 7), "2026-01-11 05:00", "2026-01-11 05:00"),
        ((22, 7), "2026-03-28 22:00", "2026-03-29 05:00"),  # an hour shorter in spring
    ],
)
def test_end_after_returns_the_end_of_the_quiet_hours(
    hours: tuple[int | None, int | None], moment: str, over: str
) -> None:
    assert QuietHours("Europe/Berlin", *hours).end_after(at(moment)) == at(over)


def test_unknown_time_zone_is_utc() -> None:
    for name in ("Mars/Olympus", "../etc/passwd", "", "Europe"):
        assert load_time_zone(name).key == "UTC"


@pytest.mark.parametrize(
    ("zone", "day", "hour", "moment"),
    [
        ("Europe/Berlin", "2026-03-28", 9, "2026-03-28 08:00"),
        ("Europe/Berlin", "2026-03-29", 9, "2026-03-29 07:00"),
        ("Europe/Berlin", "2026-03-29", 2, "2026-03-29 01:00"),  # 2:00 is skipped: at 3:00
        ("Europe/Berlin", "2026-10-25", 2, "2026-10-25 00:00"),  # 2:00 comes twice: the first
        ("Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03 15:30"),  # half an hour is skipped
        ("America/Nuuk", "2026-03-28", 23, "2026-03-29 01:00"),  # the day ends an hour early
        ("Asia/Kathmandu", "2026-01-01", 9, "2026-01-01 03:15"),
    ],
)
def test_digest_is_due_at_its_hour_in_the_time_zone(
    zone: str, day: str, hour: int, moment: str
) -> None:
    assert Schedule(zone, hour).due_at(date.fromisoformat(day)) == at(moment)


def test_day_that_a_time_zone_skipped_has_no_digest() -> None:
    schedule = Schedule("Pacific/Apia", 9)
    days = [schedule.last_due(at("2011-12-29 20:00") + timedelta(hours=h)) for h in (0, 24, 48)]
    assert [day.isoformat() for day in days] == ["2011-12-29", "2011-12-31", "2012-01-01"]


ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Nuuk",
        "America/Scoresbysund",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "America/Havana",
        "Antarctica/Troll",
    ]
)


@given(
    ZONES,
    st.integers(0, 23),
    st.none() | st.integers(0, 6),
    st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - given its zone below
)
def test_each_day_has_exactly_one_digest_at_its_hour(
    zone: str, hour: int, weekday: int | None, start: datetime
) -> None:
    schedule = Schedule(zone, hour, weekday)
    local = ZoneInfo(zone)
    seen: list[date] = []
    quarter = timedelta(minutes=15)
    now = start.replace(tzinfo=UTC, minute=0, second=0, microsecond=0)
    for _ in range(15 * 96):
        day = schedule.last_due(now)
        if not seen or day != seen[-1]:
            if seen:  # It has just become due: not a moment too early or too late.
                assert schedule.due_at(day) == now
                assert now.astimezone(local).hour == hour or is_skipped(local, day, hour)
            seen.append(day)
        now += quarter
    assert seen == sorted(set(seen))
    days = {(now - quarter * n).astimezone(local).date() for n in range(1, 15 * 96 + 1)}
    if weekday is not None:
        days = {day for day in days if day.weekday() == weekday}
    assert set(seen[1:]) <= days
    # All days between the first and the last that were seen.
    assert {day for day in days if seen[0] < day <= seen[-1]} == set(seen[1:])


def is_skipped(zone: ZoneInfo, day: date, hour: int) -> bool:
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    return moment.astimezone(UTC).astimezone(zone).hour != hour
