"""The digest tells how many teams rose after a notebook, where the server has a feed of those."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cogs.announcements.screens.new_posts_screen import post_section
from leaderboards.news.new_posts import NotebookEffect, PostSummary
from tests.cogs.examples import crowd
from tests.cogs.feeds.test_post_feeds import NOTEBOOKS, OLD, TOPICS, notebook
from tests.cogs.world import START, Server, World, announced

ROSE = "📈 **12 teams** rose by more than 20 places in the two hours after [Notebook 9]("


async def want_digest(world: World, server: Server, feed: str) -> None:
    await world.follow(server=server)
    await world.ask(server.manager, "announcements", channel=server.channel)
    await world.storage.guilds.change_settings(
        server.guild.id, daily_digest=True, digest_hour=9, time_zone="UTC"
    )
    await world.ask(server.manager, feed, channel=server.channel, votes=5)


async def publish(world: World, *, votes: int, days: int = 3, late: float = 0) -> None:
    """Move twelve of 200 teams up in the hour after a notebook, and wait for the digest."""
    teams = crowd(200)
    world.serve("titanic", teams, at=START - timedelta(days=days))
    world.kaggle.posts["titanic"] = [OLD]
    await want_digest(world, world.server, NOTEBOOKS)
    world.sync_every(minutes=10, post_minutes=5)
    await world.pass_time(hours=late, minutes=70)
    posted_at = world.env.now() - timedelta(hours=late)
    world.kaggle.posts["titanic"] = [notebook(9, votes, posted_at=posted_at), OLD]
    await world.pass_time(minutes=2)
    world.serve("titanic", [world.submit(teams[0], "1.5"), *teams[1:]])
    await world.pass_time(minutes=15)
    risen = [world.submit(team, f"1.{300 - team.id}") for team in teams[150:162]]
    world.serve("titanic", [teams[0], *risen, *teams[1:150], *teams[162:]])
    await world.pass_time(minutes=15)
    world.sync_every(minutes=60, post_minutes=5)
    await world.pass_time(hours=8)


def digests(world: World, server: Server | None = None) -> list[str]:
    return [text for text in announced(world, server) if "Daily digest" in text]


async def test_teams_that_rose_after_a_notebook_are_counted(world: World) -> None:
    other = world.add_server("Other")
    world.serve("titanic", crowd(200), at=START - timedelta(days=3))
    await want_digest(world, other, TOPICS)
    await publish(world, votes=7)
    (digest,) = digests(world)
    section = digest[digest.index("### 💬 New topics and notebooks\n**Titanic**\n") :]
    assert ROSE in section, "it was told at once before"
    assert "📓" not in section
    assert "was published; usually almost none" in section
    assert all("Notebook 9" not in text for text in announced(world, other))


async def test_notebook_is_listed_with_what_came_after(world: World) -> None:
    await publish(world, votes=2)
    (digest,) = digests(world)
    listed = digest.index("📓 [Notebook 9](")
    assert listed < digest.index(ROSE)


@pytest.mark.parametrize(("days", "late"), [(1, 0), (3, 3)])
async def test_nothing_is_told_where_it_is_not_known(world: World, days: int, late: float) -> None:
    """After one day of boards, and of a notebook that had run hours before it was listed."""
    await publish(world, votes=2, days=days, late=late)
    (digest,) = digests(world)
    assert "📓 [Notebook 9](" in digest
    assert "📈" not in digest


def test_sentences_are_about_time_and_titles_are_escaped() -> None:
    evil = NotebookEffect(
        "](https://evil.example) @everyone", "https://www.kaggle.com/code/a/b", 1041, 100, 6, 0
    )
    section = post_section([PostSummary("titanic", (), effects=(evil,))], {}, 2000)
    head, name, line = section.splitlines()
    assert (head, name) == ("### 💬 New topics and notebooks", "**Titanic**")
    assert line.startswith("📈 **1,041 teams** rose by more than 100 places in the two hours after")
    assert line.endswith("(https://www.kaggle.com/code/a/b) was published; usually it is about 6")
    assert "](https://evil" not in line
    assert "@everyone" not in line
    for others, text in ((1, "1 other notebook was"), (3, "3 other notebooks were")):
        shared = PostSummary("titanic", (), effects=(replace(evil, others=others),))
        last = post_section([shared], {}, 2000).splitlines()[-1]
        assert last == f"-# {text} published less than two hours before or after it"
