"""A competition that ends, and its boards before and after."""

from datetime import timedelta

from leaderboards.competition_info import CompetitionInfo
from records.competitions import Competition
from tests.cogs.examples import TEAMS
from tests.cogs.world import START, Team, World

DEADLINE = START + timedelta(hours=2)


async def find_competition(world: World, slug: str = "titanic") -> Competition:
    found = await world.storage.competitions.find(slug)
    assert found is not None
    return found


async def check_now(world: World) -> None:
    """Advance the time to the next checks, and wait for the round that makes them."""
    for competition in await world.storage.competitions.load_followed():
        if competition.ended_at is not None:
            await world.storage.competitions.schedule(competition.id, world.env.now())
    await world.pass_time(minutes=31)


def skip_days(world: World, days: int) -> None:
    """Advance the bot's time by days, without the rounds of those days."""
    world.bot.services.now = lambda: world.env.now() + timedelta(days=days)


def skip_a_month(world: World) -> None:
    skip_days(world, 31)


async def begin(world: World) -> None:
    world.sync_every(minutes=30)
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")
    await world.ask(world.server.bob, "link", username="user6")


async def sync_now(world: World) -> str:
    """Run `/competition sync` after its cooldown."""
    await world.pass_time(minutes=2)
    return await world.ask(world.server.manager, "competition sync")


async def archive(
    world: World, slug: str, teams: list[Team], *, medals: bool = True, title: str | None = None
) -> None:
    """Follow a competition of which this is the final board, without playing its end."""
    category = "Featured" if medals else "Playground"
    title = title or f"The {slug}"
    world.kaggle.listed[slug] = CompetitionInfo(slug, START, category, title=title)
    world.serve(slug, teams)
    await world.follow(slug)
    await world.storage.database.change(
        "UPDATE competitions SET archived_at = 1, ended_at = 1 WHERE slug = ?", (slug,)
    )
