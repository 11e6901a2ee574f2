"""How a server's members stand over several competitions together."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What a place in one competition is worth in a season."""

    POINTS = "points"
    """Kaggle's ranking points, added up. They do not decay: in a season, which is looked at as a
    whole, a competition counts the same whenever it ended, and a finished season stays as it is."""
    RANK = "rank"
    """The share of the teams that one is ahead of, as the mean over all competitions of the season.
    Who did not take part in one has 0 there."""


@dataclass(frozen=True, slots=True)
class SeasonPlace:
    """Where a member stands in one competition of a season."""

    user_id: int
    user_name: str
    """On Kaggle."""
    slug: str
    rank: int
    team_count: int
    teammates: int
    """How many people the team has, the member among them."""
    final: bool
    """Whether the competition is over; else its board still changes."""


@dataclass(frozen=True, slots=True)
class Result:
    """A place with what it is worth."""

    place: SeasonPlace
    points: float


@dataclass(frozen=True, slots=True)
class SeasonStanding:
    """How one member stands over a season."""

    rank: int
    """Shared by those who are level."""
    user_id: int
    total: float
    """Points, or under `Rule.RANK` a mean between 0 and 1."""
    results: tuple[Result, ...]
    """The best first."""


def rank_season(
    places: Iterable[SeasonPlace], rule: Rule, competitions: int
) -> list[SeasonStanding]:
    """Rank the members over a season of so many competitions, the best first.

    Who is in two teams of one competition, by two names, counts with the better one.
    """
    best: defaultdict[int, dict[str, Result]] = defaultdict(dict)
    for place in places:
        result = Result(place, score_place(place, rule))
        known = best[place.user_id].get(place.slug)
        if known is None or result.points > known.points:
            best[place.user_id][place.slug] = result
    share = 1 if rule is Rule.POINTS else max(competitions, 1)
    totals = {
        user_id: sum(result.points for result in results.values()) / share
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
                sorted(best[user_id].values(), key=lambda one: (-one.points, one.place.slug))
            ),
        )
        for user_id in ordered
    ]


def score_place(place: SeasonPlace, rule: Rule) -> float:
    """Give what a place is worth."""
    if rule is Rule.POINTS:
        return season_points(place.rank, place.team_count, place.teammates)
    return normalised_rank(place.rank, place.team_count)


def season_points(rank: int, teams: int, teammates: int, days: float = 0) -> float:
    """Give Kaggle's ranking points for a final rank.

    [100000 / sqrt(N_teammates)] * [rank^-0.75] * [log10(1 + log10(N_teams))] * [e^(-t/500)], where
    t is the days since the deadline: Will Cukierski, "Improved Kaggle Rankings", 13 May 2015,
    http://blog.kaggle.com/2015/05/13/improved-kaggle-rankings/, and
    https://www.kaggle.com/progression. Each member of a team gets these points.
    """
    return (
        100_000
        / math.sqrt(max(teammates, 1))
        * math.pow(rank, -0.75)
        * math.log10(1 + math.log10(max(teams, 1)))
        * math.exp(-days / 500)
    )


def normalised_rank(rank: int, teams: int) -> float:
    """Give the share of the other teams that a rank is ahead of: 1 for the first, 0 for the last.

    1 - (rank - 1) / (teams - 1); who is alone on a board has 1.
    """
    return 1 - (rank - 1) / (teams - 1) if teams > 1 else 1.0
