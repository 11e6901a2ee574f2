"""The screen of each kind of message in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from discord import ui

from cogs.announcements.competition_end_screen import ended_view, final_board_view
from cogs.announcements.deadline_screen import deadline_moved_view, reminder_view
from cogs.announcements.digest_screen import digest_view
from cogs.announcements.news_screen import news_summary_view, news_view, rescored_view
from cogs.boards.board_screen import live_board_placeholder
from cogs.framework import format as fmt
from cogs.framework.layout import Picture, card
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
    row_id: int, message: Message, pictures: Sequence[Picture] = ()
) -> ui.LayoutView:
    """Build the view of a message; the id of its container is that of the outbox row."""
    match message:
        case NewsMessage():
            return news_view(row_id, message, pictures)
        case NewsSummaryMessage():
            return news_summary_view(row_id, message)
        case RescoredMessage():
            return rescored_view(row_id, message)
        case DigestMessage():
            return digest_view(row_id, message, pictures)
        case EndedMessage():
            return ended_view(row_id, message, pictures)
        case FinalBoardMessage():
            return final_board_view(row_id, message)
        case ReminderMessage():
            return reminder_view(row_id, message)
        case DeadlineMovedMessage():
            return deadline_moved_view(row_id, message)
        case FollowedMessage():
            return followed_view(row_id, message)
        case WelcomeMessage():
            return welcome_view(row_id, message)
        case LiveBoardMessage():
            return live_board_placeholder(row_id, message)
        case _:
            assert_never(message)


def followed_view(row_id: int, message: FollowedMessage) -> ui.LayoutView:
    """Build the announcement that a competition is followed from now on."""
    slug, members = message.slug, message.members_on_board
    if message.team_count == 0:
        return card(
            f"### Now following {fmt.competition_link(slug)}\n"
            "Its board has no teams yet. I wait for the first ones.",
            id=row_id,
        )
    among = {
        0: "None of you is among them yet; `/link` tells me who you are on Kaggle.",
        1: "One of you is among them.",
    }.get(members, f"{fmt.number(members)} of you are among them.")
    are = "is" if message.team_count == 1 else "are"
    return card(
        f"### Now following {fmt.competition_link(slug)}\n"
        f"{fmt.plural(message.team_count, 'team')} {are} on the board."
        f" {among} When you climb, it will be told here.",
        id=row_id,
    )
