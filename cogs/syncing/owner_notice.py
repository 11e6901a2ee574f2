"""Direct message to the bot's owner about something that only the owner can repair.

`KaggleLockout.notify_owner` and `HealthService.check` decide when it is sent.
"""

from __future__ import annotations

import logging

import discord
from discord import ui

from cogs.framework.discord_errors import ErrorMeaning, classify_error, is_expected

logger = logging.getLogger(__name__)


class OwnerNotice:
    """A message that the owner gets once, until `reset`."""

    def __init__(self, client: discord.Client, subject: str) -> None:
        """Set what the message is about, such as "the login": the log names it."""
        self._client = client
        self._subject = subject
        self._done = False

    def reset(self) -> None:
        """Allow the next `send` to send again."""
        self._done = False

    async def send(self, view: ui.LayoutView) -> None:
        """Send the message unless it was sent; after a temporary error, the next call sends it."""
        if self._done:
            return
        try:
            application = await self._client.application_info()
            owner_id = application.team.owner_id if application.team else application.owner.id
            channel = await self._client.create_dm(discord.Object(owner_id or application.owner.id))
            # Set before sending: if the response is lost, a retry would send the message twice.
            self._done = True
            await channel.send(view=view)
        except Exception as error:
            if not is_expected(error):
                raise
            logger.error("The bot's owner could not be told about %s: %s", self._subject, error)  # noqa: TRY400
            temporary = classify_error(error) is ErrorMeaning.TEMPORARY
            self._done = self._done or not temporary
