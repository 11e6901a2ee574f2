from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.cogs.world import World, open_world
from tests.faults.channels import Channels, open_channels
from tests.faults.machine import Observe
from tests.wire.control.client import Wire
from tests.wire.http.schema import Schema
from tests.wire.server import Server


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "podium.db") as world:
        yield world


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Server(schema=Schema()) as server, Wire(server.port) as wire:
        yield wire
        assert await wire.violations() == []
        assert (await wire.counters()).ignored == 0


@pytest.fixture
async def channels(wire: Wire, tmp_path: Path) -> AsyncIterator[Channels]:
    async with open_channels(wire, tmp_path) as channels:
        yield channels


@pytest.fixture
def observe(record_property: Callable[[str, object], None]) -> Observe:
    """Write down what was observed of the machine, for the table."""

    def write_down(fault: str, observed: str) -> None:
        record_property("fault", f"Machine: {fault}")
        record_property("observed", observed)

    return write_down
