"""Data of a server that the panel of `/settings` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from leaderboards.members.role_criteria import RoleCriterion
from leaderboards.news.channel_mode import ChannelMode
from records.feeds import FeedKind
from records.guilds import GuildSettings, NewsChannel


@dataclass(frozen=True, slots=True)
class PanelData:
    """Everything that the panel shows of one server."""

    settings: GuildSettings
    channels: Sequence[NewsChannel]
    """The channels that get news."""
    roles: Mapping[RoleCriterion, int]
    """Role ids by what they are given for."""
    mode: ChannelMode
    """What is announced in the server's own channel, if it has one."""
    feeds: Mapping[int, Sequence[FeedKind]] = field(default_factory=dict)
    """The kinds of feeds of each channel."""
    published: Set[int] = frozenset()
    """The channels whose announcements are published."""
    channel_problems: Sequence[str] = ()
    """Why the bot can send no messages, or no pictures, to channels for news."""
