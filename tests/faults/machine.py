"""Helpers of the tests of faults of the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.sync import SyncReport
from tests.cogs.examples import crowd
from tests.cogs.world import World

PROJECT = Path(__file__).resolve().parents[2]

Observe = Callable[[str, str], None]
"""Takes a fault and what was observed of it."""


@asynccontextmanager
async def real_kaggle(world: World) -> AsyncIterator[KaggleStandIn]:
    """Set up the real CLI for the bot, against a stand-in for Kaggle."""
    async with KaggleStandIn() as kaggle:
        cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment)
        world.bot.services.kaggle = cli
        try:
            await cli.check_version()
            yield kaggle
        finally:
            cli.close()
            world.bot.services.kaggle = world.kaggle


async def sync_titanic(world: World, *, teams: int) -> SyncReport:
    """Sync a board of this many teams, without SimCord's clock: a real process takes real time."""
    world.serve("titanic", crowd(teams), at=world.env.now() + timedelta(seconds=teams))
    competition = await world.storage.competitions.add_for_owner("titanic")
    return await world.sync_service.sync(competition)


async def load_stored(world: World) -> list[list[tuple[object, ...]]]:
    """Return all that is stored of boards, their history, and the news of them."""
    async with world.storage.database.read() as connection:
        return [
            [tuple(row) for row in await connection.execute_fetchall(f"SELECT * FROM {table}")]  # noqa: S608
            for table in (
                "boards",
                "board_rows",
                "members",
                "log_segments",
                "news_baselines",
                "outbox",
            )
        ]
