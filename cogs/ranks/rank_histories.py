"""Loading and plotting of the rank histories of some teams on one board."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence

from cogs.framework.services import Services
from cogs.ranks.history_screen import Period, RankHistories, TeamRankHistory
from leaderboards.board import BoardKind, Entry
from leaderboards.feeds.posts import Post
from leaderboards.history.team_history import find_ahead_since, history_since, summarize_history
from plots.specs import ComparisonPlot, PostMark, RankHistoryPlot, RankLine
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
    """Load the histories of teams that are on the board.

    If that is the public board of a competition with a private one, also the teams' final ranks.
    """
    start = period.start(services.now())
    team_ids = [team.team_id for team in teams]
    storage = services.storage
    histories = await storage.history.load_continued_histories(info.board_id, team_ids)
    continuations = await storage.history.load_continuations(info.board_id, team_ids)
    final_info = await find_final_board(services, info)
    finals: dict[int, Entry | None] = {}
    if final_info is not None:
        for team_id in team_ids:
            finals[team_id] = await storage.boards.find_team(final_info.board_id, team_id)

    def summarize() -> list[TeamRankHistory]:
        summarized: list[TeamRankHistory] = []
        for team in sorted(teams, key=lambda team: final_order(team, finals)):
            ahead_since = None
            if summarized and final_info is None:
                ahead = histories[summarized[-1].team.team_id]
                sync = find_ahead_since(ahead, histories[team.team_id])
                ahead_since = None if sync is None else ahead[sync].taken_at
            history = history_since(histories[team.team_id], start)
            merged = [
                continuation
                for continuation in continuations.find(team.team_id)
                if start is None or continuation.taken_at >= start.timestamp()
            ]
            summary = summarize_history(history_since(history, info.rescored_at))
            final = finals.get(team.team_id)
            summarized.append(TeamRankHistory(team, history, summary, merged, final, ahead_since))
        return summarized

    summarized = await asyncio.to_thread(summarize)
    tracked_since = next((history[0].taken_at for history in histories.values() if history), None)
    return RankHistories(
        competition,
        info,
        summarized,
        period,
        links,
        final_info,
        start,
        tracked_since,
        competition.awaits_final_board(services.now()),
    )


async def find_final_board(services: Services, info: BoardInfo) -> BoardInfo | None:
    """Return the private board that counts instead of a public one.

    None if there is none, or if the given board is the private one.
    """
    if info.kind is BoardKind.PRIVATE:
        return None
    final = await services.storage.boards.find_private_or_public(info.competition_id)
    return final if final is not None and final.kind is BoardKind.PRIVATE else None


def final_order(team: Entry, finals: Mapping[int, Entry | None]) -> tuple[float, int]:
    """Return the sort key of a team: its rank on the final board, then that on the given board.

    Teams that are on no final board come last.
    """
    final = finals.get(team.team_id)
    return (math.inf if final is None else final.rank, team.rank)


async def render_rank_histories(
    services: Services, histories: RankHistories, requester_id: int, posts: Sequence[Post] = ()
) -> bytes | None:
    """Render a plot as a PNG; None if no team has two boards yet, or if plotting failed.

    In the plot of a single team, topics and notebooks can be marked, oldest first.
    """
    plotted = [one for one in histories.teams if (one.history.rank > 0).sum() > 1]
    if not plotted:
        return None
    competition, is_public = histories.competition, histories.final_info is not None
    medals = competition.awards_medals

    def build_lines() -> tuple[RankLine, ...]:
        return tuple(RankLine.from_history(one.team.team_name, one.history) for one in plotted)

    lines = await asyncio.to_thread(build_lines)
    if len(histories.teams) == 1:
        (line,), final = lines, plotted[0].final
        final_rank = None if final is None else final.rank
        marks = tuple(PostMark(post.kind, post.posted_at) for post in posts if post.posted_at)
        return await services.plot_renderer.render(
            RankHistoryPlot(
                line.name,
                competition.name,
                line,
                medals,
                competition.deadline,
                is_public,
                final_rank,
                marks,
            ),
            requester_id,
        )
    return await services.plot_renderer.render(
        ComparisonPlot(competition.name, lines, medals, competition.deadline, is_public),
        requester_id,
    )
