"""The screen of `/competition list`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import WAITING_FOR_BOARD_TEXT
from cogs.server.status_screen import delivery_errors
from leaderboards.board import BoardKind
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import BoardInfo, Competition
from records.guilds import Follow, LiveBoard
from records.outbox import OutboxRow


def list_view(
    follows: Sequence[Follow],
    boards: Mapping[int, BoardInfo | None],
    *,
    channel_id: int | None,
    failing: Sequence[OutboxRow],
    live_boards: Sequence[LiveBoard],
    deadlines: Mapping[int, Mapping[DeadlineKind, datetime]],
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
) -> ui.LayoutView:
    """Build a page of what a server follows, with its live boards and undelivered announcements.

    `boards` are by competition id, and so are `deadlines`, those that this server gave;
    `channel_id` is the server's own channel for announcements.
    """
    active = [follow for follow in follows if follow.competition.archived_at is None]
    archived = [follow for follow in follows if follow.competition.archived_at is not None]
    if active:
        head = f"### This server follows {fmt.plural(len(active), 'competition')}"
    else:
        head = "### All competitions of this server are over"
    lines = [
        _follow_line(
            follow, boards[follow.competition.id], deadlines[follow.competition.id], channel_id
        )
        for follow in active
    ]
    lines += [_live_board_line(board) for board in live_boards]
    lines += delivery_errors(failing)
    if archived:
        lines.append(f"### 🏁 {fmt.plural(len(archived), 'competition')} in the archive")
        lines += [
            _archived_line(follow.competition, boards[follow.competition.id]) for follow in archived
        ]
    page = select_page(lines, number, max_characters=CHARACTERS - 200, length=len)
    body = "\n".join(page.items)
    return card(head, body, page.number_line(), buttons=build_buttons(page))


def _archived_line(competition: Competition, board: BoardInfo | None) -> str:
    facts = [
        fmt.plural(board.team_count, "team") if board else "",
        "private board" if board and board.kind is BoardKind.PRIVATE else "public board",
        f"ended {fmt.when(competition.ended_at)}",
    ]
    return _list_line(competition, facts)


def _list_line(competition: Competition, facts: Sequence[str], state: str = "") -> str:
    """Return the lines of a competition: its name, and below it its slug, to be typed."""
    name = fmt.competition_link(competition.slug, competition.name)
    return f"**{name}**\n-# {state}{fmt.join_dotted([competition.slug, *facts])}"


def _follow_line(
    follow: Follow,
    board: BoardInfo | None,
    deadlines: Mapping[DeadlineKind, datetime],
    server_channel_id: int | None,
) -> str:
    channel_id = follow.channel_id or server_channel_id
    competition = follow.competition
    runs = competition.deadline is not None and competition.ended_at is None
    facts = [
        escape(competition.category) if competition.category else "",
        f"prize: {escape(competition.reward)}" if competition.reward else "",
        f"deadline {fmt.when(competition.deadline)}" if runs else "",
        *(
            f"{fmt.DEADLINE_NAMES[kind]} {fmt.when(at)} (set by a manager here)"
            for kind, at in deadlines.items()
        ),
        fmt.plural(board.team_count, "team") if board else "",
        f"<#{channel_id}>" if channel_id else "no channel",
        _sync_state(competition),
    ]
    state = "⏸️ paused · " if follow.paused else "⚠️ " if competition.error else ""
    return _list_line(competition, facts, state)


def _sync_state(competition: Competition) -> str:
    if competition.ended_at is None:
        if competition.waits_for_teams:
            return "⏳ waiting for the first team"
        return f"read {fmt.when(competition.synced_at)}"
    return f"ended {fmt.when(competition.ended_at)}, {WAITING_FOR_BOARD_TEXT}"


def _live_board_line(board: LiveBoard) -> str:
    name = fmt.competition_name(board.competition.slug, board.competition.name)
    line = f"📌 **{name}** is shown live in <#{board.channel_id}>"
    return f"{line}\n-# ⚠️ {escape(board.error, 200)}" if board.error else line
