"""The real CLI, asked by the real bot, answered by the stand-in for Kaggle."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import refuse_with_sentence
from demo.recording import read_recording, space_evenly
from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import select_start
from leaderboards.parsing.reader import read_board
from tests.cogs.world import World, announced, open_world


@pytest.fixture
def stand_in() -> Iterator[KaggleStandIn]:
    with KaggleStandIn().in_thread() as kaggle:
        yield kaggle


@pytest.fixture
async def world(tmp_path: Path, stand_in: KaggleStandIn) -> AsyncIterator[World]:
    cli = KaggleCli(credentials=CREDENTIALS, environment=stand_in.environment, start=select_start())
    async with open_world(tmp_path / "podium.db", cli) as world:
        yield world


@pytest.mark.processes
async def test_from_adding_a_competition_to_the_first_news(
    world: World, stand_in: KaggleStandIn
) -> None:
    world.sync_every(minutes=60)
    boards = space_evenly(read_recording(), world.env.now(), timedelta(hours=1))[:6]
    slug = boards[0].slug
    answer = await world.follow(slug)
    assert slug in answer
    assert "Following" not in answer
    assert await world.storage.competitions.find(slug) is None

    stand_in.serve(slug, boards[0].zip)
    stand_in.add_competition(CompetitionInfo(slug, category="Playground", team_count=1_200))
    answer = await world.follow(slug)
    teams = len(read_board(boards[0].csv).teams)
    assert f"**{teams:,} teams** on the board" in answer
    assert "Playground" in answer

    await world.ask(world.server.ada, "link", username="amberheron73")
    assert f"of {teams:,}" in await world.ask(world.server.ada, "rank")
    for board in boards[1:]:
        stand_in.serve(slug, board.zip)
        await world.env.advance_time(3600)
    assert len(announced(world)) >= 1
    assert "Now following" in announced(world)[0]

    stand_in.set_fault(slug, refuse_with_sentence(403, "You must accept this competition's rules"))
    await world.env.advance_time(3600)
    assert "accept" in await world.ask(world.server.ada, "status")
    stand_in.clear_fault(slug)
    await world.pass_time(hours=3)
    assert "All is well" in await world.ask(world.server.ada, "status")
