"""The ranking of a server's members over several competitions."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_TOTAL_DECIMALS = 9
"""Decimals of a total; totals that differ only beyond them are equal."""


class Rule(StrEnum):
    """Rule by which a rank in one competition counts in a season."""

    POINTS = "points"
    """The sum of Kaggle's ranking points, without decay: a competition counts the same whenever it
    ended, and a finished season does not change. Points are whole, so that those shown add up."""
    MEAN_SHARE_BEHIND = "mean_share_behind"
    """The share of the teams behind, as the mean over all competitions of the season; a competition
    without the member counts 0."""


@dataclass(frozen=True, slots=True)
class SeasonPlace:
    """A member's rank in one competition of a season."""

    user_id: int
    user_name: str
    """On Kaggle."""
    slug: str
    rank: int
    team_count: int
    team_size: int
    """Members of the team, including this one."""
    final: bool
    """Whether the competition is archived; if so, only a recheck can still change the rank."""


@dataclass(frozen=True, slots=True)
class Result:
    """A rank in one competition, and what it is worth in the season."""

    place: SeasonPlace
    value: float
    """Points, or under `Rule.MEAN_SHARE_BEHIND` the share of the teams behind, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class SeasonStanding:
    """A member's rank in a season."""

    rank: int
    """The same for members with the same total."""
    user_id: int
    total: float
    """Points, or under `Rule.MEAN_SHARE_BEHIND` a mean between 0 and 1."""
    results: tuple[Result, ...]
    """The best first."""


def rank_season(
    places: Iterable[SeasonPlace], rule: Rule, competition_count: int
) -> list[SeasonStanding]:
    """Rank the members over a season of so many competitions, the best first.

    A member in two teams of one competition counts with the better one.
    """
    best: defaultdict[int, dict[str, Result]] = defaultdict(dict)
    for place in places:
        result = Result(place, _season_value(place, rule))
        best_so_far = best[place.user_id].get(place.slug)
        if best_so_far is None or result.value > best_so_far.value:
            best[place.user_id][place.slug] = result
    divisor = 1 if rule is Rule.POINTS else max(competition_count, 1)
    totals = {
        user_id: round(
            math.fsum(result.value for result in results.values()) / divisor, _TOTAL_DECIMALS
        )
        for user_id, results in best.items()
    }
    ordered = sorted(totals, key=lambda user_id: (-totals[user_id], user_id))
    ascending = sorted(totals.values())
    return [
        SeasonStanding(
            rank=1 + len(totals) - bisect_right(ascending, totals[user_id]),
            user_id=user_id,
            total=totals[user_id],
            results=tuple(
                sorted(best[user_id].values(), key=lambda one: (-one.value, one.place.slug))
            ),
        )
        for user_id in ordered
    ]


def season_points(rank: int, teams: int, team_size: int) -> float:
    """Return Kaggle's ranking points for a rank; they are final once the rank is.

    [100000 / sqrt(N_teammates)] * [rank^-0.75] * [log10(1 + log10(N_teams))] * [e^(-t/500)], where
    t is the days since the deadline, here 0: Will Cukierski, "Improved Kaggle Rankings", 13 May
    2015, http://blog.kaggle.com/2015/05/13/improved-kaggle-rankings/, and
    https://www.kaggle.com/progression. Each member of a team gets these points.
    """
    return (
        100_000
        / math.sqrt(max(team_size, 1))
        * math.pow(rank, -0.75)
        * math.log10(1 + math.log10(max(teams, 1)))
    )


def share_behind(rank: int, teams: int) -> float:
    """Return the share of the other teams behind a rank: 1 for the first, 0 for the last.

    1 - (rank - 1) / (teams - 1); 1 for the only team of a board. Where other ranks are missing, a
    rank may be greater than the number of teams: then 0.
    """
    return max(0.0, 1 - (rank - 1) / (teams - 1)) if teams > 1 else 1.0


def _season_value(place: SeasonPlace, rule: Rule) -> float:
    """Return what a rank is worth in the season: points, or the share of the teams behind."""
    if rule is Rule.POINTS:
        return round(season_points(place.rank, place.team_count, place.team_size))
    return share_behind(place.rank, place.team_count)
