"""The checks of statements that `tests/conftest.py` applies to every statement of the tests."""

import sqlite3
from pathlib import Path

import pytest

from storage import connections
from storage.storage import Storage
from tests import plans
from tests.cogs.inline_connection import InlineConnection
from tests.leaderboards.boards import board, entry
from tests.storage.examples import commit, follow


@pytest.mark.parametrize(
    ("sql", "step"),
    [
        ("SELECT * FROM outbox WHERE error = ?", "SCAN outbox"),
        ("UPDATE links SET mention = ? WHERE mention = ?", "SCAN links"),
        ("SELECT user_name FROM members WHERE board_id = ?", "SEARCH members USING"),
        ("SELECT rank FROM board_rows WHERE board_id = ? AND score > ?", ""),
        ("SELECT team_name FROM board_rows WHERE board_id = ? AND team_name LIKE ?", ""),
        ("INSERT INTO key_values SELECT slug, reward FROM competitions", "SCAN competitions"),
    ],
)
def test_statement_that_reads_a_whole_table_or_board_is_found(
    tables: sqlite3.Connection, sql: str, step: str
) -> None:
    (found,) = plans.find_full_scans([sql], tables)
    assert found.startswith(step)


def test_statement_with_an_index_is_accepted(tables: sqlite3.Connection) -> None:
    indexed = [
        "SELECT * FROM links WHERE guild_id = ? AND user_id IN (SELECT value FROM json_each(?))",
        "DELETE FROM outbox WHERE id = :id AND error = :error",
        "SELECT rank FROM board_rows WHERE board_id = ? AND team_id = ?",
        "INSERT INTO key_values (key, value) VALUES (?, ?)",
    ]
    assert plans.find_full_scans(indexed, tables) == []


def test_statement_with_a_stated_reason_is_accepted(tables: sqlite3.Connection) -> None:
    assert plans.find_full_scans(["DELETE FROM direct_messages WHERE created_at < ?"], tables) == []


def test_statement_that_the_oldest_sqlite_refuses_is_found() -> None:
    refused = [
        "SELECT max(at) FROM deadlines HAVING count(*) > 1",
        "SELECT 1 FROM teams RIGHT JOIN ranks USING (team_id)",
        "SELECT 1 FROM teams WHERE score IS NOT DISTINCT FROM ?",
        "SELECT concat(slug, title) FROM competitions",
    ]
    accepted = ["SELECT max(at) FROM deadlines GROUP BY kind HAVING count(*) > 1"]
    assert plans.find_newer_sql([*refused, *accepted]) == refused


async def test_each_statement_of_storage_is_recorded_once(storage: Storage) -> None:
    statements = plans.Statements()
    with statements.recording():
        await follow(storage, 1)
        await commit(storage, board(entry(1, 1)))
        recorded = statements.take_new()
        assert len(recorded) == len(set(recorded)) > 10
        await follow(storage, 2)
        assert statements.take_new() == []


async def test_statements_of_the_tests_of_cogs_are_recorded(
    database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BlockingConnection", InlineConnection)
    storage = await Storage.open(database_file, blocking=True)
    statements = plans.Statements()
    with statements.recording():
        await follow(storage, 1)
        await commit(storage, board(entry(1, 1)))
    await storage.close()
    assert len(statements.take_new()) > 10
