"""`/competition browse`, and the choices of `/competition add`."""

from datetime import UTC, datetime, timedelta

import discord
import pytest
import simcord

from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import NotLoggedIn, RateLimited
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.examples import SMALL
from tests.cogs.world import World, is_private, response_text

ENDS = datetime(2026, 3, 1, tzinfo=UTC)
TITANIC = CompetitionInfo("titanic", ENDS, "Getting Started", "Knowledge", 15_739)


def list_competitions(world: World, count: int = 12) -> None:
    """Serve a list of `count` competitions, and one with an invalid slug."""
    evil = "titanic](https://evil.example)"
    world.kaggle.listed[evil] = CompetitionInfo(evil)
    world.kaggle.listed["titanic"] = TITANIC
    for number in range(1, count):
        slug = f"titanic-{number}"
        reward = "100,000 USD *@everyone*"
        world.kaggle.listed[slug] = CompetitionInfo(slug, ENDS, "Featured", reward, number)


async def browse(
    world: World, actor: simcord.MemberActor, **options: object
) -> simcord.InteractionResult:
    result = await world.run(actor, "competition browse", **options)
    assert is_private(result)
    return result


def card(result: simcord.InteractionResult) -> discord.Message:
    assert result.response is not None
    return result.response.message


async def test_pages_show_facts_of_competitions(world: World) -> None:
    list_competitions(world)
    manager = world.server.manager
    world.serve("titanic", SMALL)
    await world.follow()
    result = await browse(world, manager, words="  TITANIC ")
    text = response_text(result)
    assert "### 🔎 Competitions on Kaggle for **titanic**" in text
    assert (
        "**[Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)** ✅ followed" in text
    )
    assert (
        f"Getting Started · Knowledge · 15,739 teams · deadline <t:{ENDS.timestamp():.0f}:R>"
        in text
    )
    assert "@everyone" not in text
    assert "evil" not in text
    assert "Page 1 of 3 · 12 competitions" in text
    assert "Page 2 of 3" in await press(world, manager, card(result), "▶")
    await world.restart()
    answer = await press(world, manager, card(result), "▶")
    assert "Page 3 of 3" in answer
    assert "titanic-11" in answer
    # Once before the restart and once after; pages are no new questions.
    assert world.kaggle.searches == ["titanic", "titanic"]
    assert "Page 2 of 3" in await press(world, manager, card(result), "◀")

    assert "that are popular now" in response_text(await browse(world, manager))
    assert "finds nothing for **@" in response_text(await browse(world, manager, words="@everyone"))
    await world.pass_time(minutes=11)
    await browse(world, manager, words="titanic")
    assert world.kaggle.searches.count("titanic") == 3


async def test_select_follows_a_competition(world: World) -> None:
    list_competitions(world, 3)
    world.serve("titanic", SMALL)
    manager, elsewhere = world.server.manager, world.add_server()
    message = card(await browse(world, manager, words="titanic"))
    result = await manager.select(message, ["titanic"], custom_id="browse-follow")
    assert is_private(result)
    assert "✅ Following [Titanic]" in response_text(result)
    result = await manager.select(message, ["titanic"], custom_id="browse-follow")
    assert "already follows **Titanic**" in response_text(result)
    result = await manager.select(message, ["titanic-1"], custom_id="browse-follow")
    assert "Kaggle knows no competition titanic-1" in response_text(result)
    assert "✅ followed" in response_text(await browse(world, manager, words="titanic"))
    assert "✅ followed" not in response_text(
        await browse(world, elsewhere.manager, words="titanic")
    )


async def test_controls_are_refused_after_the_permission_is_lost(world: World) -> None:
    list_competitions(world)
    world.serve("titanic", SMALL)
    manager = world.server.manager
    message = card(await browse(world, manager, words="titanic"))
    guild = world.server.guild
    world.env.backend.remove_member_role(guild.id, manager.id, guild.roles["Managers"].id)
    result = await manager.select(message, ["titanic"], custom_id="browse-follow")
    assert "need the permission *Manage Server*" in response_text(result)
    assert "need the permission *Manage Server*" in await press(world, manager, message, "▶")
    assert world.kaggle.downloads == []


async def test_autocomplete_searches_in_the_background(world: World) -> None:
    list_competitions(world, 3)
    manager = world.server.manager

    async def offered(typed: str) -> list[dict[str, str]]:
        channel = world.server.channel
        return await manager.autocomplete(channel, "competition add", "competition", typed)

    world.kaggle.search_seconds = 100
    assert await offered("t") == []
    assert await offered("ti") == []
    assert await offered("tit") == []
    await world.env.advance_time(210)
    world.kaggle.search_seconds = 0
    assert world.kaggle.searches == ["t", "tit"], "of what was typed meanwhile only the newest"
    choices = await offered("tit")
    assert [choice["value"] for choice in choices] == ["titanic", "titanic-1", "titanic-2"]
    assert choices[0]["name"] == "Titanic · titanic · 15,739 teams · ends 2026-03-01"
    # Of what is known already something fits before Kaggle has answered.
    assert [choice["value"] for choice in await offered("Titanic 2")] == ["titanic-2"]
    address = "https://www.kaggle.com/competitions/titanic/overview"
    assert [choice["value"] for choice in await offered(address)] == [
        "titanic",
        "titanic-1",
        "titanic-2",
    ]
    world.serve("titanic", SMALL)
    await world.follow()
    assert (await offered("tit"))[0]["name"].startswith(
        "Titanic · titanic · followed · 15,739 teams"
    )
    for number in range(50):
        await offered(f"words {number}")
    await world.env.settle()
    assert len(world.kaggle.searches) <= 30


async def test_repeated_search_is_kept_longer_than_older_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.competitions.search_cache._MAX_SEARCHES", 2)
    for words, minutes in (("first", 6), ("second", 6), ("first", 1), ("third", 1), ("first", 0)):
        await browse(world, world.server.manager, words=words)
        await world.pass_time(minutes=minutes)
    assert world.kaggle.searches == ["first", "second", "first", "third"]


async def test_clock_that_is_set_back_keeps_no_old_search(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browse(world, world.server.manager, words="first")
    real_now = world.env.now
    monkeypatch.setattr(world.env, "now", lambda: real_now() - timedelta(hours=1))
    await browse(world, world.server.manager, words="first")
    assert world.kaggle.searches == ["first", "first"]


async def test_no_search_during_a_lockout(world: World) -> None:
    list_competitions(world)
    manager = world.server.manager
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = NotLoggedIn("Kaggle does not accept the bot's login.")
    await world.pass_time(minutes=5)
    assert "does not accept the bot's login" in response_text(
        await browse(world, manager, words="titanic")
    )
    assert await world.autocomplete(manager, "competition add", "competition", "tit") == []
    assert world.kaggle.searches == []


async def test_rate_limited_search_does_not_delay_syncs(world: World) -> None:
    list_competitions(world)
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.listed["titanic"] = RateLimited("Kaggle asks for fewer calls (429); wait.")
    manager = world.server.manager
    assert "fewer calls (429)" in response_text(await browse(world, manager, words="titanic"))
    assert "try again in 10 min" in response_text(await browse(world, manager, words="titanic-1"))
    before = len(world.kaggle.downloads)
    await world.pass_time(minutes=5)
    assert len(world.kaggle.downloads) == before + 1
