"""The screens of `/competition add`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from discord import ui

from cogs.boards.about_screen import about_facts, rule_facts
from cogs.competitions.competitions_screen import NO_TEAMS_TEXT
from cogs.framework import format as fmt
from cogs.framework.layout import Item, card
from cogs.framework.texts import no_pictures_text, unverified_on_board_text
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.sync import SyncReport
from records.competitions import BoardInfo, Competition

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

_ENDED_TEXT = "It has ended: only changes of its final board are announced."
"""What is posted of a competition whose deadline has passed."""

_PAUSED_TEXT = "It is paused: nothing is announced until `/competition resume`."
"""What is posted of a competition that is paused."""


@dataclass(frozen=True, slots=True)
class NewsTarget:
    """Channel in which a competition is announced, and what is announced there."""

    channel_id: int | None
    """None if no channel is chosen."""
    mode: ChannelMode
    announce: bool
    """Whether announcements are on."""
    has_digests: bool
    """Whether the server has daily or weekly digests."""
    opens_thread: bool = False
    """Whether a thread is opened in the channel, in which it is then announced."""
    lacks_pictures: bool = False
    """Whether the bot may send no pictures there."""


class MembersOnBoard(NamedTuple):
    """How many linked members of a server are on a board."""

    counted: int
    unverified: int
    """Those whose links do not count, as the server counts only verified ones."""


def add_view(
    competition: Competition,
    report: SyncReport | None,
    board: BoardInfo | None,
    *,
    members: MembersOnBoard,
    target: NewsTarget,
    has_ended: bool,
    now: datetime,
    controls: Sequence[Sequence[Item]],
) -> ui.LayoutView:
    """Build the response to a competition that was added.

    `controls` choose a channel. `board` is None while Kaggle's board has no teams.
    """
    if board is None:
        facts = [NO_TEAMS_TEXT]
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
        _member_line(members) if board else "",
        f"-# {_ENDED_TEXT if has_ended else _target_text(target)}",
        _pictures_line(target),
    ]
    return card("\n".join(filter(None, lines)), buttons=controls)


def already_followed_text(competition: Competition, channel_id: int | None) -> str:
    """Return that a competition is followed, and how its channel is changed."""
    name = fmt.competition_name(competition.slug, competition.name)
    if channel_id is None:
        return (
            f"This server already follows **{name}**. `/competition add` with a `channel` announces"
            " it there."
        )
    return (
        f"This server already follows **{name}** and announces it in <#{channel_id}>."
        " `/competition add` with another `channel` changes that."
    )


def channel_changed_view(
    competition: Competition,
    before_id: int | None,
    target: NewsTarget,
    *,
    paused: bool,
    left_id: int | None,
    live_channel_id: int | None,
) -> ui.LayoutView:
    """Build the response to a new channel of a followed competition.

    `left_id` is the thread that is closed now, `live_channel_id` the channel of the live board.
    """
    link = fmt.competition_link(competition.slug, competition.name)
    channel = f"<#{target.channel_id}>"
    if before_id is None:
        text = f"✅ {link} is announced in {channel} from now on; it had no channel before."
    elif before_id == target.channel_id:
        text = f"✅ {link} stays in {channel}, even if the server's own channel changes."
    else:
        text = f"✅ {link} moves from <#{before_id}> to {channel}, with what waits to be announced."
    lines = [text]
    if left_id is not None and left_id == live_channel_id:
        lines.append(
            f"The thread <#{left_id}> says so in a last message and is closed; its live board is"
            " removed. `/competition live` creates one in another channel."
        )
    elif left_id is not None:
        lines.append(_thread_left_text(left_id))
    if competition.ended_at is not None:
        posted = _ENDED_TEXT
    else:
        posted = _PAUSED_TEXT if paused else _target_text(target)
    lines += [f"-# {posted}", _pictures_line(target)]
    return card("\n".join(filter(None, lines)))


def _thread_left_text(thread_id: int) -> str:
    return f"The thread <#{thread_id}> says so in a last message and is closed."


def thread_requested_view(
    competition: Competition,
    target: NewsTarget,
    *,
    paused: bool,
    left_id: int | None,
    live_channel_id: int | None,
) -> ui.LayoutView:
    """Build the response to a thread that is opened for a followed competition.

    `target` is the channel in which it is opened, `left_id` the thread that is closed now, and
    `live_channel_id` the channel of the live board that moves into the new one.
    """
    link = fmt.competition_link(competition.slug, competition.name)
    lines = [f"### ✅ {link}", _target_text(target)]
    if live_channel_id is not None:
        lines.append(f"The live board moves from <#{live_channel_id}> into it.")
    if left_id is not None:
        lines.append(_thread_left_text(left_id))
    if paused:
        lines.append(f"-# {_PAUSED_TEXT}")
    lines.append(_pictures_line(target))
    return card("\n".join(filter(None, lines)))


def _thread_text(parent_id: int) -> str:
    return (
        f"I open a thread in <#{parent_id}>: it has the live board, and all announcements from now"
        " on. After the end it is closed."
    )


def has_thread_text(competition: Competition, channel_id: int) -> str:
    """Return that a competition has a thread there already, or is about to."""
    name = fmt.competition_name(competition.slug, competition.name)
    return f"**{name}** has its thread already: <#{channel_id}>."


def no_thread_after_end_text(competition: Competition) -> str:
    """Return that no thread is opened, as the competition is over."""
    name = fmt.competition_name(competition.slug, competition.name)
    return f"**{name}** ended {fmt.when(competition.ended_at)}, so no thread is opened for it."


def too_many_text(limit: int) -> str:
    """Return that a server follows as many competitions as it can."""
    return (
        f"A server can follow {limit} competitions besides those in the archive. Remove one first"
        " with `/competition remove`."
    )


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


def not_stored_text(slug: str) -> str:
    """Return that nothing of a competition is stored after its first sync."""
    return f"**{slug}** has no board yet. Try again later."


def _member_line(members: MembersOnBoard) -> str:
    if not any(members):
        return "No linked member of this server is on it yet."
    counted = ""
    if members.counted == 1:
        counted = "1 linked member of this server is on it."
    elif members.counted:
        counted = f"{fmt.number(members.counted)} linked members of this server are on it."
    return " ".join(filter(None, [counted, unverified_on_board_text(members.unverified)]))


def _target_text(target: NewsTarget) -> str:
    """Return what will be posted of a competition, and where."""
    if target.channel_id is None:
        return "No channel for news is chosen yet: choose one here or by `/announcements channel:`"
    if target.opens_thread:
        return _thread_text(target.channel_id)
    if not target.announce:
        return "Announcements are off; `/announcements enabled:True` turns them on."
    text = _TARGET_TEXTS[target.mode, target.has_digests]
    return text.format(channel=f"<#{target.channel_id}>")


def _pictures_line(target: NewsTarget) -> str:
    """Return that the channel gets no pictures; empty if it does, or if announcements are off."""
    if target.channel_id is None or not (target.announce and target.lacks_pictures):
        return ""
    return f"⚠️ {no_pictures_text(target.channel_id)}"
