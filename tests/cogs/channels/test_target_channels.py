"""Threads, forum posts and announcement channels are chosen like text channels."""

from typing import Any

import pytest

from tests.cogs.examples import SMALL
from tests.cogs.settings.panel import Panel
from tests.cogs.threads import create_parent, create_thread, edit_thread
from tests.cogs.world import World, raw, response_text, text_of

COMMANDS: dict[str, dict[str, Any]] = {
    "competition add": {"competition": "titanic"},
    "competition live": {"competition": "titanic"},
    "announcements": {},
    "feed competitions": {},
    "feed discussion": {},
    "feed notebooks": {},
}


@pytest.mark.parametrize("kind", ["news", "thread", "forum post", "archived thread"])
async def test_every_kind_of_channel_can_be_chosen_and_gets_the_messages(
    world: World, kind: str
) -> None:
    server = world.server
    match kind:
        case "news":
            channel = server.guild.create_news_channel("announcements")
        case "forum post":
            channel = create_thread(world, server.guild.create_forum_channel("kaggle"))
        case _:
            channel = create_thread(world, server.channel)
    edit_thread(world, channel, archived=kind == "archived thread")
    world.serve("titanic", SMALL)
    for command, options in COMMANDS.items():
        answer = await world.ask(server.manager, command, channel=channel, **options)
        assert "⚠️" not in answer, command
        assert channel.mention in answer, command
    texts = [text_of(raw(message)) for message in channel.history()]
    assert len(texts) == 2, "the announcement and the live board"
    assert "Now following" in texts[0]
    assert "Titanic" in texts[1]
    assert channel.mention in await world.ask(server.manager, "competition list")


async def test_panel_takes_a_thread_and_shows_its_name(world: World) -> None:
    thread = create_thread(world, world.server.channel)
    panel = await Panel.open(world)
    await panel.select_section("announcements")
    text = await panel.select("channel:announcements", thread)
    assert f"Announcements are **on**, in {thread.mention}" in text
    await panel.select_section("channels")
    assert list(panel.offered("channel:channels")) == ["#titanic talk"]
    await panel.select(f"mode:{thread.id}", "big")
    assert f"{thread.mention}: **big news only**" in panel.text


async def test_setup_menu_takes_a_thread(world: World) -> None:
    server = world.server
    thread = create_thread(world, server.channel)
    message = (await world.run(server.manager, "help")).response
    assert message is not None
    result = await server.manager.select(message, [thread], custom_id="setup:channel")
    assert f"News is posted in {thread.mention}" in response_text(result)


async def test_locked_thread_is_refused_with_what_to_do(world: World) -> None:
    thread = create_thread(world, create_parent(world))
    edit_thread(world, thread, locked=True)
    world.serve("titanic", SMALL)
    await world.follow()
    for command, options in COMMANDS.items():
        answer = await world.ask(world.server.manager, command, channel=thread, **options)
        assert answer == (
            f"⚠️ {thread.mention} is locked. Please unlock it, or give me *Manage Threads* there."
        ), command


async def test_thread_needs_its_own_permission_in_the_parent(world: World) -> None:
    for permission, missing in [
        ("send_messages", ""),
        ("send_messages_in_threads", "*Send Messages in Threads*"),
    ]:
        thread = create_thread(world, create_parent(world, denied=permission))
        answer = await world.ask(world.server.manager, "announcements", channel=thread)
        assert missing in answer
        assert ("I can't write in" in answer) == bool(missing)


async def test_private_thread_without_the_bot_is_not_seen(world: World) -> None:
    thread = create_thread(world, create_parent(world), private=True)
    edit_thread(world, thread, archived=True)  # Else SimCord tells the bot of it.
    answer = await world.ask(world.server.manager, "announcements", channel=thread)
    assert answer == "⚠️ I can't see that channel. Pick one that I can see."
