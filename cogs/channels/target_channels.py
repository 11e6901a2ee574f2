"""The channels in which the bot announces: their kinds, and its permissions there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import discord
from discord import app_commands
from discord.abc import GuildChannel

from cogs.channels.forum_tags import RUNNING_TAG, can_create_tag, find_tag
from cogs.framework.responses import Interaction, UserError
from cogs.framework.texts import (
    CHANNEL_NOT_SEEN_TEXT,
    PERMISSION_NAMES,
    no_thread_text,
    not_writable_text,
    tag_required_text,
    thread_locked_text,
    unseen_channel_text,
)

TargetChannel: TypeAlias = discord.TextChannel | discord.Thread
"""A channel for messages: a text or announcement channel, or a thread, such as a forum post."""

TARGET_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.news_thread,
    discord.ChannelType.private_thread,
]
"""The kinds of `TargetChannel` in Discord's numbering, for options and selects."""

ChosenChannel: TypeAlias = app_commands.AppCommandChannel | app_commands.AppCommandThread
"""A channel as Discord sends it with an option or a select."""


ThreadParent: TypeAlias = discord.TextChannel | discord.ForumChannel
"""A channel in which threads or posts are opened: a text or announcement channel, or a forum."""

PARENT_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
]
"""The kinds of `ThreadParent` in Discord's numbering."""


@dataclass(frozen=True, slots=True)
class NewThread:
    """A thread, or a forum post, that is to be opened."""

    parent: ThreadParent


class _ChannelTransformer(app_commands.Transformer[discord.Client]):
    """Takes channels of some kinds, also archived threads, which discord.py does not cache."""

    def __init__(self, channel_types: list[discord.ChannelType]) -> None:
        super().__init__()
        self._channel_types = channel_types

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return self._channel_types

    async def transform(self, _interaction: Interaction, value: ChosenChannel, /) -> ChosenChannel:
        """Return the value as it is: the channel is found after the defer."""
        return value


ChannelOption = app_commands.Transform[ChosenChannel, _ChannelTransformer(TARGET_CHANNEL_TYPES)]
"""The type of an option for a `TargetChannel`, to be found by `require_target_channel`."""

ParentOption = app_commands.Transform[ChosenChannel, _ChannelTransformer(PARENT_CHANNEL_TYPES)]
"""The type of an option for a `ThreadParent`, to be found by `require_new_thread`."""


async def require_target_channel(interaction: Interaction, channel_id: int) -> TargetChannel:
    """Return a channel of the server for messages.

    Raises `UserError` if the bot does not see it, or cannot write in it. The interaction must be
    deferred: an archived thread is asked from Discord.
    """
    guild = interaction.guild
    channel = None if guild is None else await _find_channel(guild, channel_id)
    if not isinstance(channel, TargetChannel) or _has_unseen_parent(channel):
        raise UserError(CHANNEL_NOT_SEEN_TEXT)
    problem = _explain_unwritable(channel)
    if problem is not None:
        raise UserError(problem)
    return channel


async def find_channel_problems(guild: discord.Guild, channel_ids: Iterable[int]) -> dict[int, str]:
    """Return, by the channel's id, why the bot can send no messages there."""
    problems = {}
    for channel_id in channel_ids:
        try:
            channel = await _find_channel(guild, channel_id)
        except discord.HTTPException:
            continue  # Discord is at fault, and may answer next time.
        if channel is None or _has_unseen_parent(channel):
            problems[channel_id] = unseen_channel_text(f"<#{channel_id}>")
        elif isinstance(channel, TargetChannel):
            problem = _explain_unwritable(channel)
            if problem is not None:
                problems[channel_id] = problem
    return problems


def _explain_unwritable(channel: TargetChannel) -> str | None:
    """Return why the bot can send no messages to a channel; None if it can."""
    permissions = bot_permissions(channel)
    missing = _missing_permissions(channel, permissions)
    if missing:
        return not_writable_text(channel.mention, missing)
    if isinstance(channel, discord.Thread) and channel.locked and not permissions.manage_threads:
        return thread_locked_text(channel.mention)
    return None


def require_new_thread(interaction: Interaction, channel_id: int) -> NewThread:
    """Return a thread that is to be opened in a channel; raise `UserError` if it cannot be."""
    channel = interaction.guild.get_channel(channel_id) if interaction.guild else None
    if not isinstance(channel, ThreadParent):
        raise UserError(CHANNEL_NOT_SEEN_TEXT)
    needed = ["view_channel", "send_messages", "send_messages_in_threads"]
    if isinstance(channel, discord.TextChannel):
        needed += ["create_public_threads", "read_message_history"]
    missing = _format_missing(bot_permissions(channel), needed)
    if missing:
        raise UserError(no_thread_text(channel.mention, missing))
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag:
        has_tags = find_tag(channel, RUNNING_TAG) is not None
        if not has_tags and not can_create_tag(channel):
            raise UserError(tag_required_text(channel.mention))
    return NewThread(channel)


async def _find_channel(
    guild: discord.Guild, channel_id: int
) -> GuildChannel | discord.Thread | None:
    channel = guild.get_channel_or_thread(channel_id)
    if channel is not None:
        return channel
    try:
        return await guild.fetch_channel(channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None


def is_writable(channel: TargetChannel) -> bool:
    """Return whether the bot can send messages to a channel."""
    return _explain_unwritable(channel) is None


async def reopen_thread(guild: discord.Guild, thread_id: int) -> bool:
    """Unarchive a thread if need be; return whether that was possible.

    A locked one can be unarchived only with *Manage Threads*. Raises Discord's errors.
    """
    thread = await guild.fetch_channel(thread_id)
    if not isinstance(thread, discord.Thread):
        return False
    if thread.locked and not bot_permissions(thread).manage_threads:
        return False
    if thread.archived:
        await thread.edit(archived=False)
    return True


def is_announcement_channel(channel: GuildChannel | None) -> bool:
    """Return whether messages of a channel can be published to channels of other servers."""
    return isinstance(channel, discord.TextChannel) and channel.is_news()


def bot_permissions(channel: GuildChannel | discord.Thread) -> discord.Permissions:
    """Return the bot's permissions in a channel; those of a thread are its parent's."""
    if _has_unseen_parent(channel):
        return discord.Permissions.none()
    return channel.permissions_for(channel.guild.me)


def find_channels_without_history(
    guild: discord.Guild | None, channel_ids: Iterable[int | None]
) -> list[int]:
    """Return the ids of those channels whose message history the bot may not read."""
    return _find_channels_without(guild, channel_ids, "read_message_history")


def find_channels_without_files(
    guild: discord.Guild | None, channel_ids: Iterable[int | None]
) -> list[int]:
    """Return the ids of those channels to which the bot may not send pictures."""
    return _find_channels_without(guild, channel_ids, "attach_files")


def _find_channels_without(
    guild: discord.Guild | None, channel_ids: Iterable[int | None], permission: str
) -> list[int]:
    if guild is None:
        return []
    channels = [guild.get_channel_or_thread(channel_id) for channel_id in channel_ids if channel_id]
    return sorted(
        channel.id
        for channel in channels
        if channel is not None and not getattr(bot_permissions(channel), permission)
    )


def _has_unseen_parent(channel: GuildChannel | discord.Thread) -> bool:
    return isinstance(channel, discord.Thread) and channel.parent is None


def _missing_permissions(channel: TargetChannel, allowed: discord.Permissions) -> list[str]:
    send = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    return _format_missing(allowed, ["view_channel", send])


def _format_missing(allowed: discord.Permissions, needed: Iterable[str]) -> list[str]:
    """Return the names, as Discord shows them, of the needed permissions that are not given."""
    return [f"*{PERMISSION_NAMES[name]}*" for name in needed if not getattr(allowed, name)]
