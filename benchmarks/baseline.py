"""Baselines of a sync: pandas with one `executemany`, and one statement for each row."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pandas as pd

from benchmarks.measure import Case

_TABLE = (
    "CREATE TABLE board (rank INTEGER NOT NULL, team_id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " submitted_at TEXT, score REAL NOT NULL, submissions INTEGER, members TEXT)"
)
_UPSERT = (
    "INSERT INTO board VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (team_id) DO UPDATE SET"
    " rank = excluded.rank, name = excluded.name, submitted_at = excluded.submitted_at,"
    " score = excluded.score, submissions = excluded.submissions, members = excluded.members"
)
_USERS = "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE, discord_id INTEGER)"
_numbers = count()


def pandas_baseline(folder: Path, new: bytes, old: bytes | None = None) -> Case:
    """Measure F: `pandas.read_csv` and an `executemany` that upserts all rows in one transaction.

    With `old` its rows are there already.
    """

    @contextmanager
    def prepare() -> Iterator[Callable[[], object]]:
        with _database(folder, _TABLE) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if old is not None:
                _read_and_upsert(connection, old)
                settle(path_of(connection))
            # Begins the write-ahead log, whose head is synced to the disk once.
            connection.execute("PRAGMA user_version = 1")
            yield lambda: _read_and_upsert(connection, new)

    return prepare


def settle(path: Path) -> None:
    """Fold the write-ahead log into the file, so that nobody pays for what came before."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def path_of(connection: sqlite3.Connection) -> Path:
    """Return the path of a connection's database file."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def _read_and_upsert(connection: sqlite3.Connection, data: bytes) -> None:
    frame = pd.read_csv(io.BytesIO(data))
    with connection:
        connection.executemany(_UPSERT, frame.itertuples(index=False, name=None))


def row_by_row(folder: Path, new: bytes, old: bytes | None = None) -> Case:
    """Run one SELECT and one UPDATE or INSERT a row, and a SELECT of each member's user.

    SQLite's settings are its defaults: each statement is a transaction of its own.
    """

    @contextmanager
    def prepare() -> Iterator[Callable[[], object]]:
        with _database(folder, _USERS, _TABLE) as connection:
            connection.isolation_level = None
            if old is not None:
                connection.execute("BEGIN")
                _row_after_row(connection, old)
                connection.execute("COMMIT")
            yield lambda: _row_after_row(connection, new)

    return prepare


def _row_after_row(connection: sqlite3.Connection, data: bytes) -> None:
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        for member in row["TeamMemberUserNames"].split(","):
            connection.execute("SELECT id FROM user WHERE name = ?", (member,)).fetchone()
        values = (
            int(row["Rank"]),
            row["TeamName"],
            row["LastSubmissionDate"],
            float(row["Score"]),
            int(row["SubmissionCount"]),
            row["TeamMemberUserNames"],
            int(row["TeamId"]),
        )
        found = connection.execute("SELECT 1 FROM board WHERE team_id = ?", values[-1:]).fetchone()
        connection.execute(
            "UPDATE board SET rank = ?, name = ?, submitted_at = ?, score = ?, submissions = ?,"
            " members = ? WHERE team_id = ?"
            if found
            else "INSERT INTO board (rank, name, submitted_at, score, submissions, members,"
            " team_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )


@contextmanager
def _database(folder: Path, *statements: str) -> Iterator[sqlite3.Connection]:
    path = folder / f"baseline-{next(_numbers)}.db"
    try:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            yield connection
    finally:
        path.unlink()
