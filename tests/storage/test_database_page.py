"""docs/database.md describes the schema."""

import sqlite3

from scripts.database_page import PAGE, build_page, parse, read_migrations


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == build_page(), "run `make format`"


def test_every_table_and_column_has_a_comment(tables: sqlite3.Connection) -> None:
    documented = {
        table.name: table for section in parse(read_migrations()) for table in section.tables
    }
    schema = tables.execute(
        "SELECT name, type FROM sqlite_schema"
        " WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    assert {name for name, _ in schema} == documented.keys()
    for name, kind in schema:
        assert documented[name].comment, name
        if kind == "table":
            columns = [row[1] for row in tables.execute(f"PRAGMA table_info({name})")]
            assert [column for column, _, _ in documented[name].columns] == columns
            assert [column for column, _, text in documented[name].columns if not text] == []


def test_columns_of_later_migrations_belong_to_their_table() -> None:
    created = "-- Servers.\nCREATE TABLE guilds (\n    id INTEGER  -- its id\n) STRICT;\n"
    added = "-- Its colour.\nALTER TABLE guilds ADD COLUMN colour TEXT;\n"
    (section,) = parse([created, added])
    assert [table.columns for table in section.tables] == [
        [("id", "INTEGER", "its id"), ("colour", "TEXT", "Its colour.")]
    ]


def test_dropped_view_is_replaced_by_the_one_created_later() -> None:
    first = "-- Names.\nCREATE VIEW names AS SELECT 1;\n"
    second = "DROP VIEW names;\n-- All names.\nCREATE VIEW names AS SELECT 2;\n"
    (section,) = parse([first, second])
    assert [(table.name, table.comment) for table in section.tables] == [("names", "All names.")]
