"""Rules for a final board that changed: Kaggle removes teams for weeks after the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leaderboards.board import Board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.medals import medal_zone
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.news.messages import CorrectedTeam, FinalBoardMessage, Finisher
from leaderboards.news.watch_rules import decide_watched_results
from leaderboards.news.watches import NOTHING_WATCHED
from leaderboards.results.competition_end import (
    MAX_FINISHERS,
    CompetitionEnd,
    collect_linked_user_ids,
    index_teams_by_user,
)


@dataclass(frozen=True, eq=False)
class FinalBoardChange:
    """A final board that differs from the one that was announced."""

    end: CompetitionEnd
    """The end, with the new board as its private one."""
    changes: BoardDiff

    def decide(self, follower: Follower) -> NewsDecision:
        """Decide what is announced in one server: its teams whose rank or medal changed."""
        message, watched = None, NOTHING_WATCHED
        if not self.end.is_late(follower):
            message = self._build_message(follower)
            watched = decide_watched_results(
                follower,
                self._find_result,
                len(self._new.teams),
                medals=self.end.medals,
                is_correction=True,
            )
        return NewsDecision(
            () if message is None else (message,),
            (),
            follower.leader_team_id,
            follower.leader_announced_at,
            watched,
        )

    def _find_result(self, user_name: str) -> Finisher | None:
        """Return the result of a Kaggle user's team; None if it is as before."""
        result = self.end.find_result(user_name)
        team = None if result is None else self._build_team(result.team_id, {})
        if team is None or (team.rank, team.medal) == (team.rank_before, team.medal_before):
            return None
        return result

    @property
    def removed_count(self) -> int:
        """How many teams are not on the board any more."""
        return len(self.changes.gone_rows)

    @property
    def added_count(self) -> int:
        """How many teams were not on the board before."""
        return len(self.changes.new_rows)

    def _build_message(self, follower: Follower) -> FinalBoardMessage | None:
        users = follower.users()
        team_ids = set[int]().union(*(self._team_ids_by_user.get(name, ()) for name in users))
        teams = [
            team
            for team in (self._build_team(team_id, users) for team_id in team_ids)
            if (team.rank, team.medal) != (team.rank_before, team.medal_before)
        ]
        winner_id = int(self._new.teams.team_id[0])
        # The winner first, so that it is never left out: privacy looks for members in these teams.
        teams.sort(
            key=lambda team: (
                team.team_id != winner_id,
                team.medal == team.medal_before,
                team.rank or 0,
                team.team_id,
            )
        )
        winner = (
            self.end.build_finisher(winner_id, users)
            if winner_id != int(self._old.teams.team_id[0])
            else None
        )
        if not teams and winner is None:
            return None
        return FinalBoardMessage(
            slug=self.end.slug,
            ended_at=self.end.ended_at,
            team_count=len(self._new.teams),
            removed=self.removed_count,
            added=self.added_count,
            winner=winner,
            teams=tuple(teams[:MAX_FINISHERS]),
            more=max(0, len(teams) - MAX_FINISHERS),
        )

    def _build_team(self, team_id: int, users: dict[str, int]) -> CorrectedTeam:
        before, after = self.changes.find_entries(team_id)
        entry = after or before
        if entry is None:
            raise ValueError(f"team {team_id} is on neither board")
        medals = self.end.medals
        return CorrectedTeam(
            team_id=team_id,
            team_name=entry.team_name,
            user_ids=collect_linked_user_ids(entry, users),
            rank_before=before.rank if before else None,
            rank=after.rank if after else None,
            medal_before=medal_zone(before.rank, len(self._old.teams))
            if before and medals
            else None,
            medal=medal_zone(after.rank, len(self._new.teams)) if after and medals else None,
            removed_above=int(np.searchsorted(self._removed_ranks, before.rank)) if before else 0,
        )

    @property
    def _old(self) -> Board:
        if self.changes.old is None:
            raise ValueError("the first final board is announced as the end")
        return self.changes.old

    @property
    def _new(self) -> Board:
        return self.changes.new

    @cached_property
    def _removed_ranks(self) -> np.ndarray:
        return np.sort(self._old.teams.rank[self.changes.gone_rows])

    @cached_property
    def _team_ids_by_user(self) -> dict[str, set[int]]:
        return index_teams_by_user(self._old, self._new)
