"""A competition of four teams, of which Ada's is the last, and what members watch in it."""

import simcord

from tests.cogs.world import Server, Team, World, raw, response_text

ALPHA = Team(1, "Alpha", "0.95", "ann")
BRAVO = Team(2, "Bravo", "0.94", "bob,ben")
CHARLIE = Team(3, "Charlie", "0.93", "carol")
DELTA = Team(4, "Delta", "0.92", "ada")
BOARD = [ALPHA, BRAVO, CHARLIE, DELTA]


async def start(world: World, server: Server | None = None, slug: str = "titanic") -> Server:
    """Follow a competition in which Ada is last of four."""
    at = server or world.server
    world.serve(slug, BOARD)
    await world.ask(at.ada, "link", username="ada")
    await world.follow(slug, at)
    return at


async def sync(world: World, *teams: Team, slug: str = "titanic", minutes: int = 5) -> None:
    """Serve another board, and sync it within some minutes."""
    await world.pass_time(minutes=1)
    world.serve(slug, teams)
    await world.pass_time(minutes=minutes)


def climb(world: World, team: Team = DELTA) -> list[Team]:
    """Return the board after a submission that made a team first."""
    return [world.submit(team, "0.99"), *(one for one in BOARD if one.id != team.id)]


async def remove_all(world: World, actor: simcord.MemberActor) -> str:
    result = await world.run(actor, "watch list")
    assert result.response is not None
    menu = raw(result.response.message)[0]["components"][-1]["components"][0]
    values = [option["value"] for option in menu["options"]]
    return response_text(await actor.select(result.response.message, values=values))
