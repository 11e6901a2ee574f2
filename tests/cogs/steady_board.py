"""A board whose forecast is known, as the same number of teams comes in each hour, or none is."""

from datetime import timedelta

from tests.cogs.examples import crowd
from tests.cogs.world import Team, World


def newcomers(count: int) -> list[Team]:
    """Return teams above all of `crowd`, the one that came last first."""
    return [Team(5000 + n, f"New {n}", f"1.{n:05}", f"new{n}") for n in range(count, 0, -1)]


async def play(world: World, hours: int, an_hour: int = 1) -> None:
    """Add this many teams an hour at the top, until the second of two more syncs."""
    world.sync_every(minutes=hours * 30)
    world.serve("titanic", crowd(1000))
    await world.follow()
    competition = await world.storage.competitions.add_for_owner("titanic")
    for part in (1, 2):
        came = part * hours * an_hour // 2
        # The file is a minute old at the sync; one as old as the last board would not be stored.
        at = world.env.now() + timedelta(hours=hours / 2, minutes=-1)
        world.serve("titanic", [*newcomers(came), *crowd(1000)], at=at)
        await world.pass_time(hours=hours / 2)
        board = await world.storage.boards.find_info(competition.id)
        assert board is not None
        assert board.team_count == 1000 + came


async def play_simulation(world: World) -> None:
    """Read the boards of thirteen hours, between which most scores move without a submission."""
    world.sync_every(minutes=390)
    for part in range(3):
        teams = [
            Team(n, f"Team {n}", f"{1000 - n + (n * part) % 7:.1f}", f"user{n}")
            for n in range(1, 101)
        ]
        world.serve("titanic", teams)
        if not part:
            await world.follow()
        else:
            await world.pass_time(hours=6.5)


async def record_rushes(world: World, count: int) -> None:
    """Archive some competitions in which three times more teams came on the last day."""
    for number in range(count):
        past = await world.storage.competitions.add_for_owner(f"past-{number}")
        async with world.storage.database.write() as connection:
            await connection.execute(
                "INSERT OR IGNORE INTO rushes VALUES (?, '[3, 3, 3, 3]')", (past.id,)
            )
