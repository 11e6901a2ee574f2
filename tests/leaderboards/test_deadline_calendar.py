"""The calendar file of deadlines, read back as a calendar does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from leaderboards.deadline_calendar import CalendarEvent, build_calendar
from leaderboards.display_text import clean
from leaderboards.news.deadlines import DeadlineKind

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
END = CalendarEvent(
    "titanic", "titanic", DeadlineKind.FINAL, NOW + timedelta(days=9), "Titanic: the end"
)


def read(*events: CalendarEvent, now: datetime = NOW) -> list[Event]:
    """Return the events of the file that is built of some."""
    return Calendar.from_ical(build_calendar("Kaggle deadlines", events, now)).events


def test_file_is_what_rfc_5545_asks_for() -> None:
    lines = build_calendar("Kaggle deadlines", [END], NOW).decode().split("\r\n")
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Podium//Deadlines//EN"]
    assert {"X-WR-CALNAME:Kaggle deadlines", "DTSTART:20260110T120000Z"} <= set(lines)
    assert {"DTSTAMP:20260101T120000Z", "TRANSP:TRANSPARENT", "TRIGGER:-P1D"} <= set(lines)
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert not any(line.startswith(("DTEND", "DURATION")) for line in lines), "a point in time"


def test_event_is_a_point_in_time_with_an_alarm_a_day_ahead() -> None:
    (event,) = read(END)
    assert event.start == END.at
    assert event.get("summary") == "Titanic: the end"
    assert event.get("url") == "https://www.kaggle.com/competitions/titanic"
    (alarm,) = event.alarms.times
    assert alarm.trigger == END.at - timedelta(days=1)


def test_time_of_another_time_zone_is_written_in_utc() -> None:
    tokyo = datetime.fromisoformat("2026-01-10T21:00:00+09:00")
    assert b"DTSTART:20260110T120000Z" in build_calendar("", [replace(END, at=tokyo)], NOW)


@pytest.mark.parametrize("slug", ["titanic", "ships"])
def test_moved_deadline_keeps_its_uid_and_is_newer(slug: str) -> None:
    (before,) = read(END)
    later = replace(END, slug=slug, at=END.at + timedelta(days=7), summary="Ships: the end")
    (after,) = read(later, now=NOW + timedelta(hours=1))
    assert after.uid == before.uid
    assert after.get("url") == f"https://www.kaggle.com/competitions/{slug}"
    assert after.sequence > before.sequence
    assert after.stamp > before.stamp
    assert after.last_modified > before.last_modified


def test_sequence_fits_calendars_with_32_bits() -> None:
    (event,) = read(END, now=datetime(2100, 1, 1, tzinfo=UTC))
    assert event.sequence < 2**31


def test_each_kind_competition_and_server_has_its_own_uid() -> None:
    others = [
        replace(END, kind=DeadlineKind.ENTRY),
        replace(END, kind=DeadlineKind.MERGER),
        replace(END, first_slug="titanic-2"),
        replace(END, guild_id=1),
        replace(END, guild_id=2),
    ]
    assert len({event.uid for event in read(END, *others)}) == 6


@pytest.mark.parametrize("guild_id", [None, 7])
def test_uid_depends_on_nothing_but_competition_kind_and_server(guild_id: int | None) -> None:
    """A calendar that holds the event knows it by these words, also after an update of the bot."""
    (event,) = read(replace(END, guild_id=guild_id))
    assert event.uid == ("titanic.final@podium" if guild_id is None else "titanic.final.7@podium")


@given(st.lists(st.text(max_size=250), min_size=1, max_size=4))
@example(["A\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\\n;,:\"'\\", "🏆" * 200, "\u202eabc\u2028d\0"])
@example(["x" * 74 + "é" * 80, "\\", "\\N\\,", "BEGIN:VALARM", "\ud800", ""])
def test_any_name_is_read_back_and_ends_no_event(names: list[str]) -> None:
    file = build_calendar(
        "Kaggle deadlines",
        [replace(END, summary=name, guild_id=n) for n, name in enumerate(names)],
        NOW,
    )
    events = Calendar.from_ical(file).events
    assert len(events) == len(names)
    for event, name in zip(events, names, strict=True):
        read_back = str(event.get("summary"))
        shown = read_back.removesuffix("…")
        whole = clean(name).replace("\\", "\N{SET MINUS}")
        assert whole.startswith(shown)
        assert read_back == whole or read_back.endswith("…")
        assert event.start == END.at
    # RFC 5545, section 3.1: no line is longer than 75 bytes, and none holds a control character.
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        assert not any((byte < 32 and byte != 9) or byte == 127 for byte in line)
