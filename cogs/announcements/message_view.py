"""The screen of each kind of message in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import assert_never

from discord import ui

from cogs.announcements.competition_end_screen import ended_view, final_board_view
from cogs.announcements.deadline_screen import deadline_moved_view, reminder_view
from cogs.announcements.digest_screen import digest_view
from cogs.announcements.follow_screen import followed_view
from cogs.announcements.news_screen import news_summary_view, news_view, rescored_view
from cogs.boards.board_screen import live_board_placeholder
from cogs.framework import format as fmt
from cogs.framework.layout import Picture
from cogs.server.help_controls import build_setup_controls
from cogs.server.help_screen import welcome_view
from leaderboards.news.deadlines import DeadlineMovedMessage, ReminderMessage
from leaderboards.news.digest import DigestMessage
from leaderboards.news.items import NewsMessage
from leaderboards.news.messages import (
    EndedMessage,
    FinalBoardMessage,
    FollowedMessage,
    LiveBoardMessage,
    Message,
    RescoredMessage,
    WelcomeMessage,
)
from leaderboards.news.news_summary import NewsSummaryMessage


def message_view(  # noqa: C901, PLR0911
    row_id: int,
    message: Message,
    pictures: Sequence[Picture] = (),
    names: fmt.Names = MappingProxyType({}),
) -> ui.LayoutView:
    """Build the view of a message; the id of its container is that of the outbox row."""
    match message:
        case NewsMessage():
            return news_view(row_id, message, names, pictures)
        case NewsSummaryMessage():
            return news_summary_view(row_id, message, names)
        case RescoredMessage():
            return rescored_view(row_id, message, names)
        case DigestMessage():
            return digest_view(row_id, message, names, pictures)
        case EndedMessage():
            return ended_view(row_id, message, names, pictures)
        case FinalBoardMessage():
            return final_board_view(row_id, message, names)
        case ReminderMessage():
            return reminder_view(row_id, message, names)
        case DeadlineMovedMessage():
            return deadline_moved_view(row_id, message, names)
        case FollowedMessage():
            return followed_view(row_id, message, names)
        case WelcomeMessage():
            return welcome_view(row_id, message, build_setup_controls())
        case LiveBoardMessage():
            return live_board_placeholder(row_id, message, names)
        case _:
            assert_never(message)
