"""Plan of a server's Scheduled Events: which are created, changed and ended, without a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cogs.calendar.event_content import (
    LEAD,
    MIN_AHEAD,
    EventContent,
    ServerEvent,
    build_changed_content,
    build_new_content,
    compute_fingerprint,
)
from records.scheduled_events import MAX_EVENTS, EventDeadline, ServerEvents, StoredEvent


@dataclass(slots=True)
class EventPlan:
    """Changes to make in a server, in the order of the fields."""

    to_save: list[StoredEvent] = field(default_factory=list)
    """Rows to store before the first request to Discord."""
    to_end: list[ServerEvent] = field(default_factory=list)
    to_delete: list[StoredEvent] = field(default_factory=list)
    """Rows to delete once the events are ended."""
    to_change: list[tuple[StoredEvent, ServerEvent, EventContent]] = field(default_factory=list)
    """Each event with its new content, and with the row to store once it is changed."""
    to_create: list[tuple[StoredEvent, EventContent]] = field(default_factory=list)
    """Each new event with the row to store before it is created."""
    without_room: int = 0
    """How many deadlines have no event because the server has `MAX_EVENTS`."""


def is_up_to_date(server: ServerEvents, now: datetime) -> bool:
    """Return whether nothing is to be done in a server, judged by what is stored."""
    stored = {event.key: event for event in server.stored}
    for deadline in server.wanted:
        event = stored.pop(deadline.key, None)
        if event is None:
            if deadline.at - now > MIN_AHEAD:
                return False
        elif event.left_alone:
            if event.at != deadline.at:
                return False
        elif event.event_id is None or event.fingerprint != compute_fingerprint(deadline):
            return False
    return all(event.left_alone for event in stored.values())


def plan_events(server: ServerEvents, listed: Sequence[ServerEvent], now: datetime) -> EventPlan:
    """Plan what is to be done in a server with the events that Discord lists.

    People's events, and own events that a person changed, are left alone; an own event that a
    person deleted is not created again.
    """
    return _Planner(server, listed, now).plan()


class _Planner:
    def __init__(self, server: ServerEvents, listed: Sequence[ServerEvent], now: datetime) -> None:
        self._server = server
        self._listed = sorted(listed, key=lambda event: event.id)
        self._now = now
        self._stored = {event.key: event for event in server.stored}
        self._plan = EventPlan()
        self._claimed: set[int] = set()
        """Ids of listed events that are kept: matched to a wanted deadline, or left alone."""
        self._managed: list[tuple[EventDeadline, StoredEvent, ServerEvent | None]] = []
        """The deadlines for which the bot keeps an event, or wants to create one."""

    def plan(self) -> EventPlan:
        for deadline in self._server.wanted:
            self._match(deadline, self._stored.pop(deadline.key, None))
        for event in self._stored.values():
            self._drop(event)
        for listed in self._listed:
            # No longer wanted (`_drop`), or created twice because an answer was lost.
            if listed.id not in self._claimed and listed.is_unchanged():
                self._plan.to_end.append(listed)
        self._fill_room()
        return self._plan

    def _match(self, deadline: EventDeadline, stored: StoredEvent | None) -> None:
        """Find the event of a deadline; leave it alone if a person changed or deleted it."""
        competition_id, kind = deadline.key
        row = stored or StoredEvent(self._server.guild_id, competition_id, kind, deadline.at)
        if row.left_alone:
            self._claimed.add(row.event_id or 0)
            if row.at != deadline.at:
                self._plan.to_save.append(replace(row, at=deadline.at))
            return
        listed = self._find(deadline, row)
        if listed is not None:
            self._claimed.add(listed.id)
        if listed is None and row.event_id is None:
            if deadline.at - self._now > MIN_AHEAD:
                self._managed.append((deadline, row, None))
        elif listed is None or not listed.is_unchanged():
            event_id = row.event_id if listed is None else listed.id
            self._plan.to_save.append(
                replace(row, at=deadline.at, event_id=event_id, left_alone=True)
            )
        else:
            self._managed.append((deadline, row, listed))

    def _find(self, deadline: EventDeadline, row: StoredEvent) -> ServerEvent | None:
        if row.event_id is not None:
            return next((one for one in self._listed if one.id == row.event_id), None)
        marker = deadline.slug, deadline.kinds[0]
        return next((one for one in self._listed if one.read_marker() == marker), None)

    def _drop(self, row: StoredEvent) -> None:
        """Delete the row of a deadline that no longer wants an event, unless it is left alone.

        Its event is then claimed by no row, so that `plan` ends it.
        """
        if row.left_alone:
            self._claimed.add(row.event_id or 0)
            return
        self._plan.to_delete.append(row)

    def _fill_room(self) -> None:
        """Plan the events of the next deadlines, as many as the server can have."""
        ended = {event.id for event in self._plan.to_end}
        kept = {listed.id for *_, listed in self._managed if listed is not None}
        others = sum(event.id not in ended | kept for event in self._listed)
        room = max(MAX_EVENTS - others, 0)
        for deadline, row, listed in self._managed[:room]:
            self._plan_event(deadline, row, listed)
        for _, row, listed in self._managed[room:]:
            if listed is not None:
                self._plan.to_delete.append(self._end(row, listed))
        self._plan.without_room = len(self._managed[room:])

    def _plan_event(
        self, deadline: EventDeadline, row: StoredEvent, listed: ServerEvent | None
    ) -> None:
        now, plan = self._now, self._plan
        if listed is None:
            content = build_new_content(deadline, now)
            plan.to_create.append((replace(row, at=deadline.at), content))
            return
        fingerprint = compute_fingerprint(deadline)
        if row.event_id == listed.id and row.fingerprint == fingerprint:
            return
        saved = replace(row, at=deadline.at, event_id=listed.id, fingerprint=fingerprint)
        content = build_changed_content(deadline, listed, now)
        if listed.shows(content):
            plan.to_save.append(saved)
        elif listed.is_active and deadline.at - LEAD > now:
            # The start of an event that has started cannot change.
            plan.to_create.append((self._end(saved, listed), build_new_content(deadline, now)))
        elif listed.is_active or deadline.at - now > MIN_AHEAD:
            plan.to_change.append((saved, listed, content))
        else:
            plan.to_delete.append(self._end(row, listed))

    def _end(self, row: StoredEvent, listed: ServerEvent) -> StoredEvent:
        """Plan to end an event although its deadline wants one.

        Return its row without an event id, which is stored first: if the bot is killed in between,
        the event that is missing is not taken for one that a person deleted.
        """
        before = replace(row, event_id=None, fingerprint=None)
        self._plan.to_save.append(before)
        self._plan.to_end.append(listed)
        return before
