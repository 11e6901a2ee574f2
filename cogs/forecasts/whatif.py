"""`/whatif`: what a score would be worth."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from discord import app_commands
from discord.ext import commands

from cogs.forecasts.whatif_screen import (
    ORDER_UNKNOWN_TEXT,
    WhatIfData,
    WhatIfForecast,
    not_a_score_text,
    whatif_view,
)
from cogs.framework.checks import anywhere
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import Services, get_services
from cogs.framework.texts import unread_text
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import find_board_name, require_competition
from cogs.options.visibility import get_visibility, needs_private_response
from cogs.ranks.forecast_data import SeenBoard, load_forecast_board
from leaderboards.board import Entry, ScoreOrder
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.placement import Placement, parse_score, place_score
from leaderboards.forecast.rank_forecast import DAY, forecast_day
from leaderboards.medals import MedalZone, medal_thresholds
from records.competitions import BoardInfo, Competition
from records.members import StoredLink
from storage.boards.board_reader import Boards


class WhatIf(commands.Cog):
    """The command `/whatif`."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        score="A score as the board shows it, for example 0.975",
        competition="The competition (not needed in its own channel, or if there is only one)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def whatif(
        self,
        interaction: Interaction,
        score: app_commands.Range[str, 1, 40],
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Show where a score would stand now, and likely in a day, and whom it would pass."""
        await defer(interaction, private=needs_private_response(interaction))
        services, visibility = get_services(interaction.client), get_visibility(interaction)
        found = await require_competition(visibility, competition)
        links = await visibility.load_links_by_user_name()
        data = await _load_data(services, found, score, links, interaction.user.id)
        await respond(interaction, whatif_view(data))


async def _load_data(
    services: Services,
    competition: Competition,
    typed: str,
    links: Mapping[str, StoredLink],
    user_id: int,
) -> WhatIfData:
    """Load what a score would be worth to a user; raises `UserError` if it can't be placed."""
    boards = services.storage.boards
    info = await boards.find_private_or_public(competition.id)
    # Where ranks are missing, the first team may not have rank 1.
    _, best = await boards.find_neighbours(info.board_id, 0) if info else (None, None)
    if info is None or best is None:
        raise UserError(unread_text(find_board_name([competition])))
    text = parse_score(typed)
    if text is None:
        raise UserError(not_a_score_text(typed, best.score_text))
    if info.order is None:
        raise UserError(ORDER_UNKNOWN_TEXT)
    score = float(text)
    teams = await boards.find_teams_by_user_names(info.board_id, links)
    own = _find_own(teams, links, user_id)
    scores = await boards.load_ranked_scores(info.board_id)
    own_rank = own.rank if own else None
    placement = await asyncio.to_thread(place_score, scores, info.order, score, own_rank)
    to_beat = await boards.find_teams_by_rank(info.board_id, placement.ranks_to_beat.values())
    improves = own is None or info.order.is_better(score, own.score)
    passed = _find_passed(teams.values(), own, info.order, score) if improves else []
    forecast = await _load_forecast(services, competition, info, placement if improves else None)
    return WhatIfData(
        competition=competition,
        info=info,
        score_text=text,
        placement=placement,
        is_linked=any(link.user_id == user_id for link in links.values()),
        own=own,
        improves=improves,
        best=best,
        passed=passed,
        teams_to_beat={zone: to_beat[rank] for zone, rank in placement.ranks_to_beat.items()},
        last_teams_held=await _load_last_teams_held(boards, competition, info, own),
        forecast=forecast if isinstance(forecast, WhatIfForecast) else None,
        obstacle=forecast if isinstance(forecast, ForecastObstacle) else None,
        links=links,
        now=services.now(),
    )


def _find_own(
    teams: Mapping[str, Entry], links: Mapping[str, StoredLink], user_id: int
) -> Entry | None:
    """Return the team of a user, the best if in direct messages they are in several."""
    own = (team for name, team in teams.items() if links[name].user_id == user_id)
    return min(own, key=lambda team: team.rank, default=None)


async def _load_last_teams_held(
    boards: Boards, competition: Competition, info: BoardInfo, own: Entry | None
) -> dict[MedalZone, Entry]:
    """Return the last team of each zone that the user's team is in or above; none after the end."""
    if own is None or not competition.awards_medals or competition.archived_at is not None:
        return {}
    thresholds = medal_thresholds(info.team_count)
    last_ranks = {zone: thresholds.last_rank(zone) for zone in MedalZone}
    held = {zone: rank for zone, rank in last_ranks.items() if own.rank <= rank}
    teams = await boards.find_teams_at_or_above(info.board_id, held.values())
    return {zone: teams[rank] for zone, rank in held.items()}


def _find_passed(
    teams: Iterable[Entry], own: Entry | None, order: ScoreOrder, score: float
) -> list[Entry]:
    """Return the teams that are ahead now and would be behind, best first.

    If the user has no team, these are all teams that would be behind.
    """
    passed = {
        team.team_id: team
        for team in teams
        if order.is_better(score, team.score) and (own is None or team.rank < own.rank)
    }
    return sorted(passed.values(), key=lambda team: team.rank)


async def _load_forecast(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    placement: Placement | None,
) -> WhatIfForecast | ForecastObstacle:
    """Return where a score would stand in a day, and what medals take then, or why not."""
    seen = await load_forecast_board(services, competition, info)
    if isinstance(seen, ForecastObstacle):
        return seen
    medals = competition.awards_medals
    return await asyncio.to_thread(_build_forecast, seen, placement, medals=medals)


def _build_forecast(
    seen: SeenBoard, placement: Placement | None, *, medals: bool
) -> WhatIfForecast:
    board, day = seen.board, None
    # A new last team would have a rank that the board does not have yet.
    if placement is not None and placement.rank <= board.ranks[-1]:
        pace = board.measure_pace([placement.rank])
        if pace is not None:
            (day,) = forecast_day(pace, reaches_last_day=seen.reaches_last_day)
    lines = board.forecast_medal_lines(DAY / timedelta(hours=1)) if medals else []
    deadline = board.rushed_deadline
    return WhatIfForecast(
        day,
        {line.medal_zone: line for line in lines},
        at_deadline=deadline is not None and deadline.hours < DAY / timedelta(hours=1),
        seen_at=seen.seen_at,
    )


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(WhatIf())
