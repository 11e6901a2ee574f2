"""The channel of a followed competition can be changed, and what is posted there is said."""

import pytest

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import ReminderMessage
from records.outbox import Announcement
from storage.news import outbox
from tests.cogs.announcements.test_message_kinds import EXAMPLES
from tests.cogs.examples import SMALL
from tests.cogs.threads import deny
from tests.cogs.world import World, announced, raw, text_of

LINK = "[Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"


async def test_add_again_changes_the_channel_and_says_so(world: World) -> None:
    server, storage = world.server, world.storage
    world.serve("titanic", SMALL)
    await world.follow()
    elsewhere = server.guild.create_text_channel("elsewhere")
    refused = await world.ask(server.manager, "competition add", competition="titanic")
    assert refused == (
        f"⚠️ This server already follows **Titanic** and announces it in {server.channel.mention}."
        " `/competition add` with another `channel` changes that."
    )
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    world.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=403)
    async with storage.database.write() as connection:
        waiting = Announcement(
            server.guild.id, server.channel.id, competition.id, EXAMPLES[ReminderMessage]
        )
        await outbox.add(connection, waiting, world.env.now())
    downloads = len(world.kaggle.downloads)
    answer = await world.ask(
        server.manager, "competition add", competition="titanic", channel=elsewhere
    )
    assert answer == (
        f"✅ {LINK} moves from {server.channel.mention} to {elsewhere.mention}, with what waits to"
        f" be announced.\n-# News will be posted in {elsewhere.mention}."
    )
    assert len(world.kaggle.downloads) == downloads
    await world.pass_time(minutes=6)
    assert "⏰" not in "".join(announced(world))
    assert "⏰" in text_of(raw(elsewhere.history()[-1]))
    assert elsewhere.mention in await world.ask(server.manager, "competition list")
    again = await world.ask(
        server.manager, "competition add", competition="titanic", channel=elsewhere
    )
    assert again.startswith("⚠️ This server already follows **Titanic**")


async def test_new_channel_of_a_paused_competition_gets_nothing_yet(world: World) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(server.manager, "competition pause")
    elsewhere = server.guild.create_text_channel("elsewhere")
    paused = "-# It is paused: nothing is announced until `/competition resume`."
    answer = await world.ask(
        server.manager, "competition add", competition="titanic", channel=elsewhere
    )
    assert answer.endswith(paused)
    answer = await world.ask(
        server.manager, "competition add", competition="titanic", thread=elsewhere
    )
    assert answer.endswith(paused)


async def test_first_channel_and_the_servers_own_one_are_told(world: World) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.ask(server.manager, "competition add", competition="titanic")
    refused = await world.ask(server.manager, "competition add", competition="titanic")
    assert refused.endswith("`/competition add` with a `channel` announces it there.")
    answer = await world.follow()
    assert "from now on; it had no channel before." in answer
    world.serve("digits", SMALL)
    await world.ask(server.manager, "announcements", channel=server.channel)
    await world.ask(server.manager, "competition add", competition="digits")
    answer = await world.follow("digits")
    assert f"stays in {server.channel.mention}, even if the server's own channel" in answer


@pytest.mark.parametrize(
    ("mode", "digests", "said"),
    [
        (ChannelMode.EVERYTHING, False, "News will be posted in {}."),
        (
            ChannelMode.BIG,
            True,
            "Big news will be posted in {} at once; the digests there have the rest.",
        ),
        (ChannelMode.BIG, False, "Only big news will be posted in {}."),
        (
            ChannelMode.DIGEST,
            True,
            "Only digests will be posted in {}, as chosen in `/settings`.",
        ),
        (ChannelMode.DIGEST, False, "No news will be posted in {}: it is for digests only"),
    ],
)
async def test_answer_says_what_will_be_posted(
    world: World, mode: ChannelMode, digests: bool, said: str
) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.storage.guilds.change_settings(server.guild.id, daily_digest=digests)
    await world.storage.channels.set_mode(server.guild.id, server.channel.id, mode)
    assert f"-# {said.format(server.channel.mention)}" in await world.follow()


@pytest.mark.parametrize("option", ["channel", "thread"])
@pytest.mark.parametrize("is_followed", [False, True])
async def test_answer_says_that_the_channel_gets_no_pictures(
    world: World, option: str, is_followed: bool
) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    elsewhere = server.guild.create_text_channel("elsewhere")
    if is_followed:
        assert "Attach Files" not in await world.follow()
    deny(world, elsewhere, "attach_files")
    answer = await world.ask(
        server.manager, "competition add", competition="titanic", **{option: elsewhere}
    )
    assert answer.endswith(
        f"\n⚠️ {elsewhere.mention}: please give me *Attach Files*; until then announcements have no"
        " pictures."
    )


async def test_answer_says_nothing_of_pictures_while_announcements_are_off(world: World) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.storage.guilds.change_settings(server.guild.id, announce=False)
    deny(world, server.channel, "attach_files")
    answer = await world.follow()
    assert "Announcements are off" in answer
    assert "Attach Files" not in answer


async def test_list_and_help_count_alike(world: World) -> None:
    for slug in ("titanic", "digits", "over"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    archive = "UPDATE competitions SET archived_at = 1, ended_at = 1 WHERE slug = 'over'"
    await world.storage.database.change(archive, ())
    manager = world.server.manager
    for command in ("competition list", "help"):
        assert "This server follows 2 competitions" in await world.ask(manager, command), command
