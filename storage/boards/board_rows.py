"""Reads and writes of a current board's rows.

Of teams and members only changed rows are written; `encoded_columns` are replaced with each stored
board, and ranks and benchmarks if one of them differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

import aiosqlite
import numpy as np
import orjson
from numpy.typing import NDArray

from leaderboards.board import COLUMNS, UNKNOWN, Board, Columns, Integers, split_members
from leaderboards.comparison.board_diff import BoardDiff

_Row = tuple[str | int | float, ...]

_CONTENT = [name for name in COLUMNS if name != "rank"]
"""The columns of both `teams` and `benchmarks`."""


def select_columns(names: Iterable[str], table: str = "") -> str:
    """Return the SQL that selects these columns of a board, in which no value is NULL."""
    prefix = f"{table}." if table else ""
    return ", ".join(
        f"ifnull({prefix}{name}, {UNKNOWN})" if COLUMNS[name].nullable else f"{prefix}{name}"
        for name in names
    )


def select_team_of_user(board_id: str, user_name: str) -> str:
    """Return the SQL that selects the id of a Kaggle user's team, the best if there are several."""
    return (
        "(SELECT m.team_id FROM members m"  # noqa: S608 - own names
        " CROSS JOIN ranks r ON r.board_id = m.board_id AND r.team_id = m.team_id"
        f" WHERE m.board_id = {board_id} AND m.user_name = {user_name} ORDER BY r.rank LIMIT 1)"
    )


async def read_teams(connection: aiosqlite.Connection, board_id: int) -> Columns:
    """Return a stored board's teams by rank."""
    encoded = await connection.execute_fetchall(
        "SELECT name, data FROM encoded_columns WHERE board_id = ?", (board_id,)
    )
    # A column that was added by a later version is unknown.
    return Columns.build(**{name: decode_column(name, data) for name, data in encoded})


async def read_numbers(connection: aiosqlite.Connection, board_id: int, name: str) -> NDArray[Any]:
    """Return one column of numbers of a stored board by rank; empty if there is no such board."""
    for (data,) in await connection.execute_fetchall(
        "SELECT data FROM encoded_columns WHERE board_id = ? AND name = ?", (board_id, name)
    ):
        return decode_column(name, data)
    return np.empty(0, COLUMNS[name].type.dtype)


async def read_benchmarks(
    connection: aiosqlite.Connection, board_id: int
) -> tuple[Columns, Integers]:
    """Return the benchmarks of a stored board, best first, and how many teams are above each."""
    rows = await connection.execute_fetchall(
        f"SELECT teams_above, {select_columns(_CONTENT)} FROM benchmarks"  # noqa: S608
        " WHERE board_id = ? ORDER BY position",
        (board_id,),
    )
    teams_above, *columns = zip(*rows, strict=True) if rows else repeat((), 1 + len(_CONTENT))
    return (
        Columns.build(**dict(zip(_CONTENT, columns, strict=True))),
        np.array(teams_above, dtype=np.int64),
    )


async def write_rows(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    """Write what differs, and all encoded columns."""
    await connection.executemany(
        "INSERT OR REPLACE INTO encoded_columns (board_id, name, data) VALUES (?, ?, ?)",
        [(board_id, name, _encode(getattr(changes.new.teams, name))) for name in COLUMNS],
    )
    await _write_teams(connection, board_id, changes)
    await _write_members(connection, board_id, changes)
    await _write_ranks(connection, board_id, changes)
    if changes.benchmarks_changed:
        await _write_benchmarks(connection, board_id, changes.new)


async def _write_teams(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    if changes.gone_ids:
        await connection.executemany(
            "DELETE FROM teams WHERE board_id = ? AND team_id = ?",
            zip(repeat(board_id), changes.gone_ids),
        )
    await connection.executemany(
        f"INSERT OR REPLACE INTO teams (board_id, {', '.join(_CONTENT)})"  # noqa: S608
        f" VALUES (?, {_placeholders()})",
        _team_rows(board_id, changes),
    )


def _team_rows(board_id: int, changes: BoardDiff) -> Iterable[_Row]:
    teams = changes.new.teams
    differing = np.flatnonzero(changes.content_changed)
    # In the order of the primary key: faster to insert.
    rows = teams.take(differing[np.argsort(teams.team_id[differing])])
    return zip(repeat(board_id, len(rows)), *_content(rows), strict=True)


async def _write_ranks(connection: aiosqlite.Connection, board_id: int, changes: BoardDiff) -> None:
    """Replace all ranks, unless none differs."""
    if not (changes.rank_changed.any() or changes.new_rows.size or changes.gone_rows.size):
        return
    await connection.execute("DELETE FROM ranks WHERE board_id = ?", (board_id,))
    # One statement takes half the time of one for each row.
    await connection.execute(
        "INSERT INTO ranks (board_id, team_id, rank)"
        " SELECT ?, CAST(key AS INTEGER), value FROM json_each(?)",
        (board_id, _encode_ranks(changes.new.teams)),
    )


async def _write_members(
    connection: aiosqlite.Connection, board_id: int, changes: BoardDiff
) -> None:
    left = changes.member_lists_before
    if left:
        await connection.executemany(
            "DELETE FROM members WHERE board_id = ? AND user_name = ? AND team_id = ?",
            (
                (board_id, user_name, team_id)
                for team_id, member_list in left
                for user_name in split_members(member_list)
            ),
        )
    rows = np.flatnonzero(changes.members_changed).tolist()
    if changes.old is None:
        await connection.execute(
            "INSERT INTO members (board_id, user_name, team_id) SELECT board_id, members, team_id"
            " FROM teams WHERE board_id = ? AND members <> '' AND instr(members, ',') = 0"
            " ORDER BY members COLLATE NOCASE",
            (board_id,),
        )
        rows = [row for row in rows if "," in changes.new.teams.members[row]]
    if rows:
        # SQLite splits the user names: a comma in a JSON string is never part of an escape.
        await connection.execute(
            "INSERT OR IGNORE INTO members (board_id, user_name, team_id)"
            " SELECT t.board_id, m.value, t.team_id FROM teams t"
            " JOIN json_each('[' || replace(json_quote(t.members), ',', '\",\"') || ']') m"
            " WHERE t.board_id = ? AND t.team_id IN (SELECT value FROM json_each(?))"
            " AND m.value <> ''",
            (board_id, _to_json(changes.new.teams.team_id[rows])),
        )


async def _write_benchmarks(connection: aiosqlite.Connection, board_id: int, board: Board) -> None:
    await connection.execute("DELETE FROM benchmarks WHERE board_id = ?", (board_id,))
    await connection.executemany(
        "INSERT INTO benchmarks"  # noqa: S608
        f" (board_id, position, teams_above, {', '.join(_CONTENT)})"
        f" VALUES (?, ?, ?, {_placeholders()})",
        zip(
            repeat(board_id, len(board.benchmarks)),
            range(len(board.benchmarks)),
            board.teams_above.tolist(),
            *_content(board.benchmarks),
            strict=True,
        ),
    )


def _placeholders() -> str:
    return ", ".join(
        f"nullif(?, {UNKNOWN})" if COLUMNS[name].nullable else "?" for name in _CONTENT
    )


def _content(rows: Columns) -> Iterator[list[Any]]:
    return (getattr(rows, name).tolist() for name in _CONTENT)


def _encode_ranks(teams: Columns) -> str:
    """Encode the ranks as a JSON object of team id and rank, in the order of the primary key."""
    rows = np.argsort(teams.team_id)
    ranks = dict(zip(teams.team_id[rows].tolist(), teams.rank[rows].tolist(), strict=True))
    return orjson.dumps(ranks, option=orjson.OPT_NON_STR_KEYS).decode()


def _encode(values: NDArray[Any]) -> bytes:
    if values.dtype == object:
        return orjson.dumps(values.tolist())
    return values.astype(values.dtype.newbyteorder("<")).tobytes()


def decode_column(name: str, data: bytes) -> NDArray[Any]:
    """Return a column from its form in `encoded_columns`."""
    column = COLUMNS[name]
    if column.type.dtype is np.object_:
        return column.build(orjson.loads(data))
    return np.frombuffer(data, dtype=np.dtype(column.type.dtype).newbyteorder("<"))


def _to_json(numbers: Integers) -> str:
    return orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY).decode()
