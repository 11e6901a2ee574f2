"""What makes no sense for a competition that has ended is refused with the reason."""

import pytest

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World

ENDED = f"<t:{START.timestamp():.0f}:R>"


@pytest.fixture
async def over(world: World) -> World:
    """Archive one competition, which nothing can change any more."""
    world.serve("titanic", SMALL)
    await world.follow()
    await world.storage.database.change(
        "UPDATE competitions SET archived_at = ?1, ended_at = ?1 WHERE id = 1", (START.timestamp(),)
    )
    return world


async def test_live_board_of_an_ended_competition_is_refused(over: World) -> None:
    server = over.server
    answer = await over.ask(server.manager, "competition live", channel=server.channel)
    assert answer == (
        f"⚠️ **Titanic** ended {ENDED} and its final board is stored, so a live board has nothing to"
        " follow. `/leaderboard competition:titanic` shows the final board."
    )
    assert await over.storage.live_boards.load_by_guild(server.guild.id) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [("final", "final submission"), ("entry", "entry"), ("merger", "team merger")],
)
async def test_deadline_of_an_ended_competition_is_refused(
    over: World, kind: str, name: str
) -> None:
    answer = await over.ask(over.server.manager, "competition deadline", kind=kind, at="2026-03-01")
    assert answer == f"⚠️ **Titanic** ended {ENDED}, so its {name} deadline cannot be set any more."


async def test_pause_is_refused_once_nothing_is_read_any_more(over: World) -> None:
    manager = over.server.manager
    answer = await over.ask(manager, "competition pause")
    assert answer == (
        f"⚠️ **Titanic** ended {ENDED} and its final board is stored. I no longer read or announce"
        " anything of it, so there is nothing to pause."
    )
    await over.storage.database.change("UPDATE competitions SET recheck_at = 1e11 WHERE id = 1", ())
    assert "**Titanic** is paused" in await over.ask(manager, "competition pause")


async def test_entry_deadline_is_refused_while_the_private_board_is_awaited(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo(slug="titanic", deadline=START)
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(minutes=10)
    answer = await world.ask(
        world.server.manager, "competition deadline", kind="entry", at="2026-03-01"
    )
    assert answer.endswith("so its entry deadline cannot be set any more.")
