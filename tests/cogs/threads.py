"""Threads and forum posts of the simulated Discord, which has no builders for them."""

from __future__ import annotations

import discord
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from tests.cogs.world import Server, World


def create_parent(
    world: World, name: str = "parent", denied: str = "manage_threads"
) -> simcord.ChannelHandle:
    """Create a text channel in which the bot is no moderator, as SimCord's bot is by default."""
    guild = world.server.guild
    overwrite = discord.PermissionOverwrite(**{"manage_threads": False, denied: False})
    return guild.create_text_channel(name, overwrites={guild.default_role: overwrite})


def create_thread(
    world: World,
    parent: simcord.ChannelHandle,
    name: str = "titanic talk",
    *,
    private: bool = False,
    server: Server | None = None,
) -> simcord.ChannelHandle:
    """Create a thread of the manager's in a text channel or forum."""
    at = server or world.server
    kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
    thread = world.env.backend.create_thread(parent.id, name, at.manager.id, type=kind)
    return simcord.ChannelHandle(world.env, at.guild, thread)


def create_forum(world: World, *denied: str, server: Server | None = None) -> simcord.ChannelHandle:
    """Create a forum in which the bot lacks permissions."""
    forum = (server or world.server).guild.create_forum_channel("competitions")
    deny(world, forum, *denied)
    return forum


def deny(world: World, channel: simcord.ChannelHandle, *denied: str) -> None:
    """Deny the bot these permissions, and no others, in a channel."""
    bits = discord.Permissions(**dict.fromkeys(denied, True)).value
    bot_id = world.env.backend.bot_user.id
    overwrite = Overwrite(target_id=bot_id, type=OverwriteType.MEMBER, allow=0, deny=bits)
    world.env.backend.edit_channel(channel.id, {}, overwrites=[overwrite])


def edit_thread(world: World, thread: simcord.ChannelHandle, **metadata: object) -> None:
    """Change whether a thread is `archived` or `locked`; other channels are neither."""
    world.env.backend.edit_channel(thread.id, {}, thread_metadata=metadata)


def is_archived(world: World, thread: simcord.ChannelHandle) -> bool:
    """Return whether a thread is archived."""
    metadata = world.env.backend.channels[thread.id].thread_metadata
    assert metadata is not None
    return bool(metadata.archived)
