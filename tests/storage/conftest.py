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
def database_file(path: Path, empty_database: Path) -> Path:
    """Return the test's database file; create it with this version's tables if missing."""
    if not path.exists():
        shutil.copy(empty_database, path)
    return path


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = await Database.open(path)
    yield database
    await database.close()


@pytest.fixture
async def blocking_database(path: Path) -> AsyncIterator[Database]:
    database = await Database.open(path, blocking=True)
    yield database
    await database.close()


@pytest.fixture
async def storage(database_file: Path) -> AsyncIterator[Storage]:
    storage = await Storage.open(database_file)
    yield storage
    await storage.close()
