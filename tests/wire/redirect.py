"""Redirection of discord.py to the stand-in; its private names are checked at import."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

_BASE = "https://discord.com/api/v10"
_READY_AFTER = 2.0
_GATEWAY = yarl.URL("wss://gateway.discord.gg/")

if getattr(Route, "BASE", None) != _BASE:
    raise ImportError(f"discord.http.Route.BASE of {discord.__version__} is not {_BASE}")
if getattr(DiscordWebSocket, "DEFAULT_GATEWAY", None) != _GATEWAY:
    raise ImportError(
        f"discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY of {discord.__version__}"
        f" is not {_GATEWAY}"
    )


def redirect_clients(base_url: str, gateway_url: str) -> None:
    """Connect every client of this process to the stand-in from now on."""
    Route.BASE = base_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def set_guild_ready_timeout(client: discord.Client, seconds: float) -> None:
    """Set how long a client waits for a further server before it is ready."""
    connection = client._connection
    if connection.guild_ready_timeout != _READY_AFTER:
        raise RuntimeError(f"discord.py {discord.__version__} does not wait {_READY_AFTER} s")
    connection.guild_ready_timeout = seconds


@asynccontextmanager
async def redirected_clients(base_url: str, gateway_url: str) -> AsyncIterator[None]:
    """Connect every client of this process to the stand-in within the context.

    discord.py forgets a connection that was only being made when its client was closed. Its heart
    would beat on, and after a minute call for a loop that is long closed, amid another test.
    """
    redirect_clients(base_url, gateway_url)
    try:
        yield
    finally:
        redirect_clients(_BASE, str(_GATEWAY))
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler):
                await thread.ws.close()
