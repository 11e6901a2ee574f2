"""Data of a replay: the histories of the best teams of a server's members."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from cogs.framework import format as fmt
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.options.competition_lookup import find_unread_text
from cogs.ranks.rank_histories import find_final_board
from cogs.replays.replay_screen import ReplayData, no_teams_text, too_few_boards_text
from leaderboards.history import TeamHistory
from plots.specs import MAX_REPLAYED, FinalRanks, RankLine, Replay
from records.competitions import Competition
from records.members import StoredLink


async def load_replay(
    services: Services, competition: Competition, links: Sequence[StoredLink]
) -> ReplayData:
    """Load the histories of the best teams with linked members.

    Raises `UserError` if there is nothing to show.
    """
    storage, name = services.storage, fmt.competition_name(competition.slug, competition.name)
    info = await storage.boards.find_info(competition.id)
    if info is None:
        raise UserError(await find_unread_text(services, [competition]) or no_teams_text(name))
    found = await storage.boards.find_teams_by_user_names(
        info.board_id, [link.user_name for link in links]
    )
    teams = {team.team_id: team for team in found.values()}
    if not teams:
        raise UserError(no_teams_text(name))
    final_info = await find_final_board(services, info)
    finals: dict[int, int] = {}
    if final_info is not None:
        finals = await storage.boards.find_ranks(final_info.board_id, teams)
    ranked = sorted(
        teams.values(), key=lambda team: (finals.get(team.team_id, math.inf), team.rank)
    )
    histories = await storage.history.load_continued_histories(
        info.board_id, [team.team_id for team in ranked[:MAX_REPLAYED]]
    )
    shown = [
        team
        for team in ranked[:MAX_REPLAYED]
        if team.team_id in histories and _count_ranks(histories[team.team_id])
    ]
    boards = max((_count_ranks(histories[team.team_id]) for team in shown), default=0)
    if boards < 2:
        raise UserError(too_few_boards_text(name))
    final = None
    if final_info is not None:
        final = FinalRanks(tuple(finals.get(team.team_id) for team in shown), final_info.team_count)

    def build_lines() -> tuple[RankLine, ...]:
        return tuple(
            RankLine.from_history(team.team_name, histories[team.team_id]) for team in shown
        )

    lines = await asyncio.to_thread(build_lines)
    history = histories[shown[0].team_id]
    replay = Replay(
        competition_name=competition.name,
        lines=lines,
        medals=competition.awards_medals,
        deadline=competition.deadline,
        rescored_at=info.rescored_at,
        final=final,
    )
    return ReplayData(competition.slug, replay, len(history), history[0].taken_at, len(teams))


def _count_ranks(history: TeamHistory) -> int:
    """Return on how many boards a team is."""
    return int((history.rank > 0).sum())
