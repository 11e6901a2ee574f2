"""Autocomplete for competitions and Kaggle user names, and the check of a competition's name."""

from __future__ import annotations

from discord import app_commands

from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services
from cogs.framework.visibility import ServerVisibility, get_visibility
from leaderboards.kaggle_ids import is_user_name
from records.guilds import Follow


async def require_follow(services: Services, guild_id: int, slug_or_url: str | None) -> Follow:
    """Return the followed competition that was named, or the only one; raises `UserError`."""
    visibility = ServerVisibility(services, guild_id)
    slug = (await visibility.require_competition(slug_or_url)).slug
    follow = await services.storage.guilds.find_follow(guild_id, slug)
    if follow is None:
        raise UserError(visibility.unknown_text.format(slug=slug))
    return follow


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
