"""The final board is checked again after the archive, for a month."""

from datetime import timedelta

from leaderboards.errors import NotALeaderboard
from leaderboards.members.role_criteria import RoleCriterion
from tests.cogs.examples import FINAL, TEAMS
from tests.cogs.syncing.ends import begin, find_competition, skip_days, sync_now
from tests.cogs.world import START, World, announced


async def archive_competition(world: World) -> None:
    """End the competition with a private board on which user8 has bronze, by one rank."""
    await begin(world)
    await world.confirm(world.server.bob, "unlink")
    await world.ask(world.server.bob, "link", username="user8")
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=2, minutes=35)
    assert (await find_competition(world)).archived_at is not None


async def test_removed_teams_move_ranks_medals_roles_and_seasons(world: World) -> None:
    server = world.server
    silver = server.guild.create_role("Silver")
    await world.storage.roles.set_role(server.guild.id, RoleCriterion.SILVER, silver.id)
    await archive_competition(world)
    elsewhere = world.add_server("Followed later")
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.bob, "link", username="user8")
    await world.ask(server.manager, "season create", name="All")
    await world.ask(server.manager, "season add", season="All", competition="titanic")
    announced_before = len(announced(world))

    # Kaggle removes teams 1 and 2: of 38 teams, seven have silver.
    world.sync_every(minutes=60)
    world.serve_private("titanic", [team for team in FINAL if team.id not in (1, 2)])
    await world.pass_time(hours=23)
    assert len(announced(world)) == announced_before
    await world.pass_time(hours=2)
    (change,) = announced(world)[announced_before:]
    assert "## 🏁 The final board of [Titanic](" in change
    assert "2 teams removed · 38 teams on it now" in change
    assert (
        f"🥈 **#7** ▲2 {server.bob.mention}\n-# 2 teams above this team were removed:"
        " silver instead of bronze" in change
    )
    assert server.ada.mention not in change
    assert len(announced(world, elsewhere)) == 1
    assert "# 🥈 #7" in await world.ask(server.bob, "rank")
    guild = world.env.backend.get_guild(server.guild.id)
    assert silver.id in guild.members[server.bob.id].role_ids
    assert "#7" in await world.ask(server.bob, "season standings", season="All")


async def test_final_board_is_checked_five_times_within_a_month(world: World) -> None:
    await archive_competition(world)
    looks = []
    for days in range(1, 36):
        skip_days(world, days)
        pages = len(world.kaggle.pages)
        await world.pass_time(minutes=31)
        if len(world.kaggle.pages) > pages:
            looks.append(days)
    assert looks == [1, 3, 7, 14, 30]


async def test_failing_check_of_the_final_board_is_repeated_and_no_failure(world: World) -> None:
    await archive_competition(world)
    announced_before = len(announced(world))
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    world.serve_private("titanic", FINAL[1:])
    synced_at = (await find_competition(world)).synced_at
    world.sync_every(minutes=60)
    await world.pass_time(hours=25)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert (await find_competition(world)).synced_at == synced_at
    assert len(announced(world)) == announced_before
    world.serve("titanic", TEAMS)
    await world.pass_time(hours=7)
    (change,) = announced(world)[announced_before:]
    assert "1 team removed · 39 teams on it now" in change
    assert "👑 **Team 1** is the winner now." in change
    ada = world.server.ada.mention
    gone = f"{ada} is no longer on the final board (was #1 · no medal instead of gold)"
    assert gone in change


async def test_sync_command_tells_what_it_did_about_the_end(world: World) -> None:
    await archive_competition(world)
    assert "The final board is as it was." in await sync_now(world)
    world.serve_private("titanic", FINAL[3:])
    assert "The final board changed: 3 teams removed." in await sync_now(world)
    world.serve_private("titanic", FINAL)
    assert "The final board changed: 3 teams added." in await sync_now(world)
    world.list_competition(deadline=START + timedelta(days=9))
    assert "The deadline was moved: it ends <t:" in await sync_now(world)


async def test_held_board_says_nothing_about_the_private_one(world: World) -> None:
    await archive_competition(world)
    world.serve("titanic", TEAMS[:5])
    answer = await sync_now(world)
    assert "the new board is held." in answer
    assert "no private board" not in answer
    assert "I did not look for the private board, as the public one looks wrong." in answer


async def test_failing_sync_command_is_no_failure_of_an_archived_competition(world: World) -> None:
    await archive_competition(world)
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    assert await sync_now(world) == "⚠️ Kaggle's answer was no leaderboard."
    assert "All is well" in await world.ask(world.server.ada, "status")
