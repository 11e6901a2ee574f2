"""What the bot may do in a channel."""

from collections.abc import Iterable

import discord

from cogs.framework.responses import UserError


def is_writable(channel: discord.TextChannel) -> bool:
    """Tell whether announcements can appear in a channel."""
    return not _missing(channel)


def require_writable(channel: discord.TextChannel) -> None:
    """Refuse a channel in which announcements could not appear, saying what is missing."""
    missing = _missing(channel)
    if missing:
        raise UserError(f"I cannot write in {channel.mention}: allow me {' and '.join(missing)}.")


def channels_without_history(
    guild: discord.Guild | None, channel_ids: Iterable[int | None]
) -> list[int]:
    """Give those of a server's channels whose history the bot may not read."""
    if guild is None:
        return []
    channels = [guild.get_channel(channel_id) for channel_id in channel_ids if channel_id]
    return sorted(
        channel.id
        for channel in channels
        if channel is not None and not channel.permissions_for(guild.me).read_message_history
    )


def _missing(channel: discord.TextChannel) -> list[str]:
    allowed = channel.permissions_for(channel.guild.me)
    needed = {"View Channel": allowed.view_channel, "Send Messages": allowed.send_messages}
    return [f"*{name}*" for name, given in needed.items() if not given]
