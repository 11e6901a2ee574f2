"""`/feed discussion` and `/feed notebooks`: what hosts post, and what has many votes, once."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from leaderboards.errors import CliTooOld, CompetitionNotFound, NotLoggedIn, RateLimited, TimedOut
from leaderboards.feeds.posts import Post, PostKind
from leaderboards.news.channel_mode import ChannelMode
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, announced

TOPICS, NOTEBOOKS = "feed discussion", "feed notebooks"
TOO_OLD = CliTooOld("The Kaggle CLI is too old for this (invalid choice: 'topics'); update it.")


def topic(number: int, votes: int = 0, **values: object) -> Post:
    post = Post(
        PostKind.TOPIC,
        str(number),
        f"Topic {number}",
        "Ada",
        votes,
        f"https://www.kaggle.com/competitions/titanic/discussion/{number}",
        START + timedelta(days=1),
    )
    return replace(post, **values)  # type: ignore[arg-type]


def notebook(number: int, votes: int = 0, **values: object) -> Post:
    post = topic(number, votes)
    url = f"https://www.kaggle.com/code/ada/eda-{number}"
    title = f"Notebook {number}"
    return replace(post, kind=PostKind.NOTEBOOK, title=title, url=url, **values)  # type: ignore[arg-type]


OLD = topic(1, 99, posted_at=START - timedelta(days=1))


async def follow(world: World, command: str = TOPICS, **options: object) -> str:
    """Follow a competition and add a feed; return the response to the latter."""
    world.serve("titanic", SMALL)
    world.kaggle.posts.setdefault("titanic", [OLD])
    await world.follow()
    world.sync_every(minutes=60, post_minutes=5)
    return await world.ask(world.server.manager, command, channel=world.server.channel, **options)


async def post(world: World, *posts: Post, hours: float = 1.1, slug: str = "titanic") -> None:
    """Add posts at the top of Kaggle's list, and wait until it was read."""
    before = world.kaggle.posts[slug]
    assert isinstance(before, list)
    world.kaggle.posts[slug] = [*posts, *before]
    await world.pass_time(hours=hours)


def told(world: World) -> list[str]:
    return [text for text in announced(world) if "by " in text and "vote" in text]


async def test_channel_is_told_of_hosts_and_votes_once(world: World) -> None:
    text = await follow(world)
    assert "### 💬 Topics of the followed competitions are posted in" in text
    assert "what hosts post, and topics with **10 votes** or more" in text
    assert "but none is turned on: see `/settings`" in text
    await world.pass_time(hours=2)
    assert told(world) == [], "what is posted already is not announced"
    host = topic(7, 2, is_by_host=True, author="The Host")
    await post(world, host, topic(6, 12, author=None), topic(5, 3))
    (text,) = told(world)
    assert text == (
        "### [Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)\n"
        "📣 **[Topic 7](https://www.kaggle.com/competitions/titanic/discussion/7)**\n"
        "-# **from the hosts** · topic by The Host · 2 votes\n"
        "💬 **[Topic 6](https://www.kaggle.com/competitions/titanic/discussion/6)**\n"
        "-# topic by a deleted account · 12 votes"
    )
    world.kaggle.posts["titanic"] = [OLD]
    await world.pass_time(hours=2)
    await world.restart()
    await post(world, replace(host, title="New title", is_pinned=True), topic(6, 40))
    assert len(told(world)) == 1, "they were deleted, renamed, pinned, and came back"
    await post(world, topic(5, 10))
    assert len(told(world)) == 2


async def test_the_rest_is_a_section_of_the_digest(world: World) -> None:
    await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    await world.storage.guilds.change_settings(
        world.server.guild.id, daily_digest=True, digest_hour=9, time_zone="UTC"
    )
    assert "The digests list the others." in await follow(world)
    await follow(world, NOTEBOOKS, votes=5)
    evil = "](https://evil.example) @everyone"
    world.sync_every(minutes=60)
    await post(
        world,
        topic(7, is_by_host=True),
        topic(6, 3),
        topic(5, 4, title=evil),
        notebook(9, 2),
        notebook(8, 5),
        hours=34,
    )
    (digest,) = [text for text in announced(world) if "Daily digest" in text and "Topic" in text]
    section = digest[digest.index("### 💬 New topics and notebooks") :]
    lines = section.splitlines()
    assert lines[1] == "**Titanic**"
    assert lines[2].endswith(
        "(https://www.kaggle.com/competitions/titanic/discussion/5) · Ada · 4 votes"
    )
    assert "@everyone" not in lines[2]
    assert "](https://evil" not in lines[2]
    assert lines[3].startswith("💬 [Topic 6](")
    assert lines[4].startswith("📓 [Notebook 9](")
    assert "Topic 7" not in digest
    assert "Notebook 8" not in digest


async def test_one_read_serves_all_servers_and_is_made_only_if_wanted(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(hours=2)
    assert world.kaggle.post_reads == []
    await follow(world)
    other = world.add_server()
    await world.follow(server=other)
    await world.ask(other.manager, TOPICS, channel=other.channel, votes=3)
    await world.ask(other.manager, NOTEBOOKS, channel=other.channel)
    await world.pass_time(minutes=61)
    asked = [(slug, set(kinds)) for slug, kinds in world.kaggle.post_reads]
    assert asked[-1] == ("titanic", {PostKind.TOPIC, PostKind.NOTEBOOK})
    before = len(world.kaggle.post_reads)
    await post(world, topic(5, 4), hours=3)
    assert len(world.kaggle.post_reads) <= before + 4
    assert told(world) == []
    assert len([text for text in announced(world, other) if "Topic 5" in text]) == 1
    text = await world.ask(other.manager, TOPICS, channel=other.channel, enabled=False)
    assert text == f"Topics are no longer posted in {other.channel.mention}."
    text = await world.ask(other.manager, TOPICS, channel=other.channel, enabled=False)
    assert text == f"⚠️ Topics are not posted in {other.channel.mention}."


async def test_rate_limit_pauses_only_the_feeds_and_is_seen_in_status(world: World) -> None:
    await follow(world)
    world.kaggle.posts["titanic"] = RateLimited("Kaggle asks for fewer calls (429).")
    world.sync_every(minutes=15)
    downloads, reads = len(world.kaggle.downloads), len(world.kaggle.post_reads)
    await world.pass_time(hours=6)
    assert len(world.kaggle.downloads) >= downloads + 22, "no board waits"
    assert len(world.kaggle.post_reads) - reads <= 4, "each pause is longer"
    text = await world.ask(world.server.manager, "status")
    assert "### ⚠️ Not everything works" in text
    channel = world.server.channel.mention
    assert f"💬 Topics in {channel} · read <t:" in text
    assert "⚠️ 💬 Topics: Kaggle asks for fewer calls (429)." in text
    world.kaggle.posts["titanic"] = [topic(5, 30), OLD]
    await world.pass_time(hours=9)
    assert len(told(world)) == 1
    assert "429" not in await world.ask(world.server.manager, "status")


async def test_competition_that_fails_delays_no_other(world: World) -> None:
    await follow(world)
    world.serve("digits", SMALL)
    world.kaggle.posts["digits"] = CompetitionNotFound("Kaggle knows no competition digits.")
    await world.follow("digits")
    await post(world, topic(5, 30))
    assert len(told(world)) == 1
    text = await world.ask(world.server.manager, "status")
    assert "⚠️ **Digits** · 💬 Topics: Kaggle knows no competition digits." in text


async def test_competition_that_hangs_does_not_keep_the_others_from_being_read(
    world: World,
) -> None:
    world.kaggle.posts["digits"] = TimedOut("Kaggle did not answer within 120 seconds.")
    await follow(world)
    world.serve("digits", SMALL)
    await world.follow("digits")
    await post(world, topic(5, 30), hours=5)
    assert len(told(world)) == 1
    reads = [slug for slug, _ in world.kaggle.post_reads]
    assert reads.count("digits") <= 4


async def test_version_without_topics_is_told_once_and_notebooks_go_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.kaggle.topics_error = TOO_OLD
    await follow(world, NOTEBOOKS, votes=5)
    await follow(world)
    await world.pass_time(hours=5)
    asked = [kinds for _, kinds in world.kaggle.post_reads if PostKind.TOPIC in kinds]
    assert len(asked) == 1
    assert [record.getMessage() for record in caplog.records if "too old" in record.message] == [
        f"Topics are not read: {TOO_OLD}"
    ]
    await post(world, notebook(5, 8))
    assert len(told(world)) == 1
    text = await world.ask(world.server.manager, TOPICS, channel=world.server.channel)
    assert "⚠️ The Kaggle CLI is too old for this" in text
    text = await world.ask(world.server.manager, "status")
    assert text.count("too old") == 1


async def test_nothing_is_asked_while_kaggle_refuses_the_login(world: World) -> None:
    await follow(world)
    world.kaggle.boards["titanic"] = NotLoggedIn("Kaggle does not accept the bot's login.")
    await world.pass_time(hours=2)
    reads = len(world.kaggle.post_reads)
    await world.pass_time(hours=3)
    assert len(world.kaggle.post_reads) == reads


async def test_channel_that_vanishes_ends_its_feed(world: World) -> None:
    await follow(world)
    channel = world.server.guild.create_text_channel("talk")
    for command in (TOPICS, NOTEBOOKS):
        await world.ask(world.server.manager, command, channel=channel)
    await world.ask(world.server.manager, TOPICS, channel=world.server.channel, enabled=False)
    world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=404, code=10003)
    await post(world, topic(5, 30))
    assert told(world) == [], "no other channel asked for it"
    assert await world.storage.post_feeds.load_by_guild(world.server.guild.id) == []
    assert await world.storage.outbox.count_waiting() == 0


async def test_channel_for_digests_is_told_nothing_at_once_and_the_card_says_so(
    world: World,
) -> None:
    await world.storage.channels.set_mode(
        world.server.guild.id, world.server.channel.id, ChannelMode.DIGEST
    )
    assert "gets digests only, so nothing is posted there at once" in await follow(world)
    await post(world, topic(5, 30))
    assert told(world) == []


async def test_votes_stay_until_they_are_changed(world: World) -> None:
    text = await world.ask(world.server.manager, NOTEBOOKS, channel=world.server.channel)
    assert "notebooks with **20 votes** or more" in text
    assert "⚠️ This server follows no competition yet" in text
    assert "**1 vote** or more" in await follow(world, NOTEBOOKS, votes=1)
    text = await world.ask(world.server.manager, NOTEBOOKS, channel=world.server.channel)
    assert "**1 vote** or more" in text
    assert "follows no competition" not in text


async def test_settings_name_the_channel_and_only_managers_set_it(world: World) -> None:
    await follow(world)
    await follow(world, NOTEBOOKS)
    text = await world.ask(world.server.manager, "settings")
    assert "**topics of the followed competitions** · **notebooks of the followed" in text
    world.allow_everyone("feed")
    text = await world.ask(world.server.ada, TOPICS, channel=world.server.channel)
    assert "need the permission *Manage Server*" in text
    closed = world.server.guild.create_text_channel(
        "closed",
        overwrites={
            world.server.guild.default_role: discord.PermissionOverwrite(send_messages=False)
        },
    )
    text = await world.ask(world.server.manager, TOPICS, channel=closed)
    assert "*Send Messages*" in text


@pytest.mark.parametrize("command", ["discussion", "notebooks", "competitions"])
async def test_feed_in_a_second_channel_names_the_first_one(world: World, command: str) -> None:
    manager, first = world.server.manager, world.server.channel
    second = world.server.guild.create_text_channel("second")
    elsewhere = world.add_server()
    await world.ask(elsewhere.manager, f"feed {command}", channel=elsewhere.channel)
    alone = await world.ask(manager, f"feed {command}", channel=first)
    assert "also posted" not in alone
    both = await world.ask(manager, f"feed {command}", channel=second)
    assert f"They are also posted in {first.mention}." in both
