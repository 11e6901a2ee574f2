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
def test_however_often_it_is_looked_each_lead_is_told_once_and_none_too_early(
    steps: list[int], wanted: list[timedelta]
) -> None:
    now, told, said = AT - timedelta(days=20), None, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        lead = find_due_lead(AT, now, wanted, since=LONG_AGO, last_lead=told)
        if lead is not None:
            assert AT - lead <= now < AT
            assert all(other >= lead for other in wanted if now >= AT - other)
            said.append(lead)
            told = lead
    assert said == sorted(set(said), reverse=True)
    assert set(said) <= set(wanted)


def test_what_was_due_before_the_server_followed_is_not_told() -> None:
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
def test_a_time_is_read_in_utc(typed: str, moment: datetime) -> None:
    assert parse_deadline(typed) == moment


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-02-30", "31.12.2026", "2026-12-31 25:00"])
def test_anything_else_is_refused_with_what_is_understood(typed: str) -> None:
    with pytest.raises(InvalidName, match="2026-12-31 23:59"):
        parse_deadline(typed)
