"""Whether the bot can speak in a channel."""

import discord

from cogs.answers import Refusal


def refuse_unless_writable(channel: discord.TextChannel) -> None:
    """Refuse a channel in which announcements could not appear, saying what is missing."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = {"View Channel": allowed.view_channel, "Send Messages": allowed.send_messages}
    missing = [f"*{name}*" for name, given in needed.items() if not given]
    if missing:
        raise Refusal(f"I cannot write in {channel.mention}: allow me {' and '.join(missing)}.")
