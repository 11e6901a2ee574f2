import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.storage import Storage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "podium.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = await Database.open(path)
    yield database
    await database.close()


@pytest.fixture
async def storage(path: Path, empty_database: Path) -> AsyncIterator[Storage]:
    if not path.exists():
        shutil.copy(empty_database, path)
    storage = await Storage.open(path)
    yield storage
    await storage.close()
