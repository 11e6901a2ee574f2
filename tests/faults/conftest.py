from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.cogs.world import World, open_world
from tests.faults.machine import Observe


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "podium.db") as world:
        yield world


@pytest.fixture
def observe(record_property: Callable[[str, object], None]) -> Observe:
    """Write down what was observed of the machine, for the table."""

    def write_down(fault: str, observed: str) -> None:
        record_property("fault", f"Machine: {fault}")
        record_property("observed", observed)

    return write_down
