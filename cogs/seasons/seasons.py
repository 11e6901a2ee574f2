"""`/season`: rankings of members over several competitions."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.checks import in_servers, require_manager
from cogs.framework.controls import ConfirmationButton, build_confirmation_template
from cogs.framework.layout import MAX_CHOICE_LENGTH, MAX_CHOICES, Item, Picture, notice
from cogs.framework.pages import Page, PageButton, build_page_template
from cogs.framework.responses import (
    Interaction,
    UserError,
    defer,
    defer_update_or_reply,
    respond,
)
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.options.autocomplete import build_choices, competition_choices
from cogs.options.competition_lookup import find_by_name, require_follow
from cogs.seasons.seasons_screen import (
    COMPETITION_GONE_TEXT,
    NO_SEASON_TEXT,
    SEASON_GONE_TEXT,
    UNNAMED_TEXT,
    added_text,
    already_added_text,
    build_season_plot,
    created_text,
    delete_question,
    deleted_text,
    list_view,
    name_taken_text,
    no_standings_text,
    not_in_season_text,
    picture_text,
    remove_question,
    removed_text,
    standings_view,
    too_many_competitions_text,
    too_many_seasons_text,
    unknown_season_text,
)
from leaderboards.display_text import NAMELESS, clean, clean_and_shorten
from leaderboards.seasons.standings import Rule, rank_season
from records.guilds import Season

_MAX_SEASONS = MAX_CHOICES
"""Seasons of one server, so that autocomplete can show all of them."""
_MAX_COMPETITIONS = MAX_CHOICES
"""Competitions of one season, for the same reason."""

Name = app_commands.Range[str, 1, 60]
Text = app_commands.Range[str, 1, 200]

_RULE_CHOICES = [
    app_commands.Choice(name="Kaggle's points, added up", value=Rule.POINTS.value),
    app_commands.Choice(name="Mean share of teams behind", value=Rule.MEAN_SHARE_BEHIND.value),
]


async def season_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Suggest the seasons of this server."""
    seasons = await get_services(interaction.client).storage.seasons.load_seasons(
        require_guild_id(interaction)
    )
    names = [season.name for season in seasons if current.casefold() in season.name.casefold()]
    return [
        app_commands.Choice(name=clean_and_shorten(name, MAX_CHOICE_LENGTH), value=name)
        for name in names[:MAX_CHOICES]
    ]


async def season_competition_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Suggest the competitions of the chosen season, or of any."""
    typed = interaction.namespace.season
    seasons = await get_services(interaction.client).storage.seasons.load_seasons(
        require_guild_id(interaction)
    )
    competitions = {
        competition.slug: competition
        for season in seasons
        if typed is None or season.name.casefold() == str(typed).casefold()
        for competition in season.competitions
    }
    return build_choices([competitions[slug] for slug in sorted(competitions)], current)


class SeasonListPageButton(PageButton, template=build_page_template("seasons")):
    """Button that shows another page of `/season list`."""

    list_name = "seasons"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        await _show_list(interaction, self.number)


class StandingsPageButton(PageButton, template=build_page_template("standings")):
    """Button that shows another page of `/season standings`; its argument is the season's id."""

    list_name = "standings"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        season = await _find_season_by_id(interaction, self.argument)
        await _show_standings(interaction, season, self.number)


class DeleteSeasonButton(ConfirmationButton, template=build_confirmation_template("season")):
    """Button that deletes a season; its argument is the season's id."""

    question_name = "season"
    label = "Delete the season"

    async def delete(self, interaction: Interaction) -> None:
        """Delete it."""
        require_manager(interaction)
        season = await _find_season_by_id(interaction, self.argument)
        await get_services(interaction.client).storage.seasons.delete(season.id)
        await respond(interaction, notice(deleted_text(season.name)))


class RemoveSeasonCompetitionButton(
    ConfirmationButton, template=build_confirmation_template("season-competition")
):
    """Button that removes a competition from a season; its argument holds both ids."""

    question_name = "season-competition"
    label = "Remove the competition"

    async def delete(self, interaction: Interaction) -> None:
        """Remove it."""
        require_manager(interaction)
        season_id, _, competition_id = self.argument.partition(".")
        season = await _find_season_by_id(interaction, season_id)
        for competition in season.competitions:
            if str(competition.id) == competition_id:
                seasons = get_services(interaction.client).storage.seasons
                await seasons.remove_competition(season.id, competition.id)
                name = fmt.competition_name(competition.slug, competition.name)
                await respond(interaction, notice(removed_text(name, season.name)))
                return
        raise UserError(COMPETITION_GONE_TEXT)


async def _find_season_by_id(interaction: Interaction, season_id: str) -> Season:
    seasons = get_services(interaction.client).storage.seasons
    for season in await seasons.load_seasons(require_guild_id(interaction)):
        if str(season.id) == season_id:
            return season
    raise UserError(SEASON_GONE_TEXT)


async def _show_list(interaction: Interaction, number: int) -> None:
    """Respond with a page of the server's seasons."""
    storage = get_services(interaction.client).storage
    seasons = await storage.seasons.load_seasons(require_guild_id(interaction))
    await respond(interaction, list_view(seasons, number, SeasonListPageButton.build_rows))


async def _show_standings(interaction: Interaction, season: Season, number: int) -> None:
    """Respond with a page of a season's standings, and add the plot when it is rendered."""
    services = get_services(interaction.client)
    guild_id = require_guild_id(interaction)
    places = await services.storage.seasons.load_places(guild_id, season)
    ranked = rank_season(places, season.rule, len(season.competitions))
    if not ranked:
        raise UserError(no_standings_text(season))

    follows = await services.storage.guilds.load_follows(guild_id)
    followed = {follow.competition.id for follow in follows}
    unfollowed = [
        one for one in season.competitions if one.archived_at is None and one.id not in followed
    ]

    def build_buttons(page: Page[str]) -> list[list[Item]]:
        return StandingsPageButton.build_rows(page, str(season.id))

    view = standings_view(season, ranked, number, build_buttons, unfollowed=unfollowed)
    await respond(interaction, view)
    if len(ranked) < 2:
        return
    plot = build_season_plot(season, ranked)
    png = await services.plot_renderer.render(plot, interaction.user.id)
    if png is not None:
        pictures = [Picture("season.png", png, picture_text(season.name))]
        view = standings_view(
            season, ranked, number, build_buttons, pictures, unfollowed=unfollowed
        )
        await respond(interaction, view, pictures)


@in_servers
class Seasons(commands.GroupCog, group_name="season"):
    """Rank the members over several competitions."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command()
    @app_commands.check(require_manager)
    @app_commands.describe(
        name="What it is called, such as Spring 2026", rule="How results are added up"
    )
    @app_commands.choices(rule=_RULE_CHOICES)
    async def create(self, interaction: Interaction, name: Name, rule: str = "points") -> None:
        """Create a season (for managers)."""
        await defer(interaction, private=True)
        seasons, guild_id = self._services.storage.seasons, require_guild_id(interaction)
        name = " ".join(name.split())
        if clean(name) == NAMELESS:
            raise UserError(UNNAMED_TEXT)
        if len(await seasons.load_seasons(guild_id)) >= _MAX_SEASONS:
            raise UserError(too_many_seasons_text(_MAX_SEASONS))
        if not await seasons.create(guild_id, name, Rule(rule), self._services.now()):
            raise UserError(name_taken_text(name))
        await respond(interaction, notice(created_text(name)))

    @app_commands.command()
    @app_commands.check(require_manager)
    @app_commands.describe(season="The season", competition="A competition that is followed here")
    @app_commands.autocomplete(season=season_choices, competition=competition_choices)
    async def add(self, interaction: Interaction, season: Text, competition: Text) -> None:
        """Add a followed competition to a season (for managers)."""
        await defer(interaction, private=True)
        found = await self._find_season(interaction, season)
        follow = await require_follow(interaction, competition)
        added = fmt.competition_name(follow.competition.slug, follow.competition.name)
        if len(found.competitions) >= _MAX_COMPETITIONS:
            raise UserError(too_many_competitions_text(_MAX_COMPETITIONS))
        if not await self._services.storage.seasons.add_competition(
            found.id, follow.competition.id
        ):
            raise UserError(already_added_text(added, found.name))
        await respond(interaction, notice(added_text(added, found.name)))

    @app_commands.command()
    @app_commands.check(require_manager)
    @app_commands.describe(season="The season", competition="One of its competitions")
    @app_commands.autocomplete(season=season_choices, competition=season_competition_choices)
    async def remove(self, interaction: Interaction, season: Text, competition: Text) -> None:
        """Remove a competition from a season, after asking again (for managers)."""
        await defer(interaction, private=True)
        found = await self._find_season(interaction, season)
        named = find_by_name(found.competitions, competition)
        if named is None:
            raise UserError(not_in_season_text(competition, found.name))
        question = remove_question(found, named)
        await RemoveSeasonCompetitionButton.ask(interaction, question, f"{found.id}.{named.id}")

    @app_commands.command()
    @app_commands.check(require_manager)
    @app_commands.describe(season="The season")
    @app_commands.autocomplete(season=season_choices)
    async def delete(self, interaction: Interaction, season: Text) -> None:
        """Delete a season, after asking again; its competitions stay followed (for managers)."""
        await defer(interaction, private=True)
        found = await self._find_season(interaction, season)
        await DeleteSeasonButton.ask(interaction, delete_question(found), found.id)

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """List the seasons of this server."""
        await defer(interaction, private=True)
        await _show_list(interaction, 1)

    @app_commands.command()
    @app_commands.describe(season="The season (default: the newest)")
    @app_commands.autocomplete(season=season_choices)
    async def standings(self, interaction: Interaction, season: Text | None = None) -> None:
        """Show how the members rank over the competitions of a season."""
        await defer(interaction, private=False)
        found = await self._find_season(interaction, season)
        await _show_standings(interaction, found, 1)

    async def _find_season(self, interaction: Interaction, name: str | None) -> Season:
        """Find a season by its name, or the newest; raise `UserError` if there is none."""
        seasons = await self._services.storage.seasons.load_seasons(require_guild_id(interaction))
        if not seasons:
            raise UserError(NO_SEASON_TEXT)
        if name is None:
            return seasons[0]
        wanted = " ".join(name.split()).casefold()
        for season in seasons:
            if season.name.casefold() == wanted:
                return season
        raise UserError(unknown_season_text(name))


_DYNAMIC_ITEMS = (
    SeasonListPageButton,
    StandingsPageButton,
    DeleteSeasonButton,
    RemoveSeasonCompetitionButton,
)


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the buttons below their lists."""
    bot.add_dynamic_items(*_DYNAMIC_ITEMS)
    await bot.add_cog(Seasons(get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(*_DYNAMIC_ITEMS)
