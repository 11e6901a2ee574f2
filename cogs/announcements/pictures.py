"""The pictures below announcements, left out when they would delay them."""

from __future__ import annotations

import asyncio
import logging
import math
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

import discord

from cogs.announcements.screens.competition_end_screen import end_picture_text
from cogs.announcements.screens.digest_screen import digest_picture_text
from cogs.announcements.screens.news_screen import news_picture_text
from cogs.channels.target_channels import bot_permissions
from cogs.framework import format as fmt
from cogs.framework.layout import Picture
from cogs.framework.services import Services
from cogs.replays.replay_service import ReplayService
from leaderboards.history import TeamHistory
from leaderboards.kaggle_ids import readable_slug
from leaderboards.news.digest import DigestMessage, measure_activity, ranks_gained
from leaderboards.news.items import Item, NewsMessage, Reason
from leaderboards.news.messages import EndedMessage, ReplayMessage
from plots.specs import (
    MAX_ROWS,
    MemberShakeUp,
    MovementPlot,
    Mover,
    RankLine,
    ShakeUpPlot,
    TrendsPlot,
)
from records.outbox import OutboxMessage

logger = logging.getLogger(__name__)

_MAX_WAITING = 8
"""Messages that wait for their picture at the same time; the last waits a few seconds."""

_PERIOD = timedelta(days=7)
_MIN_LINES, _MAX_LINES = 2, 6
"""Teams in a picture; for one team the text is enough."""


class MessagePictures:
    """Draws the pictures below messages.

    While too many messages wait for theirs, further ones are sent without, so as not to be late.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting = 0

    async def draw(self, message: OutboxMessage, guild: discord.Guild | None) -> list[Picture]:
        """Return the pictures of a message; none if they cannot be drawn or shown.

        A retry sends the same picture or none: it depends only on the message and the log up to it;
        a replay is drawn anew, of those who are linked by then.
        """
        try:
            return await self._draw(message, guild)
        except Exception:
            logger.exception("Channel %s: a picture could not be made", message.row.channel_id)
            return []

    async def _draw(self, message: OutboxMessage, guild: discord.Guild | None) -> list[Picture]:
        row, content = message.row, message.content
        if isinstance(content, NewsMessage) and len(_drawn_items(content)) < _MIN_LINES:
            return []
        channel = guild.get_channel_or_thread(row.channel_id) if guild is not None else None
        if channel is None or not bot_permissions(channel).attach_files:
            return []
        if isinstance(content, ReplayMessage):
            # Its renderer limits how many wait.
            return await self._draw_replay(message, content.slug, channel.guild.filesize_limit)
        if self._waiting >= _MAX_WAITING:
            return []
        self._waiting += 1
        try:
            return await self._draw_plot(message)
        finally:
            self._waiting -= 1

    async def _draw_plot(self, message: OutboxMessage) -> list[Picture]:
        picture = await _build_picture(self._services, message)
        if picture is None:
            return []
        png = await self._services.plot_renderer.render(picture, message.row.guild_id)
        if png is None:
            return []
        return [Picture(f"message-{message.row.id}.png", png, _describe(picture))]

    async def _draw_replay(self, message: OutboxMessage, slug: str, limit: int) -> list[Picture]:
        row = message.row
        if row.competition_id is None:
            return []
        name = _competition_name(slug, message.names)
        replays = self._services.get(ReplayService)
        return await replays.draw_after_end(row.id, row.guild_id, row.competition_id, name, limit)


async def _build_picture(
    services: Services, outbox_message: OutboxMessage
) -> TrendsPlot | MovementPlot | ShakeUpPlot | None:
    """Return what to draw; kinds that are not named here have no picture."""
    message, competition_id = outbox_message.content, outbox_message.row.competition_id
    match message:
        case DigestMessage():
            return _build_movement(message, outbox_message.names)
        case EndedMessage() if competition_id is not None:
            name = _competition_name(message.slug, outbox_message.names)
            return await _build_shake_up(services, competition_id, name, message)
        case NewsMessage() if competition_id is not None:
            return await _build_trends(services, competition_id, message)
        case _:
            return None


async def _build_trends(
    services: Services, competition_id: int, message: NewsMessage
) -> TrendsPlot | None:
    """Return the recent ranks of the teams in the news."""
    info = await services.storage.boards.find_info(competition_id)
    if info is None:
        return None
    items = _drawn_items(message)
    ids = [item.team_id for item in items]
    since = message.taken_at - _PERIOD
    if message.since is not None:
        since = min(since, message.since)
    histories = await services.storage.history.load_continued_histories(info.board_id, ids)

    def build_lines() -> tuple[RankLine, ...]:
        return tuple(
            RankLine.from_history(
                item.team_name, _slice_history(histories[item.team_id], since, message.taken_at)
            )
            for item in items
            if item.team_id in histories
        )

    days = math.ceil((message.taken_at - since) / timedelta(days=1))
    return TrendsPlot(await asyncio.to_thread(build_lines), days)


def _slice_history(history: TeamHistory, since: datetime, until: datetime) -> TeamHistory:
    first = bisect_left(history.taken_at, since.timestamp())
    return history[first : bisect_right(history.taken_at, until.timestamp())]


def _drawn_items(message: NewsMessage) -> list[Item]:
    return [item for item in message.items if _has_past_ranks(item)][:_MAX_LINES]


def _has_past_ranks(item: Item) -> bool:
    """Return whether an item is of a member's team that was on the last board."""
    return bool(item.user_ids) and not {Reason.ARRIVAL, Reason.RETURN} & {*item.reasons}


def _build_movement(message: DigestMessage, names: fmt.Names) -> MovementPlot | None:
    """Return who climbed and fell in the competition with the most activity."""
    if not message.competitions:
        return None
    competition = max(message.competitions, key=measure_activity)
    moved = (team for team in competition.zone_changes if ranks_gained(team))
    teams = [*moved, *competition.climbers, *competition.fallers][:MAX_ROWS]
    if len(teams) < _MIN_LINES:
        return None
    return MovementPlot(
        competition_name=_competition_name(competition.slug, names),
        team_count=competition.team_count,
        since=competition.rescored_at or competition.began_at or message.since,
        until=message.until,
        is_first=competition.began_at is not None and competition.rescored_at is None,
        movers=tuple(Mover(team.team_name, team.rank_before, team.rank) for team in teams),
    )


async def _build_shake_up(
    services: Services, competition_id: int, name: str, message: EndedMessage
) -> ShakeUpPlot | None:
    """Return the ranks on the public and the private board; None without a private one."""
    if not message.private:
        return None
    storage = services.storage
    competition = await storage.competitions.find_by_id(competition_id)
    return ShakeUpPlot(
        competition_name=name,
        teams=tuple(await storage.competition_ends.load_ranks(competition_id)),
        team_count=message.team_count,
        members=tuple(
            MemberShakeUp(team.team_name, team.public_rank, team.rank)
            for team in message.finishers
            if team.public_rank is not None and team.rank is not None
        ),
        medals=competition is not None and competition.awards_medals,
        mean=message.mean_shake_up,
    )


def _competition_name(slug: str, names: fmt.Names) -> str:
    return names.get(slug) or readable_slug(slug)


def _describe(picture: TrendsPlot | MovementPlot | ShakeUpPlot) -> str:
    if isinstance(picture, ShakeUpPlot):
        return end_picture_text(len(picture.teams), picture.competition_name)
    if isinstance(picture, TrendsPlot):
        return news_picture_text(len(picture.lines), picture.period)
    return digest_picture_text(len(picture.movers), picture.competition_name)
