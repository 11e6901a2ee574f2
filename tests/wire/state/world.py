"""Everything that the stand-in knows: servers, channels, people and messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.http.api_errors import ApiError
from tests.wire.state import permissions
from tests.wire.state.change_signal import ChangeSignal
from tests.wire.state.clock import Clock
from tests.wire.state.components import ids_of, text_of

BOT_ID = 1100000000000000001
"""The bot's user, and its application."""
OWNER_ID = 1100000000000000002

TEXT, NEWS, NEWS_THREAD, PUBLIC_THREAD, FORUM = 0, 5, 10, 11, 15
"""Discord's types of channels."""

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15

Json = dict[str, Any]


@dataclass
class User:
    """A person, or the bot."""

    id: int
    name: str
    bot: bool = False
    open_to_dms: bool = True


@dataclass
class Message:
    """A message as it stands in its channel."""

    id: int
    channel_id: int
    author: User
    timestamp: str
    content: str = ""
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    nonce: str | None = None
    edited: str | None = None
    mentions: list[int] = field(default_factory=list)
    """Whom the sender allowed to be pinged by name."""
    reference: Json | None = None
    interaction_id: int | None = None
    published: bool = False

    @property
    def text(self) -> str:
        """What a reader reads."""
        return "\n".join(filter(None, [self.content, text_of(self.components)]))

    @property
    def component_ids(self) -> list[int]:
        """The ids of its components, in order."""
        return ids_of(self.components)


@dataclass
class Channel:
    """A channel of a server, or one between the bot and a person."""

    id: int
    name: str
    guild_id: int | None = None
    recipient: User | None = None
    denied: set[str] = field(default_factory=set)
    """Permissions that the bot does not have here, by Discord's names."""
    allowed: set[str] = field(default_factory=set)
    """Permissions that the bot has here besides those of every member."""
    messages: dict[int, Message] = field(default_factory=dict)
    kind: int = TEXT
    parent: Channel | None = None
    """The channel of a thread."""
    archived: bool = False
    locked: bool = False
    owner_id: int = OWNER_ID
    """Who opened a thread."""
    tags: list[Json] = field(default_factory=list)
    """The tags that the posts of a forum can have."""
    requires_tag: bool = False
    """Whether the posts of a forum must have a tag."""
    applied_tags: list[str] = field(default_factory=list)
    """The tags of a forum post."""
    pinned: list[int] = field(default_factory=list)
    """The pinned messages, in the order in which they were pinned."""

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.parent is not None

    @property
    def permissions(self) -> int:
        """What the bot may do here."""
        if self.parent is not None:
            return self.parent.permissions
        given = permissions.MEMBER | permissions.bits_of(self.allowed)
        return given & ~permissions.bits_of(self.denied)

    def needs(self, *names: str) -> None:
        """Refuse when the bot lacks one of these permissions; all need the right to look in."""
        if not self.may("view_channel"):
            raise ApiError(50001)
        if not all(map(self.may, names)):
            raise ApiError(50013)

    def may(self, name: str) -> bool:
        """Return whether the bot has a permission here; in a direct message it has all."""
        return self.recipient is not None or bool(self.permissions & permissions.BITS[name])

    def open_for_message(self) -> bool:
        """Unarchive a thread that is not locked; refuse any other; return whether it was closed."""
        if self.locked and not self.may("manage_threads"):
            raise ApiError(50083 if self.archived else 160005)
        was_archived, self.archived = self.archived, False
        return was_archived


@dataclass
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int = OWNER_ID
    channels: dict[int, Channel] = field(default_factory=dict)
    available: bool = True
    events: dict[int, Json] = field(default_factory=dict)
    """The Scheduled Events, with those that have ended."""


class World:
    """The servers that the bot is in, and all that is said there."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.changes = ChangeSignal()
        self.bot = User(BOT_ID, "Podium", bot=True)
        self.users: dict[int, User] = {
            BOT_ID: self.bot,
            OWNER_ID: User(OWNER_ID, "owner"),
        }
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int | None, list[Json]] = {}
        """The commands as they were last sent, by server; those for all servers under None."""
        self.revoked = False
        """True: the bot's token is not accepted any more."""

    def add_guild(self, name: str, guild_id: int | None = None) -> Guild:
        """Create a server in which the bot is."""
        guild = Guild(guild_id or self.clock.next_id(), name)
        self.guilds[guild.id] = guild
        self.changes.notify()
        return guild

    def add_channel(
        self, guild: Guild, name: str, channel_id: int | None = None, deny: Iterable[str] = ()
    ) -> Channel:
        """Create a text channel."""
        channel = Channel(channel_id or self.clock.next_id(), name, guild.id, denied=set(deny))
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def add_thread(
        self,
        parent: Channel,
        name: str,
        thread_id: int | None = None,
        owner_id: int = OWNER_ID,
        applied_tags: Iterable[str] = (),
    ) -> Channel:
        """Open a thread in a channel, or a post in a forum."""
        kind = NEWS_THREAD if parent.kind == NEWS else PUBLIC_THREAD
        thread = Channel(
            thread_id or self.clock.next_id(),
            name,
            parent.guild_id,
            kind=kind,
            parent=parent,
            owner_id=owner_id,
            applied_tags=list(applied_tags),
        )
        self.channels[thread.id] = thread
        return thread

    def threads_of(self, guild_id: int) -> list[Channel]:
        """Return the threads of a server that are not archived."""
        return [
            channel
            for channel in self.channels.values()
            if channel.is_thread and channel.guild_id == guild_id and not channel.archived
        ]

    def dm_with(self, user: User) -> Channel:
        """Return the DM channel of the bot and a user."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.clock.next_id(), user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def user(self, user_id: int, name: str | None = None) -> User:
        """Return a user, created at the first call."""
        if user_id not in self.users:
            self.users[user_id] = User(user_id, f"user{user_id % 100_000}")
        user = self.users[user_id]
        user.name = name or user.name
        return user

    def guild(self, guild_id: int) -> Guild:
        """Return a server; raises `ApiError` for one that the bot is not in."""
        try:
            return self.guilds[guild_id]
        except KeyError:
            raise ApiError(10004) from None

    def channel(self, channel_id: int) -> Channel:
        """Return a channel; raises `ApiError` unless it is one that the bot can know."""
        try:
            channel = self.channels[channel_id]
        except KeyError:
            raise ApiError(10003) from None
        if channel.guild_id is not None and channel.guild_id not in self.guilds:
            raise ApiError(50001)
        return channel

    def message(self, channel_id: int, message_id: int) -> Message:
        """Return a message."""
        try:
            return self.channel(channel_id).messages[message_id]
        except KeyError:
            raise ApiError(10008) from None

    def command_named(self, guild_id: int | None, name: str) -> Json:
        """Return a registered command; raises `LookupError` for any other."""
        for command in [*self.commands.get(guild_id, []), *self.commands.get(None, [])]:
            if command["name"] == name:
                return command
        raise LookupError(f"The bot sent Discord no command named {name!r}")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(data).hexdigest()
