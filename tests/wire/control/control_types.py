"""Typed keyword arguments of the control client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict


class ActorOptions(TypedDict, total=False):
    """Who does something."""

    user_id: int
    user_name: str
    may: Sequence[str]
    """Permissions beyond an ordinary member's, as in "manage_guild"."""


class UserOptions(TypedDict, total=False):
    """What can be changed of a person."""

    name: str
    open_to_dms: bool


class StandInSettings(TypedDict, total=False):
    """How the stand-in behaves."""

    nonce_window: float
    """Seconds for which a nonce is remembered."""
    strict: bool
    """Whether Discord's rate limits hold: 50 requests a second, 5 messages in 5 a channel."""
    heartbeat_interval: int
    """Milliseconds."""
    acks: bool
    """Whether heartbeats are answered."""
    silent: bool
    """Whether the gateway says nothing at all, as when the network swallows everything."""
    refusing: bool
    """Whether the gateway takes no connection."""
    revoked: bool
    """Whether the bot's token is no longer accepted."""
    shards: int
    """How many shards Discord recommends."""
