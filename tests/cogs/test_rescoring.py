"""A board that Kaggle has scored anew: told once as that, and all counts from there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from demo.recording import read_recording
from tests.board_files import SIMULATION
from tests.cogs.examples import crowd, take_rank
from tests.cogs.world import START, Team, World, announced


def corrected(teams: list[Team]) -> list[Team]:
    """Return the teams after a correction of the metric that reverses their order."""
    return [
        replace(team, score=f"{0.5 + place / 10_000:.5f}")
        for place, team in reversed(list(enumerate(teams)))
    ]


async def sync(world: World, teams: list[Team]) -> list[str]:
    """Sync a new board; return what was announced."""
    before = len(announced(world))
    await world.pass_time(minutes=1)
    world.serve("titanic", teams)
    await world.pass_time(minutes=5)
    return announced(world)[before:]


@pytest.mark.parametrize("calm", [0, 3])
async def test_correction_is_told_once_and_nobody_rose_or_fell(world: World, calm: int) -> None:
    teams = crowd(100)
    world.serve("titanic", teams, at=START - timedelta(hours=2))
    await world.follow()
    await world.ask(world.server.ada, "link", username="user100")
    await world.ask(world.server.bob, "link", username="user2")
    for number in range(calm):
        teams = [*teams[:-2], replace(teams[-2], score=f"0.900{number}"), teams[-1]]
        await sync(world, teams)
    news = await sync(world, corrected(teams))
    (text,) = news
    assert "Kaggle has **rescored the board**" in text
    assert "That is no climb and no fall" in text
    # Bob fell from #2 to #99, ada rose from #100 to #1: neither is news now or later.
    leader, *rest = corrected(teams)
    assert await sync(world, [leader, *rest[:-1], replace(rest[-1], score="0.1")]) == []
    rank = await world.ask(world.server.bob, "rank")
    assert "# #99" in rank
    assert "▼" not in rank
    assert "±0" in rank
    board = await world.ask(world.server.bob, "leaderboard")
    assert "change since" in board
    assert "▲" not in board
    history = await world.ask(world.server.bob, "history")
    assert "**Best** #99" in history
    assert "Ranks are compared since Kaggle rescored the board" in history


@pytest.mark.parametrize("calm", [0, 3])
@pytest.mark.parametrize("order", [1, -1], ids=["best first", "worst first"])
async def test_correction_in_many_steps_is_told_once_and_nobody_rose_or_fell(
    world: World, calm: int, order: int
) -> None:
    """15 % of the scores at each of ten syncs, within an hour."""
    world.list_competition()
    await world.storage.guilds.change_settings(world.server.guild.id, smallest_fall=1)
    teams = crowd(100)
    world.serve("titanic", teams)
    await world.follow()
    for actor, user in ((world.server.ada, "user1"), (world.server.bob, "user60")):
        await world.ask(actor, "link", username=user)
    await world.ask(world.server.manager, "link", username="user95")
    for number in range(calm):
        teams = [*teams[:-1], replace(teams[-1], score=f"0.000{number}")]
        await sync(world, teams)
    # While nothing changes, no board is stored.
    await world.pass_time(hours=calm)
    right = {team.id: f"{0.5 + team.id / 10_000:.5f}" for team in teams}
    told: list[str] = []
    for step in range(10):
        chosen = {team.id for team in crowd(100)[::order][10 * step : 10 * step + 15]}
        teams = [
            replace(team, score=right[team.id]) if team.id in chosen else team for team in teams
        ]
        teams.sort(key=lambda team: float(team.score), reverse=True)
        told += await sync(world, teams)
    (text,) = told
    assert "Kaggle has **rescored the board**" in text
    # What members hand in afterwards is news, from where the correction has put them.
    assert teams[-1].members == "user1"
    (news,) = await sync(world, take_rank(teams, 1, 90, world.env.now()))
    assert "climbed 10 places to **#90**" in news
    assert "new best score **0.50" in news


async def test_bests_begin_anew_with_a_corrected_board(world: World) -> None:
    teams = crowd(100)
    world.serve("titanic", teams)
    await world.follow()
    await world.ask(world.server.bob, "link", username="user2")
    await sync(world, teams)
    await sync(world, corrected(teams))
    # Who links after it has no bests from before either.
    await world.ask(world.server.ada, "link", username="user3")
    board = corrected(teams)
    for number, user in ((2, "user2"), (3, "user3")):
        (own,) = (team for team in board if team.members == user)
        others = [team for team in board if team is not own]
        better = replace(
            own,
            score=f"0.50{800 - number}",
            submissions=2,
            submitted_at=world.env.now(),
        )
        place = next(i for i, team in enumerate(others) if float(team.score) < float(better.score))
        board = [*others[:place], better, *others[place:]]
    (text,) = await sync(world, board)
    assert text.count("🚀") == 2
    assert text.count("best rank yet") == 2


@pytest.mark.parametrize(
    ("title", "settings"),
    [
        ("Daily digest", {"daily_digest": True}),
        ("Weekly digest", {"weekly_digest_day": START.weekday()}),
    ],
)
async def test_a_digest_counts_from_the_corrected_board(
    world: World, title: str, settings: dict[str, Any]
) -> None:
    await world.storage.guilds.change_settings(world.server.guild.id, digest_hour=1, **settings)
    teams = crowd(100)
    world.serve("titanic", teams)
    await world.follow()
    await world.ask(world.server.bob, "link", username="user2")
    await world.ask(world.server.ada, "link", username="newcomer")
    teams.append(Team(500, "Newcomers", "0.00001", "newcomer"))
    await sync(world, teams)
    await sync(world, corrected(teams))
    own, *others = (team for team in corrected(teams) if team.members != "user1")
    busy = [replace(team, submissions=1 + 4 * (team.members == "user2")) for team in [own, *others]]
    await sync(world, busy)
    await world.pass_time(hours=2)
    digest = next(text for text in announced(world) if title in text)
    assert "🧮 Kaggle rescored the board on <t:" in digest
    assert "📉" not in digest
    assert "📈" not in digest
    assert f"{world.server.ada.mention} **#1**, new" in digest
    assert "Most submissions" in digest


async def test_simulation_moves_by_itself_and_is_never_scored_anew(world: World) -> None:
    season = read_recording(SIMULATION)
    world.kaggle.boards["kaggriculture"] = season[0].zip
    await world.follow("kaggriculture")
    for recorded in season[1:4]:
        world.kaggle.boards["kaggriculture"] = recorded.zip
        await world.pass_time(minutes=5)
    assert not any("rescored the board" in text for text in announced(world))
    info = await world.storage.boards.find_info(1)
    assert info is not None
    assert info.stored_at == world.env.now()
    assert info.rescored_at is None


async def test_simulation_is_not_scored_anew_after_an_outage(world: World) -> None:
    season = read_recording(SIMULATION)
    world.kaggle.boards["kaggriculture"] = season[0].zip
    await world.follow("kaggriculture")
    world.kaggle.boards["kaggriculture"] = season[-1].zip
    await world.pass_time(minutes=5)
    assert not any("rescored the board" in text for text in announced(world))


async def test_quiet_hours_defer_that_a_board_was_scored_anew(world: World) -> None:
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=0, quiet_to=6)
    teams = crowd(20)
    world.serve("titanic", teams)
    await world.follow()
    assert await sync(world, corrected(teams)) == []
    world.sync_every(minutes=60)
    await world.pass_time(hours=6)
    assert "**rescored the board**" in announced(world)[-1]


async def test_news_of_quiet_hours_counts_from_a_corrected_board(world: World) -> None:
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=0, quiet_to=6)
    teams = crowd(100)
    world.serve("titanic", teams)
    await world.follow()
    await world.ask(world.server.bob, "link", username="user50")
    teams = take_rank(teams, 50, 40, world.env.now())
    await sync(world, teams)
    teams = corrected(teams)
    await sync(world, teams)
    assert teams[60].members == "user50"
    assert await sync(world, take_rank(teams, 50, 30, world.env.now())) == []
    world.sync_every(minutes=60)
    await world.pass_time(hours=6)
    (news,) = (text for text in announced(world) if "🚀" in text)
    assert "climbed 31 places to **#30**" in news
