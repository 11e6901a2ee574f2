"""Channel modes: everything, big news, or digests only."""

from enum import StrEnum


class ChannelMode(StrEnum):
    """Which news reaches a channel."""

    EVERYTHING = "everything"
    """All news, at once."""
    BIG = "big"
    """Every kind of message at once, but of news only big news; the digests have the rest.

    `Item.is_big` decides what is big news.
    """
    DIGEST = "digest"
    """Digests, welcomes, live boards, new competitions, and messages which say that a competition
    is followed, or what a thread is for or that it is closed."""
