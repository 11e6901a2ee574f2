"""Which competition and which Kaggle user a command means, and what it offers while one types."""

from __future__ import annotations

from discord import app_commands

from cogs.answers import Interaction, Refusal
from cogs.services import Services, guild_id_of, services_of
from leaderboards.names import competition_slug, is_user_name
from storage.guilds import Follow

CHOICES = 25
"""As many as Discord shows."""
LONGEST = 100
"""Characters that Discord allows in one."""


async def followed(services: Services, guild_id: int, typed: str | None) -> Follow:
    """Find what this server follows by what was typed; without it, the only one."""
    guilds = services.storage.guilds
    if typed is not None:
        slug = competition_slug(typed)
        follow = await guilds.follow_of(guild_id, slug)
        if follow is None:
            raise Refusal(
                f"This server does not follow **{slug}**."
                " A manager can add it with `/competition add`."
            )
        return follow
    follows = await guilds.follows(guild_id)
    if not follows:
        raise Refusal(
            "This server follows no competition yet. A manager can add one with `/competition add`."
        )
    if len(follows) > 1:
        names = ", ".join(f"**{follow.competition.slug}**" for follow in follows)
        raise Refusal(f"Which competition? This server follows {names}.")
    return follows[0]


async def competition_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Offer what this server follows."""
    storage = services_of(interaction.client).storage
    words = current.lower().split()
    slugs = [
        follow.competition.slug
        for follow in await storage.guilds.follows(guild_id_of(interaction))
        if all(word in follow.competition.slug for word in words)
    ]
    return [app_commands.Choice(name=slug, value=slug) for slug in slugs[:CHOICES]]


async def user_name_choices(
    interaction: Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Offer Kaggle user names on the boards that this server follows."""
    storage = services_of(interaction.client).storage
    follows = await storage.guilds.follows(guild_id_of(interaction))
    names = await storage.boards.user_names_like(
        current.strip().removeprefix("@"),
        [follow.competition.id for follow in follows],
        CHOICES,
    )
    return [app_commands.Choice(name=name, value=name) for name in names if is_user_name(name)]
