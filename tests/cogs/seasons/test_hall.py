"""`/hall`: what members have won over all ended competitions, and records."""

from __future__ import annotations

from datetime import timedelta

import pytest
import simcord

from tests.cogs.examples import crowd
from tests.cogs.framework.test_pages import read_all
from tests.cogs.members.links import link_unseen
from tests.cogs.syncing.ends import archive, begin, find_competition
from tests.cogs.world import START, Team, World, is_private, response_text
from tests.wire.http.limits import component_problems

GOLD_MEANING = "-# in the gold zone of the public board, all periods together"
CLIMB_MEANING = "-# from the worst rank on the public board to the final rank"
LOG_NOTE = (
    "-# Times and worst ranks come from the stored boards. Of older boards I keep only one an hour,"
    " and later one a day, so these times are not exact."
)


async def test_empty_hall_says_what_to_do(world: World) -> None:
    ada = world.server.ada
    result = await world.run(ada, "hall")
    assert is_private(result)
    assert "This server follows no competition yet." in response_text(result)
    world.serve("titanic", crowd(30))
    await world.follow()
    result = await world.run(ada, "hall")
    assert is_private(result)
    assert "Nobody here has a linked Kaggle account" in response_text(result)
    await world.ask(ada, "link", username="user7")
    result = await world.run(ada, "hall")
    assert is_private(result)
    assert "No competition that this server follows has a final board yet." in response_text(result)
    await archive(world, "over", crowd(5))
    result = await world.run(ada, "hall")
    assert is_private(result)
    text = response_text(result)
    assert "No member with a link that counts is on the final board of a competition" in text
    assert "`/link`" in text


async def test_season_played_to_its_archive(world: World) -> None:
    deadline = START + timedelta(hours=5)
    world.sync_every(minutes=30)
    world.list_competition(deadline=deadline)
    teams = crowd(40)
    world.serve("titanic", teams)
    await world.follow()
    server = world.server
    ada, bob = server.ada, server.bob
    await world.ask(ada, "link", username="user4")
    await world.ask(bob, "link", username="user38")
    # For an hour, #4 of 40 is in gold, where four teams are.
    await world.pass_time(hours=1)
    better = world.submit(teams[29], "0.99999")
    teams = [better, *teams[:29], *teams[30:]]
    world.serve("titanic", teams)
    await world.pass_time(hours=2)
    # Two hours later #5 climbs back, and #38 climbs as well.
    better = world.submit(teams[4], "1.5")
    teams = [better, *teams[:4], *teams[5:]]
    late = world.submit(teams[37], "0.99795")
    assert late.members == "user38"
    teams = [*teams[:20], late, *teams[20:37], *teams[38:]]
    world.serve("titanic", teams)
    await world.pass_time(hours=1)
    assert "has a final board yet" in await world.ask(ada, "hall"), "it is not over"
    # On the private board, ada falls out of gold by one place.
    shaken = [*teams[1:5], teams[0], *teams[5:]]
    private = [
        Team(team.id, team.name, f"{0.8 - rank / 1000:.4f}") for rank, team in enumerate(shaken)
    ]
    world.serve_private("titanic", private)
    await world.pass_time(hours=2)
    assert (await find_competition(world)).archived_at is not None
    result = await world.run(bob, "hall")
    assert not is_private(result)
    assert response_text(result).splitlines() == [
        "## 🏛️ Hall of fame",
        "-# 1 ended competition · 2 members",
        f"{ada.mention} 🥈 1",
        "-# 🥈 #5 of 40 · Titanic",
        f"{bob.mention} no medal yet",
        "-# #21 of 40 · Titanic",
        "### 🏅 Records",
        "⏱️ **Longest time in gold**",
        f"{ada.mention} · 3 hours",
        "-# Titanic",
        GOLD_MEANING,
        "🧗 **Greatest climb**",
        f"{bob.mention} · ▲17, #38 → #21",
        "-# Titanic",
        CLIMB_MEANING,
        "🎯 **Closest call**",
        f"{ada.mention} · missed 🥇 gold by 1 place",
        "-# Titanic",
        "-# #5 of 40; the last gold medal went to #4",
        LOG_NOTE,
    ]

    # Who unlinks is not in it, and who links has been in it all along.
    await world.confirm(server.ada, "unlink")
    await world.confirm(server.bob, "unlink")
    await world.ask(server.bob, "link", username="user4")
    text = await world.ask(ada, "hall")
    assert ada.mention not in text
    assert f"{bob.mention} · 3 hours" in text
    # Only links that count.
    await world.storage.guilds.change_settings(server.guild.id, require_verified=True)
    assert "Nobody here has a linked Kaggle account" in await world.ask(ada, "hall")


async def test_medals_come_first_and_competitions_without_medals_say_so(world: World) -> None:
    pair = Team(500, "Pair", "0.9", "pair1,pair2")
    await archive(world, "one", [*crowd(100)[10:], pair, *crowd(10)])
    await archive(world, "two", [*crowd(100)])
    await archive(world, "knowledge", crowd(100), medals=False)
    names = ["user3", "user20", "pair2", "pair1", "user90", "stranger"]
    user3, user20, pair2, pair1, user90, stranger = await link_unseen(world, *names)
    text = await world.ask(world.server.ada, "hall")
    members, records = text.split("### 🏅 Records\n")
    assert members.splitlines() == [
        "## 🏛️ Hall of fame",
        "-# 3 ended competitions · 5 members",
        f"{user20} 🥇 1  🥈 1",
        "-# 🥇 #10 of 101 · The one",
        "-# 🥈 #20 of 100 · The two",
        "-# #20 of 100 · The knowledge · no medals awarded",
        f"{user3} 🥇 1",
        "-# 🥇 #3 of 100 · The two",
        "-# #3 of 100 · The knowledge · no medals awarded",
        "-# #94 of 101 · The one",
        f"{user90} no medal yet",
        "-# #80 of 101 · The one",
        "-# #90 of 100 · The two",
        "-# #90 of 100 · The knowledge · no medals awarded",
        f"{pair2} no medal yet",
        "-# #91 of 101 · The one",
        f"{pair1} no medal yet",
        "-# #91 of 101 · The one",
    ]
    assert stranger not in text
    # Nobody has climbed on boards that were read once, after the end.
    assert records.splitlines() == [
        "🎯 **Closest call**",
        f"{user20} · won the last 🥇 gold",
        "-# The one",
        "-# #10 of 101; the last gold medal went to #10",
    ]


async def test_team_mates_share_a_record(world: World) -> None:
    pair = Team(500, "Pair", "0.9", "pair1,pair2")
    await archive(world, "one", [*crowd(20), pair, *crowd(100)[20:]])
    pair1, pair2 = await link_unseen(world, "pair1", "pair2")
    text = await world.ask(world.server.ada, "hall")
    assert f"{pair1}, {pair2} · missed 🥈 silver by 1 place\n-# The one\n" in text


async def test_sixty_members_have_pages_with_the_records_on_the_last(world: World) -> None:
    for number in range(7):
        title = f"Title {number} of a length that Kaggle's own competitions like"
        await archive(world, f"over{number}", crowd(150), title=title)
    mentions = await link_unseen(world, *(f"user{number}" for number in range(1, 61)))
    shown = await world.run(world.server.ada, "hall")
    first = response_text(shown)
    assert "-# Page 1 of " in first
    assert f"{mentions[0]} 🥇 7\n-# 🥇 #1 of 150 · Title 0 of" in first
    assert "\n-# and 2 more\n" in first
    await world.restart()
    assert shown.response is not None
    turned = await world.server.bob.click(shown.response, label="▶")
    assert is_private(turned)
    text = first + await read_all(world.server.bob, turned)
    members, records = text.split("### 🏅 Records\n")
    assert all(members.count(f"{mention} ") == 1 for mention in mentions)
    assert "won the last 🥇 gold" in records


@pytest.mark.parametrize("title", ["*A* [title] of _markdown_ " * 4, "👩‍👩‍👧‍👦" * 60, "x" * 300])
async def test_discord_takes_every_page_whatever_the_titles(world: World, title: str) -> None:
    for number in range(4):
        await archive(world, f"{number}-{'x' * 90}", crowd(20), title=title)
    await link_unseen(world, *(f"user{number}" for number in range(1, 21)))
    result = await world.run(world.server.ada, "hall")
    for _ in range(10):
        assert result.response is not None
        components = result.response.components
        assert list(component_problems(components, v2=True)) == []
        if "Records" in response_text(result):
            break
        result = await world.server.ada.click(result.response, label="▶")
    assert "Records" in response_text(result)


async def test_servers_are_apart(world: World) -> None:
    await archive(world, "titanic", crowd(20))
    await archive(world, "secret", crowd(20))
    await world.confirm(world.server.manager, "competition remove", competition="secret")
    elsewhere = world.add_server()
    await world.follow("secret", elsewhere)
    await world.ask(world.server.ada, "link", username="user3")
    await world.ask(elsewhere.bob, "link", username="user4")
    here = await world.ask(world.server.bob, "hall")
    there = await world.ask(elsewhere.ada, "hall")
    assert f"{world.server.ada.mention} 🥈 1\n-# 🥈 #3 of 20 · The titanic\n" in here
    assert elsewhere.bob.mention not in here
    assert "secret" not in here
    assert f"{elsewhere.bob.mention} 🥈 1\n-# 🥈 #4 of 20 · The secret\n" in there
    assert world.server.ada.mention not in there
    assert "titanic" not in there


async def test_board_that_was_scored_anew_counts_from_then_on(world: World) -> None:
    await begin(world)
    info = await world.storage.boards.find_info((await find_competition(world)).id)
    assert info is not None
    await world.pass_time(hours=1)
    moved = [*crowd(40)[2:20], *crowd(2), *crowd(40)[20:]]
    world.serve("titanic", moved)
    await world.pass_time(hours=2)
    await world.storage.database.change(
        "UPDATE competitions SET archived_at = ended_at WHERE slug = 'titanic'"
    )
    text = await world.ask(world.server.ada, "hall")
    assert "▲2, #6 → #4" in text
    await world.restart()
    await world.storage.database.change(
        "UPDATE boards SET rescored_at = taken_at WHERE id = ?", (info.board_id,)
    )
    assert "Greatest climb" not in await world.ask(world.server.ada, "hall")


async def test_direct_messages_do_not_have_the_command(world: World) -> None:
    with pytest.raises(simcord.SetupError):
        await world.server.ada.user.slash("hall")
