"""Records among the teams of a server's members, over competitions with a final board."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from leaderboards.board import Integers
from leaderboards.history.team_history import skip_absence
from leaderboards.medals import MedalZone, medal_thresholds


class PublicSummary(NamedTuple):
    """A summary of a team's ranks on the public board."""

    gold_seconds: int
    """How long it stood in the gold zone while the competition ran, all periods together."""
    worst_rank: int
    """Since it came to the board, or since its last return to it; 0 if it was never on it."""


class CloseCall(NamedTuple):
    """The medal threshold that is nearest to a final rank."""

    medal_zone: MedalZone
    """The medal of the threshold."""
    last_rank: int
    """The last rank that won this medal."""
    places: int
    """If won, by how many places worse the medal would have been lost; else by how many better it
    would have been won."""
    won: bool


@dataclass(frozen=True, slots=True)
class TeamResult:
    """A team of members on the final board of one competition, and how it came there."""

    competition_id: int
    user_ids: tuple[int, ...]
    """Its members in the server."""
    rank: int
    team_count: int
    awards_medals: bool
    public: PublicSummary | None
    """None where its ranks on the public board are not known."""

    @property
    def gold_seconds(self) -> int:
        """How long it stood in the gold zone; 0 in competitions without medals."""
        return self.public.gold_seconds if self.public is not None and self.awards_medals else 0

    @property
    def climb(self) -> int:
        """Places from the worst rank on the public board to the final rank; 0 or less for none."""
        return self.public.worst_rank - self.rank if self.public is not None else 0

    @property
    def close_call(self) -> CloseCall | None:
        """The nearest medal threshold; None without medals."""
        return find_close_call(self.rank, self.team_count) if self.awards_medals else None


class HallRecords(NamedTuple):
    """The team that holds each record; None if no team has one."""

    time_in_gold: TeamResult | None
    climb: TeamResult | None
    close_call: TeamResult | None


def find_records(teams: Iterable[TeamResult]) -> HallRecords:
    """Return the records.

    Of equal teams the first one holds it, so pass the teams of the oldest competition first.
    """
    candidates = list(teams)

    def find_best(measure: Callable[[TeamResult], int]) -> TeamResult | None:
        best = max(candidates, key=measure, default=None)
        return best if best is not None and measure(best) > 0 else None

    distances = [
        (call.places, team) for team in candidates if (call := team.close_call) is not None
    ]
    _, closest = min(distances, key=lambda one: one[0], default=(0, None))
    return HallRecords(
        find_best(lambda team: team.gold_seconds), find_best(lambda team: team.climb), closest
    )


def summarize_public_ranks(
    taken_at: Integers, ranks: Integers, team_counts: Integers, ended_at: int
) -> PublicSummary:
    """Summarize a team's ranks at all syncs of the public board.

    A rank holds until the next sync of the log, and the last one until `ended_at`. Times are Unix
    seconds; `ranks` are 0 while the team was not on the board.
    """
    bounds = np.minimum(np.append(taken_at, ended_at), ended_at)
    counts, index = np.unique(team_counts, return_inverse=True)
    last_gold_ranks = np.array(
        [medal_thresholds(count).gold for count in counts.tolist()], dtype=np.int64
    )
    in_gold = (ranks > 0) & (ranks <= last_gold_ranks[index])
    since_return = ranks[skip_absence(ranks, 0) :]
    return PublicSummary(
        gold_seconds=int(np.diff(bounds)[in_gold].sum()),
        worst_rank=int(since_return.max(initial=0)),
    )


def find_close_call(rank: int, team_count: int) -> CloseCall | None:
    """Return the medal threshold nearest to a final rank; None if the board has no medal.

    Where two thresholds are equally near, it is the one of a medal that was won.
    """
    thresholds = medal_thresholds(team_count)
    calls = [
        CloseCall(medal_zone, last, last - rank + 1 if rank <= last else rank - last, rank <= last)
        for medal_zone in MedalZone
        if (last := thresholds.last_rank(medal_zone))
    ]
    return min(calls, key=lambda call: (call.places, not call.won), default=None)
