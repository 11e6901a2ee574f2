"""Copies of a database that may be in use."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import aiosqlite

from storage.connections import check_file, close, connect, create_file, finish_despite_cancel
from storage.drafts import choose_draft, put_in_place, remove_orphaned_drafts
from storage.errors import BackupFailed, UnusableFile

BACKUPS_KEPT: Final = 7
"""Daily backups in a folder."""


async def write_backup(path: Path, target: Path, *, replace: bool = True) -> None:
    """Write a consistent, private, checked copy of a database; raises `BackupFailed`.

    The database may be in use, and of any version: what is there is copied. Without `replace` it
    fails if there is a file of that name.
    """
    opened: list[aiosqlite.Connection] = []
    copy = choose_draft(target)
    try:
        await finish_despite_cancel(asyncio.to_thread(_prepare_draft, copy, target, path, replace))
        try:
            source = await connect(path, opened)
            await source.execute("VACUUM INTO ?", (str(copy),))
            await _check_integrity(await connect(copy, opened))
        except asyncio.CancelledError:
            for connection in opened:
                await connection.interrupt()
            raise
        await close(opened)
        await finish_despite_cancel(asyncio.to_thread(put_in_place, copy, target))
    except UnusableFile as error:
        raise BackupFailed(f"No backup was written to {target}: {path} {error}") from error
    except OSError as error:
        reason = _describe(error, copy, target)
        raise BackupFailed(f"No backup was written to {target}: {reason}") from error
    except sqlite3.Error as error:
        raise BackupFailed(f"No backup was written to {target}: {error}") from error
    finally:
        await close(opened)
        with suppress(OSError):
            await finish_despite_cancel(asyncio.to_thread(copy.unlink, missing_ok=True))


async def write_daily_backup(path: Path, folder: Path, now: datetime) -> Path | None:
    """Write the backup of a day into a folder, and keep the newest `BACKUPS_KEPT`.

    Return its path; None if that day's is there already. Raises `BackupFailed`.
    """
    target = folder / f"{path.stem}-{now:%Y-%m-%d}{path.suffix}"
    try:
        exists = await asyncio.to_thread(target.exists)
    except OSError as error:
        reason = _describe(error, target)
        raise BackupFailed(f"No backup was written to {target}: {reason}") from error
    if not exists:
        await write_backup(path, target)
    try:
        await asyncio.to_thread(_delete_old_backups, path, folder)
    except OSError as error:
        raise BackupFailed(
            f"An old backup was not deleted from {folder}: {_describe(error)}"
        ) from error
    return None if exists else target


def list_daily_backups(path: Path, folder: Path) -> list[Path]:
    """Return the daily backups of a database in a folder, oldest first."""
    pattern = re.compile(rf"{re.escape(path.stem)}-\d{{4}}-\d\d-\d\d{re.escape(path.suffix)}")
    return sorted(file for file in folder.iterdir() if pattern.fullmatch(file.name))


def _delete_old_backups(path: Path, folder: Path) -> None:
    for old in list_daily_backups(path, folder)[:-BACKUPS_KEPT]:
        old.unlink()


def _describe(error: OSError, *named_by_caller: Path) -> str:
    """Return the file of an error and its reason.

    The file is left out if the caller names it.
    """
    reason = error.strerror or str(error)
    if error.filename in {None, *map(str, named_by_caller)}:
        return reason
    return f"{error.filename}: {reason}"


async def _check_integrity(copy: aiosqlite.Connection) -> None:
    ((problem,),) = await copy.execute_fetchall("PRAGMA integrity_check(1)")
    if problem != "ok":
        raise UnusableFile(f"is damaged: {str(problem).splitlines()[-1]}")


def _prepare_draft(copy: Path, target: Path, source: Path, replace: bool) -> None:
    """Check the paths, remove orphaned drafts, and create the empty file that VACUUM INTO fills."""
    check_file(source)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} does not exist: make it first")
    if target.exists() and target.samefile(source):
        raise FileExistsError("that is the database itself")
    if target.exists() and not replace:
        raise FileExistsError("that file exists already; give another name, or --force")
    remove_orphaned_drafts([target.parent])
    create_file(copy)
