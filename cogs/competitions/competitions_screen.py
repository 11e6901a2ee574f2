"""The screens of `/competition`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.boards.about_screen import about_facts, rule_facts
from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import CHARACTERS, Item, card
from cogs.framework.pages import Page, select_page
from cogs.server.status_screen import delivery_errors
from cogs.syncing.end_report import EndOutcome, EndReport
from leaderboards.board import BoardKind
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.competition_end import max_wait
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.sync import Outcome, SyncReport
from records.competitions import BoardInfo, Competition
from records.guilds import Follow, LiveBoard
from records.outbox import OutboxRow

DEADLINE_NAMES = {
    DeadlineKind.FINAL: "final deadline",
    DeadlineKind.ENTRY: "entry deadline",
    DeadlineKind.MERGER: "team merger deadline",
}

_TARGET_TEXTS = {
    (ChannelMode.EVERYTHING, True): "News will be posted in {channel}.",
    (ChannelMode.EVERYTHING, False): "News will be posted in {channel}.",
    (ChannelMode.BIG, True): (
        "Big news will be posted in {channel} at once; the digests there have the rest."
    ),
    (ChannelMode.BIG, False): (
        "Only big news will be posted in {channel}. The rest is for digests, of which this server"
        " has none: `/settings` turns them on."
    ),
    (ChannelMode.DIGEST, True): (
        "Only digests will be posted in {channel}, as chosen in `/settings`."
    ),
    (ChannelMode.DIGEST, False): (
        "No news will be posted in {channel}: it is for digests only, of which this server has"
        " none. `/settings` turns them on, or lets the channel have all news."
    ),
}
"""What is posted in a channel, by its mode and whether the server has digests."""

NAMELESS_TEXT = "That name has no characters that can be shown."
LOOKING_FOR_PRIVATE_TEXT = "From now on I look for its private board."
LOOKING_LATER_TEXT = "I look for its private board once its public board has not changed for a day."
RESUME_TO_LOOK_TEXT = (
    "It is paused: use `/competition resume` so that I look for its private board."
)

_NO_TEAMS = "⏳ Its board has no teams yet. I check for the first ones every few minutes."


@dataclass(frozen=True, slots=True)
class NewsTarget:
    """Where a competition is announced, and what."""

    channel_id: int | None
    """None if no channel is chosen."""
    mode: ChannelMode
    announce: bool
    """Whether announcements are on."""
    has_digests: bool
    """Whether the server has daily or weekly digests."""


def add_view(
    competition: Competition,
    report: SyncReport | None,
    board: BoardInfo | None,
    *,
    member_count: int,
    target: NewsTarget,
    now: datetime,
    controls: Sequence[Sequence[Item]],
) -> ui.LayoutView:
    """Build the response to a competition that was added.

    `member_count` is that of linked members on the board; `controls` choose a channel. `board` is
    None while Kaggle's board has no teams.
    """
    if board is None:
        facts = [_NO_TEAMS]
    else:
        facts = [
            f"**{fmt.plural(board.team_count, 'team')}** on the board",
            fmt.plural(report.benchmarks, "benchmark") if report and report.benchmarks else "",
            fmt.better(board.order),
        ]
    about = [
        competition.slug,
        *about_facts(competition),
        fmt.deadline(competition.deadline, now),
    ]
    lines = [
        f"### ✅ Following {fmt.competition_link(competition.slug, competition.name)}",
        fmt.join_dotted(facts),
        fmt.join_dotted(about),
        fmt.join_dotted(rule_facts(competition)),
        _member_line(member_count) if board else "",
        f"-# {_target_text(target)}",
    ]
    return card("\n".join(filter(None, lines)), buttons=controls)


def already_followed_text(competition: Competition, channel_id: int | None) -> str:
    """Return that a competition is followed, and how its channel is changed."""
    name = _name(competition)
    if channel_id is None:
        return (
            f"This server already follows **{name}**. `/competition add` with a `channel` has it"
            " announced there."
        )
    return (
        f"This server already follows **{name}** and announces it in <#{channel_id}>."
        " `/competition add` with another `channel` changes that."
    )


def channel_changed_view(
    competition: Competition, before_id: int | None, target: NewsTarget
) -> ui.LayoutView:
    """Build the response to a new channel of a followed competition."""
    link = fmt.competition_link(competition.slug, competition.name)
    channel = f"<#{target.channel_id}>"
    if before_id is None:
        text = f"✅ {link} is announced in {channel} from now on; it had no channel before."
    elif before_id == target.channel_id:
        text = f"✅ {link} stays in {channel}, even if the server's own channel changes."
    else:
        text = f"✅ {link} moves from <#{before_id}> to {channel}, with what waits to be announced."
    return card(f"{text}\n-# {_target_text(target)}")


def no_own_name_text(competition: Competition) -> str:
    """Return that there is no name of the server's own to take away."""
    name = _name(competition)
    return (
        f"This server has no name of its own for **{name}**. `/competition name` with a `name`"
        " gives it one."
    )


def own_name_text(competition: Competition) -> str:
    """Return what a competition is called in a server from now on."""
    link = fmt.competition_link(competition.slug, competition.name)
    if competition.own_name is None:
        return f"This server has no name of its own for {link} any more."
    return (
        f"This server now calls `{competition.slug}` {link}."
        " `/competition name` without a name goes back to Kaggle's title."
    )


def name_taken_text(name: str, other: Competition) -> str:
    """Return that another competition has a name already."""
    link = fmt.competition_link(other.slug, other.name)
    return f"**{plain(name, 60)}** is already a name of {link}."


def already_paused_text(competition: Competition) -> str:
    """Return that a competition is paused already."""
    return f"**{_name(competition)}** is already paused."


def paused_text(competition: Competition) -> str:
    """Return that a competition is paused, and how to go on."""
    return f"**{_name(competition)}** is paused. Use `/competition resume` to go on."


def not_paused_text(competition: Competition) -> str:
    """Return that a competition is not paused."""
    return f"**{_name(competition)}** is not paused."


def resumed_text(competition: Competition) -> str:
    """Return that a competition is no longer paused."""
    return f"**{_name(competition)}** is followed again."


def listed_deadline_text(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return that Kaggle lists a deadline, which cannot be set therefore."""
    return f"Kaggle lists the {DEADLINE_NAMES[kind]} of **{_name(competition)}**: {fmt.date(at)}."


def past_date_text(at: datetime) -> str:
    """Return that a date is in the past."""
    return f"That date is in the past: {fmt.date(at)}."


def deadline_set_text(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return which deadline was set."""
    return (
        f"The {DEADLINE_NAMES[kind]} of **{_name(competition)}** is {fmt.date(at)}, {fmt.when(at)}."
    )


def live_board_text(competition: Competition, channel_id: int) -> str:
    """Return where a live board is now."""
    return f"The live board of **{_name(competition)}** is now in <#{channel_id}>."


def too_many_text(limit: int) -> str:
    """Return that a server follows as many competitions as it can."""
    return f"A server can follow {limit} competitions. Remove one first."


def server_limit_text(count: int, again_at: datetime) -> str:
    """Return that a server tried to add too many competitions, and when it can again."""
    return (
        f"This server has tried to add {fmt.plural(count, 'competition')} within an hour, which is"
        f" the limit. Try again {fmt.when(again_at)}."
    )


def user_limit_text(count: int, again_at: datetime) -> str:
    """Return that a user tried to add too many competitions, and when they can again."""
    return (
        f"You have tried to add {fmt.plural(count, 'competition')} within an hour, which is the"
        f" limit. Try again {fmt.when(again_at)}."
    )


def storage_limit_text(count: int) -> str:
    """Return that the bot stores as many competitions as its owner allows."""
    return (
        f"I already store {fmt.plural(count, 'competition')}, the most that my owner allows. Those"
        " that no server follows are deleted after some days. You can also ask the owner to raise"
        " `MAX_COMPETITIONS`."
    )


def looking_text(slug: str) -> str:
    """Return the progress line for the search of a competition."""
    return f"Looking for {slug} on Kaggle"


def no_board_text(slug: str) -> str:
    """Return that a competition could not be read yet."""
    return f"**{slug}** has no board yet. Try again later."


def remove_question(
    competition: Competition,
    *,
    live_board: LiveBoard | None,
    deadlines: Mapping[DeadlineKind, datetime],
    days: int,
) -> str:
    """Return the question whether to stop following a competition, with all that goes."""
    lines = [
        f"### Stop following {fmt.competition_link(competition.slug, competition.name)}?",
        "This goes in this server:",
        "- its news, reminders and digests, also those that wait to be posted",
    ]
    if live_board is not None:
        lines.append(f"- its live board in <#{live_board.channel_id}>")
    lines += [
        f"- its {DEADLINE_NAMES[kind]} that was given here, {fmt.date(at)}"
        for kind, at in deadlines.items()
    ]
    if competition.own_name is not None:
        lines.append("- the name that this server gave it")
    lines.append(
        "-# Seasons keep the competition. If no other server follows it and no season contains it,"
        f" its boards and history are deleted after {fmt.plural(days, 'day')}; until then"
        " `/competition add` brings them back."
    )
    return "\n".join(lines)


def removed_text(competition: Competition, days: int) -> str:
    """Return that a competition is no longer followed."""
    name = _name(competition)
    return (
        f"**{name}** is no longer followed. If no other server follows it and no season"
        f" contains it, its history is deleted after {fmt.plural(days, 'day')}."
    )


def remove_live_board_question(board: LiveBoard) -> str:
    """Return the question whether to remove a live board."""
    link = fmt.competition_link(board.competition.slug, board.competition.name)
    return (
        f"### Remove the live board of {link}?\n"
        f"Its message in <#{board.channel_id}> is deleted. The competition is still followed."
    )


def live_board_removed_text(competition: Competition) -> str:
    """Return that a live board was removed."""
    name = _name(competition)
    return f"Removed the live board of **{name}**."


def no_live_board_text(competition: Competition) -> str:
    """Return that there is no live board to remove."""
    name = _name(competition)
    return f"**{name}** has no live board. Choose a channel to create one."


def remove_deadline_question(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return the question whether to remove a given deadline."""
    link = fmt.competition_link(competition.slug, competition.name)
    return (
        f"### Remove the {DEADLINE_NAMES[kind]} of {link}?\n"
        f"It is {fmt.date(at)}, as given in this server. Without it nobody is reminded of it."
    )


def deadline_removed_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that a given deadline was removed."""
    name = _name(competition)
    return f"Removed the {DEADLINE_NAMES[kind]} of **{name}**."


def no_deadline_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that there is no given deadline to remove."""
    name = _name(competition)
    return f"This server has given no {DEADLINE_NAMES[kind]} for **{name}**."


def no_live_board_after_end_text(competition: Competition) -> str:
    """Return that a competition is over for a live board."""
    name = _name(competition)
    return (
        f"**{name}** ended {fmt.when(competition.ended_at)} and its final board is stored, so a"
        " live board has nothing to follow. `/leaderboard` shows the final board."
    )


def no_deadline_after_end_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that a competition is over for a deadline."""
    name = _name(competition)
    return (
        f"**{name}** ended {fmt.when(competition.ended_at)}, so its {DEADLINE_NAMES[kind]} cannot"
        " be set any more."
    )


def no_pause_after_end_text(competition: Competition) -> str:
    """Return that a competition is over, and nothing can be paused."""
    name = _name(competition)
    return (
        f"**{name}** ended {fmt.when(competition.ended_at)} and its final board is stored. I no"
        " longer read or announce anything of it, so there is nothing to pause."
    )


def sync_view(
    competition: Competition, report: SyncReport | None, end: EndReport | None = None
) -> ui.LayoutView:
    """Build the response to a sync; `end` is what was done about the competition's end.

    `report` is None if no public board was read.
    """
    name = fmt.competition_link(competition.slug, competition.name)
    if report is None and competition.waits_for_teams:
        return card(f"{name}\n{_NO_TEAMS}")
    if report is None:
        return card(f"{name}\n{_end_line(competition, end)}")
    seconds = f"-# in {sum(report.milliseconds.values()) / 1000:.1f} s"
    match report.outcome:
        case Outcome.UNCHANGED:
            text = f"{name} is up to date: nothing has changed since the last sync."
        case Outcome.STALE:
            text = f"{name}: Kaggle sent an older board than the stored one. Nothing was changed."
        case Outcome.HELD:
            text = (
                f"{name}: the new board is held. {plain(report.anomaly or '', 100)}"
                " It is stored if the next board looks wrong for the same reason."
            )
        case _:
            counts = [
                fmt.plural(report.teams, "team"),
                f"{fmt.number(report.new)} new",
                f"{fmt.number(report.changed)} changed",
                f"{fmt.number(report.gone)} gone",
            ]
            text = f"{name} is up to date: {fmt.join_dotted(counts)}"
    return card("\n".join(filter(None, [text, _end_line(competition, end), seconds])))


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
    head = f"### This server follows {fmt.plural(len(active), 'competition')}"
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


def _end_line(competition: Competition, end: EndReport | None) -> str:
    if end is None and competition.ended_at is None:
        return ""
    at = fmt.when(competition.ended_at)
    waiting = f"It ended {at}; Kaggle shows no private board yet."
    if competition.ended_at is not None:
        last = competition.ended_at + max_wait(medals=competition.awards_medals)
        waiting += f" Without one by {fmt.date(last)} the public board is the final one."
    if end is None:
        return waiting
    goes_on = "It goes on: no deadline is known."
    if end.deadline is not None:
        goes_on = f"The deadline was moved: it ends {fmt.when(end.deadline)}."
    lines = {
        EndOutcome.REOPENED: goes_on,
        EndOutcome.HELD: (
            f"It ended {at}. I did not look for the private board, as the public one looks wrong."
        ),
        EndOutcome.MOVING: (
            f"It ended {at}; the board still changes, and is followed until it does not."
        ),
        EndOutcome.UNCONFIRMED: (
            f"It ended {at}; what Kaggle shows differs little from the public board. It is read"
            " again within the hour, to be sure that it is the private one."
        ),
        EndOutcome.ARCHIVED: f"It ended {at} and is in the archive. The final board is stored now.",
        EndOutcome.UNCHANGED: f"It ended {at} and is in the archive. The final board is as it was.",
        EndOutcome.CHANGED: (
            f"It ended {at} and is in the archive. The final board changed: {_changes(end)}."
        ),
    }
    return lines.get(end.outcome, waiting)


def _changes(end: EndReport) -> str:
    changes = [
        f"{fmt.plural(end.removed, 'team')} removed" if end.removed else "",
        f"{fmt.plural(end.added, 'team')} added" if end.added else "",
    ]
    return fmt.join_words(filter(None, changes)) or "scores or names differ"


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
        plain(competition.category) if competition.category else "",
        f"prize: {plain(competition.reward)}" if competition.reward else "",
        f"deadline {fmt.when(competition.deadline)}" if runs else "",
        *(f"{DEADLINE_NAMES[kind]} {fmt.when(at)} (set here)" for kind, at in deadlines.items()),
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
    return f"ended {fmt.when(competition.ended_at)}, waiting for the private board"


def _live_board_line(board: LiveBoard) -> str:
    name = fmt.competition_name(board.competition.slug, board.competition.name)
    line = f"📌 **{name}** is shown live in <#{board.channel_id}>"
    return f"{line}\n-# ⚠️ {plain(board.error, 200)}" if board.error else line


def _member_line(member_count: int) -> str:
    if member_count == 0:
        return "No linked member of this server is on it yet."
    if member_count == 1:
        return "1 linked member of this server is on it."
    return f"{fmt.number(member_count)} linked members of this server are on it."


def _name(competition: Competition) -> str:
    return fmt.competition_name(competition.slug, competition.name)


def _target_text(target: NewsTarget) -> str:
    """Return what will be posted of a competition, and where."""
    if target.channel_id is None:
        return "No channel for news is chosen yet: choose one here or by `/announcements channel:`"
    if not target.announce:
        return "Announcements are off; `/announcements enabled:True` turns them on."
    text = _TARGET_TEXTS[target.mode, target.has_digests]
    return text.format(channel=f"<#{target.channel_id}>")
