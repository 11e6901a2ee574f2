"""Loading of what the overview shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.options.visibility import ServerVisibility
from cogs.overview.overview_screen import (
    MAX_TEAMS,
    Medal,
    MemberMedals,
    OverviewBoard,
    OverviewData,
    OverviewTeam,
)
from cogs.ranks.past_ranks import load_past_ranks
from leaderboards.medals import ZONES_BEST_FIRST, MedalZone
from leaderboards.seasons.member_rank import MemberRank
from records.competitions import Competition
from records.guilds import Follow

_DAY = timedelta(days=1)
_NO_END = datetime.max.replace(tzinfo=UTC)


async def load_overview_data(services: Services, guild_id: int) -> OverviewData:
    """Load the overview of a server; raise `UserError` if it follows nothing or has no link."""
    storage, visibility = services.storage, ServerVisibility(services, guild_id)
    follows = await storage.guilds.load_follows(guild_id)
    if not follows:
        raise UserError(visibility.no_board_text)
    links = await visibility.load_links()
    if not links:
        raise UserError(visibility.nobody_linked_text)
    ranks: defaultdict[int, list[MemberRank]] = defaultdict(list)
    for rank in await storage.member_ranks.load(guild_id):
        ranks[rank.competition_id].append(rank)
    running = [follow for follow in follows if follow.competition.archived_at is None]
    ended = [follow.competition for follow in follows if follow.competition.archived_at]
    with_members = [follow for follow in running if ranks[follow.competition.id]]
    now = services.now()
    return OverviewData(
        member_count=len(links),
        boards=[
            await _load_board(services, follow, ranks[follow.competition.id], now)
            for follow in sorted(with_members, key=_sort_key)
        ],
        absent=[follow.competition for follow in running if not ranks[follow.competition.id]],
        medals=_collect_medals((one, ranks[one.id]) for one in ended),
        now=now,
    )


def _sort_key(follow: Follow) -> tuple[datetime, str]:
    competition = follow.competition
    return competition.deadline or _NO_END, competition.slug


async def _load_board(
    services: Services, follow: Follow, ranks: Sequence[MemberRank], now: datetime
) -> OverviewBoard:
    teams: defaultdict[int, list[MemberRank]] = defaultdict(list)
    for rank in sorted(ranks, key=lambda one: (one.rank, one.user_id)):
        teams[rank.team_id].append(rank)
    shown = dict(list(teams.items())[:MAX_TEAMS])
    others = [rank for team_id, team in teams.items() if team_id not in shown for rank in team]
    compared_at: datetime | None = None
    ranks_before: Mapping[int, int | None] = {}
    info = await services.storage.boards.find_info(follow.competition.id)
    if info is not None:
        ranks_now = {team_id: team[0].rank for team_id, team in shown.items()}
        compared_at, ranks_before = await load_past_ranks(
            services, follow.competition, info, now - _DAY, ranks_now
        )
    return OverviewBoard(
        competition=follow.competition,
        paused=follow.paused,
        team_count=ranks[0].team_count,
        teams=[
            OverviewTeam(
                team_id=team_id,
                user_ids=[rank.user_id for rank in team],
                rank=team[0].rank,
                medal_zone=team[0].medal_zone,
            )
            for team_id, team in shown.items()
        ],
        more_members=len({rank.user_id for rank in others}),
        ranks_before=ranks_before,
        compared_at=compared_at,
    )


def _collect_medals(
    ended: Iterable[tuple[Competition, Sequence[MemberRank]]],
) -> list[MemberMedals]:
    """Return the medals of each member who has any, at most one of each competition."""
    medals: defaultdict[int, list[Medal]] = defaultdict(list)
    for competition, ranks in ended:
        best = {rank.user_id: rank for rank in sorted(ranks, key=lambda one: -one.rank)}
        for rank in best.values():
            if rank.medal_zone is not None:
                medals[rank.user_id].append(Medal(competition, rank.medal_zone, rank.rank))
    members = [
        MemberMedals(user_id, sorted(won, key=_medal_order)) for user_id, won in medals.items()
    ]
    return sorted(members, key=_member_order)


def _medal_order(medal: Medal) -> tuple[int, int, str]:
    zone = ZONES_BEST_FIRST.index(medal.medal_zone)
    return zone, medal.rank, medal.competition.slug


def _member_order(member: MemberMedals) -> tuple[Sequence[int], Sequence[int], int]:
    """Return what members are sorted by: gold medals, then silver, then bronze, then ranks."""
    counts = Counter(medal.medal_zone for medal in member.medals)
    ranks = [medal.rank for medal in member.medals]
    return [-counts[medal_zone] for medal_zone in MedalZone], ranks, member.user_id
