"""`/watch`: what a member is told in direct messages."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers
from cogs.framework.responses import Interaction, UserError, defer
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.options.autocomplete import competition_choices, user_or_team_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.team_lookup import explain_no_team
from cogs.options.visibility import Visibility, get_server_visibility
from cogs.ranks.target import Target, find_boards, require_link, resolve_target
from cogs.watches.watch_controls import WatchRemovalSelect, show_watches
from cogs.watches.watch_screen import (
    NO_RIVAL_TEXT,
    OWN_TEAM_TEXT,
    TOO_MANY_WATCHES_TEXT,
    WATCHED_ALREADY_TEXT,
    WATCHED_EVERYWHERE_TEXT,
    competition_ended_text,
    deadline_passed_text,
    no_forecast_text,
    no_medals_text,
    rival_ahead_text,
)
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.watches import Watch, WatchKind
from records.competitions import Competition
from storage.members.watches import WatchOutcome

CompetitionName = app_commands.Range[str, 1, 200]


@in_servers
class Watches(commands.GroupCog, group_name="watch"):
    """What you are told in direct messages."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command()
    @app_commands.describe(competition="The competition (default: all that are followed)")
    @app_commands.autocomplete(competition=competition_choices)
    async def news(
        self, interaction: Interaction, competition: CompetitionName | None = None
    ) -> None:
        """Get all news of your team in direct messages."""
        await self._add(interaction, WatchKind.NEWS, competition)

    @app_commands.command()
    @app_commands.describe(competition="The competition (default: all that are followed)")
    @app_commands.autocomplete(competition=competition_choices)
    async def medals(
        self, interaction: Interaction, competition: CompetitionName | None = None
    ) -> None:
        """Watch whether your team enters or leaves a medal zone."""
        await self._add(interaction, WatchKind.MEDAL_ZONE, competition)

    @app_commands.command()
    @app_commands.describe(competition="The competition (default: all that are followed)")
    @app_commands.autocomplete(competition=competition_choices)
    async def forecast(
        self, interaction: Interaction, competition: CompetitionName | None = None
    ) -> None:
        """Be told if your team, submitting nothing, likely leaves its medal zone within a day."""
        await self._add(interaction, WatchKind.ZONE_EXIT, competition)

    @app_commands.command()
    @app_commands.describe(
        rank="The worst rank that counts, such as 10 for the top 10",
        competition="The competition (default: all that are followed)",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def rank(
        self,
        interaction: Interaction,
        rank: app_commands.Range[int, 1, 100_000],
        competition: CompetitionName | None = None,
    ) -> None:
        """Watch whether your team reaches or leaves a rank."""
        await self._add(interaction, WatchKind.RANK, competition, rank=rank)

    @app_commands.command()
    @app_commands.describe(competition="The competition (default: all that are followed)")
    @app_commands.autocomplete(competition=competition_choices)
    async def deadline(
        self, interaction: Interaction, competition: CompetitionName | None = None
    ) -> None:
        """Be reminded when the last day of a competition begins."""
        await self._add(interaction, WatchKind.LAST_DAY, competition)

    @app_commands.command()
    @app_commands.describe(
        member="A member of this server",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (default: all that are followed)",
    )
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def rival(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        username: app_commands.Range[str, 1, 200] | None = None,
        competition: CompetitionName | None = None,
    ) -> None:
        """Watch whether a member, a user or a team passes your team."""
        await defer(interaction, private=True)
        if member is None and username is None:
            raise UserError(NO_RIVAL_TEXT)
        visibility = get_server_visibility(interaction)
        own = await require_link(visibility, interaction.user, interaction.user)
        rival = await resolve_target(interaction, visibility, member, username, competition)
        if rival.typed:
            competitions = await visibility.load_competitions()
            raise UserError(await explain_no_team(self._services, rival.typed, competitions))
        if own.is_same_person(rival):
            raise UserError(OWN_TEAM_TEXT)
        team = rival.team
        if team is None:
            competition_id = await _find_competition_id(visibility, competition)
        else:
            competition_id = team.competition_id
            _require_running(await visibility.find_competition(competition_id))
        watch = Watch(
            0,
            require_guild_id(interaction),
            interaction.user.id,
            WatchKind.RIVAL,
            competition_id,
            rival_user_name=rival.user_names[0] if team is None else None,
            rival_team_id=None if team is None else team.team_id,
            rival_name=None if team is None else team.team_name,
        )
        await self._save(
            interaction,
            watch,
            await self._explain_rival_ahead(visibility, own, rival, competition_id),
        )

    async def _explain_rival_ahead(
        self, visibility: Visibility, own: Target, rival: Target, competition_id: int | None
    ) -> str:
        """Return where a rival is ahead already, so that it need not pass; empty if nowhere."""
        competitions = [
            one
            for one in await visibility.load_competitions()
            if competition_id in (None, one.id) and one.archived_at is None
        ]
        ranks = {
            info.board_id: team.rank
            for _, info, team in await find_boards(self._services, own, competitions)
        }
        ahead = [
            competition
            for competition, info, team in await find_boards(self._services, rival, competitions)
            if info.board_id in ranks and team.rank < ranks[info.board_id]
        ]
        return rival_ahead_text(rival.name, ahead) if ahead else ""

    @app_commands.command(name="list")
    async def list_watches(self, interaction: Interaction) -> None:
        """Show what you watch here, and remove some."""
        await defer(interaction, private=True)
        await show_watches(interaction)

    async def _add(
        self,
        interaction: Interaction,
        kind: WatchKind,
        competition: str | None,
        rank: int | None = None,
    ) -> None:
        await defer(interaction, private=True)
        visibility = get_server_visibility(interaction)
        if kind is not WatchKind.LAST_DAY:
            await require_link(visibility, interaction.user, interaction.user)
        if competition is None:
            competition_id = None
        else:
            found = await require_competition(visibility, competition)
            await self._require_possible(require_guild_id(interaction), kind, found)
            competition_id = found.id
        watch = Watch(
            0, require_guild_id(interaction), interaction.user.id, kind, competition_id, rank
        )
        await self._save(interaction, watch)

    async def _require_possible(
        self, guild_id: int, kind: WatchKind, competition: Competition
    ) -> None:
        """Raise `UserError` if a watch of a competition could never tell anything."""
        _require_running(competition)
        storage = self._services.storage
        needs_medals = kind in (WatchKind.MEDAL_ZONE, WatchKind.ZONE_EXIT)
        if needs_medals and competition.awards_no_medals:
            raise UserError(no_medals_text(competition))
        if kind is WatchKind.ZONE_EXIT:
            info = await storage.boards.find_info(competition.id)
            if info is not None and info.scores_move:
                raise UserError(no_forecast_text(competition))
        if kind is WatchKind.LAST_DAY:
            given = await storage.deadlines.load_given(guild_id, competition.id)
            deadline = competition.deadline or given.get(DeadlineKind.FINAL)
            if deadline is not None and deadline <= self._services.now():
                raise UserError(deadline_passed_text(competition))

    async def _save(self, interaction: Interaction, watch: Watch, note: str = "") -> None:
        """Store a watch, and respond with all of the member's."""
        match await self._services.storage.watches.add(watch, self._services.now()):
            case WatchOutcome.ALREADY_THERE:
                raise UserError(WATCHED_ALREADY_TEXT)
            case WatchOutcome.ALREADY_EVERYWHERE:
                raise UserError(WATCHED_EVERYWHERE_TEXT)
            case WatchOutcome.TOO_MANY:
                raise UserError(TOO_MANY_WATCHES_TEXT)
            case WatchOutcome.NOT_FOLLOWED:
                raise UserError(get_server_visibility(interaction).gone_text)
            case WatchOutcome.ADDED:
                await show_watches(interaction, note)


async def _find_competition_id(visibility: Visibility, name: str | None) -> int | None:
    """Return the id of a followed competition that has not ended; None without a name."""
    if name is None:
        return None
    competition = await require_competition(visibility, name)
    _require_running(competition)
    return competition.id


def _require_running(competition: Competition | None) -> None:
    """Raise `UserError` if nothing more happens in a competition."""
    if competition is not None and competition.archived_at is not None:
        raise UserError(competition_ended_text(competition))


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the select."""
    bot.add_dynamic_items(WatchRemovalSelect)
    await bot.add_cog(Watches(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the select."""
    bot.remove_dynamic_items(WatchRemovalSelect)
