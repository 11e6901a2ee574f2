"""How the bot knows a message of its own again: by the id of the container that it is in.

Discord keeps that number with the message, long after it has forgotten the nonce.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord


async def find_marked(
    messages: AsyncIterator[discord.Message], own: discord.abc.Snowflake | None, mark: int
) -> int | None:
    """Give the id of the first message of the bot's own that bears a mark; None without one."""
    async for message in messages:
        if message.author == own and any(
            isinstance(component, discord.Container) and component.id == mark
            for component in message.components
        ):
            return message.id
    return None
