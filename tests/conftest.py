"""Settings and fixtures of all tests."""

import asyncio
import gc
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from leaderboards import secret_redaction
from storage.database import Database
from storage.storage import Storage
from tests import plans

# Else each test that loads the bot's cogs, and each process that a test starts, would compile them.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No deadline, since timings are no tests; the same examples in each run of CI.
settings.register_profile(
    "podium",
    deadline=None,
    max_examples=60,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("podium")


def pytest_collection_finish() -> None:
    """Tune garbage collection, which would take a sixth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True)
def _forget_secrets() -> Iterator[None]:
    yield
    secret_redaction._secrets.clear()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a database without rows once; a copy is cheaper than a new one."""

    async def make(path: Path) -> None:
        await (await Database.open(path, readers=0)).close()

    path = tmp_path_factory.mktemp("empty") / "podium.db"
    asyncio.run(make(path))
    return path


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    """Open the storage of a new database."""
    storage = await Storage.open(tmp_path / "podium.db")
    yield storage
    await storage.close()


@pytest.fixture(scope="session")
def tables(empty_database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(empty_database, check_same_thread=False)) as tables:
        yield tables


@pytest.fixture(scope="session")
def _statements(
    tables: sqlite3.Connection,
) -> Iterator[tuple[plans.Statements, sqlite3.Connection]]:
    statements = plans.Statements()
    with statements.recording():
        yield statements, tables


@pytest.fixture(autouse=True)
def _check_statements(
    _statements: tuple[plans.Statements, sqlite3.Connection],
) -> Iterator[None]:
    yield
    statements, tables = _statements
    new = statements.take_new()
    assert plans.find_full_scans(new, tables) == []
    assert plans.find_newer_sql(new) == []
