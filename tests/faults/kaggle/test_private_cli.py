"""The private board through the unmodified Kaggle CLI, page by page, and what can befall it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from aiohttp import web

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, Fault, GoodAnswer
from leaderboards.board import Board
from leaderboards.errors import RateLimited, TimedOut
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.private_board import build_private_board, load_private
from leaderboards.parsing.reader import read_board
from leaderboards.parsing.zip_file import open_zip
from tests.cogs.world import START, Team, build_zip

TEAMS = [Team(n, f"Équipe, {n} 🦊", f"{1 - n / 1000:.3f}", f"user{n}") for n in range(1, 451)]
SHAKEN = [Team(t.id, t.name, f"{0.9 - n / 1000:.4f}") for n, t in enumerate(reversed(TEAMS), 1)]
PUBLIC = build_zip("spaceship", TEAMS)


@pytest.fixture
def public() -> Board:
    return read_board(open_zip(PUBLIC).unpack(), slug="spaceship", taken_at=START)


@pytest_asyncio.fixture
async def kaggle() -> AsyncIterator[KaggleStandIn]:
    async with KaggleStandIn() as running:
        running.serve("spaceship", PUBLIC)
        running.serve_private("spaceship", build_zip("spaceship", SHAKEN))
        yield running


def cli(kaggle: KaggleStandIn, timeout: float = 60) -> KaggleCli:
    return KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, timeout=timeout)


class OnPage:
    """Answers well but for one page, which it counts."""

    def __init__(self, token: str, fault: Fault) -> None:
        self.token, self.fault = token, fault
        self.asked: list[str] = []

    async def __call__(self, answer: GoodAnswer) -> web.StreamResponse:
        token = str((await answer.request.json()).get("pageToken", ""))
        self.asked.append(token)
        if token == self.token:
            return await self.fault(answer)
        return web.Response(body=answer.body, content_type="application/json")


async def test_pages_of_the_public_board_are_no_private_board(public: Board) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("spaceship", PUBLIC)
        assert await load_private(partial(cli(kaggle).load_page, "spaceship"), public) is None


async def test_private_board_that_changes_between_pages_is_read_again(
    kaggle: KaggleStandIn, public: Board
) -> None:
    final = [SHAKEN[-1], *SHAKEN[:-1]]
    final[0] = Team(1, "Équipe, 1 🦊", "0.95")

    async def climb(answer: GoodAnswer) -> web.StreamResponse:
        kaggle.serve_private("spaceship", build_zip("spaceship", final))
        return web.Response(body=answer.body, content_type="application/json")

    pages = OnPage("200", climb)
    kaggle.set_fault("spaceship", pages)
    read = await load_private(partial(cli(kaggle).load_page, "spaceship"), public)
    assert pages.asked == ["", "200", "400"] * 2
    assert read is not None
    board = build_private_board(read, public, START)
    assert board.teams.team_id.tolist() == [team.id for team in final]
    second = board.teams.entry(1)
    assert (second.rank, second.team_name, second.score_text) == (2, "Équipe, 450 🦊", "0.8990")
    assert second.members == ("user450",)


async def test_refusal_between_pages_raises(kaggle: KaggleStandIn, public: Board) -> None:
    kaggle.set_fault("spaceship", OnPage("200", FAULTS["429"]))
    with pytest.raises(RateLimited):
        await load_private(partial(cli(kaggle).load_page, "spaceship"), public)


async def test_missing_page_times_out(kaggle: KaggleStandIn) -> None:
    kaggle.set_fault("spaceship", FAULTS["silence before the answer"])
    impatient = cli(kaggle, timeout=1.5)
    with pytest.raises(TimedOut):
        await impatient.load_page("spaceship")
