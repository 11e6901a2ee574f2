import sqlite3
from contextlib import closing
from pathlib import Path

from storage.boards.competition_rename import TABLES_OF_FOLLOWS


def test_everything_that_belongs_to_a_follow_moves_with_it(database_file: Path) -> None:
    with closing(sqlite3.connect(database_file)) as database:
        tables = database.execute(
            "SELECT DISTINCT t.name FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f"
            " WHERE t.type = 'table' AND f.\"table\" = 'follows'"
        ).fetchall()
    assert {table for (table,) in tables} == TABLES_OF_FOLLOWS
