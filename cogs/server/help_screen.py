"""The welcome of a server, and the card of `/help`."""

from __future__ import annotations

from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import card
from leaderboards.news.messages import WelcomeMessage

_MEMBERS = (
    ("`/leaderboard`", "the whole board, page by page"),
    ("`/rank`", "how you, or anybody, stands"),
    ("`/history`, `/compare`", "how people moved, alone or side by side"),
    ("`/scores`", "where a score is among all of them"),
    ("`/season standings`", "who of you is ahead over several competitions"),
    ("`/whois`", "who is who on Kaggle"),
    ("`/pingme`", "be pinged when there is news of you"),
    ("`/status`", "when each board was read, what is wrong"),
    ("`/privacy about`", "what is kept of you"),
)
_MANAGERS = (
    ("`/competition browse`, `/competition add`", "find a competition, follow it"),
    ("`/competition live`", "keep a board in a channel"),
    ("`/competition list`", "what is followed, and where it is told"),
    ("`/season create`", "group competitions to a season"),
    ("`/settings`", "everything that can be set"),
)


@dataclass(frozen=True, slots=True)
class HelpScreen:
    """What is set up already, as the one who asks sees it."""

    followed: int
    """Competitions."""
    channel_id: int | None
    """Where news is told; None when nowhere yet."""
    user_name: str | None
    """Who asks, on Kaggle; None when not linked."""
    manager: bool


def welcome_view(row_id: int, _message: WelcomeMessage) -> ui.LayoutView:
    """Build the greeting, with the three steps to the first announcement."""
    return card(
        "### 👋 Hello! I follow Kaggle competitions with you",
        "I read whole leaderboards every few minutes, keep their history, and tell this server when"
        " its members climb.\n"
        "**1.** Who manages the server: `/competition add` follows a competition.\n"
        "**2.** `/settings` says where and what is told.\n"
        "**3.** Everybody: `/link` tells me who you are on Kaggle.",
        "-# `/help` knows what is still to be done.",
        id=row_id,
    )


def help_view(screen: HelpScreen) -> ui.LayoutView:
    """Build what is done, what is left to do, and what can be asked."""
    texts = [_steps(screen), _commands("For everybody", _MEMBERS)]
    if screen.manager:
        texts.append(_commands("For managers", _MANAGERS))
    return card(*texts)


def _steps(screen: HelpScreen) -> str:
    steps = (_followed(screen), _told(screen), _linked(screen))
    if all(done for done, _ in steps):
        head = "### ✅ Everything is set up"
    else:
        head = "### 👋 What is still to be done"
    return "\n".join([head, *(f"{'✅' if done else '▫️'} {text}" for done, text in steps)])


def _followed(screen: HelpScreen) -> tuple[bool, str]:
    if screen.followed:
        count = fmt.plural(screen.followed, "competition")
        return True, f"This server follows {count}"
    return False, _asked(screen, "Follow a competition: `/competition add`")


def _told(screen: HelpScreen) -> tuple[bool, str]:
    if screen.channel_id:
        return True, f"News is told in <#{screen.channel_id}>"
    return False, _asked(screen, "Choose where news is told: `/settings`")


def _linked(screen: HelpScreen) -> tuple[bool, str]:
    if screen.user_name:
        return True, f"You are {fmt.profile_link(screen.user_name)} on Kaggle"
    return False, "Tell me who you are on Kaggle: `/link`"


def _asked(screen: HelpScreen, step: str) -> str:
    return step if screen.manager else f"{step} (ask a manager of the server)"


def _commands(title: str, commands: tuple[tuple[str, str], ...]) -> str:
    return "\n".join([f"**{title}**", *(f"{name} {what}" for name, what in commands)])
