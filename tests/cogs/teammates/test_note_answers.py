"""Notes about a team: what their message shows once they are answered."""

from __future__ import annotations

import discord
import pytest
from simcord.components import walk_components

from tests.cogs.teammates.test_team import (
    answer,
    both_search,
    last_direct_message,
    message_of,
    send_note,
)
from tests.cogs.world import World, direct_messages, raw, response_text, text_of


def button_labels(message: discord.Message) -> list[str]:
    return [part["label"] for part in walk_components(raw(message)) if "label" in part]


async def test_note_shows_what_was_answered_and_can_be_reported_after_an_agreement(
    world: World,
) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    await answer(bob, "No more notes")
    note = last_direct_message(bob)
    assert button_labels(note) == ["Agree", "Decline", "Report", "No more notes"]
    await answer(bob, "Agree")
    (note, *_) = bob.user.dm_channel.history()
    text = text_of(raw(note))
    assert "> I have a good validation\n" in text
    assert "You both agreed. A direct message tells each of you who the other is" in text
    assert "unless you agree" not in text
    assert button_labels(note) == ["Report", "No more notes"]
    await bob.user.click(note, label="Report")
    (note, *_) = bob.user.dm_channel.history()
    assert "You reported the note." in text_of(raw(note))
    assert "You both agreed" not in text_of(raw(note))
    assert button_labels(note) == ["No more notes"]
    assert "> I have a good validation" in await world.ask(world.server.manager, "team reports")
    assert "Nobody else looks for team mates" in await world.ask(ada, "team list")


async def test_note_back_is_an_agreement(world: World) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    result = await world.run(bob, "team list")
    assert "✉️ You got a note from this one." in response_text(result)
    note = last_direct_message(bob)
    assert "You both agreed" in response_text(await bob.click(message_of(result), label="Agree"))
    pressed = await bob.user.click(note, label="Agree")
    assert "it was answered" in response_text(pressed)
    assert button_labels(bob.user.dm_channel.history()[0]) == ["Report", "No more notes"]
    assert len([text for text in direct_messages(ada) if "both want" in text]) == 1


@pytest.mark.parametrize("label", ["Decline", "Report"])
async def test_declined_pair_does_not_meet_again(world: World, label: str) -> None:
    ada, bob = await both_search(world)
    listed = await world.run(ada, "team list")
    await ada.click(message_of(listed), label="Send a note")
    await world.restart()
    assert f"You {label.lower().removesuffix('e')}ed" in await answer(bob, label)
    assert button_labels(last_direct_message(bob)) == ["No more notes"]
    assert direct_messages(ada) == [], "the sender is told nothing"
    for actor in (ada, bob):
        assert "Nobody else looks for team mates" in await world.ask(actor, "team list")
    again = response_text(await ada.click(message_of(listed), label="Send a note"))
    assert "There was a note between you two" in again
