"""Permissions by Discord's names."""

from __future__ import annotations

from collections.abc import Iterable

BITS = {
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": 1 << 38,
    "pin_messages": 1 << 51,
    "manage_events": 1 << 33,
    "create_events": 1 << 44,
}

_MODERATORS = ("manage_guild", "manage_channels", "manage_threads")
MEMBER = sum(BITS.values()) - sum(BITS[name] for name in _MODERATORS)
"""What everybody may do in a channel that denies nothing."""


def bits_of(names: Iterable[str]) -> int:
    """Return permissions as one number; raises `KeyError` for an unknown name."""
    return sum(BITS[name] for name in set(names))
