"""What `tests/conftest.py` holds all tests to, held against what is wrong."""

import sqlite3

import pytest

from storage.storage import Storage
from tests import plans
from tests.leaderboards.boards import board, entry
from tests.storage.examples import commit, follow


@pytest.mark.parametrize(
    ("sql", "step"),
    [
        ("SELECT * FROM outbox WHERE error = ?", "SCAN outbox"),
        ("UPDATE links SET mention = ? WHERE mention = ?", "SCAN links"),
        ("SELECT user_name FROM members WHERE board_id = ?", "SEARCH members USING"),
        ("INSERT INTO key_values SELECT slug, reward FROM competitions", "SCAN competitions"),
    ],
)
def test_what_reads_a_table_or_a_board_in_full_is_found(
    tables: sqlite3.Connection, sql: str, step: str
) -> None:
    (found,) = plans.wrong([sql], tables)
    assert found.startswith(step)


def test_what_finds_its_rows_is_right(tables: sqlite3.Connection) -> None:
    right = [
        "SELECT * FROM links WHERE guild_id = ? AND user_id IN (SELECT value FROM json_each(?))",
        "DELETE FROM outbox WHERE id = :id AND error = :error",
        "INSERT INTO key_values (key, value) VALUES (?, ?)",
    ]
    assert plans.wrong(right, tables) == []


def test_what_is_named_with_its_reason_is_allowed(tables: sqlite3.Connection) -> None:
    assert plans.wrong(["DELETE FROM direct_messages WHERE created_at < ?"], tables) == []


async def test_the_statements_of_storage_are_noted_once(storage: Storage) -> None:
    statements = plans.Statements()
    with statements.watched():
        await follow(storage, 1)
        await commit(storage, board(entry(1, 1)))
        noted = statements.new()
        assert len(noted) == len(set(noted)) > 10
        await follow(storage, 2)
        assert statements.new() == []
