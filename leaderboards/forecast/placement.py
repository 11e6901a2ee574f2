"""Place of a score on a board, and which scores its medal zones take now."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from leaderboards.board import Integers, Reals, ScoreOrder
from leaderboards.medals import MedalZone, medal_thresholds

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MAYBE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
"""1,234 is more than a thousand to some people, and a little more than 1 to others."""


def parse_score(typed: str) -> str | None:
    """Return a typed score as a number with a decimal point; None if it is none, or not clear.

    A decimal comma becomes a point.
    """
    text = typed.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(text) or _MAYBE_THOUSANDS.fullmatch(text):
        return None
    number = Decimal(text.replace(",", "."))
    return str(number) if math.isfinite(float(number)) else None


@dataclass(frozen=True, slots=True, eq=False)
class RankedScores:
    """The ranks and scores of all teams of a board, best first."""

    ranks: Integers
    scores: Reals


@dataclass(frozen=True, slots=True)
class Placement:
    """Place of a score if one team had it, with all other scores as they are."""

    rank: int
    """After all teams with the same score: they had it earlier."""
    team_count: int
    """With the team itself."""
    tied: int
    """How many other teams have the same score."""
    behind: int
    """How many other teams have a worse score."""
    medal_zone: MedalZone | None
    """As if the competition awarded medals."""
    ranks_to_beat: Mapping[MedalZone, int]
    """For each zone that a team can reach, best first, the rank of the team whose score must be
    beaten for it."""


def place_score(
    teams: RankedScores, order: ScoreOrder, score: float, own_rank: int | None = None
) -> Placement:
    """Return where a score would stand if the team at `own_rank` had it instead of its own.

    Without `own_rank`, a team that is not on the board yet has it.
    """
    ranks, sign = teams.ranks, -1 if order is ScoreOrder.HIGHER else 1
    others = np.arange(len(ranks))
    if own_rank is not None:
        others = np.delete(others, np.searchsorted(ranks, own_rank))
    else:
        # Where ranks are missing, the last one is not the number of teams.
        ranks = np.append(ranks, ranks[-1] + 1 if len(ranks) else 1)
    keys = sign * teams.scores[others]
    # A few scores may not fit to their ranks, as where Kaggle moved a team.
    best_first = np.argsort(keys, kind="stable")
    keys = keys[best_first]
    better, ahead = (int(np.searchsorted(keys, sign * score, side)) for side in ("left", "right"))
    thresholds, ranks_to_beat = medal_thresholds(len(ranks)), {}
    for zone in MedalZone:
        room = int(np.searchsorted(ranks, thresholds.last_rank(zone), side="right"))
        if 0 < room <= len(others):
            ranks_to_beat[zone] = int(teams.ranks[others[best_first[room - 1]]])
    rank = int(ranks[ahead])
    return Placement(
        rank=rank,
        team_count=len(ranks),
        tied=ahead - better,
        behind=len(others) - ahead,
        medal_zone=thresholds.medal_zone(rank),
        ranks_to_beat=ranks_to_beat,
    )
