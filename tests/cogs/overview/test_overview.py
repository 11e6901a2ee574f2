"""`/overview`: all members on all running competitions, and the medals won so far."""

from __future__ import annotations

from datetime import timedelta

import pytest
import simcord
from simcord.components import walk_components

from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle_ids import readable_slug
from tests.cogs.examples import FINAL, crowd
from tests.cogs.framework.test_pages import read_all
from tests.cogs.members.links import link_unseen
from tests.cogs.syncing.ends import archive, begin, find_competition
from tests.cogs.world import START, Team, World, is_private, response_text
from tests.wire.http.limits import component_problems
from tests.wire.http.schema import Schema

EDIT = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
MEDALS = "### 🏅 Medals won so far"
NO_MEDALS = f"{MEDALS}\nNone yet. Medals count once a competition has its final board."


def link_to(slug: str, title: str | None = None) -> str:
    return (
        f"[{title or readable_slug(slug)}](https://www.kaggle.com/competitions/{slug}/leaderboard)"
    )


async def test_server_that_follows_nothing_or_has_no_link_is_told_what_to_do(
    world: World,
) -> None:
    result = await world.run(world.server.ada, "overview")
    assert is_private(result)
    assert "This server follows no competition yet." in response_text(result)
    world.serve("titanic", crowd(3))
    await world.follow()
    result = await world.run(world.server.ada, "overview")
    assert is_private(result)
    assert "Nobody here has a linked Kaggle account" in response_text(result)


async def test_one_member_in_two_of_three_competitions(world: World) -> None:
    deadline = START + timedelta(days=9)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", deadline, "Featured", title="Titanic - *ML*"
    )
    for slug, count in (("digits", 50), ("spaceship", 2), ("titanic", 300)):
        world.serve(slug, crowd(count))
        await world.follow(slug)
    ada, titanic = world.server.ada, link_to("titanic", r"Titanic - \*ML\*")
    await world.ask(ada, "link", username="USER20")
    result = await world.run(world.server.bob, "overview")
    assert not is_private(result)
    assert response_text(result).splitlines() == [
        "## 🔭 Overview",
        "-# 1 linked member",
        # What ends first is first.
        f"### {titanic}",
        f"-# 300 teams · deadline <t:{deadline.timestamp():.0f}:R>",
        f"**🥈 #20** {ada.mention}",
        f"### {link_to('digits')}",
        "-# 50 teams",
        f"**#20** {ada.mention}",
        "-# No member with a link that counts is on the board of Spaceship yet.",
        *NO_MEDALS.splitlines(),
    ]


async def test_team_mates_share_a_line_with_the_change_of_a_day(world: World) -> None:
    world.sync_every(minutes=60)
    pair = Team(99, "Pair", "0.1", "ada,bob,somebody")
    world.serve("titanic", [*crowd(20), pair])
    await world.follow()
    ada, bob = world.server.ada, world.server.bob
    await world.ask(ada, "link", username="ada")
    await world.ask(bob, "link", username="bob")
    (carol,) = await link_unseen(world, "user7")
    await world.pass_time(hours=3)
    climbed = world.submit(pair, "0.99925")
    world.serve("titanic", [*crowd(7), climbed, *crowd(20)[7:]])
    await world.pass_time(hours=2)
    text = await world.ask(bob, "overview")
    since = f"<t:{START.timestamp():.0f}:f>"
    assert f"-# 21 teams · change since {since}\n**#7** {carol}\n" in text
    assert f"\n**#8** ▲13 {ada.mention}, {bob.mention}\n" in text
    assert "change in 24 h" not in text
    await world.pass_time(hours=20)
    text = await world.ask(bob, "overview")
    assert "3 linked members · change in 24 h\n" in text
    assert f"\n-# 21 teams\n**#7** {carol}\n**#8** ▲13 {ada.mention}" in text
    await world.pass_time(hours=5)
    assert f"\n**#8** {ada.mention}" in await world.ask(bob, "overview")


async def test_paused_failing_and_ended_boards_say_so(world: World) -> None:
    world.sync_every(minutes=30)
    deadline = START + timedelta(hours=1)
    for slug in ("alpha", "bravo", "charlie"):
        world.serve(slug, crowd(20))
    world.list_competition("charlie", deadline)
    for slug in ("alpha", "bravo", "charlie"):
        await world.follow(slug)
    await link_unseen(world, "user1")
    await world.ask(world.server.manager, "competition pause", competition="alpha")
    del world.kaggle.boards["bravo"]
    await world.pass_time(hours=2)
    text = await world.ask(world.server.ada, "overview")
    assert "20 teams · ⏸️ paused\n" in text
    assert "20 teams · ⚠️ last read <t:" in text
    ended = f"ended <t:{deadline.timestamp():.0f}:R>, waiting for the private board"
    assert f"20 teams · {ended}\n" in text
    assert NO_MEDALS in text


async def test_medals_are_those_of_the_final_boards(world: World) -> None:
    await begin(world)
    server = world.server
    await world.confirm(server.bob, "unlink")
    await world.ask(server.bob, "link", username="user8")
    (carol,) = await link_unseen(world, "user40")
    for slug in ("digits", "playground"):
        world.serve(slug, crowd(100))
        await world.follow(slug)
    world.serve_private("titanic", FINAL)
    assert "waiting" not in await world.ask(server.ada, "overview")
    await world.pass_time(hours=2, minutes=35)
    assert (await find_competition(world)).archived_at is not None
    text = await world.ask(server.bob, "overview")
    assert "-# 3 linked members" in text
    assert link_to("titanic") not in text
    assert text.split(MEDALS)[1].splitlines() == [
        "",
        f"{server.ada.mention} 🥇 1",
        "-# 🥇 #1 Titanic",
        f"{server.bob.mention} 🥉 1",
        "-# 🥉 #9 Titanic",
    ]
    assert carol not in text.split(MEDALS)[1]

    # Who is forgotten, or whose link does not count, is not named.
    await world.storage.privacy.delete_member_data(server.bob.id)
    assert server.bob.mention not in await world.ask(server.ada, "overview")
    await world.storage.guilds.change_settings(server.guild.id, require_verified=True)
    answer = await world.run(server.ada, "overview")
    assert "Nobody here has a linked Kaggle account that counts yet" in response_text(answer)


async def test_members_with_the_better_medals_are_first_and_a_tie_has_an_order(
    world: World,
) -> None:
    await archive(world, "one", crowd(100))
    await archive(world, "two", [*crowd(100)[10:], *crowd(10)])
    await archive(world, "knowledge", crowd(100), medals=False)
    pair = Team(500, "Pair", "0.9", "pair1,pair2")
    await archive(world, "three", [*crowd(5), pair, *crowd(100)[5:]])
    names = ["pair2", "user30", "user1", "user12", "pair1", "nobody"]
    pair2, user30, user1, user12, pair1, nobody = await link_unseen(world, *names)
    text = (await world.ask(world.server.ada, "overview")).split(MEDALS)[1]
    assert text.splitlines() == [
        "",
        f"{user1} 🥇 2",
        "-# 🥇 #1 The one, 🥇 #1 The three",
        f"{user12} 🥇 1  🥈 2",
        "-# 🥇 #2 The two, 🥈 #12 The one, 🥈 #13 The three",
        f"{pair2} 🥇 1",
        "-# 🥇 #6 The three",
        f"{pair1} 🥇 1",
        "-# 🥇 #6 The three",
        f"{user30} 🥈 1  🥉 2",
        "-# 🥈 #20 The two, 🥉 #30 The one, 🥉 #31 The three",
    ]
    assert nobody not in text


async def test_overview_of_ended_competitions_only(world: World) -> None:
    await archive(world, "one", crowd(100))
    await link_unseen(world, "user90")
    text = await world.ask(world.server.ada, "overview")
    assert text == f"## 🔭 Overview\n-# 1 linked member\nNo competition is running.\n{NO_MEDALS}"


async def test_sixty_members_have_pages_that_others_turn_for_themselves(world: World) -> None:
    await archive(world, "over", crowd(150))
    for slug in ("alpha", "bravo"):
        world.serve(slug, crowd(200))
        await world.follow(slug)
    title = "A title of a length that Kaggle's own competitions like to have"
    await world.storage.competitions.add_info_for_owner(CompetitionInfo("over", title=title))
    mentions = await link_unseen(world, *(f"user{number}" for number in range(1, 61)))
    shown = await world.run(world.server.ada, "overview")
    first = response_text(shown)
    assert first.count("\n-# and 50 more members\n") == 2
    assert "-# `/leaderboard members:True` shows all members on a board." in first
    assert "-# Page 1 of " in first
    assert shown.response is not None
    await world.restart()
    turned = await world.server.bob.click(shown.response, label="▶")
    assert is_private(turned)
    text = first + await read_all(world.server.bob, turned)
    assert text.count(MEDALS) == 1
    won = text.split(MEDALS)[1]
    assert all(won.count(mention) == 1 for mention in mentions)


@pytest.mark.parametrize("title", ["*A* [title] of _markdown_ " * 4, "👩‍👩‍👧‍👦" * 60, "x" * 300])
async def test_discord_takes_every_page_whatever_the_titles(world: World, title: str) -> None:
    for number in range(25):
        slug = f"{number:02}-{'x' * 90}"
        teams = [Team(n, "T", "0.5", f"user{n},mate{n}") for n in range(1, 13)]
        world.serve(slug, teams if number % 2 else [])
        competition = await world.storage.competitions.add_info_for_owner(
            CompetitionInfo(slug, None, "Featured", title=title)
        )
        guild_id = world.server.guild.id
        await world.storage.guilds.follow(guild_id, competition.id, None, 1, START, None)
        if number % 2:
            await world.sync_service.sync(competition)
        if number > 20:
            await world.storage.database.change(
                "UPDATE competitions SET archived_at = 1, ended_at = 1 WHERE id = ?",
                (competition.id,),
            )
    await link_unseen(world, *(f"{who}{n}" for n in range(1, 13) for who in ("user", "mate")))
    result = await world.run(world.server.ada, "overview")
    while True:
        assert result.response is not None
        components = result.response.components
        assert list(component_problems(components, v2=True)) == []
        if not can_turn(components):
            break
        result = await world.server.ada.click(result.response, label="▶")


def can_turn(components: list[dict[str, object]]) -> bool:
    return any(
        one.get("label") == "▶" and not one.get("disabled") for one in walk_components(components)
    )


async def test_servers_are_apart(world: World) -> None:
    world.serve("titanic", crowd(20))
    world.serve("secret", crowd(20))
    await world.follow()
    await world.ask(world.server.ada, "link", username="user3")
    elsewhere = world.add_server()
    for slug in ("titanic", "secret"):
        await world.follow(slug, elsewhere)
    await world.ask(elsewhere.bob, "link", username="user4")
    here, there = (
        await world.ask(world.server.bob, "overview"),
        await world.ask(elsewhere.ada, "overview"),
    )
    assert world.server.ada.mention in here
    assert elsewhere.bob.mention not in here
    assert "secret" not in here
    assert world.server.ada.mention not in there
    assert there.count(elsewhere.bob.mention) == 2


async def test_nobody_is_pinged_and_discord_takes_the_request(world: World) -> None:
    world.serve("titanic", crowd(20))
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="user3")
    for command in ("overview", "members"):
        await world.run(world.server.bob, command)
        edit = [one.json for one in world.env.http_requests if one.method == "PATCH"][-1]
        assert edit is not None
        assert ada.mention in str(edit["components"])
        assert edit["allowed_mentions"]["parse"] == []
        assert not edit["allowed_mentions"].get("users")
        assert Schema().problems("PATCH", EDIT, edit) == []


async def test_direct_messages_do_not_have_the_command(world: World) -> None:
    with pytest.raises(simcord.SetupError):
        await world.server.ada.user.slash("overview")
