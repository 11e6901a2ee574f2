"""`/forecast`: what becomes of a rank if its team submits nothing, in words and in a picture."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from cogs.framework.responses import UserError
from plots.specs import ForecastPlot, ForecastStep
from tests.cogs.examples import FINAL, crowd
from tests.cogs.steady_board import newcomers, play, play_simulation, record_rushes
from tests.cogs.world import START, Team, World, response_text

pytestmark = pytest.mark.long

LIKELY = "**If the team submits nothing:** about #"


async def ask(world: World, user_name: str = "user500") -> str:
    return await world.ask(world.server.ada, "forecast", username=user_name)


async def test_forecast_in_words_and_in_a_picture(world: World) -> None:
    world.list_competition(deadline=START + timedelta(days=30))
    await play(world, hours=14, an_hour=2)
    ada = world.server.ada
    await world.ask(ada, "link", username="user500")
    drawn = world.record_plots()
    result = await world.run(ada, "forecast")
    text = response_text(result)
    assert "### 🔮 Forecast · [Titanic](" in text
    assert "**#528** · <@" in text
    assert f"{LIKELY}575 in 24 h, likely #557 to #599" in text
    assert "deadline <t:" in text
    assert result.response is not None
    (picture,) = result.response.message.attachments
    assert picture.filename == "forecast.png"
    assert picture.description is not None
    assert picture.description.startswith("Rank of Team 500 in Titanic over the last two days")
    assert "and if the team submits nothing: now 528 of 1028; in 12 hours" in picture.description
    assert "in 12 hours about 551, likely 542 to 564;" in picture.description
    assert "in 24 hours about 575, likely 557 to 599; in 36 hours" in picture.description
    (plot,) = drawn
    assert isinstance(plot, ForecastPlot)
    now = START + timedelta(hours=14)
    assert [(at.taken_at, at.rank) for at in plot.line.points] == [
        (START, 500),
        (START + timedelta(hours=7, minutes=-1), 514),
        (now - timedelta(minutes=1), 528),
        (now, 528),
    ]
    assert plot.steps[0] == ForecastStep(now, 1028, 528, 528, 528)
    assert plot.steps[24] == ForecastStep(now + timedelta(hours=24), 1076, 575, 557, 599)
    last = plot.steps[-1]
    assert last.at == now + timedelta(hours=48)
    assert f"**In 48 h** about #{last.rank}, likely #{last.low} to #{last.high}" in text
    assert plot.deadline == START + timedelta(days=30)


async def test_forecast_says_when_the_zone_is_likely_left(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    text = await ask(world, "user35")
    assert "**🥈 #48** · top 5 %" in text
    leaves = int((START + timedelta(hours=13 + 3)).timestamp())
    assert f"likely leaves 🥈 silver around <t:{leaves}:t>" in text
    assert "🥇 better than **1.00002** now · in 24 h perhaps 1.00006 to 1.00011, or better" in text
    # The team is one of the 50 in silver, of which the last one is user 37.
    zone = "🥈 ✓ the team is in this zone now, which ends at **0.99630**"
    assert f"{zone} · in 24 h perhaps 0.99740 to 0.99990, or better" in text
    assert "🥉 ✓ the team is above this zone now, which ends at **0.9" in text
    await world.ask(world.server.ada, "link", username="user35")
    what_if = await world.ask(world.server.ada, "whatif", score="0.1")
    assert "🥈\xa0**0.99630**\xa0✓ · 🥉\xa0**0.9" in what_if
    assert "the true score for gold was often outside this range" in text
    assert "\n-# This is about the public board. Medals come from the private board" in text
    drawn = world.record_plots()
    await ask(world, "user35")
    (plot,) = drawn
    assert isinstance(plot, ForecastPlot)
    assert plot.medals


@pytest.mark.parametrize(("left", "ahead"), [(25, 24), (47, 24), (60, 36), (80, 48)])
async def test_forecast_reaches_into_the_last_day_only_if_that_is_near(
    world: World, left: int, ahead: int
) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + left))
    await play(world, hours=13)
    drawn = world.record_plots()
    text = await ask(world)
    (plot,) = drawn
    assert isinstance(plot, ForecastPlot)
    assert plot.steps[-1].at == START + timedelta(hours=13 + ahead)
    assert ("can be worse" in text) == (left < 48)
    assert (f"**In {ahead} h**" in text) == (ahead > 24)
    assert ("the last day begins then" in text) == (24 < ahead < 48)


async def test_last_day_is_forecast_up_to_the_deadline(world: World) -> None:
    deadline = START + timedelta(hours=13 + 10)
    world.list_competition(deadline=deadline)
    await play(world, hours=13, an_hour=2)
    await record_rushes(world, 3)
    drawn = world.record_plots()
    text = await ask(world)
    assert "about #545 at the deadline (public board), likely #538 to #" in text
    assert re.search(
        r"🥈 better than \*\*0.9\d+\*\* now · at the deadline perhaps .+, or better", text
    )
    assert "in 24 h" not in text.lower()
    (plot,) = drawn
    assert isinstance(plot, ForecastPlot)
    assert plot.steps[-1].at == deadline


async def test_forecast_of_two_days_ends_with_the_deadline(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 30.5))
    await play(world, hours=13, an_hour=2)
    await record_rushes(world, 3)
    text = await ask(world)
    (later,) = (line for line in text.split("\n") if line.startswith("**In 30 h** about #"))
    assert later.endswith(" · the deadline is then (public board)")


async def test_team_that_may_leave_its_zone_is_told_where_that_ends(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    text = await ask(world, "user13")
    assert "may leave 🥈 silver, which ends near #51 by then" in text
    assert "likely leaves" not in text


async def test_line_reaches_two_days_back(world: World) -> None:
    await play(world, hours=60)
    drawn = world.record_plots()
    await ask(world)
    (plot,) = drawn
    assert isinstance(plot, ForecastPlot)
    # The first board is older, and its rank held until another one came.
    first, *_, last = plot.line.points
    assert (first.taken_at, first.rank) == (START + timedelta(hours=12), 500)
    assert (last.taken_at, last.rank) == (START + timedelta(hours=60), 560)
    assert plot.deadline is None
    assert not plot.medals
    text = await ask(world)
    assert "🥈" not in text
    assert "private board" not in text


async def expect_no_forecast(world: World, reason: str) -> None:
    """Assert that a screen without a picture says where the team is, and why it has no forecast."""
    result = await world.run(world.server.ada, "forecast", username="user50")
    text = response_text(result)
    assert "**Team 50**" in text
    assert "There is no forecast" in text
    assert reason in text
    assert LIKELY not in text
    assert result.response is not None
    assert result.response.message.attachments == []


async def test_less_than_twelve_hours_of_boards_are_said(world: World) -> None:
    await play(world, hours=11)
    seconds = int((START + timedelta(hours=12)).timestamp())
    await expect_no_forecast(
        world,
        "yet, as it takes twelve hours of boards. Ask again after"
        f" <t:{seconds}:f> (<t:{seconds}:R>).",
    )
    # The hours are over, but no board was read since.
    await world.pass_time(hours=1.5)
    await expect_no_forecast(world, "boards. Ask again after the next sync.")


async def test_board_that_has_not_changed_is_said(world: World) -> None:
    world.serve("titanic", crowd(1000))
    await world.follow()
    await world.pass_time(hours=13)
    reason = "yet, as I have seen too few changes of this board. Ask again when it has changed."
    await expect_no_forecast(world, reason)


async def test_board_that_was_rescored_is_said(world: World) -> None:
    await play(world, hours=26)
    # Each score is another one, without a submission.
    teams = [*newcomers(26), *crowd(1000)]
    teams = [replace(team, score=f"{float(team.score) / 2:.6f}") for team in teams]
    corrected_at = world.env.now() + timedelta(hours=11)
    world.serve("titanic", teams, at=corrected_at)
    await world.pass_time(hours=13)
    seconds = int((corrected_at + timedelta(hours=12)).timestamp())
    await expect_no_forecast(
        world,
        "now, as Kaggle has rescored the board: it takes twelve hours of boards since then. Ask"
        f" again after <t:{seconds}:f> (<t:{seconds}:R>).",
    )


async def test_board_that_is_held_is_said(world: World) -> None:
    await play(world, hours=13)
    world.serve("titanic", crowd(300))
    await world.sync_service.sync(await world.storage.competitions.add_for_owner("titanic"))
    await expect_no_forecast(world, "now, as the newest board looks wrong")


async def test_scores_that_move_by_themselves_are_said(world: World) -> None:
    await play_simulation(world)
    await expect_no_forecast(world, "for this board, as its scores change without submissions")


async def test_board_that_was_not_read_for_long_is_said(world: World) -> None:
    await play(world, hours=13)
    del world.kaggle.boards["titanic"]
    await world.pass_time(hours=7)
    await expect_no_forecast(world, "now, as the board was last read more than three hours ago")


async def test_last_day_before_the_deadline_is_said(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 23))
    await play(world, hours=13)
    await expect_no_forecast(world, "in the last 24 hours before the deadline")
    text = await ask(world)
    assert "three competitions end. `/whatif` shows what each medal takes now." in text
    assert "This is about the public board." in text


async def test_end_is_said(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13))
    await play(world, hours=13)
    await expect_no_forecast(
        world,
        "as the competition has ended. The private board decides the medals, and I do not have it"
        " yet.",
    )


async def test_end_is_said_of_a_board_that_was_not_read_since_long_before(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 10))
    await play(world, hours=13)
    await world.pass_time(hours=11)
    await expect_no_forecast(world, "as the competition has ended. The private board decides")


async def test_end_of_an_archived_competition_is_said(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=2))
    world.serve("titanic", crowd(40))
    await world.follow()
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=12)
    text = await ask(world, "user20")
    assert "🏁 final private board" in text
    assert "There is no forecast, as the competition has ended." in text
    assert "I do not have it yet" not in text


async def test_team_that_is_on_no_board_is_refused(world: World) -> None:
    await play(world, hours=13)
    world.expect(UserError)
    assert "is not on Titanic yet" in await ask(world, "nobody")
    assert "`/link`" in await world.ask(world.server.ada, "forecast")


async def test_board_is_chosen_where_a_person_is_on_several(world: World) -> None:
    await play(world, hours=13)
    world.serve(
        "spaceship",
        [Team(n + 9000, f"Ship {n}", f"{9 - n / 100}", f"user{n}") for n in range(1, 60)],
    )
    await world.follow("spaceship")
    result = await world.run(world.server.ada, "forecast", username="user50")
    assert "On which board?" in response_text(result)
    (question,) = result.followups
    chosen = await world.server.ada.select(question, ["titanic"])
    assert LIKELY in response_text(chosen)
    text = await world.ask(world.server.ada, "forecast", username="user50", competition="spaceship")
    assert "There is no forecast yet" in text


async def test_members_of_other_servers_are_not_named(world: World) -> None:
    await play(world, hours=13)
    await world.ask(world.server.ada, "link", username="user500")
    mention = f"<@{world.server.ada.id}>"
    assert mention in await ask(world)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    text = await world.ask(elsewhere.bob, "forecast", username="user500")
    assert LIKELY in text
    assert mention not in text
