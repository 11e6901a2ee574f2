"""The HTTP status of each attempt of a request, also of those that discord.py retries."""

from __future__ import annotations

from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp
import discord

_statuses: ContextVar[list[int | None] | None] = ContextVar("statuses", default=None)


def start_recording() -> None:
    """Record the statuses of the requests that the current task makes from now on."""
    _statuses.set([])


def created_nothing(error: Exception) -> bool:
    """Return whether certainly no attempt since `start_recording` created a message.

    `error` is what the last attempt raised.

    After a 5xx, or without a status, the message may exist, whatever a later attempt returned.
    """
    if not isinstance(error, discord.HTTPException):
        return False
    statuses = (*(_statuses.get() or ()), error.status)
    return all(status is not None and 400 <= status < 500 for status in statuses)


def add_recording_hooks(trace: aiohttp.TraceConfig) -> None:
    """Add hooks to a client's trace configuration that record the status of each attempt."""
    trace.on_request_end.append(_on_answer)
    trace.on_request_exception.append(_on_exception)


def _record(status: int | None) -> None:
    statuses = _statuses.get()
    if statuses is not None:
        statuses.append(status)


async def _on_answer(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    request: aiohttp.TraceRequestEndParams,
) -> None:
    _record(request.response.status)


async def _on_exception(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _request: aiohttp.TraceRequestExceptionParams,
) -> None:
    _record(None)
