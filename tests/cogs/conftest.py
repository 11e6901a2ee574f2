import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import connections
from tests.cogs.inline_connection import InlineConnection
from tests.cogs.world import World, open_world


@pytest.fixture
async def world(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr(connections, "BlockingConnection", InlineConnection)
    async with open_world(Path(shutil.copy(empty_database, tmp_path)), blocking=True) as world:
        yield world
