"""Autocomplete for competitions and Kaggle user names."""

from __future__ import annotations

from discord import app_commands

from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction
from cogs.framework.services import get_services
from cogs.framework.visibility import get_visibility
from leaderboards.kaggle_ids import is_user_name


async def competition_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Return the visible competitions whose slug contains the typed words."""
    words = current.lower().split()
    slugs = [
        competition.slug
        for competition in await get_visibility(interaction).load_competitions()
        if all(word in competition.slug for word in words)
    ]
    return [app_commands.Choice(name=slug, value=slug) for slug in slugs[:MAX_CHOICES]]


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
