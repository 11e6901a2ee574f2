import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from records.direct_messages import content_to_json
from records.teammates import TeammatesAgreed
from storage.storage import Storage

MEMBER, OTHER = 770_077, 2
ROWS: dict[str, dict[str, object]] = {
    "follows": {"followed_by": MEMBER, "competition_id": 1, "followed_at": 0},
    "links": {"user_id": MEMBER, "user_name": "ada", "linked_by": OTHER, "linked_at": 0},
    "verification_codes": {
        "user_id": MEMBER,
        "user_name": "ada",
        "code": "abc",
        "issued_at": 0,
        "notebooks_checked_at": 0,
    },
    "direct_messages": {
        "user_id": MEMBER,
        "message": json.dumps({"type": "link_verified", "user_name": "ada"}),
        "created_at": 0,
    },
    "role_grants": {"user_id": MEMBER, "role_id": 5, "state": "given", "confirmed_at": 0},
    "teammate_searches": {
        "user_id": MEMBER,
        "competition_id": 1,
        "sentence": "I look for a team.",
        "languages": "",
        "created_at": 0,
    },
    "teammate_notes": {
        "sender_id": MEMBER,
        "recipient_id": OTHER,
        "competition_id": 1,
        "sentence": "I look for a team.",
        "state": "agreed",
        "sent_at": 0,
    },
    "teammate_exclusions": {"user_id": MEMBER, "excluded_at": 0},
    "watches": {"user_id": MEMBER, "kind": "news", "created_at": 0},
}
"""A row of each table in which a column holds a member."""


def insert(database: sqlite3.Connection, table: str, row: Mapping[str, object]) -> None:
    columns = {"guild_id": 1, **row}
    database.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
        tuple(columns.values()),
    )


def find_tables_with(database: sqlite3.Connection, text: str) -> set[str]:
    """Return the tables in which a number or a text is, or is part of a text."""
    tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        table
        for (table,) in tables
        for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608
        if any(text in str(value) for value in row)
    }


async def test_member_is_deleted_from_every_table(storage: Storage, path: Path) -> None:
    await storage.guilds.change_settings(1)
    await storage.competitions.add_for_owner("titanic")
    # What the other one is still to be told of the note.
    agreed = TeammatesAgreed(1, "titanic", None, MEMBER, "Ada", "ada", other_verified=True)
    with closing(sqlite3.connect(path)) as database:
        for table, row in ROWS.items():
            insert(database, table, row)
        told = {"user_id": OTHER, "message": content_to_json(agreed), "created_at": 0}
        insert(database, "direct_messages", told)
        linked = {"user_id": OTHER, "user_name": "bob", "linked_by": MEMBER, "linked_at": 0}
        insert(database, "links", linked)
        database.commit()
        columns = database.execute(
            "SELECT DISTINCT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND (c.name IN ('user_id', 'sender_id', 'recipient_id')"
            "  OR c.name LIKE '%\\_by' ESCAPE '\\')"
        )
        assert {table for (table,) in columns} == ROWS.keys(), "each table with members has a row"
        assert find_tables_with(database, str(MEMBER)) == ROWS.keys()
        data = await storage.privacy.delete_member_data(MEMBER)
        assert data.guild_ids == {1}
        assert find_tables_with(database, str(MEMBER)) == {"teammate_exclusions"}
        assert find_tables_with(database, "ada") == set()
        assert find_tables_with(database, "bob") == {"links"}
