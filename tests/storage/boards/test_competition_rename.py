import sqlite3
from contextlib import closing
from pathlib import Path

from storage.boards.competition_rename import TABLES_OF_COMPETITION, TABLES_OF_FOLLOWS

_DELETED_WITH_COMPETITION = {
    "boards",
    "ends_without_announcement",
    "post_reads",
    "rushes",
    "unfollowed_competitions",
}
"""What is stored of the dropped competition and does not go over to the one that is kept."""


def test_everything_that_belongs_to_a_follow_moves_with_it(database_file: Path) -> None:
    assert _find_tables_that_refer_to("follows", database_file) == TABLES_OF_FOLLOWS


def test_everything_that_belongs_to_a_competition_moves_or_is_deleted(database_file: Path) -> None:
    # Rows of Scheduled Events stay after the competition, until the event is ended.
    tables = _find_tables_that_refer_to("competitions", database_file) | {"scheduled_events"}
    assert tables - _DELETED_WITH_COMPETITION == {*TABLES_OF_COMPETITION}


def _find_tables_that_refer_to(parent: str, database_file: Path) -> set[str]:
    with closing(sqlite3.connect(database_file)) as database:
        tables = database.execute(
            "SELECT DISTINCT t.name FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f"
            " WHERE t.type = 'table' AND f.\"table\" = ?",
            (parent,),
        )
        return {table for (table,) in tables}
