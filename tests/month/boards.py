"""Boards of a month: the changes of the recorded hours, over and over, on boards of any size.

What is repeated is where changes begin and end, as a share of the board, so that a board keeps its
shape however often the recording is played.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from demo.recording import RecordedBoard
from leaderboards.board import Entry
from leaderboards.parsing.reader import read_board
from tests.cogs.world import Team

_NEIGHBOURS = 15
"""How many places around the recorded one the team of a change may be."""
_MEMBER_SHARE = 0.07
"""How often that is a member of the server, if one is there: three times as often as any other."""


class RecordedChange(NamedTuple):
    """What one team did within an hour; places are shares of the board."""

    begin: float | None
    """None for a new team."""
    end: float
    """0 only for a new leader."""
    improved: bool


@dataclass
class MonthBoard:
    """A board that goes on for a month."""

    teams: list[Team]
    """Best first."""
    share: float
    """Its activity, compared with the recorded board's."""

    @classmethod
    def build(
        cls, recorded: RecordedBoard, size: int, members: Sequence[str], seed: int
    ) -> MonthBoard:
        """Build a board of some recorded teams, with members of the server spread over it."""
        rng = random.Random(seed)  # noqa: S311 - the same each time
        entries = _ranked(recorded)
        chosen = sorted(rng.sample(range(len(entries)), size))
        places = {
            (2 * number + 1) * size // (2 * len(members)): name
            for number, name in enumerate(members)
        }
        teams = [
            Team(
                seed * 100_000 + place,
                entries[index].team_name,
                entries[index].score_text,
                places.get(place, f"{seed}x{place}"),
            )
            for place, index in enumerate(chosen)
        ]
        return cls(teams, size / len(entries))

    def play_hour(
        self, changes: Sequence[RecordedChange], now: datetime, rng: random.Random
    ) -> None:
        """Apply as many of the recorded changes as suit the size of the board."""
        for change in changes:
            if rng.random() < self.share:
                self._apply(change, now, rng)

    def _apply(self, change: RecordedChange, now: datetime, rng: random.Random) -> None:
        end = int(change.end * len(self.teams)) or int(change.end > 0)
        if change.begin is None:
            number = max(team.id for team in self.teams) + 1
            self._insert(end, Team(number, f"Team {number}", "", f"new{number}", 1, now))
            return
        begin = self._choose(int(change.begin * len(self.teams)), rng)
        team = self.teams[begin]
        team = replace(team, submissions=team.submissions + 1, submitted_at=now)
        self.teams[begin] = team
        # The team may be some places away from the recorded one.
        gained = int((change.begin - change.end) * len(self.teams))
        if change.improved and gained > 0:
            del self.teams[begin]
            self._insert(max(begin - gained, end), team)

    def _choose(self, place: int, rng: random.Random) -> int:
        first = max(place - _NEIGHBOURS, 0)
        near = range(first, min(place + _NEIGHBOURS + 1, len(self.teams)))
        members = [index for index in near if self.teams[index].members.startswith("member")]
        return rng.choice(members if members and rng.random() < _MEMBER_SHARE else near)

    def _insert(self, place: int, team: Team) -> None:
        """Insert a team with a score between those of its neighbours."""
        below = float(self.teams[min(place, len(self.teams) - 1)].score)
        above = float(self.teams[place - 1].score) if place else below + 1e-6
        self.teams.insert(place, replace(team, score=f"{(above + below) / 2:.12f}"))


def read_changes(recording: Sequence[RecordedBoard]) -> list[list[RecordedChange]]:
    """Return what changed from each recorded board to the next."""
    return [_compare(*pair) for pair in pairwise(map(_ranked, recording))]


def _compare(before: Sequence[Entry], after: Sequence[Entry]) -> list[RecordedChange]:
    known = {entry.team_id: (place, entry) for place, entry in enumerate(before)}
    changes = []
    for place, entry in enumerate(after):
        end = place / len(after)
        if entry.team_id not in known:
            changes.append(RecordedChange(None, end, improved=True))
            continue
        old_place, old = known[entry.team_id]
        if entry.submissions != old.submissions:
            improved = entry.score_text != old.score_text
            changes.append(RecordedChange(old_place / len(before), end, improved))
    return changes


def _ranked(recorded: RecordedBoard) -> list[Entry]:
    board = read_board(recorded.csv, taken_at=recorded.taken_at)
    return [entry for entry in board.entries() if entry.rank]
