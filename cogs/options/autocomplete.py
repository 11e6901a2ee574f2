"""Autocomplete for competitions, Kaggle user names and teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import app_commands

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services
from cogs.options.competition_lookup import load_searched_competitions
from cogs.options.team_lookup import build_team_options, load_team_user_names, search_teams
from cogs.options.visibility import get_visibility
from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import is_user_name
from records.competitions import Competition, NamedTeam

_MIN_SEARCHED = 2
"""Characters from which on teams are offered."""


async def competition_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return the visible competitions whose slug or names contain the typed words."""
    return build_choices(await get_visibility(interaction).load_competitions(), current)


def build_choices(
    competitions: Iterable[Competition], current: str
) -> list[app_commands.Choice[str]]:
    """Return the choices for the competitions whose slug or names contain the typed words."""
    choices = [
        app_commands.Choice(name=fmt.competition_choice(one.slug, one.name), value=one.slug)
        for one in competitions
        if fmt.is_named(current, one.slug, one.name, one.title)
    ]
    return choices[:MAX_CHOICES]


async def user_or_team_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return user names that begin with the typed text, then teams whose name has its words.

    Search the board of the named competition; if none is named, that of the channel's competition;
    if the channel has none, all visible boards.
    """
    try:
        competitions = await load_searched_competitions(
            get_visibility(interaction), interaction.namespace.competition
        )
    except (UserError, InvalidInput):
        return []
    return await _build_user_or_team_choices(interaction, current, competitions)


async def user_or_team_choices_everywhere(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return the same choices as `user_or_team_choices`, on all visible boards."""
    competitions = await get_visibility(interaction).load_competitions()
    return await _build_user_or_team_choices(interaction, current, competitions)


async def _build_user_or_team_choices(
    interaction: Interaction, current: str, competitions: Sequence[Competition]
) -> list[app_commands.Choice[str]]:
    services = get_services(interaction.client)
    names = await _find_user_names(services, current, competitions)
    teams = await _find_teams(services, current, competitions)
    # Half of the choices are for each; one also gets what the other does not need.
    names = names[: max(MAX_CHOICES // 2, MAX_CHOICES - len(teams))]
    options = build_team_options(teams[: MAX_CHOICES - len(names)], competitions)
    return [
        *(app_commands.Choice(name=name, value=name) for name in names),
        *(
            app_commands.Choice(
                name=fmt.join_dotted([option.label, option.description or ""]), value=option.value
            )
            for option in options
        ),
    ]


async def user_name_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return the user names that are found by the typed text.

    First those that begin with it, then those of the members of teams whose name has all its words.
    """
    competitions = await get_visibility(interaction).load_competitions()
    services = get_services(interaction.client)
    choices = {name: name for name in await _find_user_names(services, current, competitions)}
    teams = await _find_teams(services, current, competitions)
    for team in teams:
        if len(choices) >= MAX_CHOICES:
            break
        for name in await load_team_user_names(services, team):
            choices.setdefault(name, fmt.user_name_choice(name, team.team_name))
    return [
        app_commands.Choice(name=shown, value=name)
        for name, shown in [*choices.items()][:MAX_CHOICES]
    ]


async def _find_teams(
    services: Services, typed: str, competitions: Sequence[Competition]
) -> list[NamedTeam]:
    """Return the teams whose name contains each word of a text.

    A single letter, which most names contain, finds no team.
    """
    if len(typed.strip()) < _MIN_SEARCHED:
        return []
    teams, _ = await search_teams(services, typed, competitions, MAX_CHOICES)
    return teams


async def _find_user_names(
    services: Services, typed: str, competitions: Sequence[Competition]
) -> list[str]:
    """Return the user names that begin with a text, on some boards."""
    names = await services.storage.boards.find_user_names(
        typed.strip().removeprefix("@"),
        [competition.id for competition in competitions],
        MAX_CHOICES,
    )
    return [name for name in names if is_user_name(name)]
