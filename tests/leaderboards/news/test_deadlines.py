from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.errors import InvalidName
from leaderboards.news.deadlines import DAY, HOUR, WEEK, find_due_lead, parse_deadline

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


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-12-31", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        (" 2026-12-31 08:30 UTC", datetime(2026, 12, 31, 8, 30, tzinfo=UTC)),
        ("2026-12-31T08:30", datetime(2026, 12, 31, 8, 30, tzinfo=UTC)),
    ],
)
def test_deadline_is_parsed_in_utc(typed: str, moment: datetime) -> None:
    assert parse_deadline(typed) == moment


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-02-30", "31.12.2026", "2026-12-31 25:00"])
def test_invalid_deadline_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidName, match="2026-12-31 23:59"):
        parse_deadline(typed)
