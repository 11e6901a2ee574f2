"""Past mergers: the history of a team goes on from that of the team whose place it took over."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaderboards.board_diff import Indices


@dataclass(frozen=True, slots=True)
class PastMerger:
    """A team that left the board as it merged into another one."""

    team_id: int
    team_name: str
    into_team_id: int
    taken_at: int
    """Unix second of the first board without it."""
    place_taken_over: bool
    """Whether the other team took over its place, and so goes on from its history."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a history that is that of one team."""

    team_id: int
    syncs: slice


class PastMergers:
    """The mergers that led to some teams."""

    def __init__(self, mergers: Iterable[PastMerger]) -> None:
        self._by_successor: defaultdict[int, list[PastMerger]] = defaultdict(list)
        for merger in sorted(mergers, key=lambda merger: merger.taken_at):
            self._by_successor[merger.into_team_id].append(merger)

    def find(self, team_id: int) -> Sequence[PastMerger]:
        """Return the mergers into a team, oldest first."""
        return self._by_successor.get(team_id, ())

    def find_contributors(self, team_id: int) -> set[int]:
        """Return a team and all that merged into it, directly or before into another one."""
        found, waiting = {team_id}, [team_id]
        while waiting:
            sources = {merger.team_id for merger in self.find(waiting.pop())} - found
            found |= sources
            waiting += sources
        return found

    def find_spans(self, team_id: int, taken_at: Sequence[int] | Indices) -> list[Span]:
        """Return of which teams the history of a team consists, oldest first.

        `taken_at` are the Unix seconds of all syncs, ascending.
        """
        spans: list[Span] = []
        end, before = len(taken_at), None
        while True:
            taken_over = [
                merger
                for merger in self.find(team_id)
                if merger.place_taken_over and (before is None or merger.taken_at < before)
            ]
            if not taken_over:
                return [Span(team_id, slice(0, end)), *reversed(spans)]
            last = taken_over[-1]
            begin = min(bisect_left(taken_at, last.taken_at), end)
            spans.append(Span(team_id, slice(begin, end)))
            team_id, end, before = last.team_id, begin, last.taken_at
