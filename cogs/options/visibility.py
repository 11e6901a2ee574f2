"""Which boards and links the user of a command may see.

In a server these are the boards that it follows and the links of its members. In direct messages,
and in servers where the bot is only a user install, they are the boards of the servers in which the
user is linked and still a member, and only the user's own links.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import gather
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, OptionNeeded, UserError
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
    WHICH_COMPETITION_TEXT,
    first_competitions_text,
    member_unlinked_text,
    member_unverified_text,
    not_followed_anywhere_text,
    not_followed_text,
    unclear_competition_text,
    unread_text,
)
from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import is_address, parse_competition
from records.competitions import Competition
from records.guilds import Follow
from records.members import StoredLink

_MEMBERSHIP_LIFETIME = timedelta(minutes=5)


class Memberships:
    """Checks whether a user is still a member of a server, and caches that for some minutes.

    Without the privileged members intent Discord does not report that somebody left, and their link
    stays.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cache: dict[tuple[int, int], tuple[bool, datetime]] = {}

    async def is_member(self, guild: discord.Guild, user_id: int) -> bool:
        """Return whether a user is a member of a server, or was one some minutes ago."""
        now = self._services.now()
        self._cache = {
            key: cached
            for key, cached in self._cache.items()
            if now - cached[1] < _MEMBERSHIP_LIFETIME
        }
        cached = self._cache.get((guild.id, user_id))
        if cached is None:
            cached = self._cache[guild.id, user_id] = await _fetch_membership(guild, user_id), now
        return cached[0]


async def _fetch_membership(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    return True


class Visibility(ABC):
    """Boards and links that one user may see, and the sentences for what they may not."""

    no_board_text: str
    """The answer if no board is visible."""
    nobody_linked_text: str
    """The answer if no link is visible."""
    gone_text: str
    """The answer for a competition that is no longer visible."""
    shows_members: bool
    """Whether a board names members other than the user."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @abstractmethod
    async def explain_unlinked(self, user_id: int, *, own: bool) -> str:
        """Return the answer about a user without a visible link; `own`: to that user."""

    @abstractmethod
    def describe_unknown(self, typed: str) -> str:
        """Return the answer for a competition that is not visible."""

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

    async def require_competition(self, name: str | None) -> Competition:
        """Return the competition with a slug, address or name, or with words of a name.

        Without a name, that of the channel or else the only open one. Raises `UserError` if there
        is none, and `OptionNeeded` if it must be chosen.
        """
        found = await self._load_named_or_all(name)
        if name is not None:
            return found[0]
        only = _find_only(await self.load_channel_competitions()) or _find_only(found)
        if only is None:
            raise choose_competition(WHICH_COMPETITION_TEXT, _select_open(found) or found)
        return only

    async def load_searched_competitions(self, name: str | None) -> Sequence[Competition]:
        """Return the competitions in which a command looks for people: the one that was named.

        Without a name, that of the channel or else all. Raises `UserError` if there is none.
        """
        found = await self._load_named_or_all(name)
        own = None if name is not None else _find_only(await self.load_channel_competitions())
        return found if own is None else [own]

    async def _load_named_or_all(self, name: str | None) -> Sequence[Competition]:
        """Return the competition that was named, or all; raises `UserError` if there is none."""
        found = await self.load_competitions()
        if name is not None:
            return [self._find_named(found, name)]
        if not found:
            raise UserError(self.no_board_text)
        return found

    def _find_named(self, competitions: Sequence[Competition], typed: str) -> Competition:
        """Return the competition with a slug, address, name, or words of a name.

        Raises `UserError` if there is none, and `OptionNeeded` if it is not clear which is meant.
        """
        named = find_by_name(competitions, typed)
        if named is not None:
            return named
        try:
            unknown = parse_competition(typed)
            is_slug = True
        except InvalidInput:
            if is_address(typed):
                raise
            unknown, is_slug = typed, False
        similar = [
            one for one in competitions if fmt.is_named(typed, one.slug, one.name, one.title)
        ]
        if len(similar) == 1 and not is_slug:
            return similar[0]
        if similar:
            raise choose_competition(unclear_competition_text(typed), similar)
        raise UserError(self.describe_unknown(unknown))

    async def find_competition(self, competition_id: int) -> Competition | None:
        """Return a competition by its id; None if it is no longer visible."""
        for competition in await self.load_competitions():
            if competition.id == competition_id:
                return competition
        return None


class ServerVisibility(Visibility):
    """The boards that a server follows, and the links of its members."""

    no_board_text = NOTHING_FOLLOWED_TEXT
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

    async def load_competitions(self) -> Sequence[Competition]:
        """Return the competitions that the server follows, by slug."""
        follows = await self._services.storage.guilds.load_follows(self._guild_id)
        return [follow.competition for follow in follows]

    async def load_channel_competitions(self) -> Sequence[Competition]:
        """Return the competitions that are announced in a channel of their own, this one."""
        follows = await self._services.storage.guilds.load_follows(self._guild_id)
        return [one.competition for one in follows if one.channel_id in self._channel_ids]

    async def load_links(self) -> Sequence[StoredLink]:
        """Return all links of the server that count."""
        return await self._services.storage.links.load_counted_links(self._guild_id)

    async def find_user_names(self, user_id: int) -> Sequence[str]:
        """Return the user name that a member linked in the server."""
        link = await self._services.storage.links.find_counted_link(self._guild_id, user_id)
        return [link.user_name] if link is not None else []


class OwnVisibility(Visibility):
    """The boards that the user's servers follow, and only the user's own links."""

    no_board_text = nobody_linked_text = NO_OWN_BOARD_TEXT
    gone_text = NO_LONGER_FOLLOWED_ANYWHERE_TEXT
    shows_members = False

    def __init__(self, services: Services, user_id: int, client: discord.Client) -> None:
        super().__init__(services)
        self._user_id = user_id
        self._client = client

    async def explain_unlinked(self, user_id: int, *, own: bool) -> str:
        """Return the same answer for every other user, whether or not they are linked."""
        del user_id
        return NO_OWN_BOARD_TEXT if own else OTHER_LINKS_TEXT

    def describe_unknown(self, typed: str) -> str:
        """Return that none of the servers follows the competition."""
        return not_followed_anywhere_text(typed)

    async def load_competitions(self) -> Sequence[Competition]:
        """Return the competitions of the servers in which the user is linked, by slug.

        They have no server's own name: several servers may follow the same one.
        """
        guilds = self._services.storage.guilds
        found = {
            follow.competition.slug: replace(follow.competition, own_name=None)
            for link in await self.load_links()
            for follow in await guilds.load_follows(link.guild_id)
        }
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


def effective_guild_id(interaction: Interaction) -> int | None:
    """Return the server of an interaction; None in direct messages and for user installs."""
    guild_id = interaction.guild_id
    if guild_id is None:
        return None
    has_bot = interaction.is_guild_integration() or interaction.client.get_guild(guild_id)
    return guild_id if has_bot else None


def needs_private_response(interaction: Interaction) -> bool:
    """Return whether a user install is used where other people could read the response."""
    return effective_guild_id(interaction) is None and not interaction.context.dm_channel


def find_by_name(competitions: Sequence[Competition], name: str) -> Competition | None:
    """Return the competition with a slug, address or name; a name may be another one's slug.

    Kaggle's title finds a competition that has a server's own name, too.
    """
    with suppress(InvalidInput):
        slug = parse_competition(name)
        for competition in competitions:
            if competition.slug == slug:
                return competition
    typed = name.strip().casefold()
    for competition in competitions:
        if typed in {competition.name.casefold(), (competition.title or "").casefold()}:
            return competition
    return None


def _select_open(competitions: Sequence[Competition]) -> Sequence[Competition]:
    """Return the competitions that are not archived."""
    return [competition for competition in competitions if competition.archived_at is None]


def _find_only(competitions: Sequence[Competition]) -> Competition | None:
    """Return the only open competition, or else the only one; None if there are several."""
    for candidates in (_select_open(competitions), competitions):
        if len(candidates) == 1:
            return candidates[0]
    return None


def choose_competition(question: str, competitions: Sequence[Competition]) -> OptionNeeded:
    """Return the error that lets the user of a command choose one of some competitions."""
    choices = [
        discord.SelectOption(label=fmt.competition_choice(one.slug, one.name), value=one.slug)
        for one in competitions[:MAX_CHOICES]
    ]
    if len(choices) < len(competitions):
        question += f"\n{first_competitions_text(len(choices), len(competitions))}"
    return OptionNeeded(question, "competition", choices)


def find_board_name(competitions: Sequence[Competition]) -> str | None:
    """Return what the only competition is called, escaped; None if there are several."""
    if len(competitions) != 1:
        return None
    return fmt.competition_name(competitions[0].slug, competitions[0].name)


async def find_unread_text(services: Services, competitions: Sequence[Competition]) -> str | None:
    """Return the sentence for competitions of which none has a board yet; None if one has."""
    for competition in competitions:
        if await services.storage.boards.find_info(competition.id) is not None:
            return None
    return unread_text(find_board_name(competitions))


def _find_channel_ids(interaction: Interaction) -> Sequence[int]:
    """Return the channel of an interaction; for a thread also the channel that it belongs to."""
    found = [interaction.channel_id]
    if isinstance(interaction.channel, discord.Thread):
        found.append(interaction.channel.parent_id)
    return [channel_id for channel_id in found if channel_id is not None]


def get_visibility(interaction: Interaction) -> Visibility:
    """Return what the user of an interaction may see."""
    services, guild_id = get_services(interaction.client), effective_guild_id(interaction)
    if guild_id is not None:
        return ServerVisibility(services, guild_id, _find_channel_ids(interaction))
    return OwnVisibility(services, interaction.user.id, interaction.client)


async def require_follow(interaction: Interaction, name: str | None) -> Follow:
    """Return the followed competition that was named, or else that of the channel, or the only one.

    Raises `UserError`, or `OptionNeeded` if it must be chosen.
    """
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    visibility = ServerVisibility(services, guild_id, _find_channel_ids(interaction))
    slug = (await visibility.require_competition(name)).slug
    follow = await services.storage.guilds.find_follow(guild_id, slug)
    if follow is None:
        raise UserError(visibility.describe_unknown(slug))
    return follow
