"""Routes of Discord's HTTP API with which the bot answers an interaction."""

from __future__ import annotations

from collections.abc import Iterator

from tests.wire.http.api_errors import ApiError
from tests.wire.http.call import Call, Handler
from tests.wire.http.command_limits import choice_problems, modal_problems
from tests.wire.http.limits import message_problems
from tests.wire.http.routes import hold_to_something
from tests.wire.state import payloads
from tests.wire.state.interactions import ANSWER, CHOICES, MODAL, UPDATE
from tests.wire.state.world import Json, Message


def respond(call: Call) -> Json:
    """Accept the first answer."""
    call.hold_to(_answer_problems(call))
    interactions = call.parts.interactions
    token = call.request.match_info["interaction_token"]
    interaction = interactions.respond(call.id("interaction_id"), token, call.body, call.uploads)
    return interactions.callback_response(interaction)


def follow_up(call: Call) -> Json:
    """Send another message."""
    _hold_to_limits(call, None)
    hold_to_something(call)
    made = call.parts.interactions.follow_up(_token(call), call.body, call.uploads)
    return payloads.message(made, call.world)


def message(call: Call) -> Json:
    """Return a response's message."""
    return payloads.message(_message(call), call.world)


def edit(call: Call) -> Json:
    """Change an answer's message."""
    found = _message(call)
    _hold_to_limits(call, found)
    edited = call.parts.interactions.edit(_token(call), _which(call), call.body, call.uploads)
    return payloads.message(edited, call.world)


def delete(call: Call) -> None:
    """Delete an answer's message."""
    call.parts.interactions.delete(_token(call), _which(call))


def _answer_problems(call: Call) -> Iterator[str]:
    kind, data = call.body["type"], call.body.get("data") or {}
    if kind in (ANSWER, UPDATE):
        names = [upload.name for upload in call.uploads]
        yield from message_problems(data, data.get("flags") or 0, names)
    elif kind == CHOICES:
        yield from choice_problems(data.get("choices") or [])
    elif kind == MODAL:
        yield from modal_problems(data)


def _hold_to_limits(call: Call, found: Message | None) -> None:
    flags = (found.flags if found else 0) | (call.body.get("flags") or 0)
    names = [upload.name for upload in call.uploads]
    kept = [attachment["filename"] for attachment in found.attachments] if found else []
    call.hold_to(message_problems(call.body, flags, [*names, *kept]))


def _message(call: Call) -> Message:
    return call.parts.interactions.message(_token(call), _which(call))[1]


def _token(call: Call) -> str:
    if call.id("webhook_id") != call.world.bot.id:
        raise ApiError(10015)
    return call.request.match_info["webhook_token"]


def _which(call: Call) -> str:
    return call.request.match_info.get("message_id", "@original")


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_MESSAGES = (f"{_WEBHOOK}/messages/@original", f"{_WEBHOOK}/messages/{{message_id}}")

ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", respond),
    ("POST", _WEBHOOK, follow_up),
    *(("GET", route, message) for route in _MESSAGES),
    *(("PATCH", route, edit) for route in _MESSAGES),
    *(("DELETE", route, delete) for route in _MESSAGES),
]
