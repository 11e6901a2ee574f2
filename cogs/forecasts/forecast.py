"""`/forecast`: the rank of a team in the next 24 to 48 hours if it submits nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
from discord import app_commands
from discord.ext import commands

from cogs.forecasts.forecast_screen import (
    MAX_AHEAD,
    ForecastData,
    TeamForecast,
    forecast_picture,
    forecast_view,
)
from cogs.framework.checks import anywhere
from cogs.framework.responses import Interaction, defer, respond
from cogs.framework.services import Services, get_services
from cogs.framework.texts import WHICH_BOARD_TEXT
from cogs.options.autocomplete import competition_choices, user_or_team_choices
from cogs.options.competition_lookup import ask_for_competition, load_searched_competitions
from cogs.options.visibility import get_visibility, needs_private_response
from cogs.ranks.absence import require_boards
from cogs.ranks.forecast_data import SeenBoard, load_forecast_board
from cogs.ranks.target import find_best_team, resolve_target
from leaderboards.board import Entry
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.pace import MIN_WINDOW, Pace
from leaderboards.forecast.rank_forecast import DAY, forecast_day, forecast_series
from leaderboards.history import TeamHistory
from leaderboards.history.team_history import history_since
from leaderboards.medals import medal_zone
from plots.specs import ForecastPlot, ForecastStep, RankLine
from records.competitions import BoardInfo, Competition

_SHOWN = timedelta(hours=48)
"""How far back the line of a picture reaches: the 48 hours whose new teams make the pace."""
_HOUR = timedelta(hours=1)
_MAX_HOURS = MAX_AHEAD // _HOUR
"""How far ahead a forecast of a rank reaches at most."""
_LAST_HOURS = 24
"""The last hours before the deadline, in which more teams submit than before."""


class Forecast(commands.Cog):
    """The command `/forecast`."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server (default: you)",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (not needed in its channel, or if they are on one board only)",
    )
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def forecast(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Show where you, a member or anyone will likely rank if the team submits nothing."""
        await defer(interaction, private=needs_private_response(interaction))
        services, visibility = get_services(interaction.client), get_visibility(interaction)
        target = await resolve_target(interaction, visibility, member, username, competition)
        competitions = await load_searched_competitions(visibility, competition)
        boards = await require_boards(services, target, competitions)
        # Those that are over have no forecast.
        boards = [board for board in boards if board.competition.archived_at is None] or boards
        found = {board.competition.id: board.competition for board in boards}
        if len(found) > 1:
            raise ask_for_competition(WHICH_BOARD_TEXT, list(found.values()))
        chosen, info, team = find_best_team(boards)
        data = ForecastData(
            competition=chosen,
            info=info,
            team=team,
            medal_zone=medal_zone(team.rank, info.team_count) if chosen.awards_medals else None,
            forecast=await _load_forecast(services, chosen, info, team),
            links=await visibility.load_links_by_user_name(),
            now=services.now(),
        )
        if data.forecast is ForecastObstacle.YOUNG:
            data = replace(data, possible_at=await _load_possible_at(services, info))
        await respond(interaction, forecast_view(data))
        if isinstance(data.forecast, ForecastObstacle):
            return
        plot = await _load_plot(services, data, data.forecast)
        png = await services.plot_renderer.render(plot, interaction.user.id)
        if png is not None:
            pictures = [forecast_picture(data, data.forecast, png)]
            await respond(interaction, forecast_view(data, pictures), pictures)


async def _load_possible_at(services: Services, info: BoardInfo) -> datetime | None:
    """Load when there are enough hours of boards; None if nothing is known of this board's past."""
    board = await services.storage.history.load_forecast_board(info.board_id, info.taken_at)
    since = board.compared_since if board else None
    return None if since is None else datetime.fromtimestamp(since, UTC) + MIN_WINDOW


async def _load_forecast(
    services: Services, competition: Competition, info: BoardInfo, team: Entry
) -> TeamForecast | ForecastObstacle:
    """Load what becomes of a team's rank and of the medal lines, or return why it is not known."""
    seen = await load_forecast_board(services, competition, info)
    if isinstance(seen, ForecastObstacle):
        return seen
    return await asyncio.to_thread(_build_forecast, seen, team, medals=competition.awards_medals)


def _build_forecast(
    seen: SeenBoard, team: Entry, *, medals: bool
) -> TeamForecast | ForecastObstacle:
    pace = seen.board.measure_pace([team.rank])
    if pace is None:
        return ForecastObstacle.YOUNG
    hours = _find_horizon(seen)
    (day,) = forecast_day(pace, reaches_last_day=seen.reaches_last_day)
    return TeamForecast(
        day=day,
        steps=_build_steps(team, pace, seen.seen_at, hours),
        lines=seen.board.forecast_medal_lines(DAY / _HOUR) if medals else [],
        seen_at=seen.seen_at,
        deadline=seen.deadline,
    )


def _find_horizon(seen: SeenBoard) -> int:
    """Return how many hours the forecast reaches ahead.

    It ends at the last full hour before the deadline, but reaches an hour ahead at least. Where
    past competitions do not show how many more teams submit on the last day, it ends where that day
    begins or, if that is less than a day ahead, after a day.
    """
    if seen.deadline is None:
        return _MAX_HOURS
    left = (seen.deadline - seen.seen_at) // _HOUR
    if seen.board.rushed_deadline is not None:
        return max(min(left, _MAX_HOURS), 1)
    return max(min(max(left - _LAST_HOURS, _LAST_HOURS), left, _MAX_HOURS), 1)


def _build_steps(
    team: Entry, pace: Pace, seen_at: datetime, max_hours: int
) -> tuple[ForecastStep, ...]:
    """Return the rank now, and the forecast for each hour."""
    series = forecast_series(pace, max_hours)
    steps = [ForecastStep(seen_at, pace.team_count, team.rank, team.rank, team.rank)]
    columns = series.team_counts, series.ranks, series.lows, series.highs
    for hours, values in enumerate(zip(*columns, strict=True), 1):
        steps.append(ForecastStep(seen_at + hours * _HOUR, *values))
    return tuple(steps)


async def _load_plot(
    services: Services, data: ForecastData, forecast: TeamForecast
) -> ForecastPlot:
    """Load the ranks of the last days, and what is drawn behind them."""
    team = data.team
    histories = await services.storage.history.load_continued_histories(
        data.info.board_id, [team.team_id]
    )
    return ForecastPlot(
        name=team.team_name,
        competition_name=data.competition.name,
        line=await asyncio.to_thread(_build_line, team, histories[team.team_id], forecast.seen_at),
        steps=forecast.steps,
        medals=data.competition.awards_medals,
        deadline=forecast.deadline,
    )


def _build_line(team: Entry, history: TeamHistory, seen_at: datetime) -> RankLine:
    """Return the ranks of the last days up to the moment at which the forecast begins."""
    start = seen_at - _SHOWN
    line = RankLine.from_history(team.team_name, history_since(history, start))
    points = [replace(at, taken_at=max(at.taken_at, start)) for at in line.points]
    # The log has no sync in which nothing changed.
    points.append(replace(points[-1], taken_at=seen_at))
    return replace(line, points=tuple(points))


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Forecast())
