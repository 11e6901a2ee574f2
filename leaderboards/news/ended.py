"""What a channel is told when a competition has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from leaderboards.medals import MedalZone


@dataclass(frozen=True, slots=True)
class Finisher:
    """A team with linked members, as it ended."""

    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    rank: int | None
    """On the final board; None for a team that is on the public one only."""
    public_rank: int | None
    score_text: str
    medal: MedalZone | None


@dataclass(frozen=True, slots=True)
class Shaken:
    """A team that the private board moved far."""

    team_name: str
    public_rank: int
    rank: int


@dataclass(frozen=True, slots=True)
class EndedMessage:
    """Tells a channel how a competition ended."""

    slug: str
    ended_at: datetime
    public_at: datetime
    """Of when the last public board is."""
    team_count: int
    private: bool
    """Whether the final board is a private one; else it is the last public one."""
    winner: Finisher
    """The first on the final board, with those of its members who are linked."""
    finishers: tuple[Finisher, ...]
    """This server's teams, the best first."""
    more: int
    """How many further teams of this server did not fit."""
    mean_shake_up: float
    """See `ShakeUp.mean`; 0 without a private board, as are the places."""
    mean_places: float
    rose: tuple[Shaken, ...]
    fell: tuple[Shaken, ...]
    type: Literal["ended"] = "ended"
