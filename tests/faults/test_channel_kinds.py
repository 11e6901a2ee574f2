"""Threads, forum posts and announcement channels over the wire: all is told once and in order."""

from __future__ import annotations

import pytest

from leaderboards.news.messages import ThreadMessage
from tests.faults.channels import Channels, until
from tests.wire.http.faults import MESSAGES, cut_after, server_error
from tests.wire.state.world import FORUM, NEWS, TEXT

CROSSPOST = "/channels/{channel_id}/messages/{message_id}/crosspost"


async def open_thread(channels: Channels, parent: str = "other") -> int:
    """Open a thread that is announced to by its name."""
    thread_id = await channels.wire.add_thread(channels.guild.channels[parent], "titanic")
    channels.guild.channels["titanic"] = thread_id
    return thread_id


async def test_message_opens_an_archived_thread(channels: Channels) -> None:
    thread_id = await open_thread(channels)
    await channels.wire.change_channel(thread_id, archived=True)
    await channels.announce("titanic", 1, 2)
    assert await channels.read_numbers("titanic", 2) == [1, 2]
    assert not (await channels.wire.channel_state(thread_id))["archived"]


@pytest.mark.parametrize("archived", [False, True])
async def test_news_of_a_locked_thread_waits_until_it_is_unlocked(
    channels: Channels, archived: bool
) -> None:
    thread_id = await open_thread(channels)
    await channels.wire.change_channel(thread_id, locked=True, archived=archived)
    await channels.announce("titanic", 1, 2)
    await channels.announce("news", 9)
    await channels.wait_for_failure()
    assert await channels.read_numbers("news", 1) == [9]
    status = await channels.status()
    assert f"<#{thread_id}>: The thread is {'archived' if archived else 'locked'}" in status
    assert "unlock it" in status
    await channels.wire.change_channel(thread_id, locked=False)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("titanic") == [1, 2]
    assert "All is well" in await channels.status()


async def test_news_of_a_deleted_thread_moves_to_the_servers_channel(channels: Channels) -> None:
    thread_id = await open_thread(channels)
    await channels.wire.change_channel(thread_id, locked=True)
    await channels.announce("titanic", 1, 2)
    await channels.wait_for_failure()
    await channels.wire.remove_channel(thread_id)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2]


async def test_news_of_a_channel_that_became_a_forum_waits(channels: Channels) -> None:
    other = channels.guild.channels["other"]
    await channels.wire.change_channel(other, kind=FORUM)
    await channels.announce("other", 1, 2)
    await channels.wait_for_failure()

    async def is_told() -> bool:
        answer = await channels.wire.command(channels.guild.channels["news"], "status")
        return f"<#{other}>: Messages cannot be sent to this kind of channel" in answer.text

    await until(is_told)
    await channels.wire.change_channel(other, kind=TEXT)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("other") == [1, 2]


async def test_missing_permission_for_threads_is_told(channels: Channels) -> None:
    await open_thread(channels)
    await channels.wire.deny(channels.guild.channels["other"], "send_messages_in_threads")
    await channels.announce("titanic", 1)
    await channels.wait_for_failure()
    assert "or in a thread Send Messages in Threads" in await channels.status()
    await channels.wire.deny(channels.guild.channels["other"])
    await channels.wait_until_delivered()
    assert await channels.read_numbers("titanic") == [1]


async def test_announcement_is_published_once_though_the_answer_is_lost(
    channels: Channels,
) -> None:
    news = channels.guild.channels["news"]
    await channels.wire.change_channel(news, kind=NEWS)
    await channels.storage.channels.set_publish(channels.guild.id, news, publish=True)
    number = await channels.wire.fault(cut_after(method="POST", route=CROSSPOST))
    await channels.announce("news", 1, 2)
    await channels.wait_until_delivered()
    await channels.wire.rule(number, hits=1, wait=10)

    async def is_all_published() -> bool:
        channels.bot.dispatch("sync_round_finished")
        left = await channels.storage.publications.load_channels(channels.clock.now())
        return not left

    await until(is_all_published)
    assert await channels.read_numbers("news") == [1, 2]
    assert [message.published for message in await channels.wire.messages(news)] == [True, True]


async def follow_in_thread(channels: Channels, parent_id: int) -> None:
    """Follow a competition with a thread in a channel."""
    storage, now = channels.storage, channels.clock.now()
    competition = await storage.competitions.add_to_follow("titanic", now)
    first = ThreadMessage("titanic", team_count=5, members_on_board=0)
    await storage.guilds.follow(channels.guild.id, competition.id, parent_id, 1, now, first)
    channels.bot.dispatch("messages_queued")


async def wait_until_pinned(channels: Channels, thread_id: int) -> list[int]:
    """Return what is pinned in a thread, as soon as something is."""

    async def is_pinned() -> bool:
        channels.bot.dispatch("sync_round_finished")
        return bool((await channels.wire.channel_state(thread_id))["pinned"])

    await until(is_pinned)
    pinned: list[int] = (await channels.wire.channel_state(thread_id))["pinned"]
    return pinned


@pytest.mark.parametrize("status", [500, 503])
async def test_forum_post_is_created_once_despite_a_server_error(
    channels: Channels, status: int
) -> None:
    """discord.py repeats a request after a 500 by itself, and a post has no nonce."""
    forum = await channels.wire.add_channel(channels.guild.id, "competitions", kind=FORUM)
    route = "/channels/{channel_id}/threads"
    await channels.wire.fault(server_error(status, "after", method="POST", route=route))
    await channels.wire.fault(server_error(status, method="POST", route=route))
    await follow_in_thread(channels, forum)
    await channels.wait_until_delivered()
    assert len(await channels.wire.threads(forum)) == 1


@pytest.mark.parametrize("archived", [False, True])
async def test_forum_post_is_created_once_though_the_answer_is_lost(
    channels: Channels, archived: bool
) -> None:
    wire, guild = channels.wire, channels.guild
    forum = await wire.add_channel(guild.id, "competitions", kind=FORUM)
    await wire.change_channel(forum, allowed=["manage_channels"], requires_tag=True)
    lost = await wire.fault(cut_after(method="POST", route="/channels/{channel_id}/threads"))
    await follow_in_thread(channels, forum)
    await wire.rule(lost, hits=1, wait=10)
    (post,) = await wire.threads(forum)
    await wire.change_channel(post, archived=archived)
    await channels.announce("other", 9)
    await channels.wait_until_delivered()
    channels.guild.channels["titanic"] = post
    await channels.announce("titanic", 7)
    assert await channels.read_numbers("titanic", 2) == [5, 7]
    assert await wait_until_pinned(channels, post) == [post]
    assert await wire.threads(forum) == [post]
    state = await wire.channel_state(post)
    assert (state["name"], len(state["applied_tags"])) == ("Titanic", 1)
    (follow,) = await channels.storage.guilds.load_follows(guild.id)
    assert follow.channel_id == post


@pytest.mark.parametrize("is_forum", [False, True])
async def test_left_thread_is_ended_once_though_all_answers_are_lost(
    channels: Channels, is_forum: bool
) -> None:
    wire, guild, news = channels.wire, channels.guild, channels.guild.channels["news"]
    kind = FORUM if is_forum else TEXT
    parent = await wire.add_channel(guild.id, "competitions", kind=kind)
    await follow_in_thread(channels, parent)
    await channels.wait_until_delivered()

    async def is_open() -> bool:
        channels.bot.dispatch("sync_round_finished")
        return bool(await wire.threads(parent))

    await until(is_open)
    (thread,) = await wire.threads(parent)
    (board,) = await wait_until_pinned(channels, thread)
    await wire.change_channel(thread, archived=True)
    message = f"{MESSAGES}/{{message_id}}"
    lost = [
        await wire.fault(cut_after(method=method, route=route, channel_id=thread))
        for method, route in (
            ("PATCH" if is_forum else "DELETE", message),
            ("POST", MESSAGES),
            ("PATCH", "/channels/{channel_id}"),
        )
    ]
    (follow,) = await channels.storage.guilds.load_follows(guild.id)
    await channels.storage.guilds.change_channel(
        guild.id, follow.competition.id, news, channels.clock.now()
    )
    channels.bot.dispatch("messages_queued")

    async def is_closed() -> bool:
        channels.bot.dispatch("sync_round_finished")
        has_last = any("is closed" in each.text for each in await wire.messages(thread))
        is_archived = (await wire.channel_state(thread))["archived"]
        left = await channels.storage.former_threads.load_settled()
        return has_last and is_archived and not left

    await until(is_closed)
    for number in lost:
        await wire.rule(number, hits=1, wait=10)
    left = await wire.messages(thread)
    assert [each.id == board for each in left] == ([True, False] if is_forum else [False])
    assert "is no longer updated" in left[0].text or not is_forum
    assert f"now posted in <#{news}>, so this thread is closed" in left[-1].text
    assert await wire.violations() == []
    assert "All is well" in await channels.status()


async def test_thread_is_opened_once_though_the_answer_is_lost(channels: Channels) -> None:
    wire, parent = channels.wire, channels.guild.channels["other"]
    route = "/channels/{channel_id}/messages/{message_id}/threads"
    await wire.fault(cut_after(method="POST", route=route))
    await follow_in_thread(channels, parent)

    async def is_open() -> bool:
        channels.bot.dispatch("sync_round_finished")
        (follow,) = await channels.storage.guilds.load_follows(channels.guild.id)
        return follow.channel_id != parent

    await until(is_open)
    (thread,) = await wire.threads(parent)
    assert len(await wire.messages(parent)) == 1
    (pinned,) = await wait_until_pinned(channels, thread)
    assert [message.id for message in await wire.messages(thread)] == [pinned]
