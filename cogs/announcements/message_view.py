"""How each kind of message of the outbox is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from discord import ui

from cogs.announcements.competition_end_screen import ended_view
from cogs.announcements.deadline_screen import reminder_view
from cogs.announcements.digest_screen import digest_view
from cogs.announcements.news_screen import followed_view, news_view
from cogs.boards.board_screen import live_board_view
from cogs.framework.layout import Picture
from cogs.server.help_screen import welcome_view
from leaderboards.news.deadlines import ReminderMessage
from leaderboards.news.digest import DigestMessage
from leaderboards.news.ended import EndedMessage
from leaderboards.news.items import FollowedMessage, NewsMessage
from leaderboards.news.messages import LiveBoardMessage, Message, WelcomeMessage

_VIEWS: Mapping[type, Callable[[int, Any], ui.LayoutView]] = {
    FollowedMessage: followed_view,
    WelcomeMessage: welcome_view,
    ReminderMessage: reminder_view,
    LiveBoardMessage: live_board_view,
}


def message_view(row_id: int, message: Message, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build a message of the outbox; its frame's id tells which one it is."""
    if isinstance(message, NewsMessage):
        return news_view(row_id, message, pictures)
    if isinstance(message, DigestMessage):
        return digest_view(row_id, message, pictures)
    if isinstance(message, EndedMessage):
        return ended_view(row_id, message, pictures)
    return _VIEWS[type(message)](row_id, message)
