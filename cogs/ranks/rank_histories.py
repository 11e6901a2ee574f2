"""Loading and plotting of the rank histories of some teams on one board."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from cogs.framework.services import Services
from cogs.ranks.history_screen import Period, RankHistories, TeamRankHistory
from leaderboards.board import Entry
from leaderboards.history.team_history import history_since, summarize_history
from plots.specs import ComparisonPlot, RankHistoryPlot, RankLine
from records.competitions import BoardInfo, Competition
from records.members import StoredLink


async def load_rank_histories(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    teams: Sequence[Entry],
    *,
    links: Mapping[str, StoredLink],
    period: Period = Period.ALL,
) -> RankHistories:
    """Load the histories of teams that are on the board."""
    start = period.start(services.now())
    team_ids = [team.team_id for team in teams]
    storage = services.storage
    histories = await storage.history.load_continued_histories(info.board_id, team_ids)
    continuations = await storage.history.load_continuations(info.board_id, team_ids)

    def summarize() -> list[TeamRankHistory]:
        summarized = []
        for team in sorted(teams, key=lambda team: team.rank):
            history = history_since(histories[team.team_id], start)
            merged = [
                continuation
                for continuation in continuations.find(team.team_id)
                if start is None or continuation.taken_at >= start.timestamp()
            ]
            summary = summarize_history(history_since(history, info.rescored_at))
            summarized.append(TeamRankHistory(team, history, summary, merged))
        return summarized

    return RankHistories(competition, info, await asyncio.to_thread(summarize), period, links)


async def render_rank_histories(
    services: Services, histories: RankHistories, requester: int
) -> bytes | None:
    """Render a plot as a PNG; None if no team has two boards yet, or if plotting failed."""
    plotted = [one for one in histories.teams if (one.history.rank > 0).sum() > 1]
    if not plotted:
        return None
    slug, deadline = histories.competition.slug, histories.competition.deadline
    medals = histories.competition.awards_medals

    def build_lines() -> tuple[RankLine, ...]:
        return tuple(RankLine.from_history(one.team.team_name, one.history) for one in plotted)

    lines = await asyncio.to_thread(build_lines)
    if len(histories.teams) == 1:
        return await services.plot_renderer.render(
            RankHistoryPlot(lines[0].name, slug, lines[0], medals, deadline), requester
        )
    return await services.plot_renderer.render(
        ComparisonPlot(slug, lines, medals, deadline), requester
    )
