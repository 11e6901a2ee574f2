from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.errors import InvalidInput
from leaderboards.news.deadlines import DAY, HOUR, WEEK, find_due_lead, parse_moment
from leaderboards.news.schedules import QuietHours

AT = datetime(2026, 3, 29, 23, 59, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=90)
ALL = (WEEK, DAY, HOUR)


@given(
    steps=st.lists(st.integers(1, 3 * 24 * 60), min_size=1, max_size=60),
    wanted=st.lists(st.sampled_from(ALL), unique=True),
)
def test_each_lead_is_due_once_and_never_early(steps: list[int], wanted: list[timedelta]) -> None:
    now, last_lead, leads = AT - timedelta(days=20), None, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        lead = find_due_lead(AT, now, wanted, since=LONG_AGO, last_lead=last_lead)
        if lead is not None:
            assert AT - lead <= now < AT
            assert all(other >= lead for other in wanted if now >= AT - other)
            leads.append(lead)
            last_lead = lead
    assert leads == sorted(set(leads), reverse=True)
    assert set(leads) <= set(wanted)


def test_lead_from_before_the_server_followed_is_not_due() -> None:
    now = AT - timedelta(days=3)
    assert find_due_lead(AT, now, ALL, since=LONG_AGO, last_lead=None) == WEEK
    assert find_due_lead(AT, now, ALL, since=now - timedelta(hours=1), last_lead=None) is None
    assert find_due_lead(AT, AT - DAY, ALL, since=now, last_lead=None) == DAY
    assert find_due_lead(AT, AT, ALL, since=now, last_lead=None) is None


@given(
    start=st.integers(0, 23),
    length=st.integers(1, 23),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_every_reminder_comes_once_outside_quiet_hours(start: int, length: int, zone: str) -> None:
    """Europe's clocks change on the day of this deadline."""
    quiet = QuietHours(zone, start, (start + length) % 24)
    now, last_lead, leads = AT - timedelta(days=10), None, []
    while now < AT:
        lead = find_due_lead(AT, now, ALL, since=LONG_AGO, last_lead=last_lead, quiet=quiet)
        if lead is not None:
            assert not quiet.is_quiet(now)
            assert AT - lead - timedelta(days=1) <= now <= AT - lead + timedelta(minutes=15)
            leads.append(lead)
            last_lead = lead
        now += timedelta(minutes=15)
    # An hour before may fall into the same quiet hours as a day before.
    assert leads in ([WEEK, DAY, HOUR], [WEEK, HOUR])


def test_reminder_that_was_due_before_a_restore_was_sent() -> None:
    quiet = QuietHours("UTC", 21, 8)
    last_time = AT.replace(hour=20, minute=30)
    for restored_at, due in ((last_time, HOUR), (last_time + timedelta(minutes=1), None)):
        lead = find_due_lead(
            AT,
            last_time + timedelta(minutes=5),
            [HOUR],
            since=LONG_AGO,
            last_lead=None,
            restored_at=restored_at,
            quiet=quiet,
        )
        assert lead == due


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-12-31", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        (" 2026-12-31 08:30 UTC", datetime(2026, 12, 31, 8, 30, tzinfo=UTC)),
        ("2026-12-31T08:30", datetime(2026, 12, 31, 8, 30, tzinfo=UTC)),
        # As the CLI prints it in tables and in JSON.
        ("2024-05-27 23:59:00", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27T23:59:00", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27T23:59:00Z", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 23:59:59.8770000", datetime(2024, 5, 27, 23, 59, 59, tzinfo=UTC)),
        ("2024-05-27 23:59z", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 utc", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 23:59:00 (UTC)", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 GMT", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27T23:59:00+02:00", datetime(2024, 5, 27, 21, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 UTC-0530", datetime(2024, 5, 28, 5, 29, tzinfo=UTC)),
        ("2024-05-27 UTC", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27T23:59Z", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 UTC+2", datetime(2024, 5, 27, 21, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 utc +10", datetime(2024, 5, 27, 13, 59, tzinfo=UTC)),
        ("2024-05-27 23:59 (GMT+5:30)", datetime(2024, 5, 27, 18, 29, tzinfo=UTC)),
        ("2024-05-27 23:59 UTC\N{MINUS SIGN}5", datetime(2024, 5, 28, 4, 59, tzinfo=UTC)),
        # Anywhere on Earth, as conferences write it.
        ("2024-05-27 23:59 AoE", datetime(2024, 5, 28, 11, 59, tzinfo=UTC)),
        ("May 27, 2024 11:59 PM (AoE)", datetime(2024, 5, 28, 11, 59, tzinfo=UTC)),
        # As Discord writes a time that somebody copied.
        ("<t:1716854340>", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("<t:1716854340:F>", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        # As Kaggle's pages and people write it.
        ("2024-05-27 23:59 UTC.", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ('"2024-05-27 23:59"', datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024\N{EN DASH}05\N{EN DASH}27", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("27-May-2024", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 11:59 PM", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27, 11:59:30 p.m. UTC", datetime(2024, 5, 27, 23, 59, 30, tzinfo=UTC)),
        ("2024-05-27 11:59pm", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("2024-05-27 12:00 AM", datetime(2024, 5, 27, 0, 0, tzinfo=UTC)),
        ("2024-05-27 12 pm", datetime(2024, 5, 27, 12, 0, tzinfo=UTC)),
        ("2024/5/27 8:05", datetime(2024, 5, 27, 8, 5, tzinfo=UTC)),
        ("May 27, 2024", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("may 27 2024 11:59 PM UTC", datetime(2024, 5, 27, 23, 59, tzinfo=UTC)),
        ("27 September 2024 at 23:59", datetime(2024, 9, 27, 23, 59, tzinfo=UTC)),
        ("Mon, Sept. 30th, 2024, 11:59\u202fPM", datetime(2024, 9, 30, 23, 59, tzinfo=UTC)),
        ("2024-05-27 24:00", datetime(2024, 5, 28, 0, 0, tzinfo=UTC)),
    ],
)
def test_deadline_is_parsed_in_utc(typed: str, moment: datetime) -> None:
    assert parse_moment(typed) == moment


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomorrow",
        "in 3 days",
        "May 27",
        "<t:99999999999999>",
        "2026-12-31 23:59 UTC+99",
        "2026-12-31 23:59 +2",
        "2026-12-31 23:59 PST",
        "2026-12-31 23:59 Europe/Berlin",
        "2026-12-31 23.59",
        "11:59 PM on May 27, 2024",
        "2026-02-30",
        "31.12.2026",
        "05/06/2026",
        "2026-12-31 25:00",
        "2026-12-31 24:01",
        "2026-12-31 13:00 PM",
        "2026-12-31 0:30 am",
        "2026-12-31 12",
        "2026-12-31 23:59 CET",
        "2026-12-31 23:59 +99:00",
        "2026-12-31 23:59 and more",
        "Brumaire 27, 2024",
        "0000-01-01",
        "9999-12-31 23:59 -01:00",
    ],
)
def test_invalid_deadline_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match=r"as 2026-12-31 23:59, .* with its offset as"):
        parse_moment(typed)
