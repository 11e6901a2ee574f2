"""A competition that ends, and its boards before and after."""

from datetime import datetime, timedelta

from leaderboards.kaggle.cli_output import CompetitionInfo
from records.competitions import Competition
from tests.cogs.examples import crowd
from tests.cogs.world import START, Team, World

DEADLINE = START + timedelta(hours=2)
TEAMS = crowd(40)
FINAL = [
    Team(team.id, team.name, f"{0.8 - rank / 1000:.4f}")
    for rank, team in enumerate([TEAMS[19], *TEAMS[:19], *TEAMS[20:]], 1)
]


def list_competition(
    world: World, deadline: datetime | None = DEADLINE, slug: str = "titanic"
) -> None:
    world.kaggle.listed[slug] = CompetitionInfo(slug, deadline, "Featured")


async def find_competition(world: World, slug: str = "titanic") -> Competition:
    found = await world.storage.competitions.find(slug)
    assert found is not None
    return found


async def check_now(world: World) -> None:
    """Let the next checks be due now, and wait for the round that makes them."""
    for competition in await world.storage.competitions.load_followed():
        if competition.ended_at is not None:
            await world.storage.competitions.schedule(competition.id, world.env.now())
    await world.pass_time(minutes=31)


def skip_a_month(world: World) -> None:
    world.bot.services.now = lambda: world.env.now() + timedelta(days=31)


async def begin(world: World) -> None:
    world.sync_every(minutes=30)
    list_competition(world)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")
    await world.ask(world.server.bob, "link", username="user6")


async def sync_now(world: World) -> str:
    """Run `/competition sync` after its cooldown."""
    await world.pass_time(minutes=2)
    return await world.ask(world.server.manager, "competition sync")
