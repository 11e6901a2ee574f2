"""A file lock that allows one bot per database and ends with its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from storage.errors import DatabaseUnusable, path_hint

_PROCESS_ID_TIMEOUT: Final = 1.0
"""Seconds; the holder writes its process id right after it takes the lock."""


@contextmanager
def lock_database(database: Path) -> Iterator[None]:
    """Lock a database for one bot; raises `DatabaseUnusable` if another bot holds the lock.

    Besides `run` only `restore` takes it; for all other commands SQLite's own locks
    are enough. The lock file is never removed, since it may already belong to another process.
    """
    # Two paths to the same database must use the same lock.
    path = database.resolve()
    path = path.with_name(f"{path.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(database, error) from error
    try:
        try:
            _lock(file)
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())
        except (BlockingIOError, PermissionError) as error:
            raise DatabaseUnusable(
                f"The database {database} is in use by another Podium{_read_holder(file)}; stop"
                " that one first, or name another database with DATABASE_PATH."
            ) from error
        except OSError as error:
            raise _unusable(database, error) from error
        yield
    finally:
        os.close(file)


def _unusable(database: Path, error: OSError) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"The database {database} cannot be locked: {error.strerror}.{path_hint(error)}"
    )


def _read_holder(file: int) -> str:
    deadline = monotonic() + _PROCESS_ID_TIMEOUT
    while monotonic() < deadline:
        os.lseek(file, 0, os.SEEK_SET)
        number = os.read(file, 20).decode("ascii", "replace").strip()
        if number.isdigit():
            return f" (process {number})"
        sleep(0.02)
    return ""


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(file: int) -> None:
        # Windows forbids others to read locked bytes, so the lock is far after the process id.
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
