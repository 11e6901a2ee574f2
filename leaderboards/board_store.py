"""The interface between a sync and the database; `storage` implements it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from leaderboards.board import Board, BoardKind, ScoreOrder
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import NO_DRIFT, ScoreDrift
from leaderboards.history import Snapshot
from leaderboards.news.follower import Follower, NewsDecision


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """Facts about a stored board."""

    board_id: int
    checksum: bytes
    taken_at: datetime
    order: ScoreOrder | None
    team_count: int
    held_checksum: bytes | None = None
    """Of the last file that was held."""
    score_drift: ScoreDrift = NO_DRIFT
    """That of the stored board; only `usual` and `corrected` are stored."""
    seen_at: datetime | None = None
    """When a sync last found it, changed or not."""


class BoardStore(Protocol):
    """Reads and writes boards of one kind by competition slug."""

    async def find_stored(self, slug: str, kind: BoardKind) -> StoredBoard | None:
        """Return the facts about the stored board; None before the first."""
        ...

    async def find_anomaly(self, slug: str) -> str | None:
        """Return why the last board was held; None if it was not."""
        ...

    async def load_board(self, slug: str, kind: BoardKind) -> Board | None:
        """Return the whole stored board; None before the first."""
        ...

    async def record_unchanged(self, slug: str, now: datetime) -> None:
        """Record a successful sync that changed nothing."""
        ...

    async def record_anomaly(
        self, slug: str, kind: BoardKind, anomaly: str, checksum: bytes
    ) -> None:
        """Record the anomaly and the checksum of a held file; the stored board stays."""
        ...

    async def commit(
        self,
        slug: str,
        changes: BoardDiff,
        snapshot: Snapshot,
        *,
        checksum: bytes,
        decide: Callable[[Follower], NewsDecision] | None,
        now: datetime,
        drift: ScoreDrift = NO_DRIFT,
    ) -> int:
        """Write a board, its history and its announcements in one transaction.

        Return how many announcements were added to the outbox; 0 without `decide`.
        """
        ...
