"""The HTTP status of each attempt of a request, also of those that discord.py retries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord

T = TypeVar("T")

_statuses: ContextVar[list[int | None] | None] = ContextVar("statuses", default=None)
_on_unknown_outcome: ContextVar[Callable[[], None] | None] = ContextVar("on_unknown", default=None)


def record_http_statuses() -> None:
    """Record the statuses of the requests that the current task makes from now on."""
    _statuses.set([])


def created_nothing(error: Exception) -> bool:
    """Return whether certainly no attempt since `record_http_statuses` created a message.

    `error` is what the last attempt raised.

    After a 5xx, or without a status, the message may exist, whatever a later attempt returned.
    """
    if not isinstance(error, discord.HTTPException):
        return False
    statuses = (*(_statuses.get() or ()), error.status)
    return all(status is not None and 400 <= status < 500 for status in statuses)


async def send_once(request: Coroutine[Any, Any, T]) -> T:
    """Await a request, and end it before discord.py repeats one that may have succeeded.

    For what has no nonce, such as a forum post. Raises `ConnectionError` then.
    """
    context, outcome_unknown = copy_context(), False

    def end() -> None:
        nonlocal outcome_unknown
        outcome_unknown = True
        task.cancel()

    context.run(_on_unknown_outcome.set, end)
    task = asyncio.get_running_loop().create_task(request, context=context)
    try:
        return await task
    except asyncio.CancelledError:
        if outcome_unknown:
            raise ConnectionError("no answer that says what was done") from None
        raise


def add_recording_hooks(trace: aiohttp.TraceConfig) -> None:
    """Add hooks to a client's trace configuration that record the status of each attempt."""
    trace.on_request_end.append(_on_answer)
    trace.on_request_exception.append(_on_exception)


def _record(status: int | None) -> None:
    statuses = _statuses.get()
    if statuses is not None:
        statuses.append(status)
    end = _on_unknown_outcome.get()
    if end is not None and (status is None or status >= 500):
        end()


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
