"""Competitions and their boards, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from leaderboards.board import BoardKind, Entry, ScoreOrder
from leaderboards.competition_info import CompetitionFacts
from leaderboards.kaggle_ids import readable_slug
from leaderboards.medals import awards_medals
from leaderboards.news.deadlines import DeadlineKind

FORMER_MEMBER_RETENTION = timedelta(days=90)
"""How long it is remembered who left a board.

Longer than the two months after which boards of Getting Started competitions drop a team.
"""


@dataclass(frozen=True, slots=True)
class Competition(CompetitionFacts):
    """A competition, shared by all servers that follow it."""

    id: int
    slug: str
    category: str | None
    """As Kaggle's list names it; None when not known."""
    deadline: datetime | None
    reward: str | None
    synced_at: datetime | None
    """The last good sync, whether or not anything had changed."""
    failures: int
    """Failed syncs since the last good one."""
    error: str | None
    error_at: datetime | None
    next_sync_at: datetime
    anomaly: str | None
    """Why the last board was held; None if it was stored."""
    info_due_at: datetime
    """When Kaggle's list is next to be asked about it."""
    ended_at: datetime | None
    """The deadline, once it has passed; where none is known, when the private board was found. From
    then on only the end is checked. None before."""
    archived_at: datetime | None
    """When the private board was stored or given up; None before."""
    recheck_at: datetime | None = None
    """When to check the final board again; None before the archive and after the last check."""
    renamed_to: str | None = None
    """The slug under which Kaggle probably has it, if the last sync did not find it; else None."""
    first_slug: str | None = None
    """The slug before it was first renamed; None if it never was."""
    own_name: str | None = None
    """The name that the server for which it was loaded has given it; else None."""

    @property
    def name(self) -> str:
        """The server's own name, or else Kaggle's title, or else the slug made readable."""
        return self.own_name or self.title or readable_slug(self.slug)

    @property
    def deadlines(self) -> list[datetime]:
        """The final, the entry and the merger deadline, those that are known."""
        return [at for at in self.listed_deadlines.values() if at is not None]

    @property
    def listed_deadlines(self) -> dict[DeadlineKind, datetime | None]:
        """The deadlines in Kaggle's list; a server can give those that are None."""
        return {
            DeadlineKind.FINAL: self.deadline,
            DeadlineKind.ENTRY: self.entry_deadline,
            DeadlineKind.MERGER: self.merger_deadline,
        }

    @property
    def waits_for_teams(self) -> bool:
        """Whether its board has had no team yet, which is no failure."""
        return self.synced_at is None and self.error is None

    def awaits_final_board(self, now: datetime) -> bool:
        """Return whether the deadline has passed, but it is not known yet which board is final."""
        if self.archived_at is not None:
            return False
        return self.ended_at is not None or (self.deadline is not None and self.deadline <= now)

    @property
    def awards_medals(self) -> bool:
        """Whether it awards medals."""
        return awards_medals(self.category, self.awards_points)

    @property
    def awards_no_medals(self) -> bool:
        """Whether it is known that it awards none."""
        is_known = self.category is not None or self.awards_points is not None
        return is_known and not self.awards_medals


@dataclass(frozen=True, slots=True)
class BoardInfo:
    """Facts about a board as a whole."""

    board_id: int
    competition_id: int
    kind: BoardKind
    order: ScoreOrder | None
    ranks_derived: bool
    taken_at: datetime
    """The time of Kaggle's file; of a private board, or a file without a time, that of the sync."""
    stored_at: datetime
    """When this board was stored; later syncs found no change."""
    team_count: int
    rescored_at: datetime | None = None
    """The time of the last board that Kaggle had scored anew: ranks before are not compared."""
    scores_move: bool | None = None
    """Whether scores move without submissions, as in simulations; None before that is known."""


class TeamOnBoard(NamedTuple):
    """A board, and one team on it."""

    competition: Competition
    info: BoardInfo
    team: Entry


@dataclass(frozen=True, slots=True)
class FormerMember:
    """A user who was on a board and is not any more."""

    slug: str
    user_name: str
    rank: int
    """The rank of their team on the last board with them."""
    seen_at: datetime
    """The time of that board."""
    team: Entry | None
    """That team as it is now; None if it is not on the board any more."""


@dataclass(frozen=True, slots=True)
class NamedTeam:
    """A team that was found by its name."""

    competition_id: int
    team_id: int
    team_name: str
    rank: int
