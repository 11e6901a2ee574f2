import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cogs.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path, empty_database: Path) -> AsyncIterator[World]:
    async with open_world(Path(shutil.copy(empty_database, tmp_path))) as world:
        yield world
