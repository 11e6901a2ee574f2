"""Log lines name the server and the competition that they are about, as the operator reads them."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.logs import TextFormatter
from leaderboards.errors import TimedOut
from tests.cogs.examples import SMALL
from tests.cogs.world import World


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


async def test_failed_command_names_its_server(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    world.expect(RuntimeError)
    monkeypatch.setattr(type(world.storage.guilds), "load_follows", broken)
    await world.ask(world.server.ada, "status")
    (line,) = (line for line in log.getvalue().splitlines() if "status failed" in line)
    assert line.endswith(f" (server {world.server.guild.id})")


async def test_failed_announcement_names_its_server_and_competition(
    world: World, log: io.StringIO
) -> None:
    world.serve("titanic", SMALL)
    world.env.inject_error("POST", "/channels/*/messages", status=503)
    await world.follow()
    await world.pass_time(seconds=1)
    (line,) = (line for line in log.getvalue().splitlines() if "next try in" in line)
    assert line.endswith(f" (server {world.server.guild.id}, titanic)")


async def test_lines_of_libraries_within_a_sync_name_its_competition(
    world: World, log: io.StringIO
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()

    async def download(slug: str) -> bytes:
        logging.getLogger("library").warning("slow")
        raise TimedOut("Kaggle did not answer.")

    world.kaggle.download = download  # type: ignore[method-assign]
    await world.pass_time(minutes=6)
    assert "library: slow (titanic)\n" in log.getvalue()
    assert "titanic was not synced: Kaggle did not answer.\n" in log.getvalue()
