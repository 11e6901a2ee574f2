"""What is announced in an announcement channel is published once, where a manager asked for it."""

import pytest
import simcord
from simcord.enums import ChannelType

from leaderboards.news.messages import WelcomeMessage
from records.outbox import Announcement
from storage.news import outbox
from tests.cogs.examples import SMALL
from tests.cogs.settings.panel import Panel
from tests.cogs.world import World

CROSSPOST = "/channels/*/messages/*/crosspost"


async def publish_in(world: World, channel: simcord.ChannelHandle) -> Panel:
    """Announce in a channel, and ask that it is published."""
    await world.ask(world.server.manager, "announcements", channel=channel)
    panel = await Panel.open(world)
    await panel.select_section("channels")
    await panel.press("Publish to following channels")
    return panel


async def announce(world: World, channel: simcord.ChannelHandle) -> None:
    async with world.storage.database.write() as connection:
        announcement = Announcement(world.server.guild.id, channel.id, None, WelcomeMessage())
        await outbox.add(connection, announcement, world.env.now())
    with world.env._bot_scope():
        world.bot.dispatch("messages_queued")
    await world.env.settle()


def published(channel: simcord.ChannelHandle) -> list[bool]:
    """Return for each message of a channel whether it was published."""
    # SimCord sets the flag that Discord gives to the copies in other servers.
    return [message.flags.is_crossposted for message in channel.history()]


def attempts(world: World) -> int:
    return sum(request.path.endswith("/crosspost") for request in world.env.http_requests)


async def test_announcements_are_published_until_that_is_turned_off(world: World) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    other = world.add_server()
    panel = await publish_in(world, channel)
    published_there = "**published** to the channels that follow it"
    assert f"{channel.mention}: **everything, right away** · {published_there}" in panel.text
    world.serve("titanic", SMALL)
    await world.ask(world.server.manager, "competition add", competition="titanic")
    await world.ask(world.server.manager, "competition live", channel=channel)
    await world.follow(server=other)
    assert published(channel) == [True, False], "the live board is not published"
    assert attempts(world) == 1
    await panel.press("Stop publishing")
    assert "published" not in panel.text
    await announce(world, channel)
    assert published(channel) == [True, False, False]
    assert attempts(world) == 1


async def test_what_waits_is_not_published_after_that_is_turned_off(world: World) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    panel = await publish_in(world, channel)
    world.env.inject_error("POST", CROSSPOST, status=503, times=1)
    await announce(world, channel)
    assert attempts(world) == 1
    await panel.press("Stop publishing")
    assert "All is well" in await world.ask(world.server.manager, "status")
    await world.pass_time(minutes=6)
    await panel.press("Publish to following channels")
    await announce(world, channel)
    assert published(channel) == [False, True]


async def test_only_announcement_channels_can_be_published(world: World) -> None:
    text = world.server.guild.create_text_channel("texts")
    await world.ask(world.server.manager, "announcements", channel=text)
    panel = await Panel.open(world)
    await panel.select_section("channels")
    assert "Publish to following channels" not in panel.labels()


async def test_channel_with_a_feed_only_can_be_published(world: World) -> None:
    channel = world.server.guild.create_news_channel("new-on-kaggle")
    await world.ask(world.server.manager, "feed competitions", channel=channel)
    panel = await Panel.open(world)
    await panel.select_section("channels")
    assert panel.offered("channel:channels") == {
        "#new-on-kaggle": "Only what its feeds announce, no news"
    }
    await panel.press("Publish to following channels")
    await announce(world, channel)
    assert published(channel) == [True]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(503, 0, "Discord answered with an error (503)"), (403, 50013, "I am not allowed to write")],
)
async def test_failure_is_told_and_tried_again_without_repeating_the_message(
    world: World, status: int, code: int, said: str
) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    await publish_in(world, channel)
    world.env.inject_error("POST", CROSSPOST, status=status, code=code, times=1)
    await announce(world, channel)
    text = await world.ask(world.server.manager, "status")
    assert f"{channel.mention}: 1 announcement could not be published: {said}" in text
    await world.pass_time(minutes=6)
    assert published(channel) == [True]
    assert "All is well" in await world.ask(world.server.manager, "status")


async def test_channel_that_is_no_announcement_channel_any_more_is_told(world: World) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    await publish_in(world, channel)
    world.env.backend.edit_channel(channel.id, {"type": ChannelType.TEXT})
    await announce(world, channel)
    await world.pass_time(minutes=6)
    status = await world.ask(world.server.manager, "status")
    assert "could not be published: It is not an announcement channel any more" in status
    world.env.backend.edit_channel(channel.id, {"type": ChannelType.NEWS})
    await world.pass_time(minutes=6)
    assert published(channel) == [True]


@pytest.mark.parametrize(("status", "code"), [(400, 40033), (404, 10008), (404, 10003)])
async def test_what_is_published_already_or_gone_is_left_alone(
    world: World, status: int, code: int
) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    await publish_in(world, channel)
    world.env.inject_error("POST", CROSSPOST, status=status, code=code)
    await announce(world, channel)
    await world.pass_time(minutes=30)
    assert attempts(world) == 1
    assert "All is well" in await world.ask(world.server.manager, "status")


async def test_waiting_messages_are_published_after_a_restart_but_not_days_later(
    world: World,
) -> None:
    channel = world.server.guild.create_news_channel("announcements")
    await publish_in(world, channel)
    world.sync_every(minutes=60)
    world.env.inject_error("POST", CROSSPOST, status=503, times=1)
    await announce(world, channel)
    assert published(channel) == [False]
    await world.restart()
    assert published(channel) == [True]
    world.sync_every(minutes=60)
    world.env.inject_error("POST", CROSSPOST, status=503, times=None)
    await announce(world, channel)
    await world.pass_time(hours=26)
    tried = attempts(world)
    await world.pass_time(hours=2)
    assert attempts(world) == tried
    assert published(channel) == [True, False]
    assert "All is well" in await world.ask(world.server.manager, "status")
