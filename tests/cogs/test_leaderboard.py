import re
from datetime import timedelta

import discord
import pytest
import simcord

from demo.season import read_season
from leaderboards.errors import TimedOut
from leaderboards.text import display_width
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SAMPLE, SMALL, crowd
from tests.cogs.world import World, private, raw, said, text_of


def lines(answer: str) -> list[str]:
    """Give the lines of the board itself."""
    return answer.split("```")[1].strip("\n").split("\n")


async def press(
    world: World, actor: simcord.MemberActor, message: discord.Message, label: str
) -> str:
    """Press a button and give what the message, or the answer to the one who pressed, then says."""
    result = await actor.click(message, label=label)
    if result.followups or (result.response and result.response.id != message.id):
        return said(result)
    channel = world.servers[actor.guild.id].channel
    (now,) = (one for one in channel.history(viewer=actor) if one.id == message.id)
    return text_of(raw(now))


async def board(world: World, actor: simcord.MemberActor, **options: object) -> discord.Message:
    result = await world.run(actor, "leaderboard", **options)
    assert not private(result)
    assert result.response is not None
    return result.response.message


async def test_a_board_shows_ranks_scores_benchmarks_and_who_is_who(world: World) -> None:
    world.serve("titanic", SMALL, benchmarks=[SAMPLE.id])
    await world.follow()
    await world.ask(world.server.bob, "link", username="Bob")
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == [
        " 1 Alpha             0.950",
        "•2 Bravo             0.940",
        " · Sample Submission 0.900",
        " 3 Charlie           0.800",
    ]
    assert f"• **#2** {world.server.bob.mention} · Bravo" in answer
    assert "3 teams · higher is better · read <t:" in answer
    assert "Page 1 of 1" in answer


async def test_changes_count_from_24_hours_ago(world: World) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    await world.pass_time(hours=1)
    world.serve("titanic", [BRAVO, ALPHA])
    await world.pass_time(hours=1)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == [" 1 ▲1 Bravo 0.940", " 2 ▼1 Alpha 0.950"]
    assert "change since <t:1767225600:R>" in answer
    await world.pass_time(hours=22, minutes=30)
    world.serve("titanic", [CHARLIE, BRAVO, ALPHA])
    await world.pass_time(hours=2)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert lines(answer) == [
        " 1 new Charlie 0.800",
        " 2 ▼1  Bravo   0.940",
        " 3 ▼1  Alpha   0.950",
    ]
    assert "change in 24 h" in answer


async def test_buttons_turn_the_pages(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    ada = world.server.ada
    message = await board(world, ada, page=2)
    assert lines(text_of(raw(message)))[0] == " 21 Team 21 0.99790"
    assert "Page 3 of 4" in await press(world, ada, message, "▶")
    assert "Page 2 of 4" in await press(world, ada, message, "◀")
    message = await board(world, ada, page=1)
    last = await press(world, ada, message, "⏭")
    assert "Page 4 of 4" in last
    assert len(lines(last)) == 10
    with pytest.raises(simcord.SetupError, match="disabled"):
        await press(world, ada, message, "▶")
    assert "Page 1 of 4" in await press(world, ada, message, "⏮")
    assert "Page 4 of 4" in text_of(raw(await board(world, ada, page=99)))


async def test_buttons_work_after_a_restart(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    message = await board(world, world.server.ada)
    await world.restart()
    assert "Page 2 of 4" in await press(world, world.server.bob, message, "▶")


async def test_finding_oneself_turns_no_page_for_others(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    ada = world.server.ada
    message = await board(world, ada)
    assert "`/link` tells me" in await press(world, ada, message, "Find me")
    await world.ask(ada, "link", username="user45")
    result = await ada.click(message, label="Find me")
    assert private(result)
    assert "Page 3 of 4" in said(result)
    assert "•45 Team 45" in said(result)
    assert result.response is not None
    assert "Page 4 of 4" in await press(world, ada, result.response.message, "⏭")
    assert "Page 3 of 4" in await press(world, ada, result.response.message, "Find me")
    (public,) = (one for one in world.server.channel.history() if one.id == message.id)
    assert "Page 1 of 4" in text_of(raw(public))
    await world.ask(ada, "link", username="nobody")
    assert "**nobody** is not on the board of titanic" in await press(
        world, ada, message, "Find me"
    )


async def test_members_only(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    server = world.server
    answer = await world.ask(server.ada, "leaderboard", members=True)
    assert "Nobody from this server is on this board yet" in answer
    await world.ask(server.ada, "link", username="user45")
    await world.ask(server.bob, "link", username="user7")
    message = await board(world, server.ada)
    answer = await press(world, server.ada, message, "Members only")
    assert lines(answer) == ["• 7 Team 7  0.99930", "•45 Team 45 0.99550"]
    assert "members of this server" in answer
    result = await server.ada.click(message, label="Find me")
    assert "Page 1 of 1 · members of this server" in said(result)
    assert len(lines(await press(world, server.ada, message, "Everyone"))) == 20


async def test_which_board_is_meant(world: World) -> None:
    ada = world.server.ada
    result = await world.run(ada, "leaderboard")
    assert "follows no competition yet" in said(result)
    assert private(result)
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    assert "Which competition?" in await world.ask(ada, "leaderboard")
    assert "[titanic]" in await world.ask(ada, "leaderboard", competition="titanic")
    assert "does not follow **spaceship**" in await world.ask(
        ada, "leaderboard", competition="spaceship"
    )
    assert "names no Kaggle competition" in await world.ask(
        ada, "leaderboard", competition="@everyone"
    )
    assert await world.offered(ada, "leaderboard", "competition", "HOUSE") == ["house-prices"]


async def test_a_button_of_a_board_that_is_no_longer_followed(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    message = await board(world, world.server.ada)
    await world.ask(world.server.manager, "competition remove", competition="titanic")
    answer = await press(world, world.server.ada, message, "▶")
    assert answer == "This server no longer follows that competition."
    assert message.id in {one.id for one in world.server.channel.history()}


async def test_a_board_that_has_not_come_in(world: World) -> None:
    competition = await world.storage.competitions.add("titanic")
    await world.storage.guilds.follow(
        world.server.guild.id, competition.id, None, 1, world.env.now(), None
    )
    assert "has not come in yet" in await world.ask(world.server.ada, "leaderboard")


async def test_an_empty_board_and_a_failing_one(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = TimedOut("Not now.")
    await world.pass_time(minutes=10)
    answer = await world.ask(world.server.ada, "leaderboard")
    assert "⚠️ The last try <t:" in answer


@pytest.mark.parametrize("page", [1, 2, 30])
async def test_a_real_board_stays_in_line(world: World, page: int) -> None:
    recorded = read_season()[-1].moved_to(world.env.now() - timedelta(minutes=1))
    world.kaggle.boards[recorded.slug] = recorded.zip
    await world.follow(recorded.slug)
    answer = await world.ask(world.server.ada, "leaderboard", page=page)
    shown = lines(answer)
    assert len(shown) >= 20
    assert len({display_width(line) for line in shown}) == 1
    ranks = [int(found[1]) for line in shown if (found := re.match(r"[ •] *(\d+) ", line))]
    assert ranks == list(range(page * 20 - 19, page * 20 + 1))
