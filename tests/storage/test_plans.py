"""The watch over how SQLite finds its rows sees through the views."""

import sqlite3

import pytest

from tests import plans


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT rank FROM board_rows WHERE board_id = ? AND score > ?",
        "SELECT team_name FROM board_rows WHERE board_id = ? AND team_name LIKE ?",
        "SELECT team_id FROM members WHERE board_id = ?",
        "SELECT slug FROM competitions WHERE reward = ?",
    ],
)
def test_what_reads_a_table_or_a_board_in_full_is_named(
    tables: sqlite3.Connection, statement: str
) -> None:
    assert len(plans.wrong([statement], tables)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT rank FROM board_rows WHERE board_id = ? AND team_id = ?",
        "SELECT team_name FROM board_rows WHERE board_id = ? AND rank = ?",
        "SELECT team_name FROM board_rows WHERE board_id = ? AND rank <= 10",
    ],
)
def test_what_finds_its_rows_is_not(tables: sqlite3.Connection, statement: str) -> None:
    assert plans.wrong([statement], tables) == []
