"""Loading of the topics and notebooks that are marked in a history."""

from __future__ import annotations

from datetime import UTC, datetime

from cogs.framework.services import Services
from cogs.ranks.history_screen import RankHistories
from cogs.ranks.post_marks_screen import PostMarks
from plots.specs import MAX_MARKS


async def load_post_marks(services: Services, guild_id: int, histories: RankHistories) -> PostMarks:
    """Load what was posted in the period of one team's history, as far as a server has feeds."""
    storage, (team,) = services.storage, histories.teams
    feeds = await storage.post_feeds.load_by_guild(guild_id)
    kinds = frozenset(feed.kind for feed in feeds)
    if not kinds or not len(team.history):
        return PostMarks(kinds=kinds)
    since, until = (
        datetime.fromtimestamp(int(seconds), UTC) for seconds in team.history.taken_at[[0, -1]]
    )
    posts, count = await storage.posts.load_most_voted(
        guild_id, histories.competition.id, since, until, MAX_MARKS
    )
    return PostMarks(posts, count, kinds)
