"""Power loss: the commits that SQLite had not synced to the disk are gone.

Commits are in the write-ahead log. A connection with `synchronous = FULL` syncs the log at each of
its commits; one with `NORMAL` only before a checkpoint, so its last commits may be lost. Neither
can lose a commit without those after it. See https://www.sqlite.org/pragma.html#pragma_synchronous
and, for the formats of the files, https://www.sqlite.org/walformat.html.
"""

from __future__ import annotations

import asyncio
import random
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple
from unittest.mock import patch

import aiosqlite

from storage.blocking_connection import Parameters
from storage.database import Database

if sys.platform != "win32":
    import fcntl

_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_ATTEMPTED_BACKFILL: Final = 128
"""Offset in the shared-memory file of the number of frames that a checkpoint may have synced."""
_CONNECTED: Final = 128
"""The byte of the shared-memory file that every connection keeps locked."""
_CLOSED_WITHIN: Final = 10.0
_FULL: Final = 2


class _Log(NamedTuple):
    """The commits in a write-ahead log."""

    salt: bytes
    """Another one each time that the log is begun anew."""
    frame_bytes: int
    commits: list[int]
    """The number of frames up to each commit."""


def record_synced_commits() -> None:
    """Record beside the database, from now on, which commits of this process are synced."""
    write, change = Database.write, Database.change

    @asynccontextmanager
    async def recorded_write(self: Database) -> AsyncIterator[aiosqlite.Connection]:
        async with write(self) as connection:
            yield connection
        await _record(self)

    async def recorded_change(
        self: Database, statement: str, parameters: Parameters = ()
    ) -> object:
        rows = await change(self, statement, parameters)
        await _record(self)
        return rows

    patch.multiple(Database, write=recorded_write, change=recorded_change).start()


async def _record(database: Database) -> None:
    ((level,),) = await database._writer.execute_fetchall("PRAGMA synchronous")
    log = _read_log(database.path)
    if level >= _FULL and log is not None and log.commits:
        # In one step: the process may be killed in the middle of it.
        draft = _beside(database.path, "-synced-draft")
        draft.write_bytes(log.salt + struct.pack(">I", log.commits[-1]))
        draft.replace(_record_path(database.path))


async def cut_power(database: Path, rng: random.Random, *, worst: bool = False) -> int:
    """Revert commits that were not synced, at worst all; return how many.

    The bot was killed before; waits until its board worker has ended too.
    """
    await _wait_until_closed(database)
    log = _read_log(database)
    if log is None:
        return 0
    synced = _count_synced(database, log)
    possible = [frames for frames in (0, *log.commits) if frames >= synced]
    kept = possible[0] if worst else rng.choice(possible)
    with _beside(database, "-wal").open("r+b") as file:
        file.truncate(_HEADER + kept * log.frame_bytes)
    # SQLite makes it anew from the log.
    _beside(database, "-shm").unlink(missing_ok=True)
    return len(log.commits) - len([frames for frames in log.commits if frames <= kept])


def _count_synced(database: Path, log: _Log) -> int:
    synced = 0
    record = _record_path(database)
    recorded = record.read_bytes() if record.exists() else b""
    if recorded[:8] == log.salt:
        synced = struct.unpack(">I", recorded[8:12])[0]
    with _beside(database, "-shm").open("rb") as file:
        file.seek(_ATTEMPTED_BACKFILL)
        copied = int.from_bytes(file.read(4), sys.byteorder)
    return max(synced, copied)


def _read_log(database: Path) -> _Log | None:
    path = _beside(database, "-wal")
    content = path.read_bytes() if path.exists() else b""
    if len(content) < _HEADER:
        return None
    page_bytes = struct.unpack(">I", content[8:12])[0]
    log = _Log(content[16:24], _FRAME_HEADER + page_bytes, [])
    for number, begin in enumerate(range(_HEADER, len(content), log.frame_bytes), 1):
        frame = content[begin : begin + log.frame_bytes]
        if len(frame) < log.frame_bytes or frame[8:16] != log.salt:
            break
        if frame[4:8] != bytes(4):
            log.commits.append(number)
    return log


async def _wait_until_closed(database: Path) -> None:
    path = _beside(database, "-shm")
    deadline = monotonic() + _CLOSED_WITHIN
    while path.exists():
        with path.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _CONNECTED)
            except OSError:
                if monotonic() > deadline:
                    raise
            else:
                return
        await asyncio.sleep(0.02)


def _record_path(database: Path) -> Path:
    return _beside(database, "-synced")


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)
