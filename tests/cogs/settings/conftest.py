from collections.abc import AsyncIterator

import pytest

from tests.cogs.settings.panel import Panel
from tests.cogs.world import World


@pytest.fixture
async def unchanged_elsewhere(world: World) -> AsyncIterator[None]:
    """Check that the panel of another server shows the same after the test."""
    elsewhere = world.add_server()
    before = (await Panel.open(world, elsewhere)).text
    yield
    assert (await Panel.open(world, elsewhere)).text == before
