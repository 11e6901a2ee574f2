"""What holds for all tests."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, settings

from leaderboards import secrecy
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


@pytest.fixture(autouse=True)
def _other_tests_show_what_is_secret_in_this_one() -> Iterator[None]:
    yield
    secrecy._secrets.clear()


@pytest.fixture(scope="session")
def _watched() -> Iterator[tuple[plans.Statements, sqlite3.Connection]]:
    statements = plans.Statements()
    with closing(plans.empty_database()) as tables, statements.watched():
        yield statements, tables


@pytest.fixture(autouse=True)
def _storage_finds_its_rows_by_an_index(
    _watched: tuple[plans.Statements, sqlite3.Connection],
) -> Iterator[None]:
    yield
    statements, tables = _watched
    assert plans.wrong(statements.new(), tables) == []
