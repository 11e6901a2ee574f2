"""Lets discord.py look for rate limits that are over now and then, not with every new channel.

It walks through those of all channels of the last five minutes whenever a message goes to a channel
that is not among them: with thousands of servers that costs more than the message. This touches a
private part of discord.py, which is checked at import.
"""

from __future__ import annotations

import time

import discord
from discord.http import HTTPClient

EVERY = 30.0
"""Seconds between two looks. What is kept a little longer is half a kilobyte a channel."""

if not hasattr(HTTPClient, "_try_clear_expired_ratelimits"):
    raise ImportError(f"discord.py {discord.__version__} clears its rate limits in another way")


def clear_seldom(http: HTTPClient) -> None:
    """Have a client's rate limits looked through at most every `EVERY` seconds."""
    clear, cleared_at = http._try_clear_expired_ratelimits, time.monotonic()  # noqa: SLF001

    def seldom() -> None:
        nonlocal cleared_at
        if time.monotonic() - cleared_at >= EVERY:
            cleared_at = time.monotonic()
            clear()

    http._try_clear_expired_ratelimits = seldom  # type: ignore[method-assign]  # noqa: SLF001
