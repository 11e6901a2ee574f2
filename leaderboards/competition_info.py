"""Competition info: the values that Kaggle's list has of a competition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitionFacts:
    """Facts of a competition that only the kaggle package tells; None where it does not."""

    title: str | None = None
    merger_deadline: datetime | None = None
    entry_deadline: datetime | None = None
    awards_points: bool | None = None
    """Whether it awards points and medals."""
    metric: str | None = None
    daily_submissions: int | None = None
    team_size: int | None = None
    """The most members of a team."""
    host: str | None = None


@dataclass(frozen=True, slots=True)
class CompetitionInfo(CompetitionFacts):
    """A competition in Kaggle's list of competitions."""

    slug: str
    deadline: datetime | None = None
    category: str | None = None
    reward: str | None = None
    team_count: int | None = None
    spelling: str | None = None
    """The slug as Kaggle writes it, where that has capitals."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompetitionPage:
    """One page of Kaggle's list of competitions."""

    competitions: tuple[CompetitionInfo, ...]
    next_token: str | None
    """The token of the following page; None on the last one."""
