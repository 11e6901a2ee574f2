"""The server and competition that log lines are about, also lines that libraries write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_subject: ContextVar[Mapping[str, str]] = ContextVar("log_subject", default=_NOTHING)


@contextmanager
def log_subject(*, server: int | None = None, competition: str | None = None) -> Iterator[None]:
    """Add server or competition to all log lines written inside the block.

    Also to those of tasks that are created in it.
    """
    given = {
        **_subject.get(),
        **({} if server is None else {"server": str(server)}),
        **({} if competition is None else {"competition": competition}),
    }
    token = _subject.set(given)
    try:
        yield
    finally:
        _subject.reset(token)


def get_log_subject() -> Mapping[str, str]:
    """Return the server and the competition of the current task, as far as they are known."""
    return _subject.get()
