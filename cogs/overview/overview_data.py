"""Loading of what the overview shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.options.visibility import ServerVisibility
from cogs.overview.overview_screen import (
    MAX_TEAMS,
    OverviewBoard,
    OverviewData,
    OverviewTeam,
)
from cogs.ranks.past_ranks import load_past_ranks
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import collect_results
from records.guilds import Follow

_DAY = timedelta(days=1)
_NO_END = datetime.max.replace(tzinfo=UTC)


async def load_overview_data(services: Services, guild_id: int) -> OverviewData:
    """Load the overview of a server; raise `UserError` if it follows nothing or has no link."""
    storage, visibility = services.storage, ServerVisibility(services, guild_id)
    follows = await storage.guilds.load_follows(guild_id)
    if not follows:
        raise UserError(visibility.nothing_visible_text)
    links = await visibility.load_links()
    if not links:
        raise UserError(visibility.nobody_linked_text)
    all_ranks = await storage.member_ranks.load(guild_id)
    ranks: defaultdict[int, list[MemberRank]] = defaultdict(list)
    for rank in all_ranks:
        ranks[rank.competition_id].append(rank)
    running = [follow for follow in follows if follow.competition.archived_at is None]
    ended = {one.competition.id: one.competition for one in follows if one.competition.archived_at}
    with_members = [follow for follow in running if ranks[follow.competition.id]]
    now = services.now()
    return OverviewData(
        member_count=len(links),
        boards=[
            await _load_board(services, follow, ranks[follow.competition.id], now)
            for follow in sorted(with_members, key=_sort_key)
        ],
        without_members=[
            follow.competition for follow in running if not ranks[follow.competition.id]
        ],
        ended=ended,
        medals=[
            member
            for member in collect_results(one for one in all_ranks if one.competition_id in ended)
            if member.medals
        ],
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
