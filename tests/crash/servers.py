"""Three servers with linked members, chosen so that nearly every board has news for them.

Each is also told of new competitions, topics and notebooks, and some members have watches. They
post replays of the short competitions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from demo.recording import RecordedBoard
from leaderboards.board import Entry
from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.competition_filter import (
    DEFAULT_CATEGORIES,
    CompetitionFilter,
    FeedCategory,
)
from leaderboards.feeds.posts import PostKind
from leaderboards.news.messages import FollowedMessage
from leaderboards.news.watches import Watch, WatchKind
from leaderboards.parsing.reader import read_board
from records.feeds import CompetitionFeed, PostFeed
from storage.storage import Storage
from tests.crash import kaggle_lists, short_competitions
from tests.crash.short_competitions import FORECASTER, ShortCompetition
from tests.wire.control.results import Guild

GUILDS = {800000000000000001: "Study club", 800000000000000002: "Team", 800000000000000003: "Uni"}
CHANNELS = ("news", "competitions", "posts", "ends")
MEMBERS = 40
"""Linked members in a server; the servers share half of them."""
_FIRST_USER = 700000000000000001
WATCHERS = range(_FIRST_USER, _FIRST_USER + 4)
"""Discord users with watches; each is a member of all servers."""
_SMALLEST_FALLS = (1, 5, 50)
_CATEGORIES = (frozenset(FeedCategory), DEFAULT_CATEGORIES, frozenset({FeedCategory.FEATURED}))


async def set_up(
    database: Path,
    guilds: Sequence[Guild],
    recording: Sequence[RecordedBoard],
    shorts: Sequence[ShortCompetition],
    now: datetime,
) -> None:
    """Set up servers that follow the competition, each with members of its own."""
    climbers = find_climbers(recording)
    storage = await Storage.open(database)
    try:
        info = CompetitionInfo(recording[0].slug, category="Featured")
        competition = await storage.competitions.add_info_for_owner(info)
        for short in shorts:
            await short_competitions.store(storage, short, now)
        for index, guild in enumerate(guilds):
            guild_id = guild.id
            await storage.guilds.change_settings(
                guild_id,
                smallest_fall=_SMALLEST_FALLS[index],
                replay_at_end=True,
                # Where the bot is killed as soon as all is told, they would not always come.
                remind_week=False,
                remind_day=False,
                remind_hour=False,
            )
            for number, name in enumerate(climbers[index * MEMBERS // 2 :][:MEMBERS]):
                user_id = _FIRST_USER + number
                await storage.links.link(guild_id, user_id, name, user_id, now)
            forecaster = find_forecaster(recording, climbers)
            await storage.links.link(guild_id, FORECASTER, forecaster, FORECASTER, now)
            followed = FollowedMessage(recording[0].slug, team_count=0, members_on_board=0)
            await storage.guilds.follow(
                guild_id, competition.id, guild.channels["news"], _FIRST_USER, now, followed
            )
            await _add_feeds(storage, guild, _CATEGORIES[index])
            rivals = climbers[index * MEMBERS // 2 :]
            await _add_watches(storage, guild_id, competition.id, rivals, now)
    finally:
        await storage.close()


async def _add_feeds(storage: Storage, guild: Guild, categories: frozenset[FeedCategory]) -> None:
    feed = CompetitionFeed(guild.id, guild.channels["competitions"], CompetitionFilter(categories))
    await storage.competition_feeds.save(feed)
    for kind in PostKind:
        post_feed = PostFeed(guild.id, guild.channels["posts"], kind, kaggle_lists.MIN_VOTES)
        await storage.post_feeds.save(post_feed)


async def _add_watches(
    storage: Storage, guild_id: int, competition_id: int, names: Sequence[str], now: datetime
) -> None:
    """Add watches: each watcher's own news, and a rival."""
    for user_id, rival in zip(WATCHERS, names[1:], strict=False):
        news = Watch(0, guild_id, user_id, WatchKind.NEWS, competition_id)
        passed = Watch(0, guild_id, user_id, WatchKind.RIVAL, competition_id, rival_user_name=rival)
        for watch in (news, passed):
            await storage.watches.add(watch, now)


def find_climbers(recording: Sequence[RecordedBoard]) -> list[str]:
    """Return the users who climbed by a better score, most often first."""
    climbed: Counter[str] = Counter()
    for before, after in pairwise(map(_teams, recording)):
        for team_id, team in after.items():
            old = before.get(team_id)
            if old and team.rank < old.rank and team.score_text != old.score_text:
                climbed.update(team.members)
    return sorted(climbed, key=lambda name: (-climbed[name], name))


def find_forecaster(recording: Sequence[RecordedBoard], climbers: Sequence[str]) -> str:
    """Return the user of the member who watches forecasts: the best who never climbed."""
    names = (name for team in _teams(recording[0]).values() for name in team.members)
    return next(name for name in names if name not in climbers)


def _teams(recorded: RecordedBoard) -> dict[int, Entry]:
    return {entry.team_id: entry for entry in read_board(recorded.csv).entries() if entry.rank}
