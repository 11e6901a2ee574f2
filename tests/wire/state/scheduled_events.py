"""Scheduled Events of servers, as Discord keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.wire.http.api_errors import ApiError
from tests.wire.http.call import Call, Handler
from tests.wire.state.world import Guild, Json

SCHEDULED_EVENTS = "/guilds/{guild_id}/scheduled-events"
MOST = 100

_SCHEDULED, _ACTIVE, _COMPLETED = 1, 2, 3
_EXTERNAL = 3
_UNFINISHED = {_SCHEDULED, _ACTIVE}


def list_events(call: Call) -> list[Json]:
    """Return the events of a server that have not ended."""
    return unfinished(_refresh(call))


def create_event(call: Call) -> Json:
    """Create an event."""
    guild = _refresh(call)
    if len(unfinished(guild)) >= MOST:
        raise ApiError(30038)
    call.hold_to(_problems(call, call.body))
    event = {
        "id": str(call.world.clock.next_id()),
        "guild_id": str(guild.id),
        "channel_id": None,
        "creator_id": str(call.world.bot.id),
        "description": None,
        "status": _SCHEDULED,
        "entity_id": None,
        "image": None,
        **call.body,
    }
    guild.events[int(event["id"])] = event
    return event


def change_event(call: Call) -> Json:
    """Change an event, or end it."""
    guild = _refresh(call)
    event = _find(call, guild)
    if event["status"] not in _UNFINISHED:
        raise ApiError(180000)
    if call.body.get("status") == _COMPLETED and event["status"] != _ACTIVE:
        raise ApiError(50035)
    changed = {**event, **call.body}
    if "scheduled_start_time" in call.body or "scheduled_end_time" in call.body:
        call.hold_to(_problems(call, changed, started=event["status"] == _ACTIVE))
    if event["status"] == _ACTIVE and "scheduled_start_time" in call.body:
        raise ApiError(50035)
    event.update(call.body)
    return event


def delete_event(call: Call) -> None:
    """Delete an event."""
    guild = _refresh(call)
    del guild.events[int(_find(call, guild)["id"])]


def unfinished(guild: Guild) -> list[Json]:
    """Return the events of a server that have not ended."""
    return [event for event in guild.events.values() if event["status"] in _UNFINISHED]


def _refresh(call: Call) -> Guild:
    """Return the server, after its events have started and ended by the clock."""
    guild = call.world.guild(call.id("guild_id"))
    now = call.world.clock.now()
    for event in guild.events.values():
        if event["status"] == _SCHEDULED and _seconds(event["scheduled_start_time"]) <= now:
            event["status"] = _ACTIVE
        if event["status"] == _ACTIVE and _seconds(event["scheduled_end_time"]) <= now:
            event["status"] = _COMPLETED
    return guild


def _find(call: Call, guild: Guild) -> Json:
    event = guild.events.get(call.id("guild_scheduled_event_id"))
    if event is None:
        raise ApiError(10070)
    return event


def _problems(call: Call, event: Json, *, started: bool = False) -> list[str]:
    starts, ends = (
        _seconds(event.get(name)) for name in ("scheduled_start_time", "scheduled_end_time")
    )
    problems = []
    if event.get("entity_type") != _EXTERNAL:
        problems.append("entity_type: only external events are known here")
    if not (event.get("entity_metadata") or {}).get("location"):
        problems.append("entity_metadata: an external event has a location")
    if not started and starts <= call.world.clock.now():
        problems.append("scheduled_start_time: it is in the past")
    if ends <= starts:
        problems.append("scheduled_end_time: it is not after the start")
    return problems


def _seconds(time: Any) -> float:
    return datetime.fromisoformat(time).timestamp() if time else 0


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", SCHEDULED_EVENTS, list_events),
    ("POST", SCHEDULED_EVENTS, create_event),
    ("PATCH", f"{SCHEDULED_EVENTS}/{{guild_scheduled_event_id}}", change_event),
    ("DELETE", f"{SCHEDULED_EVENTS}/{{guild_scheduled_event_id}}", delete_event),
]
