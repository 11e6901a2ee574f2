"""What is pictured: each scene is acted by members on the demo's server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import simcord

from demo.show import Show

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


SCENES = (
    Scene("announcements", ("climbed",), _announcements),
    Scene("board", ("teams", "change in"), _asked("Mika", "leaderboard")),
    Scene(
        "board-members", ("members of this server",), _asked("Mika", "leaderboard", members=True)
    ),
    Scene("rank", ("Score", "24 h"), _asked("Mika", "rank")),
    Scene("settings", ("Settings of this server",), _asked("Robin", "settings")),
    Scene("help", ("Everything is set up",), _asked("Robin", "help")),
    Scene("status", ("All is well",), _asked("Mika", "status")),
)
