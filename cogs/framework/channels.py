"""The bot's permissions in channels."""

from collections.abc import Iterable

import discord

from cogs.framework.responses import UserError
from cogs.framework.texts import not_writable_text


def is_writable(channel: discord.TextChannel) -> bool:
    """Return whether the bot can send messages to a channel."""
    return not _missing_permissions(channel)


def require_writable(channel: discord.TextChannel) -> None:
    """Raise `UserError` with the missing permissions if the bot cannot write in a channel."""
    missing = _missing_permissions(channel)
    if missing:
        raise UserError(not_writable_text(channel.mention, missing))


def channels_without_history(
    guild: discord.Guild | None, channel_ids: Iterable[int | None]
) -> list[int]:
    """Return the ids of those channels whose message history the bot may not read."""
    if guild is None:
        return []
    channels = [guild.get_channel(channel_id) for channel_id in channel_ids if channel_id]
    return sorted(
        channel.id
        for channel in channels
        if channel is not None and not channel.permissions_for(guild.me).read_message_history
    )


def _missing_permissions(channel: discord.TextChannel) -> list[str]:
    allowed = channel.permissions_for(channel.guild.me)
    needed = {"View Channel": allowed.view_channel, "Send Messages": allowed.send_messages}
    return [f"*{name}*" for name, given in needed.items() if not given]
