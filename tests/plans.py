"""Every statement that storage executes in any test, and how SQLite finds its rows."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

ALLOWED: Mapping[str, str] = {
    "INDEXED BY outbox_waiting": "the index holds only what waits to be told",
    "FROM deferred_news": "holds only what waits for the end of quiet hours or for a digest",
    "FROM direct_messages": "holds only what members are yet to be told",
    "FROM verification_codes": "holds only codes that are about to be used",
    "INDEXED BY guilds_with_digests": "the index holds only servers with digests, all of them due",
    "SELECT guild_id FROM guilds WHERE left_at IS NULL": "all servers are wanted",
    "SELECT * FROM competitions WHERE EXISTS (": "all that is followed is wanted",
    "active_follows f USING (guild_id, competition_id)": "scans the deadlines that are near",
    "INSERT INTO members (board_id, user_name, team_id) SELECT board_id": "of a first board, all",
    "members, rank FROM board_rows WHERE board_id = ?": "the whole board is compared",
    "SELECT score FROM board_rows WHERE board_id = ? ORDER BY rank": "all scores are drawn",
    "SELECT public.rank, private.rank": "a whole private board is compared with the public one",
    "UPDATE outbox SET attempted_at = created_at": "a backup is restored, while no bot runs",
    "FROM boards WHERE ? <= (SELECT count(*) FROM log_segments": "once an hour, a row a board",
    "FROM boards WHERE first < ?": "once an hour, a row a board",
    "SELECT outbox_id FROM live_boards": "once an hour, a row a live board",
    "instr(message, CAST(?1 AS TEXT))": "a member asks for, or removes, all that names them",
    "WHERE f.followed_by = :user": "a member asks for all that is kept of them",
    "WHERE followed_by = ?": "a member is forgotten",
    "WHERE linked_by = ?": "a member is forgotten",
}
"""Pieces of the statements that may read a table or a board in full, with the reason."""

_STORAGE = Path(__file__).parent.parent / "storage"
_EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_NO_TABLE = re.compile(r"SCAN (\S+ VIRTUAL TABLE|\(?\d+ CONSTANT ROWS?|CONSTANT ROW|\(subquery)")
_A_WHOLE_BOARD = re.compile(r"SEARCH (m|r|s|t|members|public|ranks|teams) USING .*\(board_id=\?\)")


class Statements:
    """The texts that storage executes, each once in a run of the tests."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._new: list[str] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note what files of storage execute; migrations run once and may read what they want."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("execute", "execute_fetchall", "executemany"):
                patch.setattr(aiosqlite.Connection, name, self._noting(name))
            yield

    def new(self) -> list[str]:
        """Give those that came since this was last asked."""
        new, self._new = self._new, []
        return new

    def _noting(self, name: str) -> Any:
        method = getattr(aiosqlite.Connection, name)

        def noting(connection: aiosqlite.Connection, sql: str, *rest: Any) -> Any:
            if sql not in self._known and sql.startswith(_EXPLAINED):
                caller = Path(sys._getframe(1).f_code.co_filename)
                if _STORAGE in caller.parents and caller.name != "migrations.py":
                    self._known.add(sql)
                    self._new.append(sql)
            return method(connection, sql, *rest)

        return noting


def wrong(statements: Iterable[str], tables: sqlite3.Connection) -> list[str]:
    """Name what reads a table or a board in full and is not in `ALLOWED`: give it an index."""
    return [
        f"{step}: {sql}"
        for sql in statements
        for step in _reads_in_full(tables, sql)
        if not any(piece in sql for piece in ALLOWED)
    ]


def _reads_in_full(tables: sqlite3.Connection, sql: str) -> list[str]:
    return [
        step
        for *_, step in _explained(tables, sql)
        if (step.startswith("SCAN") and not _NO_TABLE.match(step)) or _A_WHOLE_BOARD.fullmatch(step)
    ]


def _explained(tables: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    explain = f"EXPLAIN QUERY PLAN {sql}"
    if names := re.findall(r":([a-z_]+)", sql):
        return tables.execute(explain, dict.fromkeys(names)).fetchall()
    try:
        return tables.execute(explain).fetchall()
    except sqlite3.ProgrammingError as error:
        # SQLite knows how many parameters there are.
        (count,) = re.findall(r"uses (\d+)", str(error))
        return tables.execute(explain, (None,) * int(count)).fetchall()
