"""How much a channel is told."""

from enum import StrEnum


class ChannelMode(StrEnum):
    """What of the news reaches a channel."""

    EVERYTHING = "everything"
    """At once, whatever is news."""
    BIG = "big"
    """At once, but only big news; the digests tell the rest."""
    DIGEST = "digest"
    """Nothing but the digests."""
