"""Actions of members that produce the screens to be pictured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
import simcord
from simcord.components import walk_components

from demo.playback import Playback, message_text
from demo.screens.camera import ScreenError

Actor = simcord.MemberActor

_MAX_STEPS = 8
"""Steps in which what is waited for must be told."""


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message in a channel, and through whose eyes it is seen."""

    channel: simcord.ChannelHandle
    viewer: Actor | simcord.UserHandle
    """In direct messages a user, elsewhere a member."""
    message_id: int

    def find(self) -> discord.Message:
        """Return the message itself."""
        shown = self.channel.history(viewer=self.viewer)
        return next(message for message in shown if message.id == self.message_id)


Act = Callable[[Playback], Awaitable[ShownMessage]]


def find_actor(playback: Playback, name: str) -> Actor:
    """Return a member of the server by name; Robin is its manager."""
    return playback.manager if name == "Robin" else playback.members[name]


async def run_command(
    playback: Playback, who: str, command: str, **options: object
) -> ShownMessage:
    """Run a slash command in a channel of its own; `@Mika` as a value names a member."""
    actor = find_actor(playback, who)
    channel = playback.guild.create_text_channel(command.replace(" ", "-"))
    named = {
        name: find_actor(playback, value[1:])
        if isinstance(value, str) and value.startswith("@")
        else value
        for name, value in options.items()
    }
    return find_response(channel, actor, await actor.slash(channel, command, **named))


def command_action(who: str, command: str, **options: object) -> Act:
    """Build an action that runs a slash command."""
    return lambda playback: run_command(playback, who, command, **options)


def select_action(who: str, command: str, control: str, value: str, **options: object) -> Act:
    """Build an action that runs a slash command, then selects a value below the response."""

    async def act(playback: Playback) -> ShownMessage:
        answer = await run_command(playback, who, command, **options)
        message = playback.env.backend.get_message(answer.channel.id, answer.message_id)
        (custom_id,) = (
            str(part["custom_id"])
            for part in walk_components(message.components)
            if str(part.get("custom_id", "")).startswith(control)
        )
        await find_actor(playback, who).select(answer.find(), [value], custom_id=custom_id)
        return answer

    return act


async def press(shown: ShownMessage, label: str) -> ShownMessage:
    """Press a button of a message as its viewer; return the response."""
    result = await shown.viewer.click(shown.find(), label=label)
    return find_response(shown.channel, shown.viewer, result)


def find_announcement(text: str, *, live: bool = False) -> Act:
    """Build an action that finds the longest announcement with this text."""

    async def act(playback: Playback) -> ShownMessage:
        channel = playback.live_channel if live else playback.channel
        found = [message for message in channel.history() if text in message_text(message)]
        if not found:
            raise ScreenError(f"nothing was announced with {text!r}")
        longest = max(found, key=lambda message: len(message_text(message)))
        return ShownMessage(channel, playback.members["Mika"], longest.id)

    return act


async def wait_for(playback: Playback, channel: simcord.ChannelHandle, text: str) -> int:
    """Advance the recording until a channel has a message with a text; return its id."""
    for _ in range(_MAX_STEPS):
        for message in reversed(channel.history()):
            if text in message_text(message):
                return message.id
        await playback.step()
    raise ScreenError(f"nothing was told with {text!r}")


async def find_direct_message(playback: Playback, name: str, text: str) -> ShownMessage:
    """Advance the recording until a member has a direct message with a text."""
    user = find_actor(playback, name).user
    message = await wait_for(playback, user.dm_channel, text)
    return ShownMessage(user.dm_channel, user, message)


def find_response(
    channel: simcord.ChannelHandle,
    viewer: Actor | simcord.UserHandle,
    result: simcord.InteractionResult,
) -> ShownMessage:
    """Return the response of an interaction; raises `ScreenError` if there is none."""
    answer = result.followups[-1] if result.followups else result.response
    if answer is None:
        raise ScreenError("there was no answer")
    return ShownMessage(channel, viewer, answer.id)
