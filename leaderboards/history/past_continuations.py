"""Past continuations: a team's history goes on from that of the team whose place it took over."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaderboards.board import Integers


@dataclass(frozen=True, slots=True)
class PastContinuation:
    """A team that left the board, and the one that continues it.

    They merged, Kaggle gave the team a new id, or its members came back.
    """

    source_id: int
    """The team that left the board."""
    source_name: str
    into_team_id: int
    """The team that continues it."""
    taken_at: int
    """Unix second of the first board on which the other team continues it."""
    place_taken_over: bool
    """Whether the other team took over its place; its history then begins with that of the team
    that left."""


@dataclass(frozen=True, slots=True)
class Span:
    """The syncs in which a history is taken from one team."""

    team_id: int
    syncs: slice


class PastContinuations:
    """All continuations that led to some teams."""

    def __init__(self, continuations: Iterable[PastContinuation]) -> None:
        self._by_successor: defaultdict[int, list[PastContinuation]] = defaultdict(list)
        for continuation in sorted(continuations, key=lambda continuation: continuation.taken_at):
            self._by_successor[continuation.into_team_id].append(continuation)

    def find(self, team_id: int) -> Sequence[PastContinuation]:
        """Return the teams that a team continues, oldest first."""
        return self._by_successor.get(team_id, ())

    def find_contributors(self, team_id: int) -> set[int]:
        """Return a team and all that it continues, directly or through other teams."""
        found, waiting = {team_id}, [team_id]
        while waiting:
            sources = {continuation.source_id for continuation in self.find(waiting.pop())} - found
            found |= sources
            waiting += sources
        return found

    def find_spans(self, team_id: int, taken_at: Sequence[int] | Integers) -> list[Span]:
        """Return the spans of a team's history, each taken from one team, oldest first.

        `taken_at` are the Unix seconds of all syncs, ascending.
        """
        spans: list[Span] = []
        end, before = len(taken_at), None
        while True:
            taken_over = [
                continuation
                for continuation in self.find(team_id)
                if continuation.place_taken_over
                and (before is None or continuation.taken_at < before)
            ]
            if not taken_over:
                return [Span(team_id, slice(0, end)), *reversed(spans)]
            last = taken_over[-1]
            begin = min(bisect_left(taken_at, last.taken_at), end)
            spans.append(Span(team_id, slice(begin, end)))
            team_id, end, before = last.source_id, begin, last.taken_at
