"""What becomes of a competition's thread when its news moves elsewhere, or it is removed."""

import logging

import pytest
import simcord

from tests.cogs.competitions.test_threads import LINK, add, announce_climb, tag_names, texts
from tests.cogs.examples import FINAL, TEAMS
from tests.cogs.syncing.ends import DEADLINE
from tests.cogs.threads import create_forum, deny, edit_thread, is_archived
from tests.cogs.world import World, announced

ENDED_BOARD = "The live board that was here is no longer updated."


def moved(channel: simcord.ChannelHandle) -> str:
    """Return the last message of a thread whose news moved to a channel."""
    return (
        f"### {LINK}\nNews of this competition is now posted in {channel.mention}, so this thread"
        " is closed."
    )


async def move(world: World, channel: simcord.ChannelHandle) -> str:
    """Announce the competition in another channel."""
    return await world.ask(
        world.server.manager, "competition add", competition="titanic", channel=channel
    )


async def status(world: World) -> str:
    """Return what a manager reads in `/status`."""
    return await world.ask(world.server.manager, "status")


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_thread_that_is_left_for_a_channel_says_so_once_and_is_closed(
    world: World, kind: str
) -> None:
    is_forum, channel = kind == "forum", world.server.channel
    parent = create_forum(world) if is_forum else world.server.guild.create_text_channel("here")
    elsewhere = world.add_server()
    other_forum = create_forum(world, server=elsewhere)
    await add(world, parent)
    await world.ask(elsewhere.manager, "competition add", competition="titanic", thread=other_forum)
    (thread,), (other,) = parent.threads, other_forum.threads
    answer = await move(world, channel)
    assert answer.startswith(
        f"✅ {LINK} moves from {thread.mention} to {channel.mention}, with what waits to be"
        f" announced.\nThe thread {thread.mention} says so in a last message and is closed; its"
        " live board is removed. `/competition live` creates one in another channel.\n"
    )
    left = [*([ENDED_BOARD] if is_forum else []), moved(channel)]
    assert texts(thread) == left
    assert is_archived(world, thread)
    assert tag_names(world, thread) == [] if is_forum else thread.pinned_messages() == []
    await world.restart()
    await announce_climb(world)
    assert "👑" in announced(world)[-1]
    assert texts(thread) == left
    assert is_archived(world, thread)
    assert "All is well" in await status(world)
    assert len(texts(other)) == 2, "its live board and the news"
    assert not is_archived(world, other)


async def test_thread_that_is_left_for_another_one_gives_its_live_board_to_it(
    world: World,
) -> None:
    parent, forum = world.server.guild.create_text_channel("here"), create_forum(world)
    await add(world, parent)
    (thread,) = parent.threads
    answer = await add(world, forum)
    assert answer.endswith(
        f"The live board moves from {thread.mention} into it.\n"
        f"The thread {thread.mention} says so in a last message and is closed."
    )
    (post,) = forum.threads
    assert texts(thread) == [moved(forum)]
    assert is_archived(world, thread)
    assert "`1 0.950` Alpha" in texts(post)[0]
    assert "is now posted in" not in texts(post)[0]
    await move(world, thread)
    assert (texts(post), is_archived(world, post)) == ([ENDED_BOARD, moved(thread)], True)
    await announce_climb(world)
    assert "👑" in texts(thread)[-1], "Discord opens it for that"


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_thread_of_a_removed_competition_is_closed(world: World, kind: str) -> None:
    is_forum, manager = kind == "forum", world.server.manager
    parent = create_forum(world) if is_forum else world.server.guild.create_text_channel("here")
    await add(world, parent)
    (thread,) = parent.threads
    asked = await world.ask(manager, "competition remove", competition="titanic")
    assert f"- its thread {thread.mention}, which gets a last message and is closed" in asked
    await world.confirm(manager, "competition remove", competition="titanic")
    *board, last = texts(thread)
    assert (
        last == f"### {LINK}\nIt is no longer announced in this server, so this thread is closed."
    )
    assert board == ([ENDED_BOARD] if is_forum else [])
    assert is_archived(world, thread)
    await world.pass_time(minutes=6)
    assert texts(thread) == [*board, last]


async def test_thread_that_was_closed_after_the_end_is_left_as_it_is(world: World) -> None:
    parent = world.server.guild.create_text_channel("here")
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    await add(world, parent)
    world.serve_private("titanic", FINAL)
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    (thread,) = parent.threads
    before = texts(thread)
    assert "says so" not in await move(world, world.server.channel)
    await world.pass_time(minutes=31)
    assert (texts(thread), is_archived(world, thread)) == (before, True)


async def test_thread_that_was_deleted_gets_no_last_message_elsewhere(world: World) -> None:
    await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    parent = world.server.guild.create_text_channel("here")
    await add(world, parent)
    (thread,) = parent.threads
    before = announced(world)
    path = f"/channels/{thread.id}/messages"
    world.env.inject_error("POST", path, status=404, code=10003, times=1)
    await move(world, parent)
    await world.pass_time(minutes=6)
    assert announced(world) == before
    assert "All is well" in await status(world)


async def test_locked_thread_is_left_without_a_word(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    parent = world.server.guild.create_text_channel("here")
    deny(world, parent, "manage_threads")
    await add(world, parent)
    (thread,) = parent.threads
    (board,) = texts(thread)
    edit_thread(world, thread, archived=True, locked=True)
    for method, code in (("POST", 50083), ("DELETE", 50083)):
        path = f"/channels/{thread.id}/messages*"
        world.env.inject_error(method, path, status=400, code=code, times=1)
    with caplog.at_level(logging.INFO):
        await move(world, world.server.channel)
        await world.pass_time(minutes=6)
    assert texts(thread) == [board]
    assert "it gets no last message" in caplog.text
    assert "All is well" in await status(world)


async def test_thread_that_cannot_be_written_in_is_told_and_made_up_for(world: World) -> None:
    forum = create_forum(world)
    await add(world, forum)
    (post,) = forum.threads
    deny(world, forum, "send_messages_in_threads")
    await move(world, world.server.channel)
    await world.pass_time(minutes=6)
    told = await status(world)
    assert f"{post.mention}: I am not allowed to write there" in told
    assert not is_archived(world, post)
    await world.restart()
    deny(world, forum)
    await world.pass_time(minutes=6)
    assert texts(post) == [ENDED_BOARD, moved(world.server.channel)]
    assert is_archived(world, post)
    assert "All is well" in await status(world)


async def test_thread_that_cannot_be_closed_is_told_and_closed_after_a_restart(
    world: World,
) -> None:
    parent = world.server.guild.create_text_channel("here")
    await add(world, parent)
    (thread,) = parent.threads
    world.env.inject_error("PATCH", f"/channels/{thread.id}", status=503)
    await move(world, world.server.channel)
    assert f"I can't close the thread {thread.mention}, which is no longer used" in await status(
        world
    )
    await world.restart()
    await world.pass_time(minutes=6)
    assert (texts(thread), is_archived(world, thread)) == ([moved(world.server.channel)], True)
    assert "All is well" in await status(world)


async def test_thread_that_is_chosen_again_stays_open(world: World) -> None:
    parent = world.server.guild.create_text_channel("here")
    await add(world, parent)
    (thread,) = parent.threads
    path = f"/channels/{thread.id}/messages"
    world.env.inject_error("POST", path, status=403, code=50001, times=1)
    await move(world, world.server.channel)
    await move(world, thread)
    await announce_climb(world)
    await world.pass_time(hours=1)
    (news,) = texts(thread)
    assert "👑" in news
    assert not is_archived(world, thread)


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_thread_of_one_of_both_names_of_a_renamed_competition_is_closed(
    world: World, kind: str
) -> None:
    server = world.server
    parents = [create_forum(world), server.guild.create_text_channel("here")]
    kept_parent, parent = parents if kind == "text" else parents[::-1]
    world.serve("titanic", TEAMS)
    await add(world, kept_parent)
    world.list_competition("titanic-survivors", DEADLINE)
    world.serve("titanic-survivors", TEAMS)
    await world.ask(
        server.manager, "competition add", competition="titanic-survivors", thread=parent
    )
    (kept,), (thread,) = kept_parent.threads, parent.threads
    await world.confirm(
        server.manager, "competition rename", competition="titanic", slug="titanic-survivors"
    )
    *board, last = texts(thread)
    assert board == ([ENDED_BOARD] if kind == "forum" else [])
    assert last.endswith(
        f"News of this competition is now posted in {kept.mention}, so this thread is closed."
    )
    assert last.startswith(
        "### [Titanic Survivors](https://www.kaggle.com/competitions/titanic-surv"
    )
    assert is_archived(world, thread)
    await world.pass_time(minutes=6)
    assert texts(thread) == [*board, last]
    assert not any("thread is closed" in text for text in texts(kept))
    assert not is_archived(world, kept)
    assert "All is well" in await status(world)


async def test_thread_that_is_opened_after_another_one_is_no_introduction(world: World) -> None:
    first, second = (world.server.guild.create_text_channel(name) for name in ("here", "there"))
    await add(world, first)
    await add(world, second)
    await add(world, first)
    introduction, last = texts(first)
    assert introduction.startswith(f"### Now following {LINK}\n")
    again = f"### {LINK}\nFrom now on its thread has all announcements and the live board."
    assert (last, texts(second)) == (again, [again])
    assert [is_archived(world, one) for one in (*first.threads, *second.threads)] == [
        True,
        False,
        True,
    ]
