"""Rules for the end of a competition: when to look for the private board, what to announce."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from leaderboards.board import Board, Entry, split_members
from leaderboards.medals import medal_zone
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.news.messages import (
    BoardMessage,
    EndedMessage,
    Finisher,
    ReplayMessage,
    ShakeUpTeam,
)
from leaderboards.news.watch_rules import decide_watched_results
from leaderboards.news.watches import NOTHING_WATCHED
from leaderboards.results.shake_up import ShakeUp

MAX_WAIT = timedelta(days=30)
"""How long the private board is awaited after the deadline where medals are awarded."""

_MAX_WAIT_WITHOUT_MEDALS = timedelta(days=7)

_MAX_PAUSE = timedelta(hours=6)

_RECHECKS = [timedelta(days=days) for days in (1, 3, 7, 14, 30)]
"""How long after the archive the final board is checked again: Kaggle goes on removing teams.

https://www.kaggle.com/wiki/CompetitionClosingProcess
"""

MAX_FINISHERS = 12
"""Teams of a server that one message names; fits Discord's 4,000 characters."""

_MAX_SHAKE_UP_TEAMS = 3


def pause_before_next_check(ended_at: datetime, now: datetime, shortest: timedelta) -> timedelta:
    """Return a quarter of the time since the deadline, from `shortest` up to six hours."""
    return max(shortest, min((now - ended_at) / 4, _MAX_PAUSE))


def choose_max_wait(*, medals: bool) -> timedelta:
    """Return how long the private board is awaited before the public one counts as final.

    A private board with the same scores, as where all data is public, cannot be told from the
    public one. Kaggle shows the private board at the deadline, or weeks later where it runs
    notebooks again on new data, in competitions that award medals.
    """
    return MAX_WAIT if medals else _MAX_WAIT_WITHOUT_MEDALS


def find_next_recheck(archived_at: datetime, now: datetime) -> datetime | None:
    """Return when to check the final board again; None after the last check."""
    return next((archived_at + after for after in _RECHECKS if archived_at + after > now), None)


@dataclass(frozen=True, eq=False)
class CompetitionEnd:
    """A competition that has ended, with its boards."""

    slug: str
    ended_at: datetime
    public: Board
    private: Board | None
    medals: bool
    """Whether the competition awards them."""
    replaces_public: bool = False
    """Whether the public board was announced as the final one before."""

    def decide(self, follower: Follower) -> NewsDecision:
        """Decide what is announced in one server.

        Nothing if it followed the competition only after the end.
        """
        messages: tuple[BoardMessage, ...] = ()
        watched = NOTHING_WATCHED
        if not self.is_late(follower):
            messages = self._build_messages(follower)
            watched = decide_watched_results(
                follower, self.find_result, len(self.final.teams), medals=self.medals
            )
        return NewsDecision(
            messages, (), follower.leader_team_id, follower.leader_announced_at, watched
        )

    def find_result(self, user_name: str) -> Finisher | None:
        """Return the result of a Kaggle user's team; None if they are on no board."""
        name = user_name.casefold()
        teams = [
            self.build_finisher(team_id, {}) for team_id in self._team_ids_by_user.get(name, ())
        ]
        return min(teams, key=lambda team: (team.rank is None, team.rank or 0), default=None)

    def is_late(self, follower: Follower) -> bool:
        """Return whether a server followed the competition only after the end."""
        return follower.followed_at is not None and follower.followed_at > self.ended_at

    @cached_property
    def final(self) -> Board:
        """The board with the final ranks."""
        return self.private or self.public

    @cached_property
    def shake_up(self) -> ShakeUp | None:
        """The shake-up between the boards; None without a private one."""
        return ShakeUp.between(self.public, self.private) if self.private else None

    def _build_messages(self, follower: Follower) -> tuple[BoardMessage, ...]:
        """Return the announcement of the end, and the replay where a server wants it."""
        if self.public.taken_at is None or not len(self.final.teams):
            return ()
        users = follower.users()
        team_ids = set[int]().union(*(self._team_ids_by_user.get(name, ()) for name in users))
        finishers = [self.build_finisher(team_id, users) for team_id in team_ids]
        finishers.sort(key=lambda team: (team.rank is None, team.rank or team.public_rank))
        shake_up = self.shake_up
        risers, fallers = self._risers_and_fallers
        ended = EndedMessage(
            slug=self.slug,
            ended_at=self.ended_at,
            public_at=self.public.taken_at,
            team_count=len(self.final.teams),
            private=self.private is not None,
            winner=self.build_finisher(int(self.final.teams.team_id[0]), users),
            finishers=tuple(finishers[:MAX_FINISHERS]),
            more=max(0, len(finishers) - MAX_FINISHERS),
            mean_shake_up=shake_up.mean if shake_up else 0,
            mean_places=shake_up.mean_places if shake_up else 0,
            rose=risers,
            fell=fallers,
            replaces_public=self.replaces_public,
        )
        if follower.replay_at_end and finishers and not self.replaces_public:
            return ended, ReplayMessage(self.slug)
        return (ended,)

    def build_finisher(self, team_id: int, users: dict[str, int]) -> Finisher:
        """Build a team's result; `users` are ids of linked members by casefolded user name."""
        final = self.final.teams.find_entry(team_id)
        public = self.public.teams.find_entry(team_id)
        entry = final or public
        if entry is None:
            raise ValueError(f"team {team_id} is on neither board")
        return Finisher(
            team_id=team_id,
            team_name=entry.team_name,
            user_ids=collect_linked_user_ids(entry, users),
            rank=final.rank if final else None,
            public_rank=public.rank if public and self.private else None,
            score_text=entry.score_text,
            medal=medal_zone(final.rank, len(self.final.teams)) if final and self.medals else None,
        )

    @cached_property
    def _risers_and_fallers(self) -> tuple[tuple[ShakeUpTeam, ...], tuple[ShakeUpTeam, ...]]:
        """The teams that the private board moved most; none without one."""
        shake_up = self.shake_up
        if shake_up is None:
            return (), ()
        return (
            self._build_shake_up_teams(shake_up, shake_up.most_risen(_MAX_SHAKE_UP_TEAMS)),
            self._build_shake_up_teams(shake_up, shake_up.most_fallen(_MAX_SHAKE_UP_TEAMS)),
        )

    def _build_shake_up_teams(self, shake_up: ShakeUp, rows: list[int]) -> tuple[ShakeUpTeam, ...]:
        teams = self.final.teams
        return tuple(
            ShakeUpTeam(
                teams.team_name[teams.find_row(int(shake_up.team_ids[row]))],
                int(shake_up.public_ranks[row]),
                int(shake_up.private_ranks[row]),
            )
            for row in rows
        )

    @cached_property
    def _team_ids_by_user(self) -> dict[str, set[int]]:
        # Built once for all servers, since `decide` runs in a transaction.
        return index_teams_by_user(*{self.final, self.public})


def index_teams_by_user(*boards: Board) -> dict[str, set[int]]:
    """Return the team ids of each user on some boards, by casefolded user name."""
    team_ids: defaultdict[str, set[int]] = defaultdict(set)
    for board in boards:
        for team_id, joined in zip(board.teams.team_id.tolist(), board.teams.members, strict=True):
            for name in split_members(joined.casefold()):
                team_ids[name].add(team_id)
    return team_ids


def collect_linked_user_ids(entry: Entry, users: Mapping[str, int]) -> tuple[int, ...]:
    """Return the linked members of a team; `users` are ids by casefolded user name."""
    names = [name.casefold() for name in entry.members]
    return tuple(users[name] for name in names if name in users)
