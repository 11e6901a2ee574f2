"""The screen of each kind of message in the outbox.

A kind with a few sentences has its screen here; the others have a module of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import assert_never

from discord import ui

from cogs.announcements.screens.competition_end_screen import ended_view, final_board_view
from cogs.announcements.screens.deadline_screen import deadline_moved_view, reminder_view
from cogs.announcements.screens.digest_screen import digest_view
from cogs.announcements.screens.new_competitions_screen import new_competitions_view
from cogs.announcements.screens.new_posts_screen import new_posts_view
from cogs.announcements.screens.news_screen import news_summary_view, news_view
from cogs.boards.board_screen import live_board_placeholder
from cogs.framework import format as fmt
from cogs.framework.layout import Item, Picture, card
from cogs.framework.texts import unverified_on_board_text
from cogs.replays.replay_screen import ended_replay_view
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
    ReplayMessage,
    RescoredMessage,
    ThreadLeftMessage,
    ThreadMessage,
    WelcomeMessage,
)
from leaderboards.news.new_competitions import NewCompetitionsMessage
from leaderboards.news.new_posts import NewPostsMessage
from leaderboards.news.news_summary import NewsSummaryMessage


def message_view(  # noqa: C901, PLR0911, PLR0912
    row_id: int,
    message: Message,
    pictures: Sequence[Picture] = (),
    names: fmt.Names = MappingProxyType({}),
    setup_controls: Sequence[Sequence[Item]] = (),
) -> ui.LayoutView:
    """Build the view of a message; the id of its container is that of the outbox row.

    `setup_controls` are the controls of the welcome message, in rows.
    """
    match message:
        case NewsMessage():
            return news_view(row_id, message, names, pictures)
        case NewsSummaryMessage():
            return news_summary_view(row_id, message, names)
        case RescoredMessage():
            return _rescored_view(row_id, message, names)
        case DigestMessage():
            return digest_view(row_id, message, names, pictures)
        case EndedMessage():
            return ended_view(row_id, message, names, pictures)
        case ReplayMessage():
            return ended_replay_view(row_id, message.slug, names, pictures)
        case FinalBoardMessage():
            return final_board_view(row_id, message, names)
        case ReminderMessage():
            return reminder_view(row_id, message, names)
        case DeadlineMovedMessage():
            return deadline_moved_view(row_id, message, names)
        case FollowedMessage():
            return _followed_view(row_id, message, names)
        case ThreadMessage():
            return _thread_view(row_id, message, names)
        case WelcomeMessage():
            return welcome_view(row_id, message, setup_controls)
        case LiveBoardMessage():
            return live_board_placeholder(row_id, message, names)
        case NewCompetitionsMessage():
            return new_competitions_view(row_id, message)
        case NewPostsMessage():
            return new_posts_view(row_id, message, names)
        case ThreadLeftMessage():
            return _thread_left_view(row_id, message, names)
        case _:
            assert_never(message)


def _followed_view(row_id: int, message: FollowedMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the announcement that a competition is followed from now on."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    if message.team_count == 0:
        return card(
            f"### Now following {link}\nIts board has no teams yet. I wait for the first ones.",
            id=row_id,
        )
    board = _describe_board(message)
    if message.has_ended:
        outlook = "It has ended: only changes of its final board are announced."
    else:
        outlook = "What this server announces about it comes here."
    return card(f"### Now following {link}\n{board} {outlook}", id=row_id)


def _thread_view(row_id: int, message: ThreadMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the first message of the thread of a competition."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    if message.introduced:
        return card(
            f"### {link}\nFrom now on its thread has all announcements and the live board.",
            id=row_id,
        )
    board = _describe_board(message) if message.team_count else "Its board has no teams yet."
    return card(
        f"### Now following {link}\n{board} Its thread has all announcements and the live board.",
        id=row_id,
    )


def _thread_left_view(row_id: int, message: ThreadLeftMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the last message of a thread that its competition has left."""
    link = fmt.competition_link(message.slug, names.get(message.slug))
    if message.moved_to is None:
        return card(
            f"### {link}\nIt is no longer announced in this server, so this thread is closed.",
            id=row_id,
        )
    return card(
        f"### {link}\nNews of this competition is now posted in <#{message.moved_to}>, so this"
        " thread is closed.",
        id=row_id,
    )


def _describe_board(message: FollowedMessage | ThreadMessage) -> str:
    """Return the sentences on the teams of a board, and the linked members among them."""
    teams = f"The board has {fmt.plural(message.team_count, 'team')}."
    members, unverified = message.members_on_board, message.unverified_on_board
    if not members and not unverified:
        return f"{teams} No linked member is on it yet: use `/link`."
    if members == 1:
        teams = f"{teams} One linked member is on it."
    elif members:
        teams = f"{teams} {fmt.number(members)} linked members are on it."
    return " ".join(filter(None, [teams, unverified_on_board_text(unverified)]))


def _rescored_view(row_id: int, message: RescoredMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the announcement that Kaggle has scored a board anew."""
    return card(
        f"### {fmt.competition_link(message.slug, names.get(message.slug))}\n"
        "🧮 Kaggle has **rescored the board**: most scores changed without a submission. That is no"
        " climb and no fall: from now on, ranks, medal zones and best scores are compared with this"
        " board. `/rank` shows where you are now.",
        f"-# {fmt.plural(message.team_count, 'team')} · board of {fmt.when(message.taken_at)}",
        id=row_id,
    )
