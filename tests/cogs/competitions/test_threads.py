"""`/competition add thread:` opens a thread or forum post for a competition, and closes it."""

import discord
import pytest
import simcord

from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, FINAL, SMALL, TEAMS
from tests.cogs.feeds.test_post_feeds import OLD, TOPICS, topic
from tests.cogs.syncing.ends import DEADLINE
from tests.cogs.threads import create_forum, deny, edit_thread, is_archived
from tests.cogs.world import World, announced, raw, text_of

LINK = "[Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"


def tag_names(world: World, post: simcord.ChannelHandle) -> list[str]:
    """Return the names of a forum post's tags."""
    channels = world.env.backend.channels
    post_state = channels[post.id]
    tags = channels[post_state.parent_id or 0].available_tags
    return [tag["name"] for tag in tags if int(tag["id"]) in post_state.applied_tags]


def texts(channel: simcord.ChannelHandle) -> list[str]:
    """Return the texts of the bot's messages in a channel."""
    return [text_of(raw(message)) for message in channel.history() if raw(message)]


async def add(world: World, parent: simcord.ChannelHandle, slug: str = "titanic") -> str:
    """Add a competition with a thread in a channel."""
    if slug not in world.kaggle.boards:
        world.serve(slug, SMALL)
    answer = await world.ask(
        world.server.manager, "competition add", competition=slug, thread=parent
    )
    await world.pass_time(minutes=6)
    return answer


async def announce_climb(world: World) -> None:
    """Sync a board on which a linked member takes the lead."""
    await world.ask(world.server.bob, "link", username="bob")
    await world.pass_time(minutes=6)
    world.serve("titanic", [world.submit(BRAVO, "0.999"), ALPHA, CHARLIE])
    await world.pass_time(minutes=6)


async def test_thread_of_a_text_channel_has_the_pinned_live_board_and_the_news(
    world: World,
) -> None:
    parent = world.server.guild.create_text_channel("kagglers")
    answer = await add(world, parent)
    assert f"I open a thread in {parent.mention}: it has the live board" in answer
    (thread,) = parent.threads
    assert thread.name == "Titanic"
    (first,) = texts(parent)
    assert first == (
        f"### Now following {LINK}\nThe board has 4 teams. No linked member is on it yet: use"
        " `/link`. Its thread has all announcements and the live board."
    )
    (board,) = texts(thread)
    assert "`1 0.950` Alpha" in board
    assert [text_of(raw(message)) for message in thread.pinned_messages()] == [board]
    await announce_climb(world)
    assert len(texts(parent)) == 1
    board, news = texts(thread)
    assert "Bravo" in board.split("Alpha")[0]
    assert "👑" in news
    assert announced(world) == []
    listed = await world.ask(world.server.manager, "competition list")
    assert thread.mention in listed
    assert "All is well" in await world.ask(world.server.manager, "status")


async def test_forum_post_begins_with_the_pinned_live_board_and_has_a_tag(world: World) -> None:
    forum = create_forum(world)
    await add(world, forum)
    (post,) = forum.threads
    assert post.name == "Titanic"
    assert tag_names(world, post) == ["running"]
    (board,) = texts(post)
    assert "`1 0.950` Alpha" in board
    assert [message.id for message in post.pinned_messages()] == [post.id]
    await announce_climb(world)
    board, news = texts(post)
    assert "Bravo" in board.split("Alpha")[0]
    assert "👑" in news
    world.serve("digits", SMALL)
    await add(world, forum, "digits")
    assert [one.name for one in forum.threads] == ["Titanic", "Digits"]
    assert [tag["name"] for tag in world.env.backend.channels[forum.id].available_tags] == [
        "running"
    ]


async def test_followed_competition_gets_one_thread(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    channel, manager = world.server.channel, world.server.manager
    await world.ask(manager, "competition live", channel=channel)
    before = len(announced(world))
    forum = create_forum(world)
    answer = await add(world, forum)
    assert answer.startswith(f"### ✅ {LINK}\nI open a thread in")
    assert answer.endswith(f"The live board moves from {channel.mention} into it.")
    assert len(announced(world)) == before - 1, "the live board moved"
    thread = (await world.storage.guilds.load_follows(world.server.guild.id))[0].channel_id
    refused = await add(world, forum)
    assert refused == f"⚠️ **Titanic** has its thread already: <#{thread}>."
    assert channel.threads == []


async def test_either_channel_or_thread(world: World) -> None:
    channel = world.server.channel
    answer = await world.ask(
        world.server.manager,
        "competition add",
        competition="titanic",
        channel=channel,
        thread=channel,
    )
    assert answer.startswith("⚠️ Give either `channel`")


@pytest.mark.parametrize("kind", ["text", "forum", "forum without pins"])
async def test_thread_is_closed_after_the_end_and_opened_for_late_news(
    world: World, kind: str
) -> None:
    guild, manager = world.server.guild, world.server.manager
    match kind:
        case "text":
            parent = guild.create_text_channel("kagglers")
        case "forum":
            parent = create_forum(world)
        case _:
            parent = create_forum(world, "pin_messages")
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    await add(world, parent)
    await world.ask(world.server.bob, "link", username="user8")
    (thread,) = parent.threads
    edit_thread(world, thread, archived=True)  # As Discord does after days without messages.
    world.serve_private("titanic", FINAL)
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    *_, ended = texts(thread)
    assert "# 🏁 " in ended
    assert is_archived(world, thread)
    if kind != "text":
        assert tag_names(world, thread) == ["ended"]
    edit_thread(world, thread, archived=False)
    await world.pass_time(hours=2)
    assert not is_archived(world, thread), "a member has opened it"
    world.sync_every(minutes=60)
    world.serve_private("titanic", [team for team in FINAL if team.id not in (1, 2)])
    await world.pass_time(hours=25)
    *_, before, changed = texts(thread)
    assert (before, "The final board of" in changed) == (ended, True)
    assert is_archived(world, thread)
    assert "no thread is opened" in await world.ask(
        manager, "competition add", competition="titanic", thread=parent
    )


async def test_digest_of_topics_leaves_a_closed_thread_closed(world: World) -> None:
    parent = world.server.guild.create_text_channel("kagglers")
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    world.kaggle.posts["titanic"] = [OLD]
    await add(world, parent)
    (thread,) = parent.threads
    await world.ask(world.server.manager, TOPICS, channel=world.server.channel, votes=50)
    await world.storage.guilds.change_settings(world.server.guild.id, daily_digest=True)
    world.serve_private("titanic", FINAL)
    world.sync_every(minutes=30, post_minutes=30)
    await world.pass_time(hours=3)
    *_, ended = texts(thread)
    assert "# 🏁 " in ended
    world.kaggle.posts["titanic"] = [topic(9), OLD]
    world.sync_every(minutes=60, post_minutes=60)
    await world.pass_time(hours=25)
    assert texts(thread)[-1] == ended
    assert is_archived(world, thread)


async def test_edited_live_board_leaves_a_closed_thread_closed(world: World) -> None:
    forum = create_forum(world)
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    await add(world, forum)
    world.serve_private("titanic", FINAL)
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    (post,) = forum.threads
    assert is_archived(world, post)
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=400, code=50083, times=1)
    await world.ask(world.server.bob, "link", username="user8")
    assert world.server.bob.mention in texts(post)[0]
    assert not is_archived(world, post)
    await world.pass_time(minutes=31)
    assert is_archived(world, post)


@pytest.mark.parametrize(
    ("denied", "missing"),
    [
        ("create_public_threads", "*Create Public Threads*"),
        ("send_messages_in_threads", "*Send Messages in Threads*"),
    ],
)
async def test_missing_permission_is_told_before_anything_is_done(
    world: World, denied: str, missing: str
) -> None:
    parent = world.server.guild.create_text_channel("kagglers")
    deny(world, parent, denied)
    assert await add(world, parent) == (
        f"⚠️ I can't open a thread in {parent.mention}. Please give me {missing} there."
    )
    assert world.kaggle.downloads == []


async def test_forum_that_requires_a_tag(world: World) -> None:
    forum = create_forum(world, "manage_channels", "manage_threads")
    state = world.env.backend.channels[forum.id]
    bot_forum = world.bot.get_channel(forum.id)
    assert isinstance(bot_forum, discord.ForumChannel)
    bot_forum._flags = discord.ChannelFlags(require_tag=True).value
    refused = await add(world, forum)
    assert f"{forum.mention} requires a tag for each post." in refused
    tags = [
        {"id": "7", "name": "Ended", "moderated": False, "emoji_id": None, "emoji_name": None},
        {"id": "8", "name": "Running", "moderated": False, "emoji_id": None, "emoji_name": None},
    ]
    world.env.backend.edit_channel(forum.id, {"available_tags": tags})
    await add(world, forum)
    (post,) = forum.threads
    assert tag_names(world, post) == ["Running"]
    assert state.available_tags == tags


async def test_without_permission_for_tags_a_post_has_none(world: World) -> None:
    forum = create_forum(world, "manage_channels")
    await add(world, forum)
    (post,) = forum.threads
    assert tag_names(world, post) == []


async def test_two_servers_have_threads_of_their_own(world: World) -> None:
    elsewhere, without = world.add_server(), world.add_server("Without")
    forum = create_forum(world, server=elsewhere)
    await add(world, world.server.channel)
    await world.ask(elsewhere.manager, "competition add", competition="titanic", thread=forum)
    await world.follow(server=without)
    (thread,), (post,) = world.server.channel.threads, forum.threads
    await announce_climb(world)
    bob = world.server.bob.mention
    assert [f"👑 {bob}" in text for text in texts(thread)] == [False, True]
    assert [f"👑 {bob}" in text for text in texts(post)] == [False, False]
    assert without.channel.threads == []
    world.env.backend.delete_channel(post.id)
    await world.pass_time(minutes=6)
    assert thread.mention in await world.ask(world.server.manager, "competition list")
    assert "no channel" in await world.ask(elsewhere.manager, "competition list")


async def test_post_that_has_the_tag_of_the_end_already_loses_the_other_one(world: World) -> None:
    forum = create_forum(world)
    tags = [
        {"id": str(id_), "name": name, "emoji_id": None, "emoji_name": None}
        for id_, name in ((1, "running"), (2, "ended"))
    ]
    world.env.backend.edit_channel(forum.id, {"available_tags": tags})
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    await add(world, forum)
    (post,) = forum.threads
    world.env.backend.edit_channel(post.id, {"applied_tags": [1, 2]})
    assert tag_names(world, post) == ["running", "ended"]
    world.serve_private("titanic", FINAL)
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    assert tag_names(world, post) == ["ended"]


async def test_missing_permission_to_pin_is_told_and_made_up_for(world: World) -> None:
    forum = create_forum(world, "pin_messages")
    await add(world, forum)
    (post,) = forum.threads
    status = await world.ask(world.server.manager, "status")
    assert f"The thread {post.mention} of **Titanic**: The live board is not pinned" in status
    deny(world, forum)
    await world.pass_time(minutes=6)
    assert len(post.pinned_messages()) == 1
    assert "All is well" in await world.ask(world.server.manager, "status")


async def test_missing_permission_to_pin_is_not_told_of_a_board_that_moved(world: World) -> None:
    parent = world.server.guild.create_text_channel("kagglers")
    deny(world, parent, "pin_messages")
    await add(world, parent)
    manager = world.server.manager
    assert "The live board is not pinned" in await world.ask(manager, "status")
    other = world.server.guild.create_text_channel("other")
    await world.ask(manager, "competition live", competition="titanic", channel=other)
    assert "All is well" in await world.ask(manager, "status")


async def test_thread_that_cannot_be_opened_yet_keeps_its_news_and_is_told(world: World) -> None:
    parent = world.server.guild.create_text_channel("kagglers")
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=400, code=160006, times=2
    )
    await add(world, parent)
    status = await world.ask(world.server.manager, "status")
    assert f"The thread of **Titanic** in {parent.mention} is not open yet" in status
    await world.pass_time(minutes=6)
    (thread,) = parent.threads
    assert "All is well" in await world.ask(world.server.manager, "status")
    await announce_climb(world)
    assert "👑" in texts(thread)[-1]


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_refused_first_message_leaves_the_competition_without_a_thread(
    world: World, kind: str
) -> None:
    await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    is_forum = kind == "forum"
    parent = create_forum(world) if is_forum else world.server.guild.create_text_channel("here")
    path = f"/channels/{parent.id}/{'threads' if is_forum else 'messages'}"
    world.env.inject_error("POST", path, status=400, code=200000, times=1)
    await add(world, parent)
    assert parent.threads == []
    status = await world.ask(world.server.manager, "status")
    assert f"{parent.mention}: 1 announcement could not be delivered" in status
    await announce_climb(world)
    assert "👑" in (announced(world) if is_forum else texts(parent))[-1]


async def test_deleted_thread_gives_its_news_to_the_servers_channel(world: World) -> None:
    await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    forum = create_forum(world)
    await add(world, forum)
    (post,) = forum.threads
    world.env.backend.delete_channel(post.id)
    await announce_climb(world)
    assert "👑" in announced(world)[-1]
    await add(world, forum)
    assert len(forum.threads) == 1, "a new one can be opened"
