"""Search for a message that the bot may have sent without receiving the answer.

Its marker is the id of its container: Discord keeps that with the message, long after it has
forgotten the nonce.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord


async def find_sent(
    messages: AsyncIterator[discord.Message], own: discord.abc.Snowflake | None, marker: int
) -> int | None:
    """Return the id of the bot's first message with a marker; None if there is none."""
    async for message in messages:
        if message.author == own and any(
            isinstance(component, discord.Container) and component.id == marker
            for component in message.components
        ):
            return message.id
    return None
