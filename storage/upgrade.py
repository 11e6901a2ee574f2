"""Creation of a database, and the upgrade of an older one to the schema of this version."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path

import aiosqlite

from storage.backup import write_backup
from storage.connections import (
    check_file,
    close,
    connect,
    create_file,
    describe_error,
    finish_despite_cancel,
    set_wal_aside,
)
from storage.drafts import choose_draft
from storage.errors import BackupFailed, DatabaseUnusable, UnusableFile
from storage.migrations import SchemaState, load_schema_state, migrate

logger = logging.getLogger(__name__)


async def read_schema_state(path: Path) -> SchemaState:
    """Return the version of an existing database and what an upgrade would apply.

    Changes nothing; raises `DatabaseUnusable`.
    """
    opened: list[aiosqlite.Connection] = []
    try:
        await asyncio.to_thread(check_file, path)
        return await load_schema_state(await connect(path, opened))
    except (UnusableFile, OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(f"The database {path} {describe_error(error)}") from error
    finally:
        await close(opened)


def upgrade_copy_path(path: Path, migration: str) -> Path:
    """Return the path of the copy from before an upgrade; `migration` is the first pending one."""
    return path.with_name(f"{path.stem}-before-{migration}{path.suffix}")


async def create_database(path: Path) -> None:
    """Create a database in one step: an interruption leaves no file."""
    # A symbolic link stays, and its target is created.
    path = await asyncio.to_thread(path.resolve)
    draft = choose_draft(path)
    opened: list[aiosqlite.Connection] = []
    try:
        await asyncio.to_thread(create_file, draft)
        await migrate(await connect(draft, opened))
        await close(opened)
        opened.clear()
        await asyncio.to_thread(_put_in_place_if_missing, draft, path)
    finally:
        await close(opened)
        await finish_despite_cancel(asyncio.to_thread(draft.unlink, missing_ok=True))


async def upgrade_database(connection: aiosqlite.Connection, path: Path, *, allowed: bool) -> str:
    """Apply pending migrations, if that is allowed, after a copy was written beside the file.

    Return the version of the schema: the name of its newest migration. Raises `UnusableFile`.
    """
    state = await load_schema_state(connection)
    if state.version is None:
        raise UnusableFile(
            "has no tables; put a backup in its place, or delete it and a new one is made."
        )
    if not state.pending:
        return state.version
    copy = upgrade_copy_path(path, state.pending[0].name)
    if not allowed:
        raise UnusableFile(
            f"has the older schema {state.version}; start the bot, which keeps a copy of it as"
            f" {copy.name} and upgrades it."
        )
    try:
        await write_backup(path, copy)
    except BackupFailed as error:
        raise UnusableFile(f"was not upgraded. {error}") from error
    logger.warning(
        "The database %s is upgraded from %s to %s; %s is a copy from before",
        path,
        state.version,
        state.pending[-1].name,
        copy,
    )
    await migrate(connection)
    return state.pending[-1].name


def _put_in_place_if_missing(draft: Path, path: Path) -> None:
    """Rename a new database to its path, unless another process has been faster."""
    set_wal_aside(path)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:
        draft.replace(path)  # This file system has no links.
