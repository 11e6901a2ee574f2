"""What is pictured: each scene is acted by members on the demo's server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import simcord

from demo.screens.camera import ScreenWrong
from demo.show import MEMBERS, Show
from leaderboards.codes import written
from leaderboards.kaggle import CompetitionDetails
from leaderboards.rewards import Reward

Actor = simcord.MemberActor


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel with the screen in it, and through whose eyes it is seen."""

    channel: simcord.ChannelHandle
    viewer: Actor


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen: its name, what must be read on it, and how it comes about."""

    name: str
    expected: tuple[str, ...]
    act: Callable[[Show], Awaitable[Shown]]


def _asked(who: str, command: str, **options: object) -> Callable[[Show], Awaitable[Shown]]:
    """Let somebody ask a slash command in a channel of its own."""

    async def act(show: Show) -> Shown:
        actor = show.manager if who == "Robin" else show.members[who]
        channel = show.guild.create_text_channel(command.replace(" ", "-"))
        await actor.slash(channel, command, **options)
        return Shown(channel, actor)

    return act


async def _announcements(show: Show) -> Shown:
    return Shown(show.channel, show.members["Mika"])


async def _proven(show: Show) -> Shown:
    """Let a member publish a notebook under the code that they got, and press for a look."""
    zara, name = show.members["Zara"], MEMBERS["Zara"]
    channel = show.guild.create_text_channel("proof")
    card = await zara.slash(channel, "link", username=name)
    code = await show.bot.storage.proofs.code(show.guild.id, zara.id, show.env.now())
    if code is None or card.response is None:
        raise ScreenWrong("/link gave no code")
    show.kaggle.publish(name, f"Who I am: {written(code.code)}")
    await zara.click(card.response.message, label="Check now")
    return Shown(channel, zara)


async def _browse(show: Show) -> Shown:
    """Let a manager look for competitions, one of which is followed."""
    for slug, days, category, reward, teams in FOUND:
        deadline = show.env.now() + timedelta(days=days)
        show.kaggle.list(CompetitionDetails(slug, deadline, category, reward, teams))
    return await _asked("Robin", "competition browse", words="s")(show)


async def _roles(show: Show) -> Shown:
    """Let the server give two roles, one of which it put above the bot's own."""
    roles, guild = show.bot.storage.roles, show.guild
    await roles.set(guild.id, Reward.FIRST, guild.create_role("Champion").id)
    above = guild.create_role("Top ten percent", position=90)
    await roles.set(guild.id, Reward.TOP10, above.id)
    await show.step()
    return await _asked("Robin", "roles list")(show)


FOUND = (
    ("store-sales-forecasting", 41, "Featured", "50,000 Usd", 2_318),
    ("sign-language-translation", 12, "Research", "Swag", 611),
    ("house-prices-advanced-regression-techniques", 2_000, "Getting Started", "Knowledge", 4_870),
    ("santa-2025-the-longest-name-that-a-competition-on-kaggle-may-have", -9, "Featured", None, 99),
    ("student-performance", 77, "Community", "Kudos", 1),
    ("spaceship-titanic", 900, "Getting Started", "Knowledge", 2_107),
)
"""What a search finds beside the season: name, days left, category, reward, teams."""

SCENES = (
    Scene("announcements", ("climbed",), _announcements),
    Scene("board", ("teams", "change in"), _asked("Mika", "leaderboard")),
    Scene(
        "board-members", ("members of this server",), _asked("Mika", "leaderboard", members=True)
    ),
    Scene("rank", ("Score", "24 h"), _asked("Mika", "rank")),
    Scene(
        "link",
        ("You are amberheron73", "Check now"),
        _asked("Mika", "link", username=MEMBERS["Mika"]),
    ),
    Scene("link-proven", ("✓ You are warmpanda28",), _proven),
    Scene("whois", ("@Zara ✓ is warmpanda28",), _asked("Mika", "whois", username=MEMBERS["Zara"])),
    Scene("browse", ("followed", "Page 1 of 2", "Follow one of these"), _browse),
    Scene("roles", ("Number one among the members", "stands above my own"), _roles),
    Scene("settings", ("Settings of this server",), _asked("Robin", "settings")),
    Scene("help", ("Everything is set up",), _asked("Robin", "help")),
    Scene("status", ("All is well",), _asked("Mika", "status")),
)
