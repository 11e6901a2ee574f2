"""What the rank card says will become of a rank."""

import re
from datetime import timedelta

import pytest

from tests.cogs.examples import crowd
from tests.cogs.steady_board import play, play_simulation, record_rushes
from tests.cogs.world import START, World

pytestmark = pytest.mark.long

ZONE_EXIT = "likely leaves 🥈 silver around <t:"


async def rank(world: World, user_name: str) -> str:
    return await world.ask(world.server.ada, "rank", username=user_name)


async def test_card_shows_where_the_rank_will_be_in_a_day(world: World) -> None:
    world.list_competition(deadline=START + timedelta(days=30))
    await play(world, hours=13, an_hour=2)
    # User 500 was on #500, and is on #526 after 13 hours.
    answer = await rank(world, "user500")
    assert "# #526" in answer
    assert (
        "**If the team submits nothing (public board):** about #573 in 24 h, likely #555 to #597"
        in answer
    )
    assert "likely leaves" not in answer


async def test_card_shows_when_the_team_is_likely_to_leave_its_zone(world: World) -> None:
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    answer = await rank(world, "user35")
    # Silver ends at #50; #48 will be below it in three hours.
    assert "# 🥈 #48" in answer
    leaves = int((START + timedelta(hours=13 + 3)).timestamp())
    assert f"{ZONE_EXIT}{leaves}:t>" in answer
    # A team that may stay is not told.
    assert ZONE_EXIT not in await rank(world, "user5")


async def test_card_says_that_the_team_may_leave_its_zone(world: World) -> None:
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    # Silver ends at #50, and will end at #51 of 1,036 teams in a day. User 13 is on #26.
    answer = await rank(world, "user13")
    assert "# 🥈 #26" in answer
    forecast = re.search(r"in 24 h, likely #\d+ to #(\d+) · (.+)", answer)
    assert forecast is not None
    assert int(forecast[1]) > 51
    assert forecast[2] == "may leave 🥈 silver, which ends near #51 by then"
    # It is told once how sure it is, and nothing of a team that is in no zone.
    assert "may leave" not in await rank(world, "user35")
    assert "may leave" not in await rank(world, "user500")


async def test_zone_that_the_team_was_to_leave_by_now_is_told_in_the_past(world: World) -> None:
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    answer = await rank(world, "user37")
    # Silver ends at #50; #50 will be below it in an hour.
    assert "# 🥈 #50" in answer
    leaves = int((START + timedelta(hours=13 + 1)).timestamp())
    assert f"{ZONE_EXIT}{leaves}:t>" in answer
    await world.pass_time(hours=2.5)
    answer = await rank(world, "user37")
    assert "has likely left 🥈 silver by now" in answer
    assert "likely leaves" not in answer


async def test_no_zone_is_left_where_no_medals_are_awarded(world: World) -> None:
    await play(world, hours=13, an_hour=1)
    answer = await rank(world, "user35")
    assert "**If the team submits nothing:** about #" in answer
    assert "likely leaves" not in answer
    assert "may leave" not in await rank(world, "user13")


async def test_less_than_twelve_hours_of_boards_are_no_forecast(world: World) -> None:
    world.list_competition()
    await play(world, hours=11)
    assert "If the team submits nothing" not in await rank(world, "user500")
    await world.pass_time(hours=5.5)
    assert "If the team submits nothing" in await rank(world, "user500")


@pytest.mark.parametrize(("days", "known"), [(0.9, False), (1.1, True)])
async def test_last_day_before_the_deadline_has_no_forecast(
    world: World, days: float, known: bool
) -> None:
    world.list_competition(deadline=START + timedelta(hours=13, days=days))
    await play(world, hours=13)
    assert ("If the team submits nothing" in await rank(world, "user500")) == known


@pytest.mark.parametrize(("days", "warned"), [(1.9, True), (2.1, False)])
async def test_forecast_that_reaches_into_the_last_day_says_that_it_can_be_worse(
    world: World, days: float, warned: bool
) -> None:
    world.list_competition(deadline=START + timedelta(hours=13, days=days))
    await play(world, hours=13)
    answer = await rank(world, "user500")
    assert "If the team submits nothing" in answer
    assert ("can be worse: more teams submit on the last day" in answer) == warned


async def test_last_day_is_forecast_once_three_past_competitions_show_it(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 10))
    await play(world, hours=13, an_hour=2)
    await record_rushes(world, 2)
    answer = await rank(world, "user500")
    assert "If the team submits nothing" not in answer
    told = (
        "**Forecast** none in the last 24 hours before the deadline: more teams submit than before"
    )
    assert f"\n{told}\n" in answer
    await record_rushes(world, 3)
    answer = await rank(world, "user500")
    # All hours that were counted are in the last day: two teams an hour go on coming.
    assert (
        "**If the team submits nothing:** about #545 at the deadline (public board), likely #538 to"
        in answer
    )
    assert "can be worse" not in answer
    assert "**Forecast** none" not in answer


async def test_hours_of_the_last_day_are_forecast_as_past_competitions_show(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 36))
    await play(world, hours=13, an_hour=2)
    await record_rushes(world, 3)
    answer = await rank(world, "user500")
    # 26 teams came in 13 hours; 12 hours go on so, and 12 three times as fast.
    assert (
        "**If the team submits nothing (public board):** about #620 in 24 h, likely #586 to #667"
        in answer
    )
    assert "can be worse" not in answer


async def test_deadline_that_the_server_gave_counts_as_well(world: World) -> None:
    await play(world, hours=13)
    assert "If the team submits nothing" in await rank(world, "user500")
    manager, at = world.server.manager, START + timedelta(hours=13 + 20)
    await world.ask(manager, "competition deadline", kind="final", at=f"{at:%Y-%m-%d %H:%M}")
    assert "If the team submits nothing" not in await rank(world, "user500")


async def test_simulation_whose_scores_move_has_no_forecast(world: World) -> None:
    world.list_competition()
    await play_simulation(world)
    assert "**Trend**" in await rank(world, "user50")
    assert "If the team submits nothing" not in await rank(world, "user50")


async def test_board_that_is_held_has_no_forecast(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    assert "If the team submits nothing" in await rank(world, "user500")
    world.serve("titanic", crowd(300))
    await world.sync_service.sync(await world.storage.competitions.add_for_owner("titanic"))
    assert "If the team submits nothing" not in await rank(world, "user500")


async def test_board_that_cannot_be_synced_has_no_forecast(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    assert "If the team submits nothing" in await rank(world, "user500")
    del world.kaggle.boards["titanic"]
    await world.pass_time(hours=7)
    assert "If the team submits nothing" not in await rank(world, "user500")
