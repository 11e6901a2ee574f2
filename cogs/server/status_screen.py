"""The screen of `/status`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_sentence
from cogs.framework.layout import BLUE, CHARACTERS, RED, Item, card
from cogs.framework.pages import Page, select_page
from cogs.framework.texts import no_pictures_text, silent_text
from cogs.members.roles_screen import role_problem_lines
from records.feeds import FeedKind
from records.guilds import CompetitionThread, Follow, FormerLiveBoard, FormerThread, LiveBoard
from records.outbox import OutboxRow, Publication

_FEED_NAMES = {
    FeedKind.COMPETITION: "🆕 New competitions",
    FeedKind.TOPIC: "💬 Topics",
    FeedKind.NOTEBOOK: "📓 Notebooks",
}
_SOON = timedelta(minutes=1)
"""What is due so soon is due now: it may be over before somebody reads it."""

ABANDONED_SHOWN_FOR = timedelta(days=7)
"""How long an abandoned announcement is shown."""


@dataclass(frozen=True, slots=True)
class LockoutStatus:
    """Reason why no leaderboard is read from Kaggle at present."""

    text: str
    since: datetime
    next_attempt_at: datetime


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed of a channel, and how its reading goes."""

    kind: FeedKind
    channel_id: int
    read_at: datetime | None
    """When its source was last read; None if not yet."""
    error: str | None
    """Why it is not read at present; None if it is."""
    failing: Sequence[tuple[int, str]] = ()
    """Ids of competitions that could not be read last time, and why."""


@dataclass(frozen=True, slots=True)
class StatusData:
    """Values that `/status` shows of one server and of the bot."""

    follows: Sequence[Follow]
    pending_count: int
    """Announcements of this server that are not delivered."""
    failing: Sequence[OutboxRow]
    """Those whose last attempt failed, oldest first."""
    announce: bool
    """Whether anything is announced."""
    silent_count: int
    """Competitions for which no channel is chosen."""
    quiet_until: datetime | None
    """When the quiet hours end; None if there are none now."""
    deferred_count: int
    """Announcements that wait for that."""
    channel_problems: Sequence[str]
    """Why the bot can send nothing to a channel for news or feeds; without those of `failing`."""
    abandoned: Sequence[OutboxRow]
    """Those abandoned within `ABANDONED_SHOWN_FOR`, oldest first."""
    failing_live_boards: Sequence[LiveBoard]
    """Those whose last edit failed."""
    former_live_boards: Sequence[FormerLiveBoard]
    """Those that were moved or removed, but whose message could not be deleted."""
    live_board_problems: Mapping[int, str]
    """By the channel of a live board above, why the bot can send no messages there."""
    failing_threads: Sequence[CompetitionThread]
    """Those that could not be opened or closed, or whose live board could not be pinned."""
    failing_former_threads: Sequence[FormerThread]
    """Those that their competition has left, but that could not be closed."""
    unpublished: Sequence[Publication]
    """Announcements that could not be published yet, oldest first."""
    unreadable_channel_ids: Sequence[int]
    """Channels whose history the bot may not read."""
    pictureless_channel_ids: Sequence[int]
    """Channels for news to which the bot may send no pictures."""
    feeds: Sequence[FeedStatus]
    role_problems: Mapping[int, str]
    """By role id, why the role cannot be given."""
    event_problem: str | None
    """Why the Scheduled Events are not up to date."""
    reported_notes: int
    """Reported notes about team mates, if the reader decides about them."""
    lockout: LockoutStatus | None
    bot_problems: Sequence[str]
    """A sentence for each problem of the bot as a whole."""
    late_slugs: Set[str]
    """Competitions that should have been read by now."""
    latency_seconds: float
    """Of the gateway; NaN before the first heartbeat."""
    started_at: datetime
    last_round_at: datetime | None
    database_bytes: int
    database_free_bytes: int
    """The part of those that holds no data."""
    now: datetime


def status_view(
    data: StatusData,
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
    offers: Sequence[Sequence[Item]] = (),
) -> ui.LayoutView:
    """Build the screen, with a page of what does not work and of the competitions.

    `offers` are rows of buttons that mend something.
    """
    has_problem = bool(
        data.failing
        or data.channel_problems
        or data.failing_live_boards
        or data.abandoned
        or data.failing_threads
        or data.failing_former_threads
        or data.former_live_boards
        or data.unpublished
        or data.unreadable_channel_ids
        or data.pictureless_channel_ids
        or (data.announce and data.silent_count)
        or data.role_problems
        or data.event_problem
        or data.lockout
        or data.bot_problems
        or data.late_slugs
    )
    has_problem |= any(follow.competition.error for follow in data.follows)
    has_problem |= any(feed.error or feed.failing for feed in data.feeds)
    if has_problem:
        head = "### ⚠️ Not everything works"
    else:
        head = "### ✅ All is well" if data.announce else "### ▫️ Nothing is announced"
    lines = [f"⚠️ {escape_sentence(problem, 300)}" for problem in data.bot_problems]
    if data.lockout is not None:
        lines.append(_lockout_line(data.lockout))
    lines += [
        *_silence_lines(data),
        *delivery_errors(data.failing),
        *(f"⚠️ {problem}" for problem in data.channel_problems),
        *(
            _live_board_line(board, data.live_board_problems.get(board.channel_id))
            for board in data.failing_live_boards
        ),
        *(
            _former_live_board_line(board, data.live_board_problems.get(board.channel_id))
            for board in data.former_live_boards
        ),
        *_abandoned_lines(data.abandoned),
        *map(_thread_line, data.failing_threads),
        *map(_former_thread_line, data.failing_former_threads),
        *_unpublished_lines(data.unpublished),
        *_unreadable_channel_lines(data.unreadable_channel_ids),
        *_pictureless_channel_lines(data.pictureless_channel_ids),
        *role_problem_lines(data.role_problems),
    ]
    if data.event_problem is not None:
        lines.append(f"⚠️ {data.event_problem}")
    lines += _feed_errors(data.feeds)
    for follow in data.follows:
        lines += _failures(follow, data.feeds)
    if data.reported_notes:
        count = fmt.plural(data.reported_notes, "reported note", "reported notes")
        lines.append(f"🚩 Waiting for a decision: {count} about team mates, see `/team reports`")
    lines += [
        _competition_line(follow, data.now, late=follow.competition.slug in data.late_slugs)
        for follow in data.follows
    ]
    if not data.follows:
        lines.append("This server follows no competition yet.")
    lines += map(_feed_line, data.feeds)
    foot = "\n".join(filter(None, [_pending_line(data), _bot_line(data)]))
    max_characters = CHARACTERS - len(head) - len(foot) - 100
    page = select_page(lines, number, max_characters=max_characters, length=len)
    return card(
        head,
        "\n".join(page.items),
        page.number_line(),
        foot,
        colour=RED if has_problem else BLUE,
        buttons=[*build_buttons(page), *offers],
    )


def delivery_errors(failing: Sequence[OutboxRow]) -> list[str]:
    """Return one line per channel with the error of its oldest undelivered announcement.

    The rows come oldest first.
    """
    errors = {row.channel_id: row.error or "" for row in reversed(failing)}
    return [
        f"⚠️ <#{channel_id}>: {escape(error, 200)} The message is kept and will be retried."
        for channel_id, error in errors.items()
    ]


def _live_board_line(board: LiveBoard, problem: str | None) -> str:
    name = fmt.competition_name(board.competition.slug, board.competition.name)
    return (
        f"⚠️ The live board of **{name}** in <#{board.channel_id}> is not updated:"
        f" {problem or escape(board.error or '', 200)}"
    )


def _abandoned_lines(rows: Sequence[OutboxRow]) -> list[str]:
    by_channel: dict[int, list[OutboxRow]] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, []).append(row)
    return [
        f"⚠️ <#{channel_id}>: {fmt.plural(len(abandoned), 'announcement')} could not be delivered"
        f" ({fmt.when(abandoned[-1].abandoned_at)}): {escape(abandoned[-1].error or '', 300)}"
        " Kept, but not retried."
        for channel_id, abandoned in by_channel.items()
    ]


def _thread_line(thread: CompetitionThread) -> str:
    competition = thread.competition
    name = fmt.competition_name(competition.slug, competition.name)
    error = escape(thread.error or "", 200)
    if thread.thread_id is None:
        return f"⚠️ The thread of **{name}** in <#{thread.parent_id}> is not open yet: {error}"
    return f"⚠️ The thread <#{thread.thread_id}> of **{name}**: {error}"


def _former_thread_line(thread: FormerThread) -> str:
    error = escape(thread.error or "", 200)
    return f"⚠️ I can't close the thread <#{thread.thread_id}>, which is no longer used: {error}"


def _former_live_board_line(board: FormerLiveBoard, problem: str | None) -> str:
    link = f"https://discord.com/channels/{board.guild_id}/{board.channel_id}/{board.message_id}"
    return (
        f"⚠️ An [old live board]({link}) in <#{board.channel_id}> is still there:"
        f" {problem or escape(board.error or '', 200)} You can also delete it."
    )


def _unpublished_lines(publications: Sequence[Publication]) -> list[str]:
    by_channel: dict[int, list[Publication]] = {}
    for publication in publications:
        by_channel.setdefault(publication.channel_id, []).append(publication)
    return [
        f"⚠️ <#{channel_id}>: {fmt.plural(len(failed), 'announcement')} could not be published:"
        f" {escape(failed[-1].error or '', 300)} I go on trying for a day."
        for channel_id, failed in by_channel.items()
    ]


def _lockout_line(lockout: LockoutStatus) -> str:
    return (
        f"⚠️ {escape(lockout.text, 300)} Since {fmt.when(lockout.since)};"
        f" next try {fmt.when(lockout.next_attempt_at)}."
    )


def _competition_line(follow: Follow, now: datetime, *, late: bool) -> str:
    competition = follow.competition
    name = fmt.competition_name(competition.slug, competition.name)
    if competition.ended_at is not None:
        ended = f"**{name}** · 🏁 ended {fmt.when(competition.ended_at)}"
        if competition.archived_at is not None:
            return ended
        due = "looking for the private board"
    elif follow.paused:
        due = "paused"
    elif late:
        due = f"⚠️ due {fmt.when(competition.next_sync_at)}"
    elif competition.next_sync_at <= now + _SOON:
        due = "next now"
    else:
        due = f"next {fmt.when(competition.next_sync_at)}"
    read = f"read {fmt.when(competition.synced_at)}"
    if competition.waits_for_teams:
        read = "⏳ waiting for the first team"
    line = f"**{name}** · {read} · {due}"
    if competition.anomaly is not None:
        line += f"\n⏳ The newest board is held. {escape(competition.anomaly, 120)}"
    return line


def _feed_line(feed: FeedStatus) -> str:
    return f"{_FEED_NAMES[feed.kind]} in <#{feed.channel_id}> · read {fmt.when(feed.read_at)}"


def _feed_errors(feeds: Sequence[FeedStatus]) -> list[str]:
    """Return a line for each reason why feeds are not read at present."""
    kinds: dict[str, list[str]] = {}
    for feed in feeds:
        names = kinds.setdefault(feed.error, []) if feed.error is not None else []
        if _FEED_NAMES[feed.kind] not in names:
            names.append(_FEED_NAMES[feed.kind])
    return [
        f"⚠️ {fmt.join_dotted(names)}: {escape_sentence(error, 300)}"
        for error, names in kinds.items()
    ]


def _failures(follow: Follow, feeds: Sequence[FeedStatus]) -> list[str]:
    """Return a line for each reason why something of a competition could not be read."""
    competition = follow.competition
    parts: dict[str, list[str]] = {}
    if competition.error is not None:
        parts[competition.error] = [f"📊 Leaderboard ({fmt.when(competition.error_at)})"]
    for feed in feeds:
        for competition_id, error in feed.failing:
            # A reason for which no competition is read has one line, by `_feed_errors`.
            if competition_id == competition.id and feed.error is None:
                names = parts.setdefault(error, [])
                if _FEED_NAMES[feed.kind] not in names:
                    names.append(_FEED_NAMES[feed.kind])
    name = fmt.competition_name(competition.slug, competition.name)
    return [
        f"⚠️ **{name}** · {fmt.join_dotted(names)}: {escape_sentence(error, 300)}"
        for error, names in parts.items()
    ]


def _silence_lines(data: StatusData) -> list[str]:
    """Return why nothing is announced, of all competitions or of some."""
    if not data.announce:
        return ["▫️ Announcements are off: `/settings` turns them on."]
    running = sum(follow.competition.archived_at is None for follow in data.follows)
    if data.silent_count == running > 0:
        return ["⚠️ No channel is chosen, so nothing is posted: `/announcements channel:`"]
    if data.silent_count:
        return [f"⚠️ {silent_text(data.silent_count)}"]
    return []


def _pending_line(data: StatusData) -> str:
    lines = []
    if data.pending_count:
        waiting = fmt.plural(data.pending_count, "announcement")
        lines.append(f"Waiting to be delivered: {waiting}.")
    if data.quiet_until is not None and data.announce:
        until = fmt.time_of_day(data.quiet_until)
        if data.deferred_count:
            deferred = fmt.plural(data.deferred_count, "announcement waits", "announcements wait")
            lines.append(f"🌙 Quiet hours until {until}: {deferred}.")
        else:
            lines.append(f"🌙 Quiet hours until {until}: no announcement waits.")
    elif not data.pending_count and data.announce:
        lines.append("No announcement is waiting.")
    return "\n".join(lines)


def _unreadable_channel_lines(channel_ids: Sequence[int]) -> list[str]:
    return [
        f"⚠️ <#{channel_id}>: please give me *Read Message History*, so that nothing is posted"
        " twice if I am interrupted while sending."
        for channel_id in channel_ids
    ]


def _pictureless_channel_lines(channel_ids: Sequence[int]) -> list[str]:
    return [f"⚠️ {no_pictures_text(channel_id)}" for channel_id in channel_ids]


def _bot_line(data: StatusData) -> str:
    seconds = data.latency_seconds
    latency = f"{seconds * 1000:.0f} ms to Discord" if math.isfinite(seconds) else ""
    database = f"database {fmt.size(data.database_bytes)}"
    if data.database_free_bytes > data.database_bytes / 4:
        database += f", {fmt.size(data.database_free_bytes)} of it free"
    return "-# " + fmt.join_dotted(
        [
            latency,
            f"last round of syncs ended {fmt.when(data.last_round_at)}",
            f"started {fmt.when(data.started_at)}",
            database,
        ]
    )
