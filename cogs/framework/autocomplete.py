"""Autocomplete for competitions and Kaggle user names."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction
from cogs.framework.services import get_services
from cogs.framework.visibility import get_visibility
from leaderboards.kaggle_ids import is_user_name
from records.competitions import Competition


async def competition_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return the visible competitions whose slug or title contains the typed words."""
    return build_choices(await get_visibility(interaction).load_competitions(), current)


def build_choices(
    competitions: Iterable[Competition], current: str
) -> list[app_commands.Choice[str]]:
    """Return the choices for the competitions whose slug or title contains the typed words."""
    choices = [
        app_commands.Choice(name=fmt.competition_choice(one.slug, one.title), value=one.slug)
        for one in competitions
        if fmt.is_named(current, one.slug, one.title)
    ]
    return choices[:MAX_CHOICES]


async def user_name_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return Kaggle user names on the visible boards that match the typed text."""
    competitions = await get_visibility(interaction).load_competitions()
    names = await get_services(interaction.client).storage.boards.find_user_names(
        current.strip().removeprefix("@"),
        [competition.id for competition in competitions],
        MAX_CHOICES,
    )
    return [app_commands.Choice(name=name, value=name) for name in names if is_user_name(name)]
