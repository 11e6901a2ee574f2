"""`/history marks:`: topics and notebooks above the line of one team, listed with their numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.feeds.posts import PostKind
from plots.specs import MAX_MARKS, Plot, RankHistoryPlot
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.feeds.test_post_feeds import NOTEBOOKS, TOPICS, notebook, topic
from tests.cogs.ranks.test_history import pictures, store_three_days
from tests.cogs.world import START, Server, World, response_text

MARKS = {"marks": "posts"}
MANAGERS = "managers turn that on with"


@pytest.fixture
def drawn(world: World) -> list[Plot]:
    """Collect the plots that are rendered."""
    return world.record_plots()


async def turn_on(world: World, command: str, server: Server | None = None) -> None:
    server = server or world.server
    await world.ask(server.manager, command, channel=server.channel)
    world.sync_every(minutes=600, post_minutes=5)
    await world.pass_time(minutes=70)


async def test_topics_and_notebooks_are_marked_and_listed(world: World, drawn: list[Plot]) -> None:
    await store_three_days(world)
    evil = "](https://evil.example) @everyone"
    first, last = START - timedelta(hours=40), START - timedelta(hours=20)
    world.kaggle.posts["titanic"] = [
        replace(notebook(8, 31, posted_at=last), title=evil),
        topic(7, 12, posted_at=first, author=None),
        topic(6, 99, posted_at=START - timedelta(days=30)),
    ]
    await turn_on(world, TOPICS)
    await turn_on(world, NOTEBOOKS)
    result = await world.run(world.server.bob, "history", **MARKS)
    answer = response_text(result)
    url = "https://www.kaggle.com/competitions/titanic/discussion/7"
    assert "-# ⚪ topic · 🟧 notebook\n" in answer
    at = int(first.timestamp())
    assert f"⚪ **1** [Topic 7]({url}) · a deleted account · <t:{at}:R> · 12 votes" in answer
    assert "🟧 **2** [" in answer
    assert "](https://evil" not in answer
    assert "Topic 6" not in answer, "it is older than the history"
    (plot,) = drawn
    assert isinstance(plot, RankHistoryPlot)
    assert [(mark.kind, mark.at) for mark in plot.marks] == [
        (PostKind.TOPIC, first),
        (PostKind.NOTEBOOK, last),
    ]
    assert len(await pictures(result)) == 1
    assert result.response is not None
    await world.restart()
    day = await press(world, world.server.bob, result.response.message, "24 h")
    assert "No topic and no notebook" not in day
    assert "🟧 **1** [" in day
    assert "Topic 7" not in day


async def test_history_is_without_marks_unless_they_are_asked_for(
    world: World, drawn: list[Plot]
) -> None:
    await store_three_days(world)
    world.kaggle.posts["titanic"] = [topic(7, 12, posted_at=START - timedelta(hours=40))]
    await turn_on(world, TOPICS)
    for options in ({}, {"marks": "none"}):
        assert "Topic" not in await world.ask(world.server.bob, "history", **options)
    assert all(isinstance(plot, RankHistoryPlot) and not plot.marks for plot in drawn)
    assert len(drawn) == 2


async def test_only_those_with_most_votes_are_marked(world: World, drawn: list[Plot]) -> None:
    await store_three_days(world)
    world.kaggle.posts["titanic"] = [
        topic(number, number, posted_at=START - timedelta(hours=number)) for number in range(10, 31)
    ]
    await turn_on(world, TOPICS)
    answer = await world.ask(world.server.bob, "history", **MARKS)
    assert "⚪ **1** [Topic 30]" in answer
    assert f"⚪ **{MAX_MARKS}** [Topic 22]" in answer
    assert "Topic 21" not in answer
    assert "-# Those with the most votes; 12 more are not shown" in answer
    assert f"{MANAGERS} `/feed notebooks`" in answer
    (plot,) = drawn
    assert isinstance(plot, RankHistoryPlot)
    assert len(plot.marks) == MAX_MARKS


async def test_server_without_a_feed_is_told_how_to_get_marks(world: World) -> None:
    await store_three_days(world)
    other = world.add_server("Other")
    world.kaggle.posts["titanic"] = [topic(7, 12, posted_at=START - timedelta(hours=40))]
    await turn_on(world, TOPICS)
    await world.follow(server=other)
    answer = await world.ask(other.ada, "history", username="bob", **MARKS)
    assert "Topic 7" not in answer, "that another server reads them is not told"
    assert f"{MANAGERS} `/feed discussion` and `/feed notebooks`" in answer
    await turn_on(world, NOTEBOOKS, other)
    answer = await world.ask(other.ada, "history", username="bob", **MARKS)
    assert "Topic 7" not in answer
    assert "No notebook of this period is known." in answer
    assert f"{MANAGERS} `/feed discussion`" in answer


async def test_several_teams_and_direct_messages_have_no_marks(world: World) -> None:
    await store_three_days(world)
    world.kaggle.posts["titanic"] = [topic(7, 12, posted_at=START - timedelta(hours=40))]
    await turn_on(world, TOPICS)
    server = world.server
    both = await world.ask(server.ada, "history", member=server.ada, member2=server.bob, **MARKS)
    assert "marked only in the history of one team" in both
    result = await server.bob.user.slash("history", **MARKS)
    answer = response_text(result)
    assert "marked only in a server that follows the competition" in answer
    assert "Topic 7" not in answer
