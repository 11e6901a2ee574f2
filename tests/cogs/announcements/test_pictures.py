"""Pictures below announcements, which are sent without them where that would fail or be late."""

from datetime import UTC, datetime, timedelta

import discord
import pytest

from cogs.announcements import pictures as message_pictures
from plots.specs import MovementPlot, Mover, ShakeUpPlot, TrendsPlot
from tests.cogs.announcements.test_digests import begin, follow
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, FINAL
from tests.cogs.syncing.ends import begin as begin_ending
from tests.cogs.syncing.ends import check_now
from tests.cogs.world import Team, World, announced, announcements


async def both_move(world: World, *, hours: int = 0) -> None:
    """Move two linked members in one sync, some hours later."""
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.run(world.server.ada, "link", username="ada")
    await world.run(world.server.bob, "link", username="dave")
    await world.follow()
    if hours:
        world.sync_every(minutes=60)
    await world.pass_time(hours=hours, minutes=1)
    world.serve("titanic", [world.submit(CHARLIE, "0.97"), world.submit(ALPHA, "0.96"), BRAVO])
    await world.pass_time(minutes=59 if hours else 10)
    assert "has taken the lead" in announced(world)[-1]


def pictures(world: World) -> list[discord.Attachment]:
    return announcements(world)[-1].attachments


async def test_several_movers_are_shown_with_their_ranks(world: World) -> None:
    drawn = world.record_plots()
    await both_move(world)
    (trends,) = drawn
    assert isinstance(trends, TrendsPlot)
    assert [(line.name, [there.rank for there in line.points]) for line in trends.lines] == [
        ("Charlie", [3, 1]),
        ("Alpha", [1, 2]),
    ]
    (picture,) = pictures(world)
    assert picture.filename.endswith(".png")
    assert picture.description == "Ranks of 2 teams over the last 7 days"
    assert picture.size > 1000


async def test_description_of_a_young_board_says_the_period_of_the_picture(world: World) -> None:
    drawn = world.record_plots()
    await both_move(world, hours=32)
    (trends,) = drawn
    assert isinstance(trends, TrendsPlot)
    assert trends.period == (32, "hour")
    (picture,) = pictures(world)
    assert picture.description == "Ranks of 2 teams over the last 32 hours"


async def test_news_has_no_picture_while_too_many_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_pictures, "_MAX_WAITING", 0)
    await both_move(world)
    assert pictures(world) == []


async def test_news_has_no_picture_after_a_drawing_error(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> bytes | None:
        raise RuntimeError("no ink")

    world.bot.services.plot_renderer.render = broken  # type: ignore[assignment]
    await both_move(world)
    assert pictures(world) == []
    assert "a picture could not be made" in caplog.text


async def test_news_has_no_picture_where_files_are_forbidden(world: World) -> None:
    everybody = world.server.guild.default_role
    closed = discord.PermissionOverwrite(attach_files=False)
    world.server.channel = world.server.guild.create_text_channel(
        "texts", overwrites={everybody: closed}
    )
    await both_move(world)
    assert pictures(world) == []


async def test_picture_of_a_digest_shows_who_climbed_and_who_fell(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    drawn = world.record_plots()
    await follow(world, world.server, daily_digest=True)
    await calendar.queue_due()
    await calendar.submit(150, 100)
    calendar.now += timedelta(minutes=5)
    await calendar.submit(20, 30)
    calendar.now += timedelta(hours=1)
    await calendar.queue_due()
    await calendar.world.wait_until_delivered()
    (movement,) = drawn
    assert isinstance(movement, MovementPlot)
    assert movement.movers == (Mover("Team 150", 150, 100), Mover("Team 20", 20, 30))
    assert "Daily digest" in announced(world)[-1]


async def test_picture_of_an_end_has_the_medal_zones_of_the_whole_private_board(
    world: World,
) -> None:
    """Text and picture agree although a team is on the private board only."""
    drawn = world.record_plots()
    await begin_ending(world)
    await world.pass_time(hours=2, minutes=30)
    world.serve_private("titanic", [*FINAL, Team(41, "Late", "0.5")])
    await check_now(world)
    assert "among 41 teams" in announced(world)[-1]
    (shake_up,) = (plot for plot in drawn if isinstance(plot, ShakeUpPlot))
    assert (len(shake_up.teams), shake_up.team_count, shake_up.medals) == (40, 41, True)
