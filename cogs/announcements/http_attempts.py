"""What Discord answered to each try of a request; discord.py tries some again by itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

_statuses: ContextVar[list[int | None] | None] = ContextVar("statuses", default=None)


def start_recording() -> None:
    """Take note, within this task, of what the requests from here on are answered with."""
    _statuses.set([])


def recorded_statuses() -> Sequence[int | None]:
    """Give the status of each answer since the beginning; None for a try without one."""
    return tuple(_statuses.get() or ())


def record_attempts(trace: aiohttp.TraceConfig) -> None:
    """Let the requests of a client be taken note of."""
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_broken)


def _note(status: int | None) -> None:
    statuses = _statuses.get()
    if statuses is not None:
        statuses.append(status)


async def _answered(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    request: aiohttp.TraceRequestEndParams,
) -> None:
    _note(request.response.status)


async def _broken(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _request: aiohttp.TraceRequestExceptionParams,
) -> None:
    _note(None)
