"""`/feed competitions`: a channel is told of each new competition once."""

from datetime import UTC, datetime

import discord
import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import NotLoggedIn, RateLimited
from tests.cogs.examples import SMALL
from tests.cogs.world import (
    Server,
    World,
    announced,
    announcements,
    is_private,
    raw,
    response_text,
    text_of,
)

ENDS = datetime(2026, 3, 1, tzinfo=UTC)
OLD = CompetitionInfo("old", category="Featured", title="Old")
PRIZE = CompetitionInfo(
    "llm-prize",
    ENDS,
    "Featured",
    "100,000 USD",
    title="LLM Prize",
    metric="Log Loss",
    merger_deadline=datetime(2026, 2, 20, tzinfo=UTC),
    awards_points=True,
)
HOMEWORK = CompetitionInfo("homework", category="Community", title="Homework")
COMMAND = "feed competitions"


async def add_feed(world: World, server: Server | None = None, **options: object) -> str:
    """Add a feed, for which all that is listed now is known; return the response."""
    at = server or world.server
    if not world.kaggle.newest:
        world.kaggle.newest = [OLD]
    return await world.ask(at.manager, COMMAND, channel=at.channel, **options)


async def list_new(world: World, *new: CompetitionInfo, hours: float = 1) -> None:
    """Add competitions at the top of Kaggle's list, and wait until it was read."""
    world.kaggle.newest = [*new, *world.kaggle.newest]
    await world.pass_time(hours=hours)


def buttons(message: discord.Message) -> list[tuple[str, str]]:
    """Return label and target of all buttons."""
    return [
        (child["label"], child.get("url") or child["custom_id"])
        for container in raw(message)
        for row in container["components"]
        for child in row.get("components", ())
    ]


async def test_channel_is_told_of_a_new_competition_once(world: World) -> None:
    text = await add_feed(world)
    assert f"### 🆕 New competitions are posted in {world.server.channel.mention}" in text
    assert (
        "**Featured, Research, Simulations, Hackathons, Playground, Getting Started, Other**"
        in (text)
    )
    world.sync_every(minutes=60)
    await world.pass_time(hours=2)
    assert announced(world) == [], "what is listed already is not announced"
    await list_new(world, PRIZE)
    (message,) = announcements(world)
    assert text_of(raw(message)) == (
        "### 🆕 New competition on Kaggle\n"
        "**[LLM Prize](https://www.kaggle.com/competitions/llm-prize)**\n"
        "-# Featured · 100,000 USD · 🏅 medals and points\n"
        "-# metric: Log Loss\n"
        f"-# Final submission deadline: <t:{ENDS.timestamp():.0f}:D>, <t:{ENDS.timestamp():.0f}:R>"
        f"\n-# Team merger deadline: <t:{datetime(2026, 2, 20, tzinfo=UTC).timestamp():.0f}:D>"
    )
    assert buttons(message) == [
        ("Follow", "feed-follow:llm-prize"),
        ("Open", "https://www.kaggle.com/competitions/llm-prize"),
    ]
    world.kaggle.newest = [OLD]
    await world.pass_time(hours=2)
    await world.restart()
    world.sync_every(minutes=60)
    await list_new(world, PRIZE, PRIZE, hours=2)
    assert len(announced(world)) == 1, "it came back after a restart, listed twice"
    await list_new(world, HOMEWORK, CompetitionInfo("no-category"))
    assert len(announced(world)) == 2
    assert (
        "**[No Category](https://www.kaggle.com/competitions/no-category)**\n-# Other"
        in (announced(world)[1])
    )


async def test_two_servers_have_their_own_filters(world: World) -> None:
    elsewhere, silent = world.add_server(), world.add_server("Silent")
    await add_feed(world)
    assert "words in the title or the slug: **homework, vision**" in (
        await add_feed(world, elsewhere, words="Homework, vision")
    )
    message = (await world.run(elsewhere.manager, COMMAND, channel=elsewhere.channel)).response
    assert message is not None
    custom_id = f"feed-categories:{elsewhere.channel.id}"
    result = await elsewhere.manager.select(message, ["community"], custom_id=custom_id)
    assert "Categories: **Community**" in response_text(result)
    await list_new(world, PRIZE, HOMEWORK)
    assert ["LLM Prize" in text for text in announced(world)] == [True]
    assert "Homework" not in announced(world)[0]
    assert ["Homework" in text for text in announced(world, elsewhere)] == [True]
    assert announced(world, silent) == []
    assert await add_feed(world, elsewhere, words=" , ") == (
        "⚠️ `words` has no words. Give some, such as LLM, vision; or - for all new competitions of"
        " the categories."
    )
    assert "slug: **homework, vision**" in await add_feed(world, elsewhere)
    assert "words" not in await add_feed(world, elsewhere, words="-")
    text = await add_feed(world, elsewhere, enabled=False)
    assert text == f"New competitions are no longer posted in {elsewhere.channel.mention}."
    assert "New competitions are not posted in" in await add_feed(world, elsewhere, enabled=False)
    result = await elsewhere.manager.select(message, ["other"], custom_id=custom_id)
    assert "New competitions are no longer posted in" in response_text(result)
    await list_new(world, CompetitionInfo("homework-2", category="Community"))
    assert len(announced(world, elsewhere)) == 1


async def test_list_is_read_once_for_all_servers_and_only_if_wanted(world: World) -> None:
    world.sync_every(minutes=60)
    await world.pass_time(hours=2)
    assert world.kaggle.newest_pages == []
    await add_feed(world)
    await add_feed(world, world.add_server())
    assert world.kaggle.newest_pages == [None]
    await world.pass_time(hours=3)
    assert len(world.kaggle.newest_pages) == 4
    await world.restart()
    assert len(world.kaggle.newest_pages) == 4


async def test_managers_follow_with_a_press(world: World) -> None:
    world.serve("llm-prize", SMALL)
    await add_feed(world)
    await list_new(world, PRIZE)
    (message,) = announcements(world)
    result = await world.server.ada.click(message, label="Follow")
    assert "need the permission *Manage Server*" in response_text(result)
    await world.restart()
    result = await world.server.manager.click(message, label="Follow")
    assert is_private(result)
    assert "✅ Following" in response_text(result)
    follows = await world.storage.guilds.load_follows(world.server.guild.id)
    assert [follow.competition.slug for follow in follows] == ["llm-prize"]


async def test_hundreds_in_a_day_are_one_message_and_the_prize_is_seen(world: World) -> None:
    await add_feed(world)
    message = (
        await world.run(world.server.manager, COMMAND, channel=world.server.channel)
    ).response
    assert message is not None
    custom_id = f"feed-categories:{world.server.channel.id}"
    await world.server.manager.select(message, ["community", "featured"], custom_id=custom_id)
    evil = "[click](https://evil.example) @everyone *b*\n# x " * 9
    many = [
        CompetitionInfo(f"{n:x<100}", ENDS, "Community", evil, title=evil, metric=evil)
        for n in range(499)
    ]
    await list_new(world, *many, PRIZE)
    (text,) = announced(world)
    assert len(text) <= 4000
    assert text.startswith("### 🆕 500 new competitions on Kaggle\n**[LLM Prize]")
    assert "-# 495 further ones are not shown here: [Kaggle lists them]" in text
    assert "@everyone" not in text
    assert "(https://evil.example)" not in text
    assert len(announced(world)) == 1


@pytest.mark.parametrize("error", [RateLimited("Kaggle asks for fewer calls (429); wait.")])
async def test_failed_look_changes_nothing_and_delays_no_board(
    world: World, error: RateLimited
) -> None:
    world.sync_every(minutes=15)
    world.serve("titanic", SMALL)
    await world.follow()
    before = len(announced(world))
    await add_feed(world)
    assert f"🆕 New competitions in {world.server.channel.mention} · read <t:" in (
        await world.ask(world.server.manager, "status")
    )
    world.kaggle.newest_error = error
    await list_new(world, PRIZE, hours=5)
    line = "⚠️ 🆕 New competitions: Kaggle asks for fewer calls (429)"
    assert line in await world.ask(world.server.manager, "status")
    assert len(announced(world)) == before
    looks = len(world.kaggle.newest_pages)
    assert looks <= 4, "each pause is longer"
    assert len(world.kaggle.downloads) >= 20
    world.kaggle.newest_error = None
    await world.pass_time(hours=4)
    assert ["LLM Prize" in text for text in announced(world)[before:]] == [True]


async def test_nothing_is_asked_while_kaggle_refuses_the_login(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await add_feed(world)
    world.kaggle.boards["titanic"] = NotLoggedIn("Kaggle does not accept the bot's login.")
    await world.pass_time(minutes=10)
    looks = len(world.kaggle.newest_pages)
    await world.pass_time(hours=3)
    assert len(world.kaggle.newest_pages) == looks


async def test_deleted_channel_ends_its_feed(world: World) -> None:
    channel = world.server.guild.create_text_channel("new")
    world.kaggle.newest = [OLD]
    await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    await world.ask(world.server.manager, COMMAND, channel=channel)
    world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=404, code=10003)
    await list_new(world, PRIZE)
    assert announced(world) == [], "no other channel asked for it"
    assert await world.storage.competition_feeds.load_by_guild(world.server.guild.id) == []
    assert await world.storage.outbox.count_waiting() == 0


async def test_settings_name_the_channel_and_warn_without_announcements(world: World) -> None:
    assert "⚠️ Announcements are off" not in await add_feed(world)
    text = await world.ask(world.server.manager, "settings")
    assert f"{world.server.channel.mention}: **new competitions on Kaggle**" in text
    await world.ask(world.server.manager, "announcements", enabled=False)
    assert "⚠️ Announcements are off" in await add_feed(world)


async def test_channel_that_the_bot_cannot_write_in_is_refused(world: World) -> None:
    server = world.server
    closed = server.guild.create_text_channel(
        "closed",
        overwrites={server.guild.default_role: discord.PermissionOverwrite(send_messages=False)},
    )
    text = await world.ask(server.manager, COMMAND, channel=closed)
    assert "*Send Messages*" in text
    assert await world.storage.competition_feeds.load_by_guild(server.guild.id) == []
