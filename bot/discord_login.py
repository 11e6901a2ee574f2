"""Discord login and its errors as sentences."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import discord

from bot.settings import hint
from leaderboards.secret_redaction import redact_secrets

LOGIN_ERRORS = (
    discord.ClientException,
    discord.GatewayNotFound,
    discord.HTTPException,
    aiohttp.ClientError,
    OSError,
)
"""What discord.py raises if Discord refuses or cannot be reached; not what an extension raises."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    attach_files=True,
    read_message_history=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    pin_messages=True,
    create_events=True,
    manage_events=True,
)
"""What the bot needs in the channels and threads that it posts to, and for Scheduled Events."""


@dataclass(frozen=True, slots=True)
class Login:
    """The bot user of a token."""

    name: str
    invitation: str
    """The URL with which a server's manager invites the bot."""


async def log_in(token: str) -> Login:
    """Log in without connecting to the gateway; raise one of `LOGIN_ERRORS`."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    async with client:
        await client.login(token)
        if client.user is None or client.application_id is None:
            raise discord.LoginFailure("Discord did not say who the bot is.")
        return Login(
            str(client.user),
            discord.utils.oauth_url(client.application_id, permissions=PERMISSIONS),
        )


def describe_error(error: BaseException) -> str:
    """Return one sentence that says why Discord could not be used."""
    match error:
        case discord.LoginFailure():
            return (
                "Discord does not accept DISCORD_TOKEN:"
                f" {hint('discord_token')}, or into the environment if it is set there."
            )
        case discord.HTTPException():
            text = redact_secrets(error.text or error.response.reason or "")
            return f"Discord refused with {error.status}: {text}."
        case aiohttp.ClientError() | OSError() | discord.GatewayNotFound():
            return "Discord cannot be reached: look at the network of this machine."
        case _:
            return f"Discord refused: {redact_secrets(str(error))}"
