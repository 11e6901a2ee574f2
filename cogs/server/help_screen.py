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

_FOLLOW = "Follow a competition: `/competition add`"
_CHOOSE_CHANNEL = "Choose the channel for news: `/announcements channel:`"
_LINK = "Link your Kaggle account: `/link`"
"""The steps of the set-up, which the README lists in the same words."""

_LINK_IF_COMPETING = "Link your Kaggle account: `/link` (if you compete)"

_CHANNEL_TEXTS = {
    ChannelMode.EVERYTHING: "News is posted in {channel}",
    ChannelMode.BIG: "Big news is posted in {channel}",
    ChannelMode.DIGEST: "Digests are posted in {channel}",
}

_MEMBERS = (
    ("`/link`", "link your Kaggle account, and verify it"),
    ("`/leaderboard`", "the whole board, page by page"),
    ("`/rank`", "where you or anyone else ranks now, and likely in a day"),
    ("`/forecast`", "where a team will likely rank if it submits nothing"),
    ("`/history`, `/compare`", "how people moved, alone or side by side"),
    ("`/replay`", "your teams through a whole competition, as a moving picture"),
    ("`/scores`", "where a score ranks among all scores"),
    ("`/whatif`", "what a better score would be worth, and what to beat for medals"),
    ("`/overview`", "all of you in all running competitions, and your medals"),
    ("`/deadlines`", "what is ahead, also for your calendar"),
    ("`/team search`, `/team list`", "find team mates, unnamed until both agree"),
    ("`/season standings`", "who of you is ahead over several competitions"),
    ("`/hall`", "what all of you have won, and records"),
    ("`/members`", "who has linked a Kaggle account, who is on which boards"),
    ("`/whois`", "who is who on Kaggle"),
    ("`/watch`", "be told in direct messages: ranks, medals, forecasts, rivals, last days"),
    ("`/pingme`", "be pinged when there is news about you"),
    ("`/status`", "when each board was read, what is wrong"),
    ("`/privacy about`", "what is stored about you"),
)
_OPTIONS = (
    "-# Without `competition`, a command means the competition whose own channel it is used in, or"
    " lets you choose.\n"
    "-# `username` takes a Kaggle user name, or any part of a team's name."
)
_MANAGERS = (
    ("`/competition browse`, `/competition add`", "find a competition, follow it"),
    ("`/competition add thread:`", "open a thread or forum post for a competition"),
    ("`/competition live`", "keep a board in a channel"),
    ("`/competition list`", "what is followed, and where it is announced"),
    ("`/competition name`, `/competition deadline`", "name it, set a deadline that Kaggle lacks"),
    ("`/competition pause`, `/competition remove`", "say nothing for a while, or stop following"),
    ("`/competition sync`", "read its board now"),
    ("`/feed competitions`", "tell a channel of new competitions"),
    (
        "`/feed discussion`, `/feed notebooks`",
        "tell a channel of topics and notebooks of the followed competitions",
    ),
    ("`/roster import`, `/roster export`", "link a whole class, export who stands where"),
    ("`/team reports`", "decide about notes that members reported"),
    ("`/roles set`, `/roles list`", "give roles for ranks"),
    ("`/season create`, `/season add`", "rank members over several competitions"),
    ("`/settings`", "everything that can be set, also Scheduled Events for deadlines"),
)


@dataclass(frozen=True, slots=True)
class HelpData:
    """Set-up of the server and of the member who uses the command."""

    follow_count: int
    silent_count: int
    """How many of the followed competitions are announced nowhere yet."""
    channel_id: int | None
    """Where news is announced, that of the server or of a competition; None for nowhere yet."""
    mode: ChannelMode
    """What is announced there."""
    announce: bool
    """Whether anything is announced."""
    channel_problem: str | None
    """Why the bot can send no messages to a channel for news; None if it can to all."""
    user_name: str | None
    """The member's Kaggle user name; None without a link."""
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
    lists = [f"{_command_list('For everybody', _MEMBERS)}\n{_OPTIONS}"]
    if data.is_manager:
        lists.append(_command_list("For managers", _MANAGERS))
    return card(_steps(data), *rows, *lists)


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
    if data.channel_id and data.silent_count:
        return False, _manager_step(data, silent_text(data.silent_count))
    if data.channel_problem is not None:
        return False, data.channel_problem
    if data.channel_id:
        return True, _CHANNEL_TEXTS[data.mode].format(channel=f"<#{data.channel_id}>")
    return False, _manager_step(data, _CHOOSE_CHANNEL)


def _link_step(data: HelpData) -> tuple[bool, str]:
    if data.user_name:
        return True, f"You are {fmt.profile_link(data.user_name)} on Kaggle"
    return False, _LINK_IF_COMPETING if data.is_manager else _LINK


def _manager_step(data: HelpData, step: str) -> str:
    return step if data.is_manager else f"{step} (ask a manager of the server)"


def _command_list(title: str, commands: tuple[tuple[str, str], ...]) -> str:
    return "\n".join([f"**{title}**", *(f"{name} {purpose}" for name, purpose in commands)])
