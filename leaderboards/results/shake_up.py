"""The shake-up: how far the private board moved the teams of the public one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leaderboards.board import Board, Integers


@dataclass(frozen=True, slots=True, eq=False)
class ShakeUp:
    """Ranks on the public and the private board.

    The arrays have one entry for each team on both boards, by ascending private rank.
    """

    team_ids: Integers
    public_ranks: Integers
    private_ranks: Integers

    @classmethod
    def between(cls, public: Board, private: Board) -> ShakeUp:
        """Match the teams of two boards by TeamId."""
        team_ids, in_public, in_private = np.intersect1d(
            public.teams.team_id, private.teams.team_id, assume_unique=True, return_indices=True
        )
        private_ranks = private.teams.rank[in_private]
        by_rank = np.argsort(private_ranks)
        return cls(
            team_ids=team_ids[by_rank],
            public_ranks=public.teams.rank[in_public][by_rank],
            private_ranks=private_ranks[by_rank],
        )

    @property
    def rises(self) -> Integers:
        """How many ranks each team rose; negative if it fell."""
        rises: Integers = self.public_ranks - self.private_ranks
        return rises

    @property
    def mean_places(self) -> float:
        """How many ranks a team moved on average; 0 without teams."""
        return float(np.abs(self.rises).mean()) if len(self.team_ids) else 0.0

    @property
    def mean(self) -> float:
        """The mean over teams of |private rank - public rank| / number of teams, 0 to 1.

        This is the definition that Kaggle's members use, by BreakfastPirate in "Quantifying
        leaderboard shake-up", https://www.kaggle.com/c/liberty-mutual-fire-peril/forums/t/10187.
        """
        return self.mean_places / len(self.team_ids) if len(self.team_ids) else 0.0

    def most_risen(self, count: int) -> list[int]:
        """Return the indices of the teams that rose most, most first."""
        return self._select_lowest(-self.rises, count)

    def most_fallen(self, count: int) -> list[int]:
        """Return the indices of the teams that fell most, most first."""
        return self._select_lowest(self.rises, count)

    def _select_lowest(self, changes: Integers, count: int) -> list[int]:
        """Return the indices of the lowest changes that are negative, lowest first."""
        rows: list[int] = np.argsort(changes, kind="stable")[:count].tolist()
        return [row for row in rows if changes[row] < 0]
