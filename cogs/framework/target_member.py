"""Who is meant by a command: oneself, somebody on Discord, or a Kaggle user name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from cogs.framework import format as fmt
from cogs.framework.responses import UserError
from cogs.framework.visibility import Visibility
from leaderboards.kaggle_ids import kaggle_user_name


@dataclass(frozen=True, slots=True)
class TargetMember:
    """Somebody on Kaggle."""

    user_names: Sequence[str]
    """One in a server; in direct messages one may have another in each server."""
    who: str
    """How to speak of them, ready to be shown."""


async def resolve_target(
    scope: Visibility,
    asker: discord.User | discord.Member,
    user: discord.User | discord.Member | None,
    user_name: str | None,
) -> TargetMember:
    """Find who is meant, the asker when nobody is named; `UserError` when nobody can be found."""
    if user_name is not None:
        if user is not None:
            raise UserError("Name a member or a Kaggle user name, not both.")
        name = kaggle_user_name(user_name)
        return TargetMember([name], fmt.profile_link(name))
    return await require_link(scope, asker, user or asker)


async def require_link(
    scope: Visibility, asker: discord.User | discord.Member, user: discord.User | discord.Member
) -> TargetMember:
    """Find who somebody on Discord is on Kaggle; `UserError` when that is not known here."""
    names = await scope.names_of(user.id)
    if names:
        profiles = fmt.join_words(map(fmt.profile_link, names))
        return TargetMember(names, f"{fmt.member(user.id)} ({profiles})")
    raise UserError(scope.unlinked if user.id == asker.id else scope.stranger(user.id))
