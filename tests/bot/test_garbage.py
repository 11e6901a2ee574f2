import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.client import Podium
from bot.garbage import spare_all
from tests.bot.conftest import CommandLine


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


class Circle:
    """Is let go by the collector alone, as a server is that knows its channels."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_spared_is_let_go_when_there_is_something_new_to_spare() -> None:
    server = Circle()
    left = weakref.ref(server)
    spare_all()
    del server
    gc.collect()
    assert left() is not None
    spare_all()
    assert left() is None


def test_the_bot_spares_its_servers_as_soon_as_it_knows_them(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    spared: list[int] = []

    async def start(self: Podium, token: str, *, reconnect: bool = True) -> None:
        assert gc.get_freeze_count() == 0
        self.dispatch("ready")
        await asyncio.sleep(0.05)
        spared.append(gc.get_freeze_count())

    monkeypatch.setattr(Podium, "start", start)
    assert podium("run")[0] == 0
    assert spared[0] > 0
