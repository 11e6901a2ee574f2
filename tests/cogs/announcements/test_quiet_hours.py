"""Channel modes and quiet hours: what is sent to a channel, and when."""

import re
from dataclasses import replace
from datetime import timedelta

from leaderboards.competition_info import CompetitionInfo
from leaderboards.news.channel_mode import ChannelMode
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, crowd
from tests.cogs.world import START, Server, World, announced


async def follow(world: World, server: Server) -> None:
    await world.run(server.ada, "link", username="ada")
    await world.run(server.bob, "link", username="dave")
    await world.follow(server=server)


async def move_in_three_syncs(world: World) -> None:
    """Move Charlie's team up, down, and into the lead, in three syncs."""
    charlie = CHARLIE
    for score, order in (("0.945", "ACB"), ("0.946", "ACB"), ("0.960", "CAB")):
        await world.pass_time(minutes=5)
        charlie = world.submit(charlie, score)
        teams = {"A": ALPHA, "B": BRAVO, "C": charlie}
        world.serve("titanic", [teams[letter] for letter in order])
    await world.pass_time(minutes=5)


async def test_deferred_news_is_merged_into_one_message(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    awake, big, digest = map(world.add_server, ("Awake", "Big", "Digest"))
    for server in world.servers.values():
        await follow(world, server)
    storage = world.storage
    await storage.channels.set_mode(big.guild.id, big.channel.id, ChannelMode.BIG)
    await storage.channels.set_mode(digest.guild.id, digest.channel.id, ChannelMode.DIGEST)
    # It is 1:00 in Berlin.
    home = world.server.guild.id
    await storage.guilds.change_settings(home, time_zone="Europe/Berlin", quiet_from=22, quiet_to=2)
    await move_in_three_syncs(world)
    assert len(announced(world, awake)) == 4
    assert ["has taken the lead" in text for text in announced(world, big)] == [False, True]
    assert len(announced(world, digest)) == 1
    assert len(announced(world)) == 1

    kept = await storage.privacy.load_member_data(world.server.bob.id)
    assert sum(news.guild_id == home for news in kept.news) == 3
    await world.restart()
    world.sync_every(minutes=60)
    await world.pass_time(minutes=38)
    assert len(announced(world)) == 1
    await world.pass_time(minutes=3)
    bob, ada = world.server.bob.mention, world.server.ada.mention
    _, summary = announced(world)
    assert summary.split("\n")[1:3] == [
        f"👑 {bob} (Charlie) has taken the lead",
        f"-# from #3 · new best score **0.960** (+0.160) · passed {ada} (#2) · ⭐ best rank yet",
    ]
    assert "During quiet hours" in summary
    assert len(announced(world, awake)) == 4


async def test_single_news_that_waited_for_the_end_of_quiet_hours_says_so(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await follow(world, world.server)
    home = world.server.guild.id
    await world.storage.guilds.change_settings(home, quiet_from=0, quiet_to=1)
    await world.pass_time(minutes=5)
    world.serve("titanic", [world.submit(CHARLIE, "0.960"), ALPHA, BRAVO])
    await world.pass_time(minutes=5)
    assert len(announced(world)) == 1
    await world.pass_time(minutes=55)
    (news,) = announced(world)[1:]
    assert "has taken the lead" in news
    assert re.search(r"\n🌙 During quiet hours, <t:\d+:f>$", news.replace("-# ", ""))


async def test_big_news_that_was_undone_in_the_night_is_not_told(world: World) -> None:
    """Leaving a medal zone is no big news, but undoes that of entering it."""
    teams = crowd(20)
    world.list_competition()
    world.serve("titanic", teams)
    await world.run(world.server.ada, "link", username="user9")
    await world.follow()
    home = world.server.guild.id
    await world.storage.channels.set_mode(home, world.server.channel.id, ChannelMode.BIG)
    await world.storage.guilds.change_settings(home, quiet_from=0, quiet_to=12)
    world.sync_every(minutes=60)
    await world.pass_time(hours=1)
    eighth, ninth = teams[7], world.submit(teams[8], "0.99925")
    world.serve("titanic", [*teams[:7], ninth, eighth, *teams[9:]])
    await world.pass_time(hours=7)
    assert await world.storage.database.query("SELECT 1 FROM deferred_news")
    world.serve("titanic", [*teams[:7], world.submit(eighth, "0.99926"), ninth, *teams[9:]])
    await world.pass_time(hours=5)
    assert len(announced(world)) == 1


async def test_unreadable_deferred_message_stops_no_other_news(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await follow(world, world.server)
    home = world.server.guild.id
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    world.expect(ValueError)
    await world.storage.database.change(
        "INSERT INTO deferred_news (guild_id, competition_id, message, created_at)"
        ' VALUES (?, ?, \'{"type": "of a later version"}\', 0)',
        (home, competition.id),
    )
    await move_in_three_syncs(world)
    assert len(announced(world)) == 4


async def test_settings_changed_in_quiet_hours_apply_to_deferred_news(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    off, moved, left = map(world.add_server, ("Off", "Moved", "Left"))
    for server in world.servers.values():
        await follow(world, server)
        await world.storage.guilds.change_settings(server.guild.id, quiet_from=0, quiet_to=5)
    await move_in_three_syncs(world)
    assert [len(announced(world, server)) for server in world.servers.values()] == [1] * 4
    guilds = world.storage.guilds
    await guilds.change_settings(off.guild.id, announce=False)
    elsewhere = moved.guild.create_text_channel("elsewhere")
    await world.run(moved.manager, "announcements", channel=elsewhere)
    await guilds.remove_channel(moved.guild.id, moved.channel.id)
    await world.confirm(left.manager, "competition remove", competition="titanic")
    for server in world.servers.values():
        await guilds.change_settings(server.guild.id, quiet_to=0)
    await world.pass_time(minutes=5)
    assert len(announced(world)) == 2
    assert len(announced(world, off)) == len(announced(world, moved)) == 1
    assert len(announced(world, replace(moved, channel=elsewhere))) == 1
    assert len(announced(world, left)) == 1


async def test_reminder_is_sent_after_quiet_hours(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", deadline=START + timedelta(hours=26)
    )
    await world.follow()
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=0, quiet_to=5)
    reminded = [
        await world.storage.deadlines.queue_reminders(START + timedelta(hours=hours))
        for hours in (1, 4, 5)
    ]
    assert reminded == [0, 0, 1]


async def test_reminders_that_would_fall_into_quiet_hours_come_before_them(world: World) -> None:
    """Kaggle's usual deadline is in the night of Berlin; an hour before, nobody would be told."""
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    deadline = START + timedelta(days=2, hours=23, minutes=59)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", deadline=deadline)
    awake = world.add_server("Awake")
    for server in world.servers.values():
        await world.follow(server=server)
    await world.storage.guilds.change_settings(
        world.server.guild.id, time_zone="Europe/Berlin", quiet_from=22, quiet_to=9
    )
    counts = []
    for until in ("1 20:15", "1 20:45", "1 23:45", "2 20:15", "2 20:45", "2 23:45"):
        day, time = until.split(" ")
        hours, minutes = map(int, time.split(":"))
        moment = START + timedelta(days=int(day), hours=hours, minutes=minutes)
        queue = world.storage.deadlines.queue_reminders
        await queue(moment)
        await queue(moment + timedelta(minutes=5))
        count = world.storage.outbox.count_waiting_by_guild
        counts.append((await count(world.server.guild.id), await count(awake.guild.id)))
    assert counts == [(0, 0), (1, 0), (1, 0), (1, 1), (2, 1), (2, 2)]
