import re
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import simcord

from demo.recording import read_recording
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import TimedOut
from tests.cogs.boards.test_scores import shift_ranks
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SAMPLE, SMALL, crowd
from tests.cogs.world import START, Team, World, build_zip, is_private, raw, response_text, text_of


def lines(answer: str) -> list[str]:
    """Return the lines of the table: teams, medal zones and gaps."""
    return [line for line in answer.split("\n") if re.match("`|⋮|-# (🥇|🥈|🥉|below)", line)]


def shown(world: World, message: discord.Message, actor: simcord.MemberActor) -> str:
    """Return the present text of a message."""
    channel = world.servers[actor.guild.id].channel
    (now,) = (one for one in channel.history(viewer=actor) if one.id == message.id)
    return text_of(raw(now))


async def press(
    world: World, actor: simcord.MemberActor, message: discord.Message, label: str
) -> str:
    """Press a button; return the new text of the message, or the text of a private answer."""
    result = await actor.click(message, label=label)
    if result.followups or (result.response and result.response.id != message.id):
        return response_text(result)
    return shown(world, message, actor)


async def go_to(
    world: World, actor: simcord.MemberActor, message: discord.Message, label_start: str
) -> str:
    """Choose where to go; return the new text of the message, or the text of a private answer."""
    (select,) = (
        one
        for container in message.components
        for row in getattr(container, "children", [])
        for one in getattr(row, "children", [])
        if isinstance(one, discord.SelectMenu)
    )
    (value,) = (option.value for option in select.options if option.label.startswith(label_start))
    result = await actor.select(message, [value])
    if result.followups or (result.response and result.response.id != message.id):
        return response_text(result)
    return shown(world, message, actor)


async def board(world: World, actor: simcord.MemberActor, **options: object) -> discord.Message:
    result = await world.run(actor, "leaderboard", **options)
    assert not is_private(result)
    assert result.response is not None
    return result.response.message


async def test_board_shows_ranks_scores_benchmarks_and_linked_members(world: World) -> None:
    end = world.env.now() + timedelta(days=3)
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", deadline=end)
    world.serve("titanic", SMALL, benchmarks=[SAMPLE.id])
    await world.follow()
    await world.ask(world.server.bob, "link", username="Bob")
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == [
        "`1 0.950` Alpha",
        f"`2 0.940` Bravo {world.server.bob.mention}",
        "`─ 0.900` Sample Submission",
        "`3 0.800` Charlie",
    ]
    assert f"3 teams · higher is better · deadline <t:{int(end.timestamp())}:R>" in answer
    assert "1 to 3 of 3 · read <t:" in answer
    assert "-# You haven't linked your Kaggle account yet: use `/link`." in answer
    answer = await world.ask(world.server.bob, "leaderboard")
    assert lines(answer)[1] == f"`2 0.940` **Bravo** {world.server.bob.mention}"
    assert f"{world.server.bob.mention} **#2** · 0.010 behind the first" in answer


async def test_names_are_shown_in_full(world: World) -> None:
    name = "The quick brown foxes of Borneo"
    world.serve("titanic", [Team(1, name, "0.9", "ada,bob"), Team(2, "漢" * 20, "0.8", "eve")])
    await world.follow()
    ada, bob = world.server.ada, world.server.bob
    for actor in (ada, bob):
        await world.ask(actor, "link", username=actor.name)
    assert lines(await world.ask(ada, "leaderboard")) == [
        f"`1 0.9` **{name}** {ada.mention} and {bob.mention}",
        f"`2 0.8` {'漢' * 15}…",
    ]


async def test_details_show_submissions_and_team_mates(world: World) -> None:
    at = START - timedelta(hours=5)
    teams = [replace(team, submitted_at=at) for team in crowd(40)]
    first = replace(teams[0], members="user1,ada_the_first", submissions=12)
    world.serve("titanic", [first, *teams[1:]])
    await world.follow()
    ada = world.server.ada
    message = await board(world, ada)
    answer = await press(world, ada, message, "Details")
    facts = f"-# 12 submissions · last one <t:{int(at.timestamp())}:R> · user1, ada\\_the\\_first"
    assert f"`1 0.99990` Team 1\n{facts}\n`" in answer.replace("` 1", "`1")
    assert "1 to 10 of 40" in answer
    assert "11 to 20 of 40" in await press(world, ada, message, "▶")
    await world.restart()
    answer = await press(world, ada, message, "Hide details")
    assert "11 to 30 of 40" in answer
    assert "submission" not in answer


async def test_rank_changes_are_those_of_24_hours(world: World) -> None:
    world.sync_every(minutes=30)
    first = START - timedelta(hours=20)
    world.serve("titanic", [ALPHA, BRAVO], at=first)
    await world.follow()
    world.serve("titanic", [BRAVO, ALPHA], at=START - timedelta(hours=19))
    await world.pass_time(hours=1)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == ["`1 ▲1 0.940` Bravo", "`2 ▼1 0.950` Alpha"]
    assert f"change since <t:{int(first.timestamp())}:f>" in answer
    world.serve("titanic", [CHARLIE, BRAVO, ALPHA])
    await world.pass_time(hours=4)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == [
        "`1 new 0.800` Charlie",
        "`2 ▼1  0.940` Bravo",
        "`3 ▼1  0.950` Alpha",
    ]
    assert "change in 24 h" in answer


async def test_last_teams_are_on_the_last_page_where_ranks_are_missing(world: World) -> None:
    world.kaggle.boards["titanic"] = shift_ranks(build_zip("titanic", crowd(40)), 20)
    await world.follow()
    answer = await world.ask(world.server.ada, "leaderboard", page=3)
    assert lines(answer)[-1] == "`50 0.99600` Team 40"
    assert "41 to 50 of 50" in answer


async def test_page_controls_work_also_after_a_restart(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    ada = world.server.ada
    message = await board(world, ada, page=2)
    assert lines(text_of(raw(message)))[0] == "`21 0.99790` Team 21"
    assert "41 to 60 of 70" in await press(world, ada, message, "▶")
    assert "21 to 40 of 70" in await press(world, ada, message, "◀")
    await world.restart()
    last = await press(world, ada, message, "⏭")
    assert "61 to 70 of 70" in last
    assert len(lines(last)) == 10
    with pytest.raises(simcord.SetupError, match="disabled"):
        await press(world, ada, message, "▶")
    assert "1 to 20 of 70" in await press(world, ada, message, "⏮")
    opened = await ada.click(message, label="1 / 4")
    await ada.submit_modal(opened, {"page": " 3 "})
    assert "41 to 60 of 70" in shown(world, message, ada)
    opened = await ada.click(message, label="3 / 4")
    refused = await ada.submit_modal(opened, {"page": "all"})
    assert "all is not a page number" in response_text(refused)
    assert is_private(refused)
    refused = await ada.submit_modal(await ada.click(message, label="3 / 4"), {"page": "0"})
    assert "0 is not a page number" in response_text(refused)
    assert "61 to 70 of 70" in text_of(raw(await board(world, ada, page=99)))


async def test_other_members_get_their_own_copy_of_a_board(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="user45")
    message = await board(world, ada)
    result = await bob.click(message, label="▶")
    assert is_private(result)
    assert "21 to 40 of 70" in response_text(result)
    assert lines(response_text(result))[-2:] == ["⋮", f"`45 0.99550` **Team 45** {bob.mention}"]
    assert "1 to 20 of 70" in shown(world, message, ada)
    assert result.response is not None
    copy = result.response.message
    around = await go_to(world, bob, copy, "Around me")
    assert "35 to 54 of 70" in around
    assert f"`45 0.99550` **Team 45** {bob.mention}" in lines(around)
    answer = await press(world, bob, copy, "⏭")
    assert lines(answer)[:2] == [f"`45 0.99550` **Team 45** {bob.mention}", "⋮"]
    assert "use `/link`" in await go_to(world, ada, message, "Around me")
    await world.ask(ada, "link", username="nobody")
    assert "**nobody** is not on Titanic yet. Teams appear" in await go_to(
        world, ada, message, "Around me"
    )
    assert f"{ada.mention} is not on this board yet" in await press(world, ada, message, "Refresh")


async def test_medal_zones_are_marked_and_can_be_selected(world: World) -> None:
    world.list_competition()
    world.serve("titanic", crowd(300))
    await world.follow()
    ada = world.server.ada
    message = await board(world, ada)
    top = lines(text_of(raw(message)))
    assert top[0] == "-# 🥇 gold, to #10"
    assert top[11] == "-# 🥈 silver, to #50"
    bronze = await go_to(world, ada, message, "Bronze zone, #51 to #100")
    assert lines(bronze)[:2] == ["-# 🥉 bronze, to #100", "`51 0.99490` Team 51"]
    assert "51 to 70 of 300" in bronze
    assert "101 to 120" in await press(world, ada, await board(world, ada, page=5), "▶")
    below = lines(text_of(raw(await board(world, ada, page=6))))
    assert below[0].startswith("`101 ")
    assert lines(await go_to(world, ada, message, "Top of the board"))[0] == top[0]


async def test_members_only_shows_ranks_among_members(world: World) -> None:
    world.list_competition()
    world.serve("titanic", crowd(70))
    await world.follow()
    server = world.server
    answer = await world.ask(server.ada, "leaderboard", members=True)
    assert "No member with a link that counts is on this board yet" in answer
    assert "use `/link`" in answer
    assert "There is no page" not in answer
    answer = await world.ask(server.ada, "leaderboard", members=True, page=2)
    assert "There is no page 2: this is the last one, 1." in answer
    await world.ask(server.ada, "link", username="user45")
    await world.storage.guilds.change_settings(server.guild.id, require_verified=True)
    answer = await world.ask(server.ada, "leaderboard", members=True)
    assert "No member with a link that counts is on this board yet. Your Kaggle account" in answer
    await world.storage.guilds.change_settings(server.guild.id, require_verified=False)
    await world.ask(server.bob, "link", username="user7")
    await world.ask(server.manager, "link", username="user8")
    message = await board(world, server.ada)
    answer = await press(world, server.ada, message, "Members only")
    assert lines(answer) == [
        "-# 🥇 gold, to #7",
        f"`1  #7 0.99930` {server.bob.mention} Team 7",
        "-# 🥈 silver, to #14",
        f"`2  #8 0.99920` {server.manager.mention} Team 8",
        "-# below the medal zones",
        f"`3 #45 0.99550` {server.ada.mention} **Team 45**",
    ]
    assert "1 to 3 of 3 members of this server" in answer
    assert len(lines(await press(world, server.ada, message, "Everyone"))) == 25


async def test_members_of_one_team_have_a_line_each(world: World) -> None:
    world.serve("titanic", [Team(1, "Both", "0.9", "ada,bob"), Team(2, "One", "0.8", "robin")])
    await world.follow()
    server = world.server
    await world.ask(server.ada, "link", username="ada")
    await world.ask(server.bob, "link", username="bob")
    await world.ask(server.manager, "link", username="robin")
    answer = await world.ask(server.bob, "leaderboard", members=True)
    assert lines(answer) == [
        f"`1 #1 0.9` {server.ada.mention} Both",
        f"`1 #1 0.9` {server.bob.mention} **Both**",
        f"`3 #2 0.8` {server.manager.mention} One",
    ]
    assert "1 to 3 of 3 members of this server" in answer


async def test_own_line_stands_above_or_below_the_page_of_a_team_mate(world: World) -> None:
    """Members of one team have the same rank, but one line comes before the other."""
    last = Team(20, "Both", "0.9", "ada,bob")
    world.serve("titanic", [*crowd(19), last])
    await world.follow()
    ada, bob, guild_id = world.server.ada, world.server.bob, world.server.guild.id
    for number in range(1, 20):
        await world.storage.links.link(guild_id, number, f"user{number}", number, START)
    await world.ask(ada, "link", username="ada")
    await world.ask(bob, "link", username="bob")
    answer = await world.ask(ada, "leaderboard", members=True, page=2)
    assert lines(answer) == [
        f"`20 #20 0.9` {ada.mention} **Both**",
        "⋮",
        f"`20 #20 0.9` {bob.mention} Both",
    ]
    answer = await world.ask(bob, "leaderboard", members=True, page=1)
    assert lines(answer)[-3:] == [
        f"`20 #20     0.9` {ada.mention} Both",
        "⋮",
        f"`20 #20     0.9` {bob.mention} **Both**",
    ]


async def test_competition_must_be_named_if_several_are_followed(world: World) -> None:
    ada = world.server.ada
    result = await world.run(ada, "leaderboard")
    assert "follows no competition yet" in response_text(result)
    assert is_private(result)
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    assert "Which competition?" in await world.ask(ada, "leaderboard")
    assert "[Titanic]" in await world.ask(ada, "leaderboard", competition="titanic")
    assert "does not follow **spaceship**" in await world.ask(
        ada, "leaderboard", competition="spaceship"
    )
    assert "does not follow **@\u2060everyone**" in await world.ask(
        ada, "leaderboard", competition="@everyone"
    )
    assert "is not a Kaggle competition" in await world.ask(
        ada, "leaderboard", competition="https://example.com/titanic"
    )
    assert await world.autocomplete(ada, "leaderboard", "competition", "HOUSE") == ["house-prices"]


async def test_button_of_an_unfollowed_board_says_so(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    message = await board(world, world.server.ada)
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    answer = await press(world, world.server.ada, message, "▶")
    assert answer == "⚠️ This server no longer follows this competition."
    assert message.id in {one.id for one in world.server.channel.history()}


async def test_board_before_its_first_sync_says_so(world: World) -> None:
    competition = await world.storage.competitions.add_for_owner("titanic")
    await world.storage.guilds.follow(
        world.server.guild.id, competition.id, None, 1, world.env.now(), None
    )
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    unread = "⚠️ The board of **Titanic** has not been read yet. See `/status`."
    for command in ("leaderboard", "rank", "history", "compare", "scores"):
        assert await world.ask(ada, command) == unread
    assert await world.ask(ada, "rank", username="night owls") == unread


async def test_failed_sync_is_shown_on_the_board(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = TimedOut("Not now.")
    await world.pass_time(minutes=10)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert "⚠️ The last try <t:" in answer


@pytest.mark.parametrize("page", [1, 2, 30])
async def test_real_board_is_aligned_and_fits_on_a_phone(world: World, page: int) -> None:
    recorded = read_recording()[-1].moved_to(world.env.now() - timedelta(minutes=1))
    world.kaggle.boards[recorded.slug] = recorded.zip
    await world.follow(recorded.slug)
    answer = await world.ask(world.server.ada, "leaderboard", page=page)
    table = [line for line in lines(answer) if line.startswith("`")]
    assert len(table) >= 20
    cells = [re.match(r"`( *)(\d+|─+)( +)(\S+)` ", line) for line in table]
    assert None not in cells
    assert len({found.end() for found in cells if found}) == 1
    assert max(found.end() for found in cells if found) <= 22
    ranks = [int(found[2]) for found in cells if found and found[2].isdigit()]
    assert ranks == list(range(page * 20 - 19, page * 20 + 1))


async def test_options_that_cannot_be_met_are_said(world: World) -> None:
    world.serve("titanic", crowd(50))
    await world.follow()
    answer = await world.ask(world.server.ada, "leaderboard", page=99)
    assert "41 to 50 of 50" in answer
    assert "There is no page 99: this is the last one, 3." in answer
    answer = await world.ask(world.server.ada, "leaderboard", public=True)
    assert "There is no private board: the public one is shown anyway." in answer
    assert "There is no" not in await world.ask(world.server.ada, "leaderboard", page=3)


async def test_page_that_lost_its_teams_is_not_called_missing(world: World) -> None:
    world.serve("titanic", crowd(26))
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="user16")
    message = await board(world, ada)
    assert "6 to 25 of 26" in await go_to(world, ada, message, "Around me")
    assert "26 to 26 of 26" in await press(world, ada, message, "▶")
    await world.pass_time(minutes=2)
    world.serve("titanic", crowd(25))
    await world.pass_time(minutes=5)
    answer = await press(world, ada, message, "Refresh")
    assert "21 to 25 of 25" in answer
    assert "There is no page" not in answer
