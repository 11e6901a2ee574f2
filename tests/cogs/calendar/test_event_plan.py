"""Plans for Scheduled Events, from what is stored and what Discord lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cogs.calendar.event_content import EventContent, ServerEvent, build_content
from cogs.calendar.event_plan import EventPlan, is_up_to_date, plan_events
from leaderboards.news.deadlines import DeadlineKind
from records.scheduled_events import MAX_EVENTS, EventDeadline, ServerEvents, StoredEvent

NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FINAL = EventDeadline(1, "titanic", "Titanic", (DeadlineKind.FINAL,), NOW + 30 * DAY, False)


def listed(content: EventContent, id_: int = 50, **changes: object) -> ServerEvent:
    event = ServerEvent(
        id_,
        content.name,
        content.description,
        content.location,
        content.starts_at,
        content.ends_at,
        is_active=False,
        is_own=True,
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def stored(deadline: EventDeadline = FINAL, id_: int | None = 50) -> StoredEvent:
    fingerprint = None if id_ is None else build_content(deadline).fingerprint
    return StoredEvent(1, deadline.competition_id, deadline.kinds[0], deadline.at, id_, fingerprint)


def plan(
    wanted: list[EventDeadline], rows: list[StoredEvent], events: list[ServerEvent]
) -> EventPlan:
    server = ServerEvents(1, wanted, rows)
    made = plan_events(server, events, NOW)
    if made == EventPlan():
        assert is_up_to_date(server, NOW)
    return made


def test_what_is_up_to_date_needs_nothing() -> None:
    assert plan([FINAL], [stored()], [listed(build_content(FINAL))]) == EventPlan()


def test_own_event_without_a_row_is_known_by_its_marker() -> None:
    event = listed(build_content(FINAL))
    assert plan([FINAL], [], [event]) == EventPlan(to_save=[stored()])
    assert plan([FINAL], [stored(id_=None)], [event]) == EventPlan(to_save=[stored()])


def test_second_event_with_the_same_marker_is_removed() -> None:
    events = [listed(build_content(FINAL), id_) for id_ in (51, 50)]
    assert plan([FINAL], [stored(id_=None)], events) == EventPlan(
        to_save=[stored()], to_end=[events[0]]
    )


def test_same_event_of_another_bot_or_a_person_is_not_touched() -> None:
    theirs = listed(build_content(FINAL), is_own=False)
    made = plan([FINAL], [], [theirs])
    assert (len(made.to_create), made.to_end) == (1, [])
    assert plan([], [], [theirs]) == EventPlan()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Party"},
        {"description": "Party"},
        {"description": f"Party\n{build_content(FINAL).description.splitlines()[-1]}"},
        {"location": "The park"},
        {"starts_at": FINAL.at - 2 * HOUR},
        {"ends_at": FINAL.at + HOUR},
        {"ends_at": None},
    ],
)
def test_any_change_by_a_person_releases_the_event(change: dict[str, object]) -> None:
    event = listed(build_content(FINAL), 50, **change)
    moved = replace(FINAL, at=FINAL.at + DAY)
    made = plan([moved], [stored()], [event])
    assert made == EventPlan(to_save=[replace(stored(), at=moved.at, left_alone=True)])
    assert plan([], [stored()], [event]) == EventPlan(to_delete=[stored()])


def test_whitespace_that_discord_changes_is_no_change_by_a_person() -> None:
    content = build_content(replace(FINAL, name="Two  spaces"))
    event = listed(content, description=content.description.replace("\n\n", "\n") + "\n ")
    assert listed(content).is_unchanged()
    assert replace(event, description=event.description.strip()).is_unchanged()


def test_event_left_alone_stays_when_it_is_changed_back() -> None:
    row = replace(stored(), left_alone=True)
    assert plan([FINAL], [row], [listed(build_content(FINAL))]) == EventPlan()
    assert plan([], [row], [listed(build_content(FINAL))]) == EventPlan()


def test_lost_answer_to_a_move_needs_no_second_one() -> None:
    moved = replace(FINAL, at=FINAL.at + DAY)
    assert plan([moved], [stored()], [listed(build_content(moved))]) == EventPlan(
        to_save=[stored(moved)]
    )


@pytest.mark.parametrize("minutes", [1, 5])
def test_deadline_in_some_minutes_gets_no_event(minutes: int) -> None:
    soon = replace(FINAL, at=NOW + timedelta(minutes=minutes))
    assert plan([soon], [], []) == EventPlan()
    event = listed(build_content(FINAL))
    before = replace(stored(), event_id=None, fingerprint=None)
    assert plan([soon], [stored()], [event]) == EventPlan(
        to_save=[before], to_end=[event], to_delete=[before]
    )


def test_deadline_that_moves_into_the_next_hour_moves_its_start_too() -> None:
    soon = replace(FINAL, at=NOW + timedelta(minutes=30))
    ((_, _, content),) = plan([soon], [stored()], [listed(build_content(FINAL))]).to_change
    assert NOW < content.starts_at < content.ends_at == soon.at


def test_nearer_deadline_takes_the_place_of_a_later_one() -> None:
    parties = [
        listed(build_content(FINAL), id_, name=f"Party {id_}", is_own=False)
        for id_ in range(100, 100 + MAX_EVENTS - 1)
    ]
    event = listed(build_content(FINAL))
    near = replace(FINAL, competition_id=2, slug="digits", at=NOW + DAY)
    made = plan([near, FINAL], [stored()], [*parties, event])
    assert (made.to_end, made.without_room) == ([event], 1)
    assert [row.key for row in made.to_delete] == [FINAL.key]
    assert [row.key for row, _ in made.to_create] == [near.key]


def test_event_that_the_bot_ended_before_it_was_killed_is_created_again() -> None:
    later = replace(FINAL, at=NOW + 10 * DAY)
    soon = replace(FINAL, at=NOW + HOUR / 2)
    event = listed(build_content(soon), is_active=True)
    made = plan([later], [stored(soon)], [event])
    assert made.to_end == [event]
    assert [row.key for row, _ in plan([later], made.to_save, []).to_create] == [later.key]


@pytest.mark.parametrize("slug", ["UBC-OCEAN", "a_b", "s" * 70])
def test_event_is_known_whatever_the_slug(slug: str) -> None:
    deadline = replace(FINAL, slug=slug)
    event = listed(build_content(deadline))
    assert event.location.endswith(slug)
    assert plan([deadline], [], [event]) == EventPlan(to_save=[stored(deadline)])


def test_texts_fit_whatever_the_name_and_the_slug() -> None:
    kinds = (DeadlineKind.FINAL, DeadlineKind.MERGER, DeadlineKind.ENTRY)
    for name in ("x" * 300, "👩\u200d👩\u200d👧" * 80, "@everyone\n\u202etxet", None):
        deadline = replace(FINAL, slug="s" * 100, name=name, kinds=kinds, is_given=True)
        content = build_content(deadline)
        assert 1 <= len(content.name) <= 100
        assert len(content.location) <= 100
        assert len(content.description) <= 1000
        assert "\n" not in content.name
        assert "\u202e" not in content.name
        assert listed(content).is_unchanged()
