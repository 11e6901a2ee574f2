"""The welcome message of a server, and the card of `/help`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import Item, card
from cogs.framework.texts import silent_text
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.messages import WelcomeMessage

_Tasks = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""The name of each task, with its commands and what each is for."""

_FOLLOW = "Follow a competition: `/competition add`"
_CHOOSE_CHANNEL = "Choose the channel for news: `/announcements channel:`"
_LINK = "Link your Kaggle account: `/link`"
"""The steps of the set-up, which the README lists in the same words."""

_VERIFY = "Only verified links count here, so verify yours: `/link`"
_LINK_IF_COMPETING = "Link your Kaggle account: `/link` (if you compete)"

_CHANNEL_TEXTS = {
    ChannelMode.EVERYTHING: "News is posted in {channels}",
    ChannelMode.BIG: "Big news is posted in {channels}",
    ChannelMode.DIGEST: "Digests are posted in {channels}",
}

_MAX_CHANNELS = 3
"""Channels for news that are named."""

_MEMBERS: _Tasks = (
    (
        "Ranks",
        (
            ("`/rank`", "where you or anyone else ranks now, and likely in a day"),
            ("`/leaderboard`", "the whole board, page by page"),
            ("`/history`, `/compare`", "how people moved, alone or side by side"),
            ("`/scores`", "where a score ranks among all scores"),
            ("`/forecast`", "where a team will likely rank if it submits nothing"),
            ("`/whatif`", "what a better score would be worth"),
        ),
    ),
    (
        "All members of this server",
        (
            ("`/overview`", "their ranks in all running competitions, and the medals won"),
            ("`/season standings`", "who is ahead over several competitions"),
            ("`/hall`", "medals and records of ended competitions"),
            ("`/replay`", "their teams through a whole competition, as a moving picture"),
            ("`/members`, `/whois`", "who is who on Kaggle"),
        ),
    ),
    (
        "News and deadlines",
        (
            ("`/watch`", "be told in direct messages: ranks, medals, rivals, last days"),
            ("`/pingme`", "be pinged when there is news about you"),
            ("`/deadlines`", "what is ahead, also for your calendar"),
        ),
    ),
    (
        "Team mates",
        (("`/team search`, `/team list`", "find some, unnamed until both agree"),),
    ),
    (
        "Your account",
        (
            ("`/link`, `/unlink`", "link your Kaggle account, and verify it; or remove the link"),
            ("`/privacy`", "what is stored about you: see it, export it, delete it"),
            ("`/status`", "when each board was read, what is wrong"),
        ),
    ),
)
_OPTIONS = (
    "-# Without `competition`, most commands mean the competition whose own channel they are used"
    " in, or let you choose.\n"
    "-# `username` takes a Kaggle user name, or any part of a team's name."
)
_MANAGERS: _Tasks = (
    (
        "For managers: competitions",
        (
            ("`/competition browse`, `/competition add`", "find a competition, follow it"),
            ("`/competition add thread:`", "open a thread or forum post for it"),
            ("`/competition live`", "keep its board in a channel"),
            ("`/competition list`", "what is followed, and where it is announced"),
            ("`/competition name`", "give it a shorter name"),
            ("`/competition deadline`", "set a deadline that Kaggle lacks"),
            ("`/competition pause`, `/competition resume`", "stop its syncs and news for a while"),
            ("`/competition rename`", "use the new slug that Kaggle gave it"),
            ("`/competition sync`", "read its board now"),
            ("`/competition remove`", "stop following it"),
        ),
    ),
    (
        "For managers: channels and settings",
        (
            ("`/announcements`", "the channel for news, and what is news"),
            ("`/feed competitions`", "announce new competitions in a channel"),
            ("`/feed discussion`, `/feed notebooks`", "announce topics and notebooks in a channel"),
            ("`/settings`", "everything that can be set, also Scheduled Events for deadlines"),
        ),
    ),
    (
        "For managers: members",
        (
            ("`/roster`", "link a whole class, export who stands where"),
            ("`/roles`", "give roles for ranks"),
            ("`/season`", "rank members over several competitions"),
            ("`/team reports`", "decide about notes that members reported"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class HelpData:
    """Set-up of the server and of the member who uses the command."""

    follow_count: int
    silent_count: int
    """How many of the followed competitions are announced nowhere yet."""
    channel_ids: Sequence[int]
    """Where news is announced: channels of the server and of competitions, all of the same mode."""
    mode: ChannelMode
    """What is announced in each of them."""
    announce: bool
    """Whether anything is announced."""
    channel_problem: str | None
    """Why the bot can send no messages to a channel for news; None if it can to all."""
    user_name: str | None
    """The member's Kaggle user name; None without a link."""
    link_counts: bool
    """Whether that link counts here; False without one."""
    is_manager: bool


def welcome_view(
    row_id: int, _message: WelcomeMessage, controls: Sequence[Sequence[Item]]
) -> ui.LayoutView:
    """Build the welcome message, with the three steps to the first announcement.

    `row_id` is that of the outbox row, by which the message is found again.
    """
    return card(
        "### 👋 Hello! I follow Kaggle competitions with you",
        "I read whole leaderboards every few minutes, keep their history, and tell this server when"
        " its members climb.\n"
        "Three steps, with the buttons below or with commands:\n"
        f"**1.** {_FOLLOW} (managers)\n"
        f"**2.** {_CHOOSE_CHANNEL} (managers)\n"
        f"**3.** {_LINK} (everybody)",
        "-# `/help` shows which steps are left.",
        buttons=controls,
        id=row_id,
    )


def help_view(data: HelpData, controls: Sequence[Sequence[Item]]) -> ui.LayoutView:
    """Build the card: the steps done and left, the controls for them, and the commands."""
    rows = [ui.ActionRow(*row) for row in controls]
    parts: list[str | Item] = [_command_lists(_MEMBERS), _OPTIONS]
    if data.is_manager:
        parts += [ui.Separator(), _command_lists(_MANAGERS)]
    return card(_steps(data), *rows, ui.Separator(), *parts)


def _steps(data: HelpData) -> str:
    steps = (_follow_step(data), _channel_step(data), _link_step(data))
    # A manager need not compete.
    needed = steps[:2] if data.is_manager else steps
    if all(done for done, _ in needed):
        head = "### ✅ Everything is set up"
    else:
        head = "### 👋 What is left to do"
    return "\n".join([head, *(f"{'✅' if done else '▫️'} {text}" for done, text in steps)])


def _follow_step(data: HelpData) -> tuple[bool, str]:
    if data.follow_count:
        count = fmt.plural(data.follow_count, "competition")
        return True, f"This server follows {count}"
    return False, _manager_step(data, _FOLLOW)


def _channel_step(data: HelpData) -> tuple[bool, str]:
    if not data.announce:
        return False, _manager_step(data, "Announcements are off; turn them on: `/settings`")
    if data.channel_ids and data.silent_count:
        return False, _manager_step(data, silent_text(data.silent_count))
    if data.channel_problem is not None:
        return False, data.channel_problem
    if data.channel_ids:
        channels = [f"<#{channel_id}>" for channel_id in data.channel_ids]
        names = fmt.join_some(channels, _MAX_CHANNELS)
        return True, _CHANNEL_TEXTS[data.mode].format(channels=names)
    return False, _manager_step(data, _CHOOSE_CHANNEL)


def _link_step(data: HelpData) -> tuple[bool, str]:
    if data.user_name:
        text = f"You are {fmt.profile_link(data.user_name)} on Kaggle"
        return data.link_counts, text if data.link_counts else f"{text}. {_VERIFY}"
    return False, _LINK_IF_COMPETING if data.is_manager else _LINK


def _manager_step(data: HelpData, step: str) -> str:
    return step if data.is_manager else f"{step} (ask a manager of the server)"


def _command_lists(tasks: _Tasks) -> str:
    return "\n".join(
        "\n".join([f"### {name}", *(f"{command} {purpose}" for command, purpose in commands)])
        for name, commands in tasks
    )
