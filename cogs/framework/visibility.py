"""Which boards one may see where one asks, and whose links on them.

In a server these are what it follows and whom it has linked. Elsewhere, in direct messages and in
servers to which people bring the bot along, they are the boards of the servers in which the asker
is linked and still a member; of links only the asker's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import gather
from collections.abc import Mapping, Sequence

import discord

from cogs.framework import format as fmt
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services
from leaderboards.kaggle_ids import competition_slug
from records.competitions import Competition
from records.members import StoredLink


class Visibility(ABC):
    """What one asker may see."""

    nothing: str
    """What is said where there is no board to see."""
    unlinked: str
    """What is said to an asker who is not linked."""
    unknown: str
    """What is said of a competition that is not among those; `{slug}` is its name."""
    several: str
    """What is said when one has to be named; `{names}` are those there are."""
    gone: str
    """What is said of a competition that was among those."""
    shows_members: bool
    """Whether others than the asker are named on a board."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @abstractmethod
    def stranger(self, user_id: int) -> str:
        """Say that nothing is known of somebody else, and why."""

    @abstractmethod
    async def competitions(self) -> Sequence[Competition]:
        """Give the competitions whose boards may be seen, by slug, the archived ones last."""

    @abstractmethod
    async def links(self) -> Sequence[StoredLink]:
        """Give the links that may be seen."""

    @abstractmethod
    async def names_of(self, user_id: int) -> Sequence[str]:
        """Give the Kaggle user names of somebody, as far as they may be seen."""

    async def users(self) -> Mapping[str, StoredLink]:
        """Give who is who: links by casefolded Kaggle user name."""
        return {link.user_name.casefold(): link for link in await self.links()}

    async def competition(self, typed: str | None) -> Competition:
        """Find a competition by what was typed; without it, the only one that is not archived."""
        slug = None if typed is None else competition_slug(typed)
        found = await self.competitions()
        if slug is not None:
            for competition in found:
                if competition.slug == slug:
                    return competition
            raise UserError(self.unknown.format(slug=slug))
        if not found:
            raise UserError(self.nothing)
        going = [competition for competition in found if competition.archived_at is None]
        candidates = going or found
        if len(candidates) > 1:
            names = fmt.choice(competition.slug for competition in candidates)
            raise UserError(self.several.format(names=names))
        return candidates[0]

    async def with_id(self, competition_id: int) -> Competition | None:
        """Find a competition by its number, None when it may no longer be seen."""
        for competition in await self.competitions():
            if competition.id == competition_id:
                return competition
        return None


class ServerVisibility(Visibility):
    """What a server follows, and whom it has linked."""

    nothing = (
        "This server follows no competition yet. A manager can add one with `/competition add`."
    )
    unlinked = fmt.UNKNOWN_TO_ME
    unknown = (
        "This server does not follow **{slug}**. A manager can add it with `/competition add`."
    )
    several = "Which competition? This server follows {names}."
    gone = "This server no longer follows that competition."
    shows_members = True

    def __init__(self, services: Services, guild_id: int) -> None:
        super().__init__(services)
        self._guild_id = guild_id

    def stranger(self, user_id: int) -> str:
        """Say that somebody is not linked."""
        return f"{fmt.member(user_id)} has not told me who they are on Kaggle."

    async def competitions(self) -> Sequence[Competition]:
        """Give what the server follows, by slug."""
        follows = await self._services.storage.guilds.load_follows(self._guild_id)
        return [follow.competition for follow in follows]

    async def links(self) -> Sequence[StoredLink]:
        """Give all links of the server."""
        return await self._services.storage.links.load_counted_links(self._guild_id)

    async def names_of(self, user_id: int) -> Sequence[str]:
        """Give the name that somebody has linked in the server."""
        link = await self._services.storage.links.find_counted_link(self._guild_id, user_id)
        return [link.user_name] if link is not None else []


class OwnVisibility(Visibility):
    """What the asker's servers follow, and nobody but the asker."""

    nothing = (
        "There is no board to show you here yet. I show the boards of the servers in which I am"
        " and you are linked: say `/link` in such a server."
    )
    unlinked = nothing
    unknown = "**{slug}** is followed in no server in which you are linked."
    several = "Which competition? Your servers follow {names}."
    gone = "None of your servers follows that competition any more."
    shows_members = False

    def __init__(self, services: Services, asker_id: int, client: discord.Client) -> None:
        super().__init__(services)
        self._asker_id = asker_id
        self._client = client

    def stranger(self, user_id: int) -> str:
        """Say that others are nobody here, whether or not they are linked somewhere."""
        del user_id
        return "Who is who I tell only in the server where they linked; ask me there."

    async def competitions(self) -> Sequence[Competition]:
        """Give what the servers follow in which the asker is linked, by slug."""
        guilds = self._services.storage.guilds
        found = {
            follow.competition.slug: follow.competition
            for link in await self.links()
            for follow in await guilds.load_follows(link.guild_id)
        }
        return sorted(found.values(), key=lambda one: (one.archived_at is not None, one.slug))

    async def links(self) -> Sequence[StoredLink]:
        """Give the asker's links in the servers of which both are still members."""
        links = await self._services.storage.links.load_counted_links_of_user(self._asker_id)
        members = await gather(*(self._is_member(link.guild_id) for link in links))
        return [link for link, member in zip(links, members, strict=True) if member]

    async def names_of(self, user_id: int) -> Sequence[str]:
        """Give the asker's own names; nobody else has any here."""
        if user_id != self._asker_id:
            return []
        names = {link.user_name.casefold(): link.user_name for link in await self.links()}
        return list(names.values())

    async def _is_member(self, guild_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return False
        return await self._services.memberships.holds(guild, self._asker_id)


def effective_guild_id(interaction: Interaction) -> int | None:
    """Give the server that something was asked for, None where the bot is only brought along."""
    guild_id = interaction.guild_id
    if guild_id is None:
        return None
    at_home = interaction.is_guild_integration() or interaction.client.get_guild(guild_id)
    return guild_id if at_home else None


def is_outside_guild(interaction: Interaction) -> bool:
    """Tell whether people read along who share none of the asker's servers with the bot."""
    return effective_guild_id(interaction) is None and not interaction.context.dm_channel


def visibility_of(interaction: Interaction) -> Visibility:
    """Give what may be seen where something is asked."""
    services, guild_id = get_services(interaction.client), effective_guild_id(interaction)
    if guild_id is not None:
        return ServerVisibility(services, guild_id)
    return OwnVisibility(services, interaction.user.id, interaction.client)
