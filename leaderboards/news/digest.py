"""Digests: what changed for a server's members in a day or a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self

from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.message_kind import (
    MessageKind,
    NotDeferrable,
    SentInEveryMode,
    drop_user,
    keep_user,
    select_newest,
)
from leaderboards.news.new_posts import PostSummary

_MAX_TEAMS = 5
"""The most teams that a part of a digest names, except those about medal zones."""

_MIN_FALL_SHARE_OF_BOARD = 0.01
"""The smallest loss that makes a faller, as a share of the board's teams: each team sinks a little
every day."""


class DigestKind(StrEnum):
    """The period of a digest."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class DigestTeam:
    """Changes of a team with linked members."""

    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    rank: int
    rank_before: int | None
    """None if it was not on the board."""
    score_text: str
    submissions: int
    """Made in the period."""
    medal_zone: MedalZone | None = None
    medal_zone_before: MedalZone | None = None
    """That of `rank_before`."""
    team_count_before: int | None = None
    """The number of teams on the board of `rank_before`; None if it is not known."""
    has_joined_members: bool = False
    """Whether members joined it in the period, by a merger or from another team."""
    teammates: tuple[str, ...] = ()
    """If members joined it, the Kaggle user names of members who are not linked here."""
    leaves_zone_at: datetime | None = None
    """When it is likely to be below its medal zone if it submits nothing; None if that is more than
    a day ahead, not so sure, or not known."""


@dataclass(frozen=True, slots=True)
class CompetitionDigest:
    """Changes in one competition."""

    slug: str
    team_count: int
    teams: tuple[DigestTeam, ...]
    """Those that at least one of the parts below names."""
    began_at: datetime | None = None
    """When its first board was read, from which changes are counted; None if that was before the
    period."""
    rescored_at: datetime | None = None
    """When Kaggle rescored the board, from which changes of ranks are counted; None if it did not
    in the period."""

    def filter_for_time(self, now: datetime) -> CompetitionDigest | None:
        """Return the digest without zones that were to be left by now; None if nothing is left."""
        teams = [
            replace(team, leaves_zone_at=None)
            if team.leaves_zone_at and team.leaves_zone_at <= now
            else team
            for team in self.teams
        ]
        if teams == [*self.teams]:
            return self
        return build_competition_digest(
            self.slug, self.team_count, teams, self.began_at, self.rescored_at
        )

    @property
    def zone_changes(self) -> list[DigestTeam]:
        """All teams that entered or left a medal zone, best first.

        The parts about climbers, fallers and newcomers do not name them again.
        """
        changed = [team for team in self.teams if team.medal_zone is not team.medal_zone_before]
        return sorted(changed, key=lambda team: team.rank)

    @property
    def _in_same_zone(self) -> list[DigestTeam]:
        return [team for team in self.teams if team.medal_zone is team.medal_zone_before]

    @property
    def joined(self) -> list[DigestTeam]:
        """Teams that members joined, best first."""
        joined = [team for team in self.teams if team.has_joined_members]
        return sorted(joined, key=lambda team: team.rank)[:_MAX_TEAMS]

    @property
    def climbers(self) -> list[DigestTeam]:
        """Teams that gained the most ranks, most first."""
        gains = [team for team in self._in_same_zone if ranks_gained(team) > 0]
        return sorted(gains, key=ranks_gained, reverse=True)[:_MAX_TEAMS]

    @property
    def fallers(self) -> list[DigestTeam]:
        """Teams that lost the most ranks, most first, if that is a fair share of the board.

        Places that all teams lost to the growth of the board do not count.
        """
        least = max(1, round(self.team_count * _MIN_FALL_SHARE_OF_BOARD))
        return sorted(
            (team for team in self._in_same_zone if self._has_lost(team, least)), key=ranks_gained
        )[:_MAX_TEAMS]

    def _has_lost(self, team: DigestTeam, least: int) -> bool:
        """Check whether a team lost that many ranks beyond the growth of the board."""
        if team.rank_before is None:
            return False
        count_before = team.team_count_before or self.team_count
        grown = max(self.team_count, count_before)
        # In whole numbers: 50 * (110 / 100) is a little more than 55.
        return (team.rank - least) * count_before >= team.rank_before * grown

    @property
    def leaving_zone(self) -> list[DigestTeam]:
        """All teams that are likely to leave their medal zone, soonest first."""
        found = [
            (team.leaves_zone_at, team.rank, team) for team in self.teams if team.leaves_zone_at
        ]
        return [team for *_, team in sorted(found, key=lambda one: one[:2])]

    @property
    def busiest(self) -> list[DigestTeam]:
        """Teams with the most submissions, most first."""
        busy = [team for team in self.teams if team.submissions]
        return sorted(busy, key=lambda team: -team.submissions)[:_MAX_TEAMS]

    @property
    def newcomers(self) -> list[DigestTeam]:
        """Teams that are new on the board, best first."""
        new = [
            team
            for team in self._in_same_zone
            if team.rank_before is None and not team.has_joined_members
        ]
        return sorted(new, key=lambda team: team.rank)[:_MAX_TEAMS]


@dataclass(frozen=True, slots=True)
class FinalTeam:
    """The final rank of a team with linked members."""

    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    rank: int
    medal: MedalZone | None = None


@dataclass(frozen=True, slots=True)
class EndedCompetition:
    """A competition whose final board came in the period of a weekly digest."""

    slug: str
    teams: tuple[FinalTeam, ...]
    """The server's teams, the best first."""


@dataclass(frozen=True, slots=True)
class UpcomingDeadline:
    """A deadline ahead in one of the competitions."""

    slug: str
    kind: DeadlineKind
    at: datetime


@dataclass(frozen=True, slots=True)
class DigestMessage(NotDeferrable, SentInEveryMode, MessageKind):
    """Changes in the competitions of a channel; in quiet hours no digest is made."""

    kind: DigestKind
    since: datetime
    until: datetime
    competitions: tuple[CompetitionDigest, ...]
    """Those in which something changed, the most active first."""
    deadlines: tuple[UpcomingDeadline, ...] = ()
    """Soonest first."""
    posts: tuple[PostSummary, ...] = ()
    """What was posted about the competitions, without what was told at once."""
    ended: tuple[EndedCompetition, ...] = ()
    """Competitions that were archived in the week; none in a daily digest."""
    type: Literal["digest"] = "digest"

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return the newest digest of each kind."""
        return select_newest(waiting, lambda message: message.kind)

    def filter_for_time(self, now: datetime) -> Self | None:
        """Return the digest without what was to come and has passed; None if nothing is left."""
        ahead = tuple(deadline for deadline in self.deadlines if deadline.at > now)
        filtered = (competition.filter_for_time(now) for competition in self.competitions)
        competitions = tuple(one for one in filtered if one is not None)
        if (ahead, competitions) == (self.deadlines, self.competitions):
            return self
        left = replace(self, deadlines=ahead, competitions=competitions)
        return left if ahead or left.competitions or self.posts or self.ended else None

    def user_ids(self) -> frozenset[int]:
        """Return the members of all teams."""
        changed = {
            user_id
            for competition in self.competitions
            for team in competition.teams
            for user_id in team.user_ids
        }
        final = {
            user_id
            for competition in self.ended
            for team in competition.teams
            for user_id in team.user_ids
        }
        return frozenset(changed | final)

    def redact(self, user_id: int) -> Self | None:
        """Return the digest without a member; None if nothing but deadlines is left."""
        left = self._filter_users(lambda user_ids: drop_user(user_ids, user_id))
        return left if left.competitions or left.posts or left.ended else None

    def extract(self, user_id: int) -> Self | None:
        """Return the digest with only a member's teams; None if they have none."""
        own = self._filter_users(lambda user_ids: keep_user(user_ids, user_id))
        ended = tuple(competition for competition in own.ended if competition.teams)
        return replace(own, posts=(), ended=ended) if own.competitions or ended else None

    def export(self) -> dict[str, Any]:
        """Describe the member's teams."""
        return {
            "digest": self.kind,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "of_your_teams": [
                {
                    "competition": competition.slug,
                    "team_id": team.team_id,
                    "team_name": team.team_name,
                    "rank": team.rank,
                    "rank_before": team.rank_before,
                    "score": team.score_text,
                    "submissions": team.submissions,
                    "medal_zone": team.medal_zone,
                    "medal_zone_before": team.medal_zone_before,
                    "likely_leaves_medal_zone_at": team.leaves_zone_at.isoformat()
                    if team.leaves_zone_at
                    else None,
                    "teammates": list(team.teammates),
                }
                for competition in self.competitions
                for team in competition.teams
            ],
            "final_ranks_of_your_teams": [
                {
                    "competition": competition.slug,
                    "team_id": team.team_id,
                    "team_name": team.team_name,
                    "final_rank": team.rank,
                    "medal": team.medal,
                }
                for competition in self.ended
                for team in competition.teams
            ],
        }

    def team_ids(self) -> frozenset[int]:
        """Return no teams: a digest is of no one competition."""
        return frozenset()

    def _filter_users(self, select: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Self:
        competitions = []
        for competition in self.competitions:
            teams = tuple(
                replace(team, user_ids=select(team.user_ids))
                for team in competition.teams
                if select(team.user_ids)
            )
            if teams:
                competitions.append(replace(competition, teams=teams))
        ended = (
            replace(
                competition,
                teams=tuple(
                    replace(team, user_ids=select(team.user_ids))
                    for team in competition.teams
                    if select(team.user_ids)
                ),
            )
            for competition in self.ended
        )
        return replace(self, competitions=tuple(competitions), ended=tuple(ended))


def ranks_gained(team: DigestTeam) -> int:
    """Return how many ranks a team gained; negative if it lost some."""
    return 0 if team.rank_before is None else team.rank_before - team.rank


def measure_activity(digest: CompetitionDigest) -> int:
    """Return a measure of how much changed in a competition."""
    return sum(
        abs(ranks_gained(team))
        + team.submissions
        + (team.rank_before is None)
        + team.has_joined_members
        + (team.medal_zone is not team.medal_zone_before)
        + (team.leaves_zone_at is not None)
        for team in digest.teams
    )


def build_competition_digest(
    slug: str,
    team_count: int,
    teams: Sequence[DigestTeam],
    began_at: datetime | None = None,
    rescored_at: datetime | None = None,
) -> CompetitionDigest | None:
    """Build the digest of a competition with those of its teams that a part names; None without."""
    whole = CompetitionDigest(slug, team_count, tuple(teams), began_at, rescored_at)
    named = {
        team.team_id
        for part in (
            whole.zone_changes,
            whole.joined,
            whole.climbers,
            whole.fallers,
            whole.busiest,
            whole.newcomers,
            whole.leaving_zone,
        )
        for team in part
    }
    if not named:
        return None
    chosen = tuple(team for team in whole.teams if team.team_id in named)
    return replace(whole, teams=chosen)
