from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.http.schema import Schema
from tests.wire.minimal_bot import MinimalBot, online
from tests.wire.server import Server


@pytest.fixture(scope="session")
def schema() -> Schema:
    return Schema()


@pytest.fixture
async def wire(schema: Schema) -> AsyncIterator[Wire]:
    """Start the stand-in in the test's own process, which is quick."""
    async with Server(schema=schema) as server, Wire(server.port) as wire:
        yield wire


@pytest.fixture
async def guild(wire: Wire) -> Guild:
    return await wire.add_guild("Kagglers", ["general", "news"])


@pytest.fixture
async def bot(wire: Wire, guild: Guild) -> AsyncIterator[MinimalBot]:
    async with online(wire, MinimalBot()) as bot:
        yield bot
