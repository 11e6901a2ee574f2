"""The screen of `/status`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import join_lines, plain, sentence
from cogs.framework.layout import BLUE, CHARACTERS, RED, card
from cogs.members.roles_screen import problem_lines
from records.guilds import Follow
from records.outbox import OutboxRow

GIVEN_UP_SHOWN = timedelta(days=7)
"""How long it is shown that an announcement was set aside."""


@dataclass(frozen=True, slots=True)
class KaggleError:
    """Why no leaderboard is read from Kaggle at present."""

    text: str
    since: datetime
    next_attempt_at: datetime


@dataclass(frozen=True, slots=True)
class StatusScreen:
    """All that the status shows."""

    follows: Sequence[Follow]
    waiting: int
    """Announcements for this server that are not delivered."""
    stuck: Sequence[OutboxRow]
    """Those whose last attempt failed, oldest first."""
    given_up: Sequence[OutboxRow]
    """Those that were set aside of late, oldest first."""
    unguarded: Sequence[int]
    """Channels whose history the bot may not read."""
    roles: Mapping[int, str]
    """Roles that cannot be given, and why."""
    kaggle_error: KaggleError | None
    latency: float
    """Seconds to Discord and back; not a number before the first heartbeat."""
    started_at: datetime
    last_run_at: datetime | None
    database_bytes: int
    database_free_bytes: int
    """The part of those that holds no data."""
    now: datetime


def status_view(screen: StatusScreen) -> ui.LayoutView:
    """Build the screen."""
    wrong = bool(
        screen.stuck or screen.given_up or screen.unguarded or screen.roles or screen.kaggle_error
    ) or any(follow.competition.error for follow in screen.follows)
    head = "### ⚠️ Not everything works" if wrong else "### ✅ All is well"
    lines = [_competition(follow, screen.now) for follow in screen.follows]
    if screen.kaggle_error is not None:
        lines.insert(0, _kaggle_error(screen.kaggle_error))
    body, left_out = join_lines(lines or ["This server follows no competition yet."], 3000)
    more = f"\n-# and {left_out} more; see `/competition list`" if left_out else ""
    foot = [
        _waiting(screen),
        *fmt.delivery_errors(screen.stuck),
        *_given_up(screen.given_up),
        *_unguarded(screen),
        *problem_lines(screen.roles),
        _bot(screen),
    ]
    room = CHARACTERS - len(head) - len(body) - len(more) - 50
    return card(head, body + more, join_lines(foot, room)[0], colour=RED if wrong else BLUE)


def _given_up(rows: Sequence[OutboxRow]) -> list[str]:
    by_channel: dict[int, list[OutboxRow]] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, []).append(row)
    return [
        f"⚠️ <#{channel_id}>: {fmt.plural(len(given_up), 'announcement')} could not be told"
        f" ({fmt.when(given_up[-1].set_aside_at)}): {plain(given_up[-1].error or '', 300)}"
        " Kept, but not tried again."
        for channel_id, given_up in by_channel.items()
    ]


def _kaggle_error(error: KaggleError) -> str:
    return (
        f"⚠️ {plain(error.text, 300)} Since {fmt.when(error.since)};"
        f" next try {fmt.when(error.next_attempt_at)}."
    )


def _competition(follow: Follow, now: datetime) -> str:
    competition = follow.competition
    if competition.over_at is not None:
        ended = f"**{competition.slug}** · 🏁 ended {fmt.when(competition.over_at)}"
        if competition.archived_at is not None:
            return ended
        due = "the private board is looked for"
    elif follow.paused:
        due = "paused"
    elif competition.next_sync_at <= now:
        due = "due now"
    else:
        due = f"next {fmt.when(competition.next_sync_at)}"
    line = f"**{competition.slug}** · read {fmt.when(competition.synced_at)} · {due}"
    if competition.error is not None:
        line += f"\n⚠️ {sentence(competition.error, 300)} ({fmt.when(competition.error_at)})"
    if competition.doubt is not None:
        line += f"\n⏳ The newest board is held because {plain(competition.doubt, 120)}."
    return line


def _waiting(screen: StatusScreen) -> str:
    if not screen.waiting:
        return "No announcement waits."
    return f"{fmt.plural(screen.waiting, 'announcement')} {_wait(screen.waiting)} to be delivered."


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"


def _unguarded(screen: StatusScreen) -> list[str]:
    return [
        f"⚠️ <#{channel_id}>: allow me *Read Message History*, so that nothing is told twice there"
        " should I be cut off while sending."
        for channel_id in screen.unguarded
    ]


def _bot(screen: StatusScreen) -> str:
    latency = f"{screen.latency * 1000:.0f} ms to Discord" if math.isfinite(screen.latency) else ""
    database = f"database {fmt.size(screen.database_bytes)}"
    if screen.database_free_bytes > screen.database_bytes / 4:
        database += f", {fmt.size(screen.database_free_bytes)} of it free"
    return "-# " + fmt.join_dotted(
        [
            latency,
            f"last round {fmt.when(screen.last_run_at)}",
            f"up {fmt.when(screen.started_at)}",
            database,
        ]
    )
