"""Loading of what the hall of fame shows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.options.visibility import ServerVisibility
from cogs.seasons.hall_screen import NOBODY_IN_HALL_TEXT, NOTHING_ENDED_TEXT, HallData
from leaderboards.history.team_history import TeamTrace
from leaderboards.seasons.hall_records import (
    PublicSummary,
    TeamResult,
    find_records,
    summarize_public_ranks,
)
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import MemberResults, collect_results
from records.competitions import BoardInfo, Competition

_MAX_SUMMARIES = 20_000
"""Summaries that are kept at a time, some hundred bytes each."""
_EPOCH = datetime.fromtimestamp(0, UTC)


class HallLoader:
    """Loads halls of fame, and keeps what it has read from the logs of public boards.

    One pass over a log of ninety days takes 30 to 350 ms: with fifty such competitions and twenty
    members in each, the first answer takes three seconds, and those after it 40 ms. The public
    board of an archived competition rarely changes; if it does, the time in the key does, too.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._summaries: dict[tuple[int, datetime, int], PublicSummary] = {}
        """By board, when it was last stored, and team."""

    async def load(self, guild_id: int) -> HallData:
        """Load the hall of a server; raise `UserError` if there is nothing to show."""
        storage, visibility = self._services.storage, ServerVisibility(self._services, guild_id)
        competitions = await visibility.load_competitions()
        if not competitions:
            raise UserError(visibility.nothing_visible_text)
        links = await visibility.load_links()
        if not links:
            raise UserError(visibility.nobody_linked_text)
        archived = {one.id: one for one in competitions if one.archived_at is not None}
        if not archived:
            raise UserError(NOTHING_ENDED_TEXT)
        ranks = await storage.member_ranks.load(guild_id)
        members = collect_results(rank for rank in ranks if rank.competition_id in archived)
        if not members:
            raise UserError(NOBODY_IN_HALL_TEXT)
        teams = await self._load_teams(members, archived)
        return HallData(archived, members, find_records(teams))

    async def _load_teams(
        self, members: Iterable[MemberResults], archived: Mapping[int, Competition]
    ) -> list[TeamResult]:
        """Return the teams of members on final boards, of the oldest competition first."""
        ranks: defaultdict[int, list[MemberRank]] = defaultdict(list)
        for member in members:
            for rank in (*member.medals, *member.others):
                ranks[rank.competition_id].append(rank)
        teams: list[TeamResult] = []
        for competition_id in sorted(ranks, key=lambda id_: (archived[id_].archived_at, id_)):
            teams += await self._load_competition(archived[competition_id], ranks[competition_id])
        return teams

    async def _load_competition(
        self, competition: Competition, ranks: Sequence[MemberRank]
    ) -> list[TeamResult]:
        by_team: defaultdict[int, list[MemberRank]] = defaultdict(list)
        for rank in sorted(ranks, key=lambda one: (one.rank, one.user_id)):
            by_team[rank.team_id].append(rank)
        summaries = await self._load_summaries(competition, by_team)
        return [
            TeamResult(
                competition_id=competition.id,
                user_ids=tuple(rank.user_id for rank in team),
                rank=team[0].rank,
                team_count=team[0].team_count,
                awards_medals=team[0].awards_medals,
                public=summaries.get(team_id),
            )
            for team_id, team in by_team.items()
        ]

    async def _load_summaries(
        self, competition: Competition, team_ids: Iterable[int]
    ) -> Mapping[int, PublicSummary]:
        """Return summaries of the ranks on the public board; teams that left it are missing.

        If Kaggle has scored the board anew, only ranks since then count.
        """
        storage = self._services.storage
        info = await storage.boards.find_info(competition.id)
        if info is None:
            return {}
        keys = {team_id: (info.board_id, info.stored_at, team_id) for team_id in team_ids}
        summaries = {
            id_: self._summaries[key] for id_, key in keys.items() if key in self._summaries
        }
        ranks = await storage.boards.find_ranks(info.board_id, keys.keys() - summaries.keys())
        if ranks:
            trace = await storage.history.trace_teams(info, info.rescored_at or _EPOCH, ranks)
            summaries |= await asyncio.to_thread(_summarize_ranks, trace, ranks, info, competition)
            if len(self._summaries) > _MAX_SUMMARIES:
                self._summaries.clear()
            self._summaries |= {keys[team_id]: one for team_id, one in summaries.items()}
        return summaries


def _summarize_ranks(
    trace: TeamTrace, team_ids: Iterable[int], info: BoardInfo, competition: Competition
) -> dict[int, PublicSummary]:
    ended_at = int((competition.ended_at or info.taken_at).timestamp())
    begin = trace.taken_at.searchsorted(int((info.rescored_at or _EPOCH).timestamp()))
    return {
        team_id: summarize_public_ranks(
            trace.taken_at[begin:],
            trace.ranks(team_id)[begin:],
            trace.team_counts[begin:],
            ended_at,
        )
        for team_id in team_ids
    }
