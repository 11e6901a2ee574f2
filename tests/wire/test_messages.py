"""Messages as discord.py sends them and finds them again."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import ui

from cogs.announcements.screens.direct_message_screen import MessageServer, direct_messages_view
from leaderboards.news.watches import RankEvent, RivalEvent, WatchMessage
from records.competitions import Competition
from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.minimal_bot import MinimalBot, card


def frame_id(message: discord.Message) -> int | None:
    [frame] = message.components
    assert isinstance(frame, discord.Container)
    return frame.id


async def test_message_has_its_nonce_and_component_ids(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news = guild.channels["news"]
    sent = await bot.text_channel(news).send(
        view=card("Ada climbed", id=77), nonce="row-77", silent=True
    )
    [message] = await wire.messages(news)
    assert (message.id, message.text, message.nonce) == (sent.id, "Ada climbed", "row-77")
    assert message.component_ids == [77, 1]
    assert message.silent
    assert sent.nonce == "row-77"
    assert await wire.violations() == []


async def test_same_nonce_creates_one_message(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    news, general = (bot.text_channel(guild.channels[name]) for name in ("news", "general"))
    first = await news.send("Once", nonce="n1")
    again = await news.send("Twice", nonce="n1")
    assert again.id == first.id
    assert again.content == "Once"
    assert (await general.send("Elsewhere", nonce="n1")).id != first.id
    assert [message.text for message in await wire.messages(news.id)] == ["Once"]
    assert (await wire.counters()).repeated == 1


async def test_nonce_expires_after_its_window(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    news = bot.text_channel(guild.channels["news"])
    await wire.set(nonce_window=300)
    await news.send("Once", nonce="n1")
    await wire.advance(299)
    await news.send("Still known", nonce="n1")
    await wire.advance(2)
    await news.send("Twice", nonce="n1")
    assert [message.text for message in await wire.messages(news.id)] == ["Once", "Twice"]


async def test_nonce_of_a_deleted_message_is_refused(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news = bot.text_channel(guild.channels["news"])
    first = await news.send("Once", nonce="n1")
    await wire.delete_message(news.id, first.id)
    with pytest.raises(discord.NotFound) as refused:
        await news.send("Once", nonce="n1")
    assert refused.value.code == 10008


async def test_history_is_read_in_every_direction(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news = bot.text_channel(guild.channels["news"])
    sent = [await news.send(view=card(f"{n}", id=100 + n)) for n in range(6)]

    async def ids(**where: Any) -> list[int | None]:
        found = [message async for message in news.history(oldest_first=True, **where)]
        return [frame_id(message) for message in found]

    assert await ids() == [100, 101, 102, 103, 104, 105]
    assert await ids(after=sent[3]) == [104, 105]
    assert await ids(after=sent[0], limit=2) == [101, 102]
    assert await ids(before=sent[2]) == [100, 101]
    assert await ids(around=sent[3], limit=3) == [102, 103, 104]
    found = await news.fetch_message(sent[4].id)
    assert frame_id(found) == 104
    assert found.nonce is None


async def test_history_without_permission_is_empty(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news = bot.text_channel(guild.channels["news"])
    sent = await news.send("There")
    await wire.deny(news.id, "read_message_history")
    await bot.wait_for_event("guild_channel_update")
    assert not news.permissions_for(news.guild.me).read_message_history
    assert [message async for message in news.history()] == []
    with pytest.raises(discord.Forbidden):
        await news.fetch_message(sent.id)


@pytest.mark.parametrize(("denied", "code"), [("send_messages", 50013), ("view_channel", 50001)])
async def test_missing_permission_is_refused(
    wire: Wire, guild: Guild, bot: MinimalBot, denied: str, code: int
) -> None:
    news = guild.channels["news"]
    await wire.deny(news, denied, quiet=True)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.text_channel(news).send("Hello")
    assert refused.value.code == code
    await wire.deny(news)
    await bot.wait_for_event("guild_channel_update")
    await bot.text_channel(news).send("Hello")


async def test_removed_channels_and_guilds_are_refused(
    wire: Wire, guild: Guild, bot: MinimalBot
) -> None:
    news, general = (bot.text_channel(guild.channels[name]) for name in ("news", "general"))
    await wire.remove_channel(news.id)
    await bot.wait_for_event("guild_channel_delete")
    with pytest.raises(discord.NotFound) as refused:
        await news.send("Hello")
    assert refused.value.code == 10003
    await wire.remove_guild(guild.id)
    await bot.wait_for_event("guild_remove")
    with pytest.raises(discord.Forbidden) as forbidden:
        await general.send("Hello")
    assert forbidden.value.code == 50001
    await wire.return_guild(guild.id)
    await bot.wait_for_event("guild_join", 1)


async def test_attachment_has_a_url(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    news = bot.text_channel(guild.channels["news"])
    view = ui.LayoutView()
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://plot.png")))
    sent = await news.send(view=view, file=discord.File(io.BytesIO(b"picture"), "plot.png"))
    [message] = await wire.messages(news.id)
    assert [(file["filename"], file["size"]) for file in message.attachments] == [("plot.png", 7)]
    gallery = sent.components[0]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert gallery.items[0].media.url == message.attachments[0]["url"]
    assert await wire.violations() == []


async def test_messages_are_edited_and_deleted(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    news = bot.text_channel(guild.channels["news"])
    sent = await news.send(view=card("Before"))
    await sent.edit(view=card("After"))
    [message] = await wire.messages(news.id)
    assert message.text == "After"
    assert message.edited is not None
    await sent.delete()
    assert await wire.messages(news.id) == []
    other = await wire.post(news.id, "A person's", user_id=4711)
    with pytest.raises(discord.Forbidden) as refused:
        await (await news.fetch_message(other.id)).edit(content="Mine")
    assert refused.value.code == 50005


async def test_direct_messages_can_be_closed(wire: Wire, bot: MinimalBot) -> None:
    await wire.change_user(4711, name="ada", open_to_dms=True)
    person = await bot.fetch_user(4711)
    sent = await person.send("Hello")
    assert sent.channel.id == await wire.dm_channel(4711)
    assert [message.text for message in await wire.messages(sent.channel.id)] == ["Hello"]
    await wire.change_user(4711, open_to_dms=False)
    with pytest.raises(discord.Forbidden) as refused:
        await person.send("Hello")
    assert refused.value.code == 50007


async def test_direct_message_of_watches_is_as_discord_describes_it(
    wire: Wire, bot: MinimalBot
) -> None:
    await wire.change_user(4711, name="ada", open_to_dms=True)
    person = await bot.fetch_user(4711)
    competition = cast("Competition", SimpleNamespace(id=1, slug="titanic", name="Titanic"))
    events = (RankEvent(1, 1, 10, 9, 12), RivalEvent(2, 1, "Bravo", 8, 9))
    server = MessageServer("Home", {1: competition}, {1: None})
    view = direct_messages_view([WatchMessage(events)], server, 1 << 20)
    sent = await person.send(view=view, nonce="note-1")
    assert frame_id(sent) == 1 << 20
    [message] = await wire.messages(sent.channel.id)
    assert "You are in the top 10 now" in message.text
    assert await wire.violations() == []
