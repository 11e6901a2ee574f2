"""Journal of requests to the stand-in, its answers, and what broke Discord's rules."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """A request and what became of it."""

    number: int
    at: float
    method: str
    route: str
    path: str
    query: str
    body: Any = None
    status: int | None = None
    """None while it is under way, and when the connection ended without an answer."""
    code: int | None = None
    fault: int | None = None
    """The number of the fault that it met."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that Discord would not have taken."""

    request: int
    method: str
    route: str
    problems: list[str]


class Journal:
    """The requests in their order, the oldest forgotten after a while, and counts of all."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=_KEPT)
        self.violations: list[Violation] = []
        self.answers: Counter[str] = Counter()
        """How often a route was answered with a status; "cut" where the connection was broken."""
        self.gateway: Counter[str] = Counter()
        self._last = 0

    def begin(self, at: float, method: str, route: str, path: str, query: str) -> Entry:
        """Write down a request."""
        self._last += 1
        entry = Entry(self._last, at, method, route, path, query)
        self.entries.append(entry)
        return entry

    def answered(self, entry: Entry, status: int | None, code: int | None = None) -> None:
        """Write down what became of a request."""
        entry.status, entry.code = status, code
        self.answers[f"{entry.method} {entry.route} {status or 'cut'}"] += 1

    def violated(self, entry: Entry, problems: list[str]) -> None:
        """Write down that a request broke the rules."""
        self.violations.append(Violation(entry.number, entry.method, entry.route, problems))

    def to_json(self, after: int, route: str | None) -> list[dict[str, Any]]:
        """Return the requests after one, as JSON for a test."""
        return [
            asdict(entry)
            for entry in self.entries
            if entry.number > after and route in (None, entry.route)
        ]
