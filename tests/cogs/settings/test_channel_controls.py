"""The channels of announcements in `/settings`, and their modes."""

import pytest

from tests.cogs.examples import SMALL
from tests.cogs.settings.panel import Panel
from tests.cogs.world import World

pytestmark = pytest.mark.usefixtures("unchanged_elsewhere")


async def test_channel_can_be_selected_and_announcements_turned_off(world: World) -> None:
    panel, channel = await Panel.open(world), world.server.channel
    await panel.select_section("announcements")
    text = await panel.select("channel:announcements", channel)
    assert f"Announcements are **on**, in {channel.mention}" in text
    text = await panel.press("Turn announcements off")
    assert f"Announcements are **off**; their channel is {channel.mention}" in text
    text = await panel.press("Turn pings on")
    assert "Pings are **on**, for members who asked with `/pingme`" in text


async def test_announcements_name_the_mode_of_their_channel(world: World) -> None:
    server = world.server
    panel = await Panel.open(world)
    await panel.select_section("announcements")
    await panel.select("channel:announcements", server.channel)
    await panel.select_section("channels")
    await panel.select(f"mode:{server.channel.id}", "big")
    shown = f"Announcements are **on**, in {server.channel.mention}: **big news only**"
    assert shown in await panel.select_section("announcements")
    assert shown in await world.ask(server.manager, "announcements", channel=server.channel)


async def test_announcements_name_the_own_channels_of_competitions(world: World) -> None:
    manager, other = world.server.manager, world.server.guild.create_text_channel("other")
    world.serve("titanic", SMALL)
    await world.follow()
    line = (
        f"Competitions with a channel of their own are announced in {world.server.channel.mention}"
    )
    panel = await Panel.open(world)
    assert line in await panel.select_section("announcements")
    assert line in await world.ask(manager, "announcements", channel=other)
    assert line not in await world.ask(manager, "announcements", enabled=False)
    await world.ask(manager, "announcements", enabled=True, channel=world.server.channel)
    assert line not in await world.ask(manager, "announcements")


async def test_channel_of_news_of_a_competition_and_of_feeds_has_one_line(world: World) -> None:
    manager, channel = world.server.manager, world.server.channel
    feeds = world.server.guild.create_text_channel("feeds")
    await world.ask(manager, "announcements", channel=channel)
    world.serve("titanic", SMALL)
    await world.follow()
    for place in (channel, feeds):
        await world.ask(manager, "feed competitions", channel=place)
    await world.storage.channels.set_publish(world.server.guild.id, channel.id, publish=True)
    text = await (await Panel.open(world)).select_section("channels")
    new = "**new competitions on Kaggle**"
    published = "**published** to the channels that follow it"
    assert f"{channel.mention}: **everything, right away** · {new} · {published}" in text
    assert f"{feeds.mention}: {new}" in text
    assert [text.count(one.mention) for one in (channel, feeds)] == [1, 1]


async def test_modes_are_offered_only_for_channels_that_get_news(world: World) -> None:
    guild, channel = world.server.guild, world.server.channel
    silent, other = guild.create_text_channel("silent"), guild.create_text_channel("forecasts")
    panel = await Panel.open(world)
    text = await panel.select_section("channels")
    assert "No channel gets news yet: choose one under Announcements" in text
    assert panel.offered("channel:channels") == {}
    await panel.select_section("announcements")
    await panel.select("channel:announcements", channel)
    text = await panel.select_section("channels")
    assert f"{channel.mention}: **everything, right away**" in text
    assert panel.offered("channel:channels") == {"#kaggle": "No competition is announced here yet"}
    # The only one needs not be selected first.
    text = await panel.select(f"mode:{channel.id}", "digest")
    assert f"{channel.mention}: **digests only**" in text
    assert "⚠️ No digest is turned on: channels for digests only get no news" in text

    for slug, place in (("titanic", channel), ("house-prices", other)):
        world.serve(slug, SMALL)
        await world.ask(world.server.manager, "competition add", competition=slug, channel=place)
    text = await panel.select_section("channels")
    assert silent.mention not in text
    assert panel.offered("channel:channels") == {
        "#kaggle": "News of Titanic",
        "#forecasts": "News of House Prices",
    }
    await panel.select("channel:channels", str(other.id))
    text = await panel.select(f"mode:{other.id}", "big")
    assert f"{channel.mention}: **digests only**" in text
    assert f"{other.mention}: **big news only**" in text
    await world.confirm(world.server.manager, "competition remove", competition="house-prices")
    error = await panel.select(f"mode:{other.id}", "digest")
    assert error == f"⚠️ {other.mention} gets no news any more, so nothing was changed."
    assert panel.offered("channel:channels") == {"#kaggle": "News of Titanic"}
