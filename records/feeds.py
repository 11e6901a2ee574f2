"""What channels are told of besides what their server follows."""

from __future__ import annotations

from dataclasses import dataclass

from leaderboards.feeds.competition_filter import CompetitionFilter

MAX_FEEDS = 10
"""The most channels of one server that are told of new competitions."""


@dataclass(frozen=True, slots=True)
class CompetitionFeed:
    """A channel that is told of new competitions."""

    guild_id: int
    channel_id: int
    filter: CompetitionFilter
