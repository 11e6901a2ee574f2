"""What a place in a competition is worth, to add it up over several."""

from __future__ import annotations

import math


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
