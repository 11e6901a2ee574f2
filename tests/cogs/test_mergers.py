"""What members see of mergers, and of teams that leave a board and come back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from demo.recording import read_recording
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.digest import DigestMessage
from leaderboards.news.messages import message_from_json
from tests.board_files import SIMULATION
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.examples import crowd
from tests.cogs.world import START, Team, World, announced, response_text

HUNDRED = [replace(team, submitted_at=START - timedelta(minutes=team.id)) for team in crowd(100)]
"""Each with its own time of the last submission."""


def merge(team_id: int, standing: Team, *members: str) -> Team:
    """Return a team with the score and the date of another one."""
    return Team(
        team_id,
        "Together",
        standing.score,
        ",".join(members),
        submissions=2,
        submitted_at=standing.submitted_at,
    )


FIVE_INTO_FORTY = [
    *HUNDRED[:4],
    merge(40, HUNDRED[4], "user40", "user5"),
    *HUNDRED[5:39],
    *HUNDRED[40:],
]
"""#40 took in the member, the score and the place of #5, which vanished."""


async def store(world: World, *boards: list[Team]) -> None:
    """Store boards one hour after the other, and wait for their announcements."""
    for teams in boards:
        world.serve("titanic", teams)
        await world.pass_time(minutes=60)


async def wait_for_digest(world: World, hours: int = 10) -> None:
    """Wait for the first digest, at nine, or as long."""
    world.sync_every(minutes=120)
    await world.pass_time(hours=hours)


async def start(world: World, *user_names: str) -> None:
    """Follow the hundred teams; ada and bob link these names."""
    world.sync_every(minutes=60)
    world.serve("titanic", HUNDRED)
    await world.follow()
    for actor, name in zip((world.server.ada, world.server.bob), user_names, strict=False):
        await world.ask(actor, "link", username=name)
    await world.pass_time(minutes=60)


async def test_merger_is_told_in_one_line(world: World) -> None:
    await start(world, "user40", "user5")
    before = len(announced(world))
    await store(world, FIVE_INTO_FORTY, FIVE_INTO_FORTY[:-1])
    (news,) = announced(world)[before:]
    ada, bob = world.server.ada.mention, world.server.bob.mention
    assert news.split("\n")[1] in (
        f"👋 {ada} and {bob} are now in team **Together**: **#5**",
        f"👋 {bob} and {ada} are now in team **Together**: **#5**",
    )
    for word in ("on the board:", "top 10", "climbed", "taken the lead", "best"):
        assert word not in news


async def test_rank_and_history_go_on_across_a_merger(world: World) -> None:
    await start(world, "user40", "user5")
    old = await world.run(world.server.bob, "history")
    assert old.response is not None
    await store(world, FIVE_INTO_FORTY, FIVE_INTO_FORTY[:-1])
    for actor in (world.server.ada, world.server.bob):
        card = await world.ask(actor, "rank")
        assert "# #5\n" in card
        (trend,) = (line for line in card.split("\n") if line.startswith("**Trend**"))
        assert "▲" not in trend
        assert "new" not in trend
        history = await world.ask(actor, "history")
        assert "**#5 → #5** ±0" in history
        assert "**Worst** #5" in history
        assert "-# **Team 5** merged into **Together** <t:" in history
        assert "-# 0 submissions in this period" in history
    # A button of a message from before the merger shows the team in which it goes on.
    assert "**Together**" in await press(world, world.server.bob, old.response.message, "All")


async def test_member_who_leaves_a_team_that_stays_begins_anew(world: World) -> None:
    """They did not fall to the place of their new team, and do not rise with the old one."""
    pair = replace(HUNDRED[4], members="user5,mate")
    teams = [*HUNDRED[:4], pair, *HUNDRED[5:]]
    world.sync_every(minutes=60)
    world.serve("titanic", teams)
    await world.follow()
    ada, bob = world.server.ada, world.server.bob
    await world.ask(ada, "link", username="user5")
    await world.ask(bob, "link", username="mate")
    await world.pass_time(minutes=60)
    before = len(announced(world))
    stays = replace(pair, members="mate")
    alone = Team(777, "Alone", "0.99095", "user5", submitted_at=START + timedelta(minutes=70))
    left = [*teams[:4], stays, *teams[5:90], alone, *teams[90:]]
    submitted = START + timedelta(hours=3)
    first = replace(stays, score="0.99999", submissions=3, submitted_at=submitted)
    leads = [first, *(team for team in left if team is not stays)]
    better = replace(alone, score="0.99145", submissions=2, submitted_at=submitted)
    climbs = [*leads[:86], better, *(team for team in leads[86:] if team is not alone)]
    await world.storage.guilds.change_settings(world.server.guild.id, daily_digest=True)
    await store(world, left, leads, climbs)
    moved, lead, climb = announced(world)[before:]
    assert moved.split("\n")[1:3] == [
        f"👋 {ada.mention} is now in team **Alone**: **#91**",
        "-# score 0.99095",
    ]
    assert lead.split("\n")[1] == f"👑 {bob.mention} (Team 5) has taken the lead"
    # A better score of the new team is one; its best rank is theirs, and was #5.
    assert climb.split("\n")[1:3] == [
        f"🚀 {ada.mention} (Alone) climbed 4 places to **#87**",
        "-# new best score **0.99145** (+0.00050)",
    ]
    history = await world.ask(ada, "history")
    assert "**#91 → #87** ▲4" in history
    assert "**#5 → #1** ▲4" in await world.ask(bob, "history")
    card = await world.ask(ada, "rank")
    assert "# #87\n" in card
    assert "▼" not in card
    await wait_for_digest(world)
    (digest,) = (text for text in announced(world) if "Daily digest" in text)
    assert f"👋 {ada.mention} is now in team **Alone**: **#87**" in digest
    assert "new\n" not in digest


async def test_board_has_no_arrows_for_a_merger(world: World) -> None:
    await start(world)
    await store(world, FIVE_INTO_FORTY)
    board = await world.ask(world.server.ada, "leaderboard", competition="titanic")
    (line,) = (line for line in board.split("\n") if "Together" in line)
    assert "▲" not in line
    assert "new" not in line


async def test_leader_under_a_new_id_is_no_news_for_others(world: World) -> None:
    await start(world, "user50")
    before = len(announced(world))
    merged = merge(777, HUNDRED[0], "user1", "mate")
    await store(world, [merged, *HUNDRED[1:]], [merged, *HUNDRED[1:99]])
    assert announced(world)[before:] == []


async def test_roles_go_on_across_a_merger(world: World) -> None:
    await start(world, "user1")
    guild, backend = world.server.guild, world.env.backend
    powers = discord.Permissions(manage_guild=True, manage_roles=True)
    admins = guild.create_role("Admins", permissions=powers)
    chief = guild.add_member(world.env.create_user("chief"), roles=[admins])
    role = guild.create_role("Top ten")
    await world.ask(chief, "roles set", criterion="top10", role=role)
    await world.pass_time(minutes=60)
    assert role.id in backend.get_guild(guild.id).members[world.server.ada.id].role_ids
    requests = len(world.env.http_requests)
    await store(world, [merge(777, HUNDRED[0], "user1", "mate"), *HUNDRED[1:]], HUNDRED[:99])
    assert role.id in backend.get_guild(guild.id).members[world.server.ada.id].role_ids
    paths = [call.path for call in world.env.http_requests[requests:]]
    assert [path for path in paths if "/roles/" in path] == []


async def test_digest_does_not_call_a_merger_a_climb(world: World) -> None:
    await start(world, "user40", "user5")
    await world.storage.channels.set_mode(
        world.server.guild.id, world.server.channel.id, ChannelMode.DIGEST
    )
    renumbered = merge(777, HUNDRED[4], "user40", "user5")
    await store(world, [*HUNDRED[:4], renumbered, *HUNDRED[5:39], *HUNDRED[40:]])
    await change_digests(world)
    await wait_for_digest(world)
    (digest,) = (text for text in announced(world) if "Daily digest" in text)
    ada, bob = world.server.ada.mention, world.server.bob.mention
    assert digest.split("\n")[4:] in (
        [f"👋 {ada} and {bob} are now in team **Together**: **#5**"],
        [f"👋 {bob} and {ada} are now in team **Together**: **#5**"],
    )
    await wait_for_digest(world, hours=24)
    assert len(await load_digests(world)) == 1


async def test_digest_tells_a_merger_of_one_member_with_the_other(world: World) -> None:
    """What the team gained in the same time counts for those who were in it, or go on from it."""
    await start(world, "user40")
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.ada, "link", username="user5")
    for server in (world.server, elsewhere):
        guild_id, channel_id = server.guild.id, server.channel.id
        await world.storage.channels.set_mode(guild_id, channel_id, ChannelMode.DIGEST)
        await world.storage.guilds.change_settings(guild_id, daily_digest=True)
    merged = FIVE_INTO_FORTY[4]
    better = replace(merged, score="0.99999", submissions=4, submitted_at=START)
    climbed = [better, *(team for team in FIVE_INTO_FORTY if team is not merged)]
    await store(world, FIVE_INTO_FORTY, climbed)
    await wait_for_digest(world)
    (digest,) = (text for text in announced(world) if "Daily digest" in text)
    mine = f"👋 {world.server.ada.mention} is now in team **Together** with user5: **#1**"
    assert digest.split("\n")[4:] == [mine]
    (digest,) = (text for text in announced(world, elsewhere) if "Daily digest" in text)
    theirs = elsewhere.ada.mention
    assert digest.split("\n")[4:] == [
        f"👋 {theirs} is now in team **Together** with user40: **#1**",
        f"📈 {theirs} **#1** ▲4",
        f"⌨️ Most submissions: {theirs} 2",
    ]


async def test_digest_is_silent_on_a_team_with_another_id_or_name(world: World) -> None:
    await start(world, "user5", "user6")
    await world.storage.channels.set_mode(
        world.server.guild.id, world.server.channel.id, ChannelMode.DIGEST
    )
    await change_digests(world)
    other_id = replace(HUNDRED[4], id=777)
    renamed = replace(HUNDRED[5], name="Another name")
    await store(world, [*HUNDRED[:4], other_id, renamed, *HUNDRED[6:]])
    await wait_for_digest(world)
    assert await load_digests(world) == []


async def test_digest_counts_a_team_that_was_away_from_its_return(world: World) -> None:
    await start(world, "user5")
    await world.storage.channels.set_mode(
        world.server.guild.id, world.server.channel.id, ChannelMode.DIGEST
    )
    back = [*HUNDRED[:4], *HUNDRED[5:], replace(HUNDRED[4], score="0.1")]
    await change_digests(world)
    await store(world, [*HUNDRED[:4], *HUNDRED[5:]], back)
    await wait_for_digest(world)
    assert await load_digests(world) == []


async def change_digests(world: World) -> None:
    await world.storage.guilds.change_settings(world.server.guild.id, daily_digest=True)


async def load_digests(world: World) -> list[DigestMessage]:
    async with world.storage.database.read() as connection:
        rows = await connection.execute_fetchall("SELECT message FROM outbox ORDER BY id")
    messages = [message_from_json(text) for (text,) in rows]
    return [message for message in messages if isinstance(message, DigestMessage)]


async def test_team_that_was_away_is_back(world: World) -> None:
    await start(world, "user5")
    before = len(announced(world))
    back = [*HUNDRED[:4], *HUNDRED[5:], replace(HUNDRED[4], score="0.1")]
    await store(world, [*HUNDRED[:4], *HUNDRED[5:]], back, back)
    (news,) = announced(world)[before:]
    assert f"👋 {world.server.ada.mention} (Team 5) is back on the board: **#100**" in news
    for command, options in (("rank", {}), ("leaderboard", {"members": True}), ("overview", {})):
        answer = await world.ask(world.server.ada, command, **options)
        assert "#100" in answer
        assert not re.search("▼|new", answer), command


async def test_history_of_a_team_that_was_away_counts_from_its_return(world: World) -> None:
    """A place from before is told as that, and everything is in the picture."""
    await start(world, "user5", "user6")
    gone, back = [*HUNDRED[:4], *HUNDRED[5:]], replace(HUNDRED[4], score="0.1")
    await store(world, gone, [*gone, back])
    result = await world.run(world.server.ada, "history")
    lines = response_text(result).split("\n")
    assert f"**#100 → #100** ±0 · {world.server.ada.mention} · **Team 5**" in lines
    assert any(line.startswith("**Best** #100 <t:") for line in lines)
    assert any(line.startswith("**Worst** #100 <t:") for line in lines)
    assert result.response is not None
    assert result.response.message.attachments
    (note,) = (line for line in lines if "return to the board" in line)
    assert re.fullmatch(
        r"-# Counted since the team's return to the board, <t:\d+:R>; best rank before that: #5",
        note,
    )
    await store(world, [*gone[:-1], replace(back, score="0.98"), gone[-1]])
    climbed = await world.ask(world.server.ada, "history")
    assert "**#100 → #99** ▲1" in climbed
    compared = await world.ask(world.server.ada, "compare", member=world.server.bob)
    assert "▲1 · best #99" in compared
    # Who was never away has a history from the first board on.
    assert "return to the board" not in await world.ask(world.server.bob, "history")


async def test_leader_who_was_away_has_not_taken_the_lead_again(world: World) -> None:
    """Neither has the second one, who led meanwhile."""
    await start(world, "user50")
    before = len(announced(world))
    await store(world, HUNDRED[1:], HUNDRED, HUNDRED[:99])
    assert announced(world)[before:] == []


async def test_leader_who_was_away_and_has_a_new_id_is_back(world: World) -> None:
    await start(world, "user1")
    before = len(announced(world))
    back = [merge(777, HUNDRED[0], "user1", "mate"), *HUNDRED[1:]]
    await store(world, HUNDRED[1:], back, back[:99])
    (news,) = announced(world)[before:]
    assert news.split("\n")[1] == (
        f"👋 {world.server.ada.mention} (Together) is back on the board: **#1**"
    )
    assert "first" not in news


@pytest.mark.parametrize("user_name", ["humblebeacon45", "jollyquartz52"])
async def test_real_merger_under_a_new_id(world: World, user_name: str) -> None:
    """kaggriculture, 08-50-47 to 09-57-27: 16672722 becomes 16704466 with a second member."""
    first, second = read_recording(SIMULATION)[8:10]
    world.sync_every(minutes=30)
    world.kaggle.boards["kaggriculture"] = first.zip
    await world.follow("kaggriculture")
    await world.ask(world.server.ada, "link", username=user_name)
    before = len(announced(world))
    world.kaggle.boards["kaggriculture"] = second.zip
    await world.pass_time(minutes=60)
    other = {"humblebeacon45": "jollyquartz52"}.get(user_name, "humblebeacon45")
    (news,) = announced(world)[before:]
    assert news.split("\n")[1:3] == [
        f"👋 {world.server.ada.mention} is now in team **Fuzzy Oyster** with {other}: **#55**",
        "-# score 2949.3",
    ]
    history = await world.ask(world.server.ada, "history")
    assert "**#53 → #55** ▼2" in history
    assert "**QUIETXENON** merged into **Fuzzy Oyster**" in history
