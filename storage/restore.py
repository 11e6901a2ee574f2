"""Restore of a backup: check it, keep the old database, replace it."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiosqlite

from storage.connections import (
    SIDE_SUFFIXES,
    add_suffix,
    build_timed_path,
    close,
    connect,
    create_file,
    existing_file_uri,
    is_busy,
    is_disk_full,
    set_wal_aside,
)
from storage.database import Database
from storage.drafts import choose_draft
from storage.errors import DatabaseUnusable, RestoreRefused, UnusableFile
from storage.key_values import COMMANDS_PREFIX, RESTORED_AT
from storage.migrations import migrate
from storage.news.news_baselines import reset_baselines
from storage.timestamps import to_seconds

SUPPRESS_ANNOUNCEMENTS: Final = (
    # Announcements that waited when the backup was made may have been sent since. With the
    # record of an attempt without an answer, they are searched for in the channel, after the newest
    # message that the backup knows, before they are sent.
    (
        "UPDATE outbox SET attempted_at = created_at,"
        " after_id = (SELECT max(message_id) FROM outbox)"
        " WHERE delivered_at IS NULL AND abandoned_at IS NULL AND attempted_at IS NULL"
    ),
    # One that is shown with the member's next command cannot be searched for.
    "DELETE FROM direct_messages WHERE show_in_server",
    "UPDATE direct_messages SET attempted = 1, is_open = 0",
    # New rows must not have the numbers of rows since the backup, by which messages are found, and
    # which buttons of team searches and their notes name.
    (
        "INSERT INTO sqlite_sequence (name, seq) SELECT value, 0 FROM"
        """ json_each('["direct_messages", "teammate_searches", "teammate_notes"]')"""
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = value)"
    ),
    (
        "UPDATE sqlite_sequence SET seq = seq + 100000 WHERE name IN"
        " ('outbox', 'direct_messages', 'teammate_searches', 'teammate_notes')"
    ),
    # Quiet hours may have ended since.
    "DELETE FROM deferred_news",
    "DELETE FROM deferred_feed_messages",
    # What the next read finds may have been told since.
    "DELETE FROM post_reads",
    # Kaggle's list counts as not yet read: what the next reading finds is not announced as moved.
    "UPDATE competitions SET info_due_at = 0",
)
"""Statements of `suppress_past_announcements` that need no parameters."""

_FORGET_SENT_COMMANDS: Final = f"DELETE FROM key_values WHERE key GLOB '{COMMANDS_PREFIX}*'"  # noqa: S608


def restore(backup: Path, database: Path) -> Path | None:
    """Replace a database by a copy of a backup; return the path of the old database, if any.

    First the copy is checked: it must be complete, made by Podium, and not newer than this version.
    Raises `RestoreRefused` if it is not, and changes nothing. The caller holds the database's lock.
    """
    # A symbolic link then points to the new database.
    database = database.resolve()
    copy = choose_draft(database)
    try:
        if backup.is_dir():
            raise RestoreRefused(_nothing_restored_text(f"{backup} is a folder."))
        if not backup.stat().st_size:
            raise RestoreRefused(_nothing_restored_text(f"{backup} is empty."))
        if not database.exists():
            _copy(backup, copy)
            set_wal_aside(database)
            copy.replace(database)
            return None
        if backup.samefile(database):
            raise RestoreRefused(_nothing_restored_text(f"{backup} is the database itself."))
        _copy(backup, copy)
        _require_exclusive(database)
        return _replace(database, copy)
    except UnusableFile as error:
        raise RestoreRefused(_nothing_restored_text(f"{backup} {error}")) from error
    except DatabaseUnusable as error:
        # The error names the temporary copy; the user knows the backup.
        raise RestoreRefused(
            _nothing_restored_text(str(error).replace(str(copy), str(backup)))
        ) from error
    except sqlite3.Error as error:
        full, unreadable = f"The disk of {database} is full.", f"{backup} cannot be read: {error}."
        raise RestoreRefused(
            _nothing_restored_text(full if is_disk_full(error) else unreadable)
        ) from error
    except OSError as error:
        name = error.filename or backup
        raise RestoreRefused(_nothing_restored_text(f"{name}: {error.strerror}.")) from error
    finally:
        for suffix in ("", "-journal", *SIDE_SUFFIXES):
            add_suffix(copy, suffix).unlink(missing_ok=True)


def _copy(backup: Path, copy: Path) -> None:
    """Copy the backup and check the copy; raises `UnusableFile` or `DatabaseUnusable`."""
    create_file(copy)
    with (
        closing(sqlite3.connect(existing_file_uri(backup, mode="ro"), uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        # Unlike a file copy, this includes a write-ahead log beside the backup.
        source.backup(target)
        problem = str(target.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if problem != "ok":
            raise UnusableFile(f"is damaged: {problem.splitlines()[-1]}.")
        if not target.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise UnusableFile("is an empty database.")
    asyncio.run(_prepare(copy))
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


async def _prepare(copy: Path) -> None:
    """Migrate the copy, and keep the bot from announcing again what it announced since.

    The commands are sent again: Discord may have those of a newer version.
    """
    connections: list[aiosqlite.Connection] = []
    try:
        await migrate(await connect(copy, connections))
    finally:
        await close(connections)
    database = await Database.open(copy, readers=0)
    try:
        async with database.write() as connection:
            await suppress_past_announcements(connection, datetime.now(UTC))
            await connection.execute(_FORGET_SENT_COMMANDS)
    finally:
        await database.close()


async def suppress_past_announcements(connection: aiosqlite.Connection, now: datetime) -> None:
    """Mark a restored database so that nothing from before `now` is announced again.

    What the bot did since the backup is not known. What waited in the outbox is searched for before
    it is sent; all else that it may have announced counts as announced.
    """
    for statement in SUPPRESS_ANNOUNCEMENTS:
        await connection.execute(statement)
    # As when a paused competition is resumed.
    await reset_baselines(connection, "true")
    await connection.execute(
        "INSERT OR IGNORE INTO ends_without_announcement (competition_id)"
        " SELECT id FROM competitions WHERE deadline <= ?1 OR archived_at IS NOT NULL"
        # Where Kaggle lists no deadline, it may have ended unless all followers gave a later one.
        " OR deadline IS NULL AND id NOT IN (SELECT f.competition_id FROM active_follows f"
        "  LEFT JOIN deadlines d ON d.guild_id = f.guild_id"
        "   AND d.competition_id = f.competition_id AND d.kind = 'final'"
        "  GROUP BY f.competition_id HAVING count(*) = count(d.at) AND max(d.at) > ?1)",
        (to_seconds(now),),
    )
    await connection.execute(
        "INSERT OR REPLACE INTO key_values (key, value) VALUES (?, ?)",
        (RESTORED_AT, str(to_seconds(now))),
    )


def _require_exclusive(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            # Needs exclusive access; it also merges the write-ahead log into the file.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise RestoreRefused(
                    _nothing_restored_text(
                        f"{database} is in use by another program; stop that first."
                    )
                ) from error
            # The database is damaged, perhaps the reason for the restore: keep it as it is.


def _replace(database: Path, copy: Path) -> Path:
    kept = _choose_kept_path(database)
    # SQLite would apply a remaining log to the new database.
    for suffix in SIDE_SUFFIXES:
        side_file = add_suffix(database, suffix)
        if side_file.exists():
            side_file.replace(add_suffix(kept, suffix))
    try:
        # A hard link, so that the path always exists: a bot would create an empty database.
        kept.hardlink_to(database)
    except OSError:
        database.replace(kept)  # This file system has no links.
    copy.replace(database)
    return kept


def _choose_kept_path(database: Path) -> Path:
    first = kept = build_timed_path(database, "until")
    while kept.exists():
        kept = first.with_stem(f"{first.stem}-{secrets.token_hex(2)}")
    return kept


def _nothing_restored_text(sentence: str) -> str:
    return f"Nothing was restored. {sentence}"
