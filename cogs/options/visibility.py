"""Visibility: which boards and links the user of a command may see.

In a server these are the boards that it follows and the links of its members. In direct messages,
and in servers where the bot is only a user install, they are the boards of the servers in which the
user is linked and still a member, and only the user's own links.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import replace

import discord

from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.framework.texts import (
    NO_LONGER_FOLLOWED_ANYWHERE_TEXT,
    NO_LONGER_FOLLOWED_TEXT,
    NO_OWN_BOARD_TEXT,
    NOBODY_LINKED_TEXT,
    NOTHING_FOLLOWED_TEXT,
    OTHER_LINKS_TEXT,
    UNLINKED_TEXT,
    UNVERIFIED_TEXT,
    member_unlinked_text,
    member_unverified_text,
    not_followed_anywhere_text,
    not_followed_text,
)
from cogs.options.memberships import Memberships
from records.competitions import Competition
from records.guilds import Follow
from records.members import StoredLink


class Visibility(ABC):
    """Boards and links that one user may see, and the sentences for what they may not."""

    nothing_visible_text: str
    """The sentence if no board is visible."""
    nobody_linked_text: str
    """The sentence if no link is visible."""
    gone_text: str
    """The sentence for a competition that is no longer visible."""
    shows_members: bool
    """Whether a board names members other than the user."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @abstractmethod
    async def explain_unlinked(self, user_id: int, *, own: bool) -> str:
        """Return that a user has no visible link; `own` is whether that user reads it."""

    @abstractmethod
    def describe_unknown(self, typed: str) -> str:
        """Return the sentence for a competition that is not visible."""

    @abstractmethod
    async def load_follows(self) -> Sequence[Follow]:
        """Return the follows of the visible competitions, one for each server that has it."""

    @abstractmethod
    async def load_competitions(self) -> Sequence[Competition]:
        """Return the visible competitions by slug, archived ones last."""

    @abstractmethod
    async def load_links(self) -> Sequence[StoredLink]:
        """Return the visible links."""

    @abstractmethod
    async def find_user_names(self, user_id: int) -> Sequence[str]:
        """Return the visible Kaggle user names of a Discord user."""

    async def load_links_by_user_name(self) -> Mapping[str, StoredLink]:
        """Return the visible links by casefolded Kaggle user name."""
        return {link.user_name.casefold(): link for link in await self.load_links()}

    async def load_channel_competitions(self) -> Sequence[Competition]:
        """Return the visible competitions whose own channel the command was used in."""
        return []

    async def find_competition(self, competition_id: int) -> Competition | None:
        """Return a competition by its id; None if it is no longer visible."""
        for competition in await self.load_competitions():
            if competition.id == competition_id:
                return competition
        return None

    async def require_visible(self, competition_id: int) -> Competition:
        """Return a competition by its id; raise `UserError` if it is no longer visible."""
        competition = await self.find_competition(competition_id)
        if competition is None:
            raise UserError(self.gone_text)
        return competition


class ServerVisibility(Visibility):
    """The boards that a server follows, and the links of its members."""

    nothing_visible_text = NOTHING_FOLLOWED_TEXT
    nobody_linked_text = NOBODY_LINKED_TEXT
    gone_text = NO_LONGER_FOLLOWED_TEXT
    shows_members = True

    def __init__(self, services: Services, guild_id: int, channel_ids: Sequence[int] = ()) -> None:
        super().__init__(services)
        self._guild_id = guild_id
        self._channel_ids = channel_ids
        """Where a command was used."""

    async def explain_unlinked(self, user_id: int, *, own: bool) -> str:
        """Return that the member is not linked, or not with a link that counts."""
        if await self._services.storage.links.find_link(self._guild_id, user_id) is None:
            return UNLINKED_TEXT if own else member_unlinked_text(user_id)
        return UNVERIFIED_TEXT if own else member_unverified_text(user_id)

    def describe_unknown(self, typed: str) -> str:
        """Return that the server does not follow the competition."""
        return not_followed_text(typed)

    async def load_follows(self) -> Sequence[Follow]:
        """Return what the server follows."""
        return await self._services.storage.guilds.load_follows(self._guild_id)

    async def require_follow(self, competition_id: int) -> Follow:
        """Return a follow by its competition; raise `UserError` if the server has it no longer."""
        for follow in await self.load_follows():
            if follow.competition.id == competition_id:
                return follow
        raise UserError(self.gone_text)

    async def load_competitions(self) -> Sequence[Competition]:
        """Return the competitions that the server follows, by slug."""
        return [follow.competition for follow in await self.load_follows()]

    async def load_channel_competitions(self) -> Sequence[Competition]:
        """Return the competitions whose own channel is the one of the command.

        In a thread: those of the thread; if there are none, those of the channel that it belongs
        to. Where that is also the server's channel for news, competitions without a channel of
        their own are among them, but only beside at least one that has this channel as its own.
        """
        follows = await self.load_follows()
        settings = await self._services.storage.guilds.load_settings(self._guild_id)
        for channel_id in self._channel_ids:
            if any(one.channel_id == channel_id for one in follows):
                return [
                    one.competition
                    for one in follows
                    if (one.channel_id or settings.channel_id) == channel_id
                ]
        return []

    async def load_links(self) -> Sequence[StoredLink]:
        """Return all links of the server that count."""
        return await self._services.storage.links.load_counted_links(self._guild_id)

    async def find_user_names(self, user_id: int) -> Sequence[str]:
        """Return the user name that a member linked in the server."""
        link = await self._services.storage.links.find_counted_link(self._guild_id, user_id)
        return [link.user_name] if link is not None else []


class OwnVisibility(Visibility):
    """The boards of the servers in which the user is linked, and only the user's own links."""

    nothing_visible_text = nobody_linked_text = NO_OWN_BOARD_TEXT
    gone_text = NO_LONGER_FOLLOWED_ANYWHERE_TEXT
    shows_members = False

    def __init__(self, services: Services, user_id: int, client: discord.Client) -> None:
        super().__init__(services)
        self._user_id = user_id
        self._client = client

    async def explain_unlinked(self, user_id: int, *, own: bool) -> str:
        """Return the same sentence for every other user, whether or not they are linked."""
        del user_id
        return NO_OWN_BOARD_TEXT if own else OTHER_LINKS_TEXT

    def describe_unknown(self, typed: str) -> str:
        """Return that none of the servers follows the competition."""
        return not_followed_anywhere_text(typed)

    async def load_follows(self) -> Sequence[Follow]:
        """Return the follows of all servers in which the user is linked.

        The names that servers gave are left out: several servers may follow the same competition.
        """
        guilds = self._services.storage.guilds
        return [
            replace(follow, competition=replace(follow.competition, own_name=None))
            for link in await self.load_links()
            for follow in await guilds.load_follows(link.guild_id)
        ]

    async def load_competitions(self) -> Sequence[Competition]:
        """Return the competitions of the servers in which the user is linked, by slug."""
        found = {one.competition.slug: one.competition for one in await self.load_follows()}
        return sorted(found.values(), key=lambda one: (one.archived_at is not None, one.slug))

    async def load_links(self) -> Sequence[StoredLink]:
        """Return the user's links in servers where the user and the bot are still members."""
        links = await self._services.storage.links.load_counted_links_by_user(self._user_id)
        members = await gather(*(self._is_member(link.guild_id) for link in links))
        return [link for link, member in zip(links, members, strict=True) if member]

    async def find_user_names(self, user_id: int) -> Sequence[str]:
        """Return the user's own names, and none for anybody else."""
        if user_id != self._user_id:
            return []
        names = {link.user_name.casefold(): link.user_name for link in await self.load_links()}
        return list(names.values())

    async def _is_member(self, guild_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return False
        return await self._services.get(Memberships).is_member(guild, self._user_id)


def find_effective_guild_id(interaction: Interaction) -> int | None:
    """Return the server of an interaction; None in direct messages and for user installs."""
    guild_id = interaction.guild_id
    if guild_id is None:
        return None
    has_bot = interaction.is_guild_integration() or interaction.client.get_guild(guild_id)
    return guild_id if has_bot else None


def needs_private_response(interaction: Interaction) -> bool:
    """Return whether a user install is used where other people could read the response."""
    return find_effective_guild_id(interaction) is None and not interaction.context.dm_channel


def _find_channel_ids(interaction: Interaction) -> Sequence[int]:
    """Return the channel of an interaction; for a thread also the channel that it belongs to."""
    found = [interaction.channel_id]
    if isinstance(interaction.channel, discord.Thread):
        found.append(interaction.channel.parent_id)
    return [channel_id for channel_id in found if channel_id is not None]


def get_visibility(interaction: Interaction) -> Visibility:
    """Return what the user of an interaction may see."""
    if find_effective_guild_id(interaction) is not None:
        return get_server_visibility(interaction)
    services = get_services(interaction.client)
    return OwnVisibility(services, interaction.user.id, interaction.client)


def get_server_visibility(interaction: Interaction) -> ServerVisibility:
    """Return what the members of an interaction's server see; the bot must be a member too."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    return ServerVisibility(services, guild_id, _find_channel_ids(interaction))
