"""The Kaggle user that a command is about: the user's own, a member's, or a user name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from cogs.framework import format as fmt
from cogs.framework.responses import UserError
from cogs.framework.visibility import Visibility
from leaderboards.kaggle_ids import parse_user_name


@dataclass(frozen=True, slots=True)
class Target:
    """The Kaggle user names of one person."""

    user_names: Sequence[str]
    """One in a server; in direct messages one for each server in which they are linked."""
    name: str
    """What screens call the person, already escaped: a mention or a link to the profile.

    Empty for those whom the command did not name.
    """

    def is_same_person(self, other: Target) -> bool:
        """Return whether two targets share a Kaggle user name, however each was named."""
        own, others = ({name.casefold() for name in one.user_names} for one in (self, other))
        return not own.isdisjoint(others)


async def resolve_target(
    visibility: Visibility,
    requester: discord.User | discord.Member,
    user: discord.User | discord.Member | None,
    user_name: str | None,
) -> Target:
    """Return the named person, by default the command's user; raises `UserError` if not linked."""
    if user_name is not None:
        if user is not None:
            raise UserError("Choose a member or a Kaggle user name, not both.")
        name = parse_user_name(user_name)
        return Target([name], fmt.profile_link(name))
    return await require_link(visibility, requester, user or requester)


async def require_link(
    visibility: Visibility,
    requester: discord.User | discord.Member,
    user: discord.User | discord.Member,
) -> Target:
    """Return the linked Kaggle user of a Discord user; raises `UserError` without a link."""
    names = await visibility.find_user_names(user.id)
    if names:
        profiles = fmt.join_words(map(fmt.profile_link, names))
        return Target(names, f"{fmt.member(user.id)} ({profiles})")
    is_own = user.id == requester.id
    raise UserError(visibility.unlinked_text if is_own else visibility.describe_unlinked(user.id))
