"""Content of a Scheduled Event, and the marker by which the bot knows its own events."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cogs.calendar.event_screen import MAX_NAME_LENGTH, event_name, event_text
from leaderboards.kaggle_ids import competition_address
from leaderboards.news.deadlines import HOUR, DeadlineKind
from records.scheduled_events import EventDeadline

LEAD = HOUR
"""How long before its deadline an event starts: then Discord notifies who is interested."""

MIN_AHEAD = timedelta(minutes=5)
"""How far ahead a deadline must be to create an event, or to change one before it starts."""

_SOON = timedelta(minutes=2)
"""Discord refuses a start in the past, and the clocks may differ."""

_MARKER = re.compile(r"(?P<slug>[^.\s]+)\.(?P<kind>[a-z]+)\.(?P<fingerprint>[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class EventContent:
    """Content of an event."""

    slug: str
    kind: DeadlineKind
    name: str
    text: str
    """The description without its last line."""
    location: str
    starts_at: datetime
    ends_at: datetime

    @property
    def fingerprint(self) -> str:
        """A fingerprint of all that people can change, except the picture.

        Discord may change the whitespace of a text.
        """
        texts = (self.slug, self.kind, self.name, self.text, self.location)
        times = (int(at.timestamp()) for at in (self.starts_at, self.ends_at))
        content = json.dumps([*(text.split() for text in texts), *times])
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def description(self) -> str:
        """The text, and the marker in the last line."""
        return f"{self.text}\n{self.slug}.{self.kind}.{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """A Scheduled Event of a server that has not ended, as Discord lists it."""

    id: int
    name: str
    description: str
    location: str
    starts_at: datetime
    ends_at: datetime | None
    is_active: bool
    """Whether it has started."""
    is_own: bool
    """Whether the bot has created it."""

    def read_marker(self) -> tuple[str, DeadlineKind] | None:
        """Return the slug and the kind of deadline that an own event is for; None for others."""
        marker = self._find_marker()
        return None if marker is None else (marker["slug"], DeadlineKind(marker["kind"]))

    def is_unchanged(self) -> bool:
        """Return whether the event shows what the bot has written."""
        marker = self._find_marker()
        if marker is None or self.ends_at is None:
            return False
        content = EventContent(
            marker["slug"],
            DeadlineKind(marker["kind"]),
            self.name,
            self.description.rpartition("\n")[0],
            self.location,
            self.starts_at,
            self.ends_at,
        )
        return content.fingerprint == marker["fingerprint"]

    def shows(self, content: EventContent) -> bool:
        """Return whether the event shows a content, by the fingerprint in its marker."""
        marker = self._find_marker()
        return marker is not None and marker["fingerprint"] == content.fingerprint

    def _find_marker(self) -> re.Match[str] | None:
        if not self.is_own:
            return None
        marker = _MARKER.fullmatch(self.description.rpartition("\n")[2].strip())
        return marker if marker and marker["kind"] in set(DeadlineKind) else None


def build_content(deadline: EventDeadline, starts_at: datetime | None = None) -> EventContent:
    """Return what the event for a deadline shows; it starts `LEAD` before it, or as given."""
    address = competition_address(deadline.slug)
    if len(address) > MAX_NAME_LENGTH:
        address = f"https://www.kaggle.com/c/{deadline.slug}"  # Kaggle redirects it.
    return EventContent(
        deadline.slug,
        deadline.kinds[0],
        event_name(deadline),
        event_text(deadline),
        address[:MAX_NAME_LENGTH],
        starts_at or deadline.at - LEAD,
        deadline.at,
    )


@lru_cache(maxsize=4096)
def compute_fingerprint(deadline: EventDeadline) -> str:
    """Return the fingerprint of the usual content; most servers want the same deadlines."""
    return build_content(deadline).fingerprint


def build_new_content(deadline: EventDeadline, now: datetime) -> EventContent:
    """Return what a new event shows: it starts `LEAD` before its deadline, or else soon."""
    return build_content(deadline, max(deadline.at - LEAD, now.replace(microsecond=0) + _SOON))


def build_changed_content(
    deadline: EventDeadline, listed: ServerEvent, now: datetime
) -> EventContent:
    """Return what an event shows after its deadline or the competition's name changed.

    It starts `LEAD` before the deadline if that is still possible. Else it keeps its start, or
    starts soon if its start is not before the new deadline.
    """
    can_move = not listed.is_active and deadline.at - LEAD > now + _SOON
    if can_move or listed.starts_at >= deadline.at:
        return build_new_content(deadline, now)
    return build_content(deadline, listed.starts_at)
