"""The interface between a sync and the database; `storage` implements it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from leaderboards.board import Board, BoardKind, ScoreOrder
from leaderboards.board_diff import BoardDiff
from leaderboards.history import Snapshot
from leaderboards.news.rules import Follower, NewsDecision


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """What storage knows of a competition's current board."""

    board_id: int
    digest: bytes
    taken_at: datetime
    order: ScoreOrder | None
    team_count: int


class BoardStore(Protocol):
    """What a sync needs of storage."""

    async def stored(self, slug: str, kind: BoardKind) -> StoredBoard | None:
        """Tell which board is kept, None before the first."""
        ...

    async def held(self, slug: str) -> str | None:
        """Tell why the last board was held, None if it was not."""
        ...

    async def current(self, slug: str, kind: BoardKind) -> Board | None:
        """Return the whole current board, None before the first."""
        ...

    async def unchanged(self, slug: str, now: datetime) -> None:
        """Record a good sync that found nothing new."""
        ...

    async def hold(self, slug: str, doubt: str) -> None:
        """Record that a board looked wrong; everything else stays as it is."""
        ...

    async def commit(
        self,
        slug: str,
        changes: BoardDiff,
        snapshot: Snapshot,
        *,
        digest: bytes,
        decide: Callable[[Follower], NewsDecision] | None,
        now: datetime,
    ) -> int:
        """Write a board, its history and its announcements in one transaction.

        Returns how many announcements were put in the outbox. Without `decide` there are none.
        """
        ...
