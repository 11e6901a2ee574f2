"""Copies of a database that may be in use."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path

import aiosqlite

from storage.connections import check_file, close, connect, create, settle
from storage.drafts import choose_draft, remove_orphaned_drafts
from storage.errors import BackupFailed, DatabaseUnusable


async def write_backup(path: Path, target: Path) -> None:
    """Write a consistent, private, checked copy of a database; raises `BackupFailed`.

    The database may be in use, and of any version: what is there is copied.
    """
    opened: list[aiosqlite.Connection] = []
    copy = choose_draft(target)
    try:
        await settle(asyncio.to_thread(_begin_copy, copy, target, path))
        source = await connect(path, opened)
        try:
            await source.execute("VACUUM INTO ?", (str(copy),))
        except asyncio.CancelledError:
            await source.interrupt()
            raise
        await _check_integrity(copy, opened)
        await settle(asyncio.to_thread(_put_in_place, copy, target))
    except DatabaseUnusable as error:
        raise BackupFailed(f"No backup was written to {target}: {path} {error}") from error
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"No backup was written to {target}: {error}") from error
    finally:
        await close(opened)
        copy.unlink(missing_ok=True)


async def _check_integrity(path: Path, opened: list[aiosqlite.Connection]) -> None:
    copy = await connect(path, opened)
    ((problem,),) = await copy.execute_fetchall("PRAGMA integrity_check(1)")
    if problem != "ok":
        raise DatabaseUnusable(f"is damaged: {str(problem).splitlines()[-1]}")
    await copy.close()
    opened.remove(copy)


def _begin_copy(copy: Path, target: Path, source: Path) -> None:
    check_file(source)
    if target.exists() and target.samefile(source):
        raise FileExistsError("that is the database itself")
    remove_orphaned_drafts([target.parent])
    create(copy)


def _put_in_place(copy: Path, target: Path) -> None:
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.replace(target)
