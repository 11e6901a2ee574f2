"""What holds for all tests."""

import asyncio
import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from leaderboards import secret_redaction as secrecy
from storage.database import Database
from tests import plans

# How long an example takes is no matter of right or wrong; what fails on a submission must fail
# again on the next run of it.
settings.register_profile(
    "podium",
    deadline=None,
    max_examples=60,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("podium")


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among all that was imported: that is a sixth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True)
def _other_tests_show_what_is_secret_in_this_one() -> Iterator[None]:
    yield
    secrecy._secrets.clear()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of this version without a row; to copy them is cheaper than to make them."""

    async def make(path: Path) -> None:
        await (await Database.open(path, readers=0)).close()

    path = tmp_path_factory.mktemp("empty") / "podium.db"
    asyncio.run(make(path))
    return path


@pytest.fixture(scope="session")
def tables(empty_database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(empty_database, check_same_thread=False)) as tables:
        yield tables


@pytest.fixture(scope="session")
def _watched(tables: sqlite3.Connection) -> Iterator[tuple[plans.Statements, sqlite3.Connection]]:
    statements = plans.Statements()
    with statements.watched():
        yield statements, tables


@pytest.fixture(autouse=True)
def _storage_finds_its_rows_by_an_index(
    _watched: tuple[plans.Statements, sqlite3.Connection],
) -> Iterator[None]:
    yield
    statements, tables = _watched
    assert plans.wrong(statements.new(), tables) == []
