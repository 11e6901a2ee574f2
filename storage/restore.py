"""A backup in the place of the database: checked before, and the database kept."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.database import Database, create
from storage.errors import DatabaseUnusable, RestoreRefused

_TIME = "%Y-%m-%dT%H-%M-%SZ"
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database that is open, or whose last user died."""


def restore(backup: Path, database: Path) -> Path | None:
    """Put a copy of a backup in the database's place; gives where the database is kept now.

    Nothing is touched before the copy is found to be whole, Podium's, and of this version or an
    older one. The caller holds the lock that keeps bots away.
    """
    # A link stays one, to the new database.
    database = database.resolve()
    copy = database.with_name(f".{database.name}.{secrets.token_hex(4)}")
    try:
        if backup.is_dir():
            raise RestoreRefused(_unchanged(f"{backup} is a folder."))
        if not backup.stat().st_size:
            raise RestoreRefused(_unchanged(f"{backup} is empty."))
        if not database.exists():
            _copy(backup, copy)
            copy.replace(database)
            return None
        if backup.samefile(database):
            raise RestoreRefused(_unchanged(f"{backup} is the database itself."))
        _copy(backup, copy)
        _be_alone_with(database)
        return _replace(database, copy)
    except DatabaseUnusable as error:
        # The sentence names the copy, which nobody knows.
        raise RestoreRefused(_unchanged(str(error).replace(str(copy), str(backup)))) from error
    except sqlite3.Error as error:
        raise RestoreRefused(_unchanged(f"{backup} cannot be read: {error}.")) from error
    except OSError as error:
        name = error.filename or backup
        raise RestoreRefused(_unchanged(f"{name}: {error.strerror}.")) from error
    finally:
        for end in ("", "-journal", *_BESIDE):
            _with_end(copy, end).unlink(missing_ok=True)


def _copy(backup: Path, copy: Path) -> None:
    """Make the database that is to be, and check it."""
    create(copy)
    with (
        closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        # This way what a log beside the backup holds is taken in.
        source.backup(target)
        problem = str(target.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if problem != "ok":
            raise DatabaseUnusable(f"{backup} is damaged: {problem.splitlines()[-1]}.")
        if not target.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise DatabaseUnusable(f"{backup} is an empty database.")
    asyncio.run(_make_ready(copy))
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


async def _make_ready(copy: Path) -> None:
    """Refuse another program's or a newer Podium's; bring an older one up to date."""
    database = await Database.open(copy, readers=0)
    try:
        async with database.write() as connection:
            # What waited when the backup was made may have been sent since: as if an attempt had
            # got no answer, the channel is looked into before it is sent. All of that would be
            # newer than the newest message that the backup knows.
            await connection.execute(
                "UPDATE outbox SET attempted_at = created_at,"
                " after_id = (SELECT max(message_id) FROM outbox)"
                " WHERE delivered_at IS NULL AND set_aside_at IS NULL AND attempted_at IS NULL"
            )
    finally:
        await database.close()


def _be_alone_with(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            # Nobody else may have it open for that; it also folds the log into the file.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise RestoreRefused(
                    _unchanged(f"{database} is in use by another program; stop that first.")
                ) from error
            # It is damaged, which may be why it is to be replaced: it is kept as it is.


def _replace(database: Path, copy: Path) -> Path:
    kept = _name_to_keep(database)
    # A log that stayed would be played into the new database.
    for end in _BESIDE:
        left = _with_end(database, end)
        if left.exists():
            left.replace(_with_end(kept, end))
    try:
        # At no moment is there no database, from which a bot would start anew.
        kept.hardlink_to(database)
    except OSError:
        database.replace(kept)  # This file system has no links.
    copy.replace(database)
    return kept


def _name_to_keep(database: Path) -> Path:
    name = f"{database.stem}-until-{datetime.now(UTC):{_TIME}}"
    kept = database.with_name(name + database.suffix)
    while kept.exists():
        kept = kept.with_name(f"{name}-{secrets.token_hex(2)}{database.suffix}")
    return kept


def _with_end(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _unchanged(sentence: str) -> str:
    return f"Nothing was restored. {sentence}"
