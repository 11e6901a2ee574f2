import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import connections
from tests.cogs.inline_connection import InlineConnection
from tests.cogs.world import World, open_world


@pytest.fixture
async def world(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    """Open a world, in which boards are read every five minutes or as the parameter says."""
    monkeypatch.setattr(connections, "BlockingConnection", InlineConnection)
    path = Path(shutil.copy(empty_database, tmp_path))
    sync_minutes = getattr(request, "param", 5)
    async with open_world(path, blocking=True, sync_minutes=sync_minutes) as world:
        yield world
