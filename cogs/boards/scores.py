"""`/scores`: a score among all scores of its board."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.boards.scores_screen import ScoresData, scores_picture, scores_view
from cogs.framework.checks import anywhere
from cogs.framework.responses import Interaction, defer, respond
from cogs.framework.services import Services, get_services
from cogs.options.autocomplete import competition_choices, user_or_team_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.visibility import get_visibility, needs_private_response
from cogs.ranks.absence import require_boards
from cogs.ranks.target import Target, find_best_team, resolve_target
from leaderboards.medals import MedalZone, medal_thresholds
from plots.specs import ScoreDistributionPlot
from records.competitions import Competition


class Scores(commands.Cog):
    """The command `/scores`."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server (default: you)",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (not needed in its own channel, or if there is only one)",
    )
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def scores(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Show where a score ranks among all scores of a board."""
        await defer(interaction, private=needs_private_response(interaction))
        services, visibility = get_services(interaction.client), get_visibility(interaction)
        target = await resolve_target(interaction, visibility, member, username, competition)
        found = None
        if target.team is not None:
            found = await visibility.find_competition(target.team.competition_id)
        found = found or await require_competition(visibility, competition)
        data = await _load_scores_data(services, found, target)
        await respond(interaction, scores_view(data))
        png = await _render_distribution(services, data, interaction.user.id)
        if png is not None:
            pictures = [scores_picture(data, png)]
            await respond(interaction, scores_view(data, pictures), pictures)


async def _load_scores_data(
    services: Services, competition: Competition, target: Target
) -> ScoresData:
    boards = await require_boards(services, target, [competition])
    _, info, team = find_best_team(boards)
    thresholds = medal_thresholds(info.team_count)
    medals = competition.awards_medals
    last_ranks = {
        medal_zone: thresholds.last_rank(medal_zone)
        for medal_zone in MedalZone
        if medals and thresholds.last_rank(medal_zone)
    }
    middle = (info.team_count + 1) // 2
    others = await services.storage.boards.find_teams_at_or_above(
        info.board_id, [1, middle, *last_ranks.values()]
    )
    return ScoresData(
        competition=competition,
        info=info,
        name=target.name,
        team=team,
        leader=others.get(1),
        middle=others.get(middle),
        last_teams={
            medal_zone: others[rank]
            for medal_zone, rank in last_ranks.items()
            if rank in others and thresholds.medal_zone(others[rank].rank) is medal_zone
        },
        medal_zone=thresholds.medal_zone(team.rank) if medals else None,
        awaits_final_board=competition.awaits_final_board(services.now()),
    )


async def _render_distribution(
    services: Services, data: ScoresData, requester_id: int
) -> bytes | None:
    """Render the distribution as a PNG; None if there are too few scores or plotting failed."""
    scores = await services.storage.boards.load_scores(data.info.board_id)
    team = data.team
    if len(scores) < 2:
        return None
    return await services.plot_renderer.render(
        ScoreDistributionPlot(
            name=team.team_name,
            competition_name=data.competition.name,
            rank=team.rank,
            score=team.score,
            score_text=team.score_text,
            scores=tuple(scores),
            order=data.info.order,
            zone_edges=tuple((zone, entry.score) for zone, entry in data.last_teams.items()),
        ),
        requester_id,
    )


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Scores())
