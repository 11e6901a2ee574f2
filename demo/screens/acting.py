"""How members bring a screen about on the demo's server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import simcord
from simcord.components import walk_components

from demo.screens.camera import ScreenWrong
from demo.show import Show, text_of

Actor = simcord.MemberActor


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in a channel, and through whose eyes it is seen."""

    channel: simcord.ChannelHandle
    viewer: Actor
    message_id: int


Act = Callable[[Show], Awaitable[Shown]]


def actor_of(show: Show, name: str) -> Actor:
    """Give a member of the server; Robin manages it."""
    return show.manager if name == "Robin" else show.members[name]


async def ask(show: Show, who: str, command: str, **options: object) -> Shown:
    """Let somebody ask a slash command in a channel of its own; `@Mika` names a member."""
    actor = actor_of(show, who)
    channel = show.guild.create_text_channel(command.replace(" ", "-"))
    named = {
        name: actor_of(show, value[1:])
        if isinstance(value, str) and value.startswith("@")
        else value
        for name, value in options.items()
    }
    return shown(channel, actor, await actor.slash(channel, command, **named))


def asked(who: str, command: str, **options: object) -> Act:
    """Let somebody ask a slash command."""
    return lambda show: ask(show, who, command, **options)


def chosen(who: str, command: str, control: str, value: str, **options: object) -> Act:
    """Let somebody ask a slash command, then choose a value below the answer."""

    async def act(show: Show) -> Shown:
        answer = await ask(show, who, command, **options)
        message = show.env.backend.get_message(answer.channel.id, answer.message_id)
        (custom_id,) = (
            str(part["custom_id"])
            for part in walk_components(message.components)
            if str(part.get("custom_id", "")).startswith(control)
        )
        actor = actor_of(show, who)
        found = next(one for one in answer.channel.history(viewer=actor) if one.id == message.id)
        await actor.select(found, [value], custom_id=custom_id)
        return answer

    return act


def announced(text: str, *, live: bool = False) -> Act:
    """Take the announcement with this text that says the most."""

    async def act(show: Show) -> Shown:
        channel = show.live_channel if live else show.channel
        found = [message for message in channel.history() if text in text_of(message)]
        if not found:
            raise ScreenWrong(f"nothing was announced with {text!r}")
        longest = max(found, key=lambda message: len(text_of(message)))
        return Shown(channel, show.members["Mika"], longest.id)

    return act


def shown(
    channel: simcord.ChannelHandle, viewer: Actor, result: simcord.InteractionResult
) -> Shown:
    """Give what an interaction was answered with."""
    answer = result.followups[-1] if result.followups else result.response
    if answer is None:
        raise ScreenWrong("there was no answer")
    return Shown(channel, viewer, answer.id)
