"""Schema migrations: numbered `.sql` files, applied in order."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from storage.errors import UnusableFile

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file with SQL statements."""

    number: int
    name: str
    script: str

    @property
    def checksum(self) -> str:
        """The SHA-256 of the statements; comments, blanks and line ends do not count."""
        statements = re.sub("--.*", " ", self.script)
        return hashlib.sha256("".join(statements.split()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Applied:
    """A row of the table `migrations`."""

    name: str
    checksum: str | None
    """None in a database of an unreleased Podium, which kept none."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which migrations a database has, and which it lacks."""

    version: str | None
    """The name of the newest that was applied; None for a database without tables."""
    pending: tuple[Migration, ...]
    """Those that this version of Podium would apply, in their order."""


async def load_schema_state(connection: aiosqlite.Connection, folder: Path = FOLDER) -> SchemaState:
    """Compare a database with the migrations of this version, and change nothing.

    Raises `UnusableFile` for a database of another program or of a newer version, and for one whose
    applied migrations had other statements than those of this version.
    """
    known = await asyncio.to_thread(_read_folder, folder)
    applied = await _load_applied(connection)
    for migration in known:
        found = applied.get(migration.number)
        if found is not None and found.checksum != migration.checksum:
            raise UnusableFile(
                "was made by an earlier version of Podium: its migration"
                f" {found.name} is not the one of this version. It cannot be"
                " upgraded; use another file, and a new one is made."
            )
    unknown = applied.keys() - {migration.number for migration in known}
    if unknown:
        raise UnusableFile(
            f"was written by a newer Podium (its migration {applied[max(unknown)].name} is not"
            " known here); update Podium, or use another file."
        )
    return SchemaState(
        version=applied[max(applied)].name if applied else None,
        pending=tuple(migration for migration in known if migration.number not in applied),
    )


async def migrate(connection: aiosqlite.Connection, folder: Path = FOLDER) -> None:
    """Apply pending migrations, each in one transaction with the row that records it.

    Raises `UnusableFile` as `load_schema_state` does.
    """
    for migration in (await load_schema_state(connection, folder)).pending:
        await _apply(connection, migration)


def _read_folder(folder: Path) -> list[Migration]:
    return [
        Migration(int(file.name.partition("_")[0]), file.stem, file.read_text("utf-8"))
        for file in sorted(folder.glob("*.sql"))
    ]


async def _load_applied(connection: aiosqlite.Connection) -> dict[int, _Applied]:
    tables = {
        str(name)
        for (name,) in await connection.execute_fetchall(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        )
    }
    if "migrations" in tables:
        return {
            int(number): _Applied(str(name), str(checksum[0]) if checksum else None)
            for number, name, _, *checksum in await connection.execute_fetchall(
                "SELECT * FROM migrations ORDER BY number"
            )
        }
    if tables:
        raise UnusableFile("is the database of another program; name another file.")
    return {}


async def _apply(connection: aiosqlite.Connection, migration: Migration) -> None:
    try:
        await connection.execute("BEGIN IMMEDIATE")
        # Another process may be creating the same file.
        if migration.number not in await _load_applied(connection):
            for statement in _split_statements(migration.script):
                await connection.execute(statement)
            await connection.execute(
                "INSERT INTO migrations (number, name, applied_at, checksum)"
                " VALUES (?, ?, unixepoch(), ?)",
                (migration.number, migration.name, migration.checksum),
            )
        await connection.commit()
    finally:
        await connection.rollback()


def _split_statements(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
