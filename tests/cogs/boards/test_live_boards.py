"""Boards that stay in a channel, each in one message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import discord
import pytest

from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SMALL
from tests.cogs.members.test_privacy import forget
from tests.cogs.settings.panel import Panel
from tests.cogs.threads import (
    create_forum,
    create_parent,
    create_thread,
    deny,
    edit_thread,
    is_archived,
)
from tests.cogs.world import Server, Team, World, announced, announcements, raw, text_of

MESSAGE = "/channels/*/messages/*"


def shown(world: World, server: Server | None = None) -> list[str]:
    """Return the texts of the live boards in a server's channel."""
    texts = [text_of(raw(message)) for message in announcements(world, server)]
    return [text for text in texts if "\n`" in text]


def edits(world: World) -> int:
    edited = [one.path for one in world.env.http_requests if one.method == "PATCH"]
    return sum(path.startswith("/channels/") for path in edited)


async def test_live_board_is_edited_only_when_the_board_changes(
    world: World,
) -> None:
    world.serve("titanic", SMALL)
    other = world.add_server()
    for server in (world.server, other):
        await world.follow(server=server)
    channel, manager = world.server.channel, world.server.manager
    answer = await world.ask(manager, "competition live", channel=channel)
    assert answer == f"The live board of **Titanic** is now in {channel.mention}."
    await world.pass_time(minutes=11)
    (text,) = shown(world)
    assert "`1 0.950` Alpha" in text
    assert shown(world, other) == []
    assert edits(world) == 1

    world.serve("titanic", [CHARLIE, ALPHA, BRAVO])
    await world.pass_time(minutes=6)
    await world.restart()
    await world.pass_time(minutes=6)
    (text,) = shown(world)
    assert "`1 ▲3 0.800` Charlie" in text
    assert edits(world) == 2
    listed = await world.ask(manager, "competition list")
    assert f"**Titanic** is shown live in {channel.mention}" in listed


async def test_live_board_no_longer_names_who_unlinks_or_is_forgotten(world: World) -> None:
    """Also one of a paused or ended competition, which is not read any more."""
    world.serve("titanic", [Team(1, "Alpha", "0.9", "ada"), Team(2, "Bravo", "0.8", "bob")])
    await world.follow()
    ada, bob, manager = world.server.ada, world.server.bob, world.server.manager
    await world.ask(manager, "competition live", channel=world.server.channel)
    await world.ask(manager, "competition pause")
    for actor in (ada, bob):
        await world.ask(actor, "link", username=actor.name)
    (text,) = shown(world)
    assert ada.mention in text
    assert bob.mention in text
    await world.confirm(ada, "unlink")
    (text,) = shown(world)
    assert ada.mention not in text
    assert bob.mention in text
    assert "You are forgotten" in await forget(world, bob)
    (text,) = shown(world)
    assert bob.mention not in text
    await world.ask(ada, "link", username="ada")
    (text,) = shown(world)
    assert ada.mention in text
    panel = await Panel.open(world)
    await panel.select_section("links")
    await panel.press("Count only verified links")
    await panel.press("Count only verified links")
    (text,) = shown(world)
    assert ada.mention not in text


async def test_live_board_names_members_beside_their_team_without_a_ping(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    await world.ask(world.server.manager, "competition live", channel=world.server.channel)
    await world.pass_time(minutes=6)
    (text,) = shown(world)
    assert f"`1 0.950` Alpha {ada.mention}\n" in text
    assert "1 to 4 of 4 · last changed <t:" in text
    edit = [one.json for one in world.env.http_requests if one.method == "PATCH"][-1]
    assert edit is not None
    assert ada.mention in str(edit["components"])
    assert edit["allowed_mentions"]["parse"] == []
    assert not edit["allowed_mentions"].get("users")


async def test_deleted_live_board_is_sent_again_and_moved_one_is_deleted(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, channel = world.server.manager, world.server.channel
    await world.ask(manager, "competition live", channel=channel)
    await world.pass_time(minutes=6)
    live = announcements(world)[-1]
    world.env.backend.delete_message(live.channel.id, live.id)
    assert shown(world) == []
    world.serve("titanic", [Team(7, "Zulu", "0.990", "zoe"), ALPHA, BRAVO])
    await world.pass_time(minutes=6)
    (text,) = shown(world)
    assert "Zulu" in text

    elsewhere = world.server.guild.create_text_channel("boards")
    await world.ask(manager, "competition live", channel=elsewhere)
    await world.pass_time(minutes=6)
    assert shown(world) == []
    (moved,) = elsewhere.history()
    assert "Zulu" in text_of(raw(moved))
    assert "Removed the live board" in await world.confirm(manager, "competition live")
    assert list(elsewhere.history()) == []
    assert "has no live board" in await world.confirm(manager, "competition live")


async def test_moved_board_is_confirmed_though_the_old_message_cannot_be_deleted(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, other = world.server.manager, world.server.guild.create_text_channel("stands")
    await world.ask(manager, "competition live", channel=world.server.channel)
    (old,) = (message for message in announcements(world) if "\n`" in text_of(raw(message)))
    world.env.inject_error("DELETE", MESSAGE, status=503, times=None)
    answer = await world.ask(manager, "competition live", channel=other)
    assert answer == f"The live board of **Titanic** is now in {other.mention}."
    assert "an old live board stays" in caplog.text
    told = f"⚠️ An [old live board]({old.jump_url}) in {world.server.channel.mention} is still"
    status = await world.ask(manager, "status")
    assert f"{told} there: Discord answered with an error (503)." in status
    deny(world, world.server.channel, "view_channel")
    world.env.backend.faults.clear()
    world.env.inject_error("DELETE", MESSAGE, status=403, code=50001, times=None)
    await world.pass_time(minutes=6)
    status = await world.ask(manager, "status")
    assert f"{told} there: I can't write in" in status
    assert "*View Channel*" in status
    deny(world, world.server.channel)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=6)
    assert shown(world) == []
    assert "All is well" in await world.ask(manager, "status")


async def test_moved_board_whose_old_message_a_person_deletes_is_no_problem(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, elsewhere = world.server.manager, world.add_server()
    other = world.server.guild.create_text_channel("stands")
    await world.ask(manager, "competition live", channel=world.server.channel)
    (old,) = (message for message in announcements(world) if "\n`" in text_of(raw(message)))
    world.env.inject_error("DELETE", MESSAGE, status=403, code=50001, times=None)
    await world.ask(manager, "competition live", channel=other)
    assert old.jump_url in await world.ask(manager, "status")
    assert "old live board" not in await world.ask(elsewhere.manager, "status")
    world.env.backend.faults.clear()
    world.env.backend.delete_message(old.channel.id, old.id)
    await world.pass_time(minutes=6)
    assert "All is well" in await world.ask(manager, "status")


async def test_first_message_of_a_post_says_where_its_live_board_is(world: World) -> None:
    forum, channel = create_forum(world), world.server.channel
    world.serve("titanic", SMALL)
    manager = world.server.manager
    await world.ask(manager, "competition add", competition="titanic", thread=forum)
    await world.pass_time(minutes=6)
    (post,) = forum.threads
    await world.ask(manager, "competition live", channel=channel)
    (first,) = (message for message in post.history() if raw(message))
    assert text_of(raw(first)) == f"The live board that was here has moved to {channel.mention}."
    assert "`1 0.950` Alpha" in shown(world)[0]
    assert not is_archived(world, post)


async def test_failed_edit_is_reported_and_retried(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager = world.server.manager
    await world.ask(manager, "competition live", channel=world.server.channel)
    await world.pass_time(minutes=6)
    world.env.inject_error("PATCH", MESSAGE, status=403, code=50001, times=1)
    world.serve("titanic", [BRAVO, ALPHA, CHARLIE])
    await world.pass_time(minutes=6)
    listed = await world.ask(manager, "competition list")
    assert "⚠️ I am not allowed to write there; I need View Channel and Send Messages" in listed
    status = await world.ask(manager, "status")
    assert "Not everything works" in status
    channel = world.server.channel.mention
    assert f"The live board of **Titanic** in {channel} is not updated" in status
    deny(world, world.server.channel, "view_channel")
    status = await world.ask(manager, "status")
    assert (
        f"The live board of **Titanic** in {channel} is not updated: I can't write in {channel}."
        " Please give me *View Channel*" in status
    )
    deny(world, world.server.channel)
    await world.pass_time(minutes=6)
    (text,) = shown(world)
    assert "Bravo" in text.split("Alpha")[0]
    assert "⚠️" not in await world.ask(manager, "competition list")


@pytest.mark.parametrize("locked", [False, True])
async def test_live_board_opens_its_archived_thread_unless_it_is_locked(
    world: World, locked: bool
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, thread = world.server.manager, create_thread(world, create_parent(world))
    await world.ask(manager, "competition live", channel=thread)
    await world.pass_time(minutes=6)
    edit_thread(world, thread, archived=True, locked=locked)
    world.env.inject_error("PATCH", MESSAGE, status=400, code=50083, times=1)
    world.serve("titanic", [BRAVO, ALPHA, CHARLIE])
    await world.pass_time(minutes=6)
    (board,) = thread.history()
    assert is_archived(world, thread) == locked
    status = await world.ask(manager, "status")
    assert ("The thread is archived and cannot be opened again" in status) == locked
    assert (text_of(raw(board)).index("Bravo") < text_of(raw(board)).index("Alpha")) != locked
    await world.pass_time(minutes=6)
    text = text_of(raw(thread.history()[0]))
    assert text.index("Bravo") < text.index("Alpha"), "the next sync has shown it"
    assert "All is well" in await world.ask(manager, "status")


async def test_failed_edit_that_is_not_needed_any_more_is_no_problem(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager = world.server.manager
    await world.ask(manager, "competition live", channel=world.server.channel)
    await world.pass_time(minutes=6)
    world.env.inject_error("PATCH", MESSAGE, status=403, code=50001, times=1)
    await world.ask(manager, "competition name", competition="titanic", name="Ships")
    assert "is not updated" in await world.ask(manager, "status")
    await world.ask(manager, "competition name", competition="titanic")
    assert "All is well" in await world.ask(manager, "status")


async def test_live_board_waits_for_the_first_team(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", [])
    await world.follow()
    await world.ask(world.server.manager, "competition live", channel=world.server.channel)
    await world.pass_time(minutes=6)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    world.serve("titanic", SMALL)
    await world.pass_time(minutes=6)
    (text,) = shown(world)
    assert "Alpha" in text


@contextmanager
def held_up(world: World, kind: type, name: str) -> Iterator[None]:
    """Block the bot's next request to a route until the context ends."""
    real, goes_on = getattr(kind, name), asyncio.get_running_loop().create_future()

    async def slow(*arguments: Any, **options: Any) -> Any:
        patch.undo()
        await world.env.external_wait(goes_on, reason="Discord takes its time")
        return await real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, name, slow)
        yield
        goes_on.set_result(None)


async def test_live_board_removed_during_an_edit_stays_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, channel = world.server.manager, world.server.channel
    await world.ask(manager, "competition live", channel=channel)
    await world.pass_time(minutes=6)

    world.serve("titanic", [BRAVO, ALPHA, CHARLIE])
    with held_up(world, discord.PartialMessage, "edit"):
        await world.pass_time(minutes=6)
        await world.confirm(manager, "competition live")
    await world.pass_time(minutes=6)
    assert shown(world) == []
    assert "has no live board" in await world.confirm(manager, "competition live")


async def test_left_live_board_of_a_forum_post_is_not_overwritten_by_an_edit(
    world: World,
) -> None:
    world.serve("titanic", SMALL)
    forum, manager = create_forum(world), world.server.manager
    await world.ask(manager, "competition add", competition="titanic", thread=forum)
    (post,) = forum.threads
    await world.pass_time(minutes=6)

    world.serve("titanic", [BRAVO, ALPHA, CHARLIE])
    with held_up(world, discord.PartialMessage, "edit"):
        await world.pass_time(minutes=6)
        channel = world.server.channel
        await world.ask(manager, "competition add", competition="titanic", channel=channel)
    await world.pass_time(minutes=6)
    first, *_ = post.history()
    assert text_of(raw(first)) == "The live board that was here is no longer updated."


async def test_live_board_removed_while_it_is_sent_is_deleted(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager, channel = world.server.manager, world.server.channel
    before = announced(world)
    with held_up(world, discord.PartialMessageable, "send"):
        await world.ask(manager, "competition live", channel=channel)
        await world.confirm(manager, "competition live")
    await world.pass_time(minutes=6)
    assert announced(world) == before


async def test_only_managers_add_live_boards(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    world.allow_everyone("competition")
    refused = await world.ask(world.server.ada, "competition live", channel=world.server.channel)
    assert "need the permission *Manage Server*" in refused
    assert shown(world) == []
