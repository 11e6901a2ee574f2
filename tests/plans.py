"""Query plans of every statement that storage executes in any test."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from storage.restore import SUPPRESS_ANNOUNCEMENTS
from tests.cogs.inline_connection import InlineConnection

ALLOWED: Mapping[str, str] = {
    "INDEXED BY outbox_waiting": "the index holds only what waits for delivery",
    "FROM competition_threads t JOIN competitions c": "a row a thread, once a round",
    "FROM former_threads t LEFT JOIN outbox o": "holds only what is still to be closed",
    "FROM former_live_boards b LEFT JOIN outbox o": "holds only what is still to be deleted",
    "INDEXED BY outbox_unpublished": "the index holds only what is still to be published",
    "SELECT factors FROM rushes": "a row for each archived competition",
    "FROM deferred_news": "holds only what waits for the end of quiet hours or for a digest",
    "FROM competition_feeds f JOIN guilds g": "all feeds are told of what is new",
    "FROM deferred_feed_messages": "holds only what waits for the end of quiet hours",
    "deferred_feed_messages WHERE": "the same, when a competition is renamed",
    "FROM post_feeds p JOIN guilds g": "all feeds are read for, once a round",
    "FROM post_reads": "a row a competition whose topics are read, once a round",
    "SELECT EXISTS (SELECT 1 FROM competition_feeds)": "reads one row",
    "NOT EXISTS (SELECT 1 FROM competition_feeds)": "reads one row, when a feed is stored",
    "WHERE g.left_at IS NULL GROUP BY s.id": "after a round of syncs, all searches that are open",
    "SELECT DISTINCT s.guild_id, s.user_id FROM teammate_searches": "once an hour, the same",
    "WHERE state <> 'reported' AND competition_id IN": "once an hour, a row a note",
    "IN (n.sender_id, n.recipient_id)": "a member asks for all that is kept of them",
    "FROM teammate_exclusions WHERE user_id = ?": "a member asks for it, or is forgotten",
    "IN (sender_id, recipient_id)": "a member is forgotten",
    "FROM direct_messages": "holds only what is still to be sent",
    "FROM verification_codes": "holds only codes that are about to be used",
    "INDEXED BY guilds_with_digests": "the index holds only servers with digests, all of them due",
    "INDEXED BY watches_of_zone_exits": "the index holds only watches of forecasts; all are wanted",
    "INDEXED BY guilds_with_events": "the index holds only servers with events; all are compared",
    "UPDATE OR IGNORE scheduled_events": "a competition is renamed",
    "FROM scheduled_events": "holds only deadlines ahead; all are compared",
    "SELECT guild_id FROM guilds WHERE left_at IS NULL": "all servers are wanted",
    "SELECT count(*) FROM competitions": "a row a competition, when one is added",
    "SELECT min(synced_at) FROM competitions": "a row a competition, when Prometheus asks",
    "SELECT * FROM competitions WHERE EXISTS (": "all that is followed is wanted",
    "active_follows f USING (guild_id, competition_id)": "scans the deadlines that are near",
    "INSERT INTO members (board_id, user_name, team_id) SELECT board_id": "of a first board, all",
    "DELETE FROM ranks WHERE board_id = ?": "a changed board, all ranks",
    "boards mine CROSS JOIN follows f": "all teams of a new board, to find a rename",
    "SELECT before.rank, after.rank": "a whole private board is compared with the public one",
    **dict.fromkeys(SUPPRESS_ANNOUNCEMENTS, "a backup is restored, while no bot runs"),
    "WHERE true": "a backup is restored",
    "INSERT OR IGNORE INTO ends_without_announcement": "a backup is restored",
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
_EXPLAINABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_NO_TABLE = re.compile(r"SCAN (\S+ VIRTUAL TABLE|\(?\d+ CONSTANT ROWS?|CONSTANT ROW|\(subquery)")
_A_WHOLE_BOARD = re.compile(
    r"SEARCH (m|r|s|t|before|members|ranks|same|team|teams) USING .*\(board_id=\?\)"
)
_NEWER_SQL = re.compile(
    r"^(?!.*GROUP BY).*\bHAVING\b|\b(RIGHT|FULL) (OUTER )?JOIN\b|\bIS (NOT )?DISTINCT FROM\b"
    r"|\b(concat|concat_ws|string_agg|octet_length|timediff|unhex)\("
)
"""What `OLDEST_SQLITE` refuses, but the SQLite of most machines that run the tests accepts."""


class Statements:
    """The SQL statements that storage executes, each once in a run of the tests."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._new: list[str] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the statements of files in storage, without those of migrations."""
        with pytest.MonkeyPatch.context() as patch:
            for kind in (aiosqlite.Connection, InlineConnection):
                for name in ("execute", "execute_fetchall", "executemany"):
                    patch.setattr(kind, name, self._record(getattr(kind, name)))
            yield

    def take_new(self) -> list[str]:
        """Return the statements recorded since the last call."""
        new, self._new = self._new, []
        return new

    def _record(self, method: Callable[..., Any]) -> Any:
        def record(connection: object, sql: str, *rest: Any) -> Any:
            if sql not in self._known and sql.startswith(_EXPLAINABLE):
                caller = Path(sys._getframe(1).f_code.co_filename)
                if _STORAGE in caller.parents and caller.name != "migrations.py":
                    self._known.add(sql)
                    self._new.append(sql)
            return method(connection, sql, *rest)

        return record


def find_full_scans(statements: Iterable[str], tables: sqlite3.Connection) -> list[str]:
    """Return a line for each read of a whole table or board that is not in `ALLOWED`."""
    return [
        f"{step}: {sql}"
        for sql in statements
        for step in _full_scans(tables, sql)
        if not any(piece in sql for piece in ALLOWED)
    ]


def find_newer_sql(statements: Iterable[str]) -> list[str]:
    """Return the statements that `OLDEST_SQLITE` does not accept."""
    return [sql for sql in statements if _NEWER_SQL.search(sql)]


def _full_scans(tables: sqlite3.Connection, sql: str) -> list[str]:
    return [
        step
        for *_, step in _explain(tables, sql)
        if (step.startswith("SCAN") and not _NO_TABLE.match(step)) or _A_WHOLE_BOARD.fullmatch(step)
    ]


def _explain(tables: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    explain = f"EXPLAIN QUERY PLAN {sql}"
    if names := re.findall(r":([a-z_]+)", sql):
        return tables.execute(explain, dict.fromkeys(names)).fetchall()
    try:
        return tables.execute(explain).fetchall()
    except sqlite3.ProgrammingError as error:
        # SQLite knows how many parameters there are.
        (count,) = re.findall(r"uses (\d+)", str(error))
        return tables.execute(explain, (None,) * int(count)).fetchall()
