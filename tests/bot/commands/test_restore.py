"""Putting a backup in the place of the database."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path

import pytest

from records.guilds import GuildSettings
from storage.lock import lock_database
from storage.servers.guild_settings import UPSERT_SETTINGS
from tests.bot.conftest import FIRST, SECOND, CommandLine, build_zip

DATABASE = Path("podium.db")
BACKUP = Path("backup.db")
RECOVERING = """
import fcntl, sys
with open("podium.db-shm", "r+b") as shm:
    fcntl.lockf(shm, fcntl.LOCK_SH, 1, 128)
    fcntl.lockf(shm, fcntl.LOCK_EX, 3, 120)
    print("locked", flush=True)
    sys.stdin.read()
"""
"""Locks as a process that recovers the log (https://www.sqlite.org/walformat.html, 2.3)."""


@pytest.fixture
def backed_up(podium: CommandLine) -> None:
    """Return a database with two boards, and a backup from the time of the first."""
    Path("a.zip").write_bytes(build_zip(FIRST))
    Path("b.zip").write_bytes(build_zip(SECOND, "2026-08-09T13:00:00"))
    assert podium("import", "titanic", "a.zip")[0] == 0
    assert podium("backup", BACKUP)[0] == 0
    assert podium("import", "titanic", "b.zip")[0] == 0


def boards(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM log_segments").fetchone()
    return int(count)


def kept() -> Path:
    (path,) = Path().glob("podium-until-*Z.db")
    return path


@contextmanager
def changed(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


def test_restore_replaces_the_database_and_keeps_the_old_one(
    podium: CommandLine, backed_up: None
) -> None:
    before = BACKUP.read_bytes()
    code, out, err = podium("restore", BACKUP)
    assert (code, err) == (0, "")
    assert out == (
        f"backup.db is now the database podium.db.\nThe one before is kept as {kept().resolve()}.\n"
    )
    assert boards(DATABASE) == 1
    assert boards(kept()) == 2
    assert BACKUP.read_bytes() == before
    for path in (DATABASE, kept()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The history goes on from there, and what was kept can come back.
    assert podium("import", "titanic", "b.zip")[0] == 0
    assert boards(DATABASE) == 2
    assert podium("restore", kept())[0] == 0


def test_log_of_a_deleted_database_is_not_applied_to_the_restored_one(
    podium: CommandLine, backed_up: None
) -> None:
    log = Path("podium.db-wal")
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("UPDATE competitions SET slug = 'other'")
        left = log.read_bytes()
    DATABASE.unlink()
    log.write_bytes(left)
    assert podium("restore", BACKUP)[0] == 0
    with closing(sqlite3.connect(DATABASE)) as connection:
        assert connection.execute("SELECT slug FROM competitions").fetchall() == [("titanic",)]


def test_restore_leaves_no_temporary_files(podium: CommandLine, backed_up: None) -> None:
    assert podium("restore", BACKUP)[0] == 0
    assert sorted(path.name for path in Path().iterdir()) == sorted(
        ["a.zip", "b.zip", "backup.db", "podium.db", "podium.db.lock", kept().name]
    )


@pytest.mark.parametrize("folded", [True, False])
def test_leftover_write_ahead_log_is_kept_and_not_applied_to_the_backup(
    podium: CommandLine, backed_up: None, folded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not folded:  # As with a database that is damaged where SQLite would need it.
        monkeypatch.setattr("storage.restore._require_exclusive", lambda _database: None)
    with closing(sqlite3.connect(DATABASE)) as bot:
        bot.execute("INSERT INTO key_values VALUES ('late', 'in the log')")
        bot.commit()
        left = {end: Path(f"podium.db{end}").read_bytes() for end in ("-wal", "-shm")}
    for end, data in left.items():
        Path(f"podium.db{end}").write_bytes(data)
    assert podium("restore", BACKUP)[0] == 0
    for path, facts in ((DATABASE, []), (kept(), [("in the log",)])):
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT value FROM key_values WHERE key = 'late'").fetchall()
        assert rows == facts


def test_damaged_database_is_kept_as_it_is(podium: CommandLine, backed_up: None) -> None:
    damage = b"no database any more " * 500
    DATABASE.write_bytes(damage)
    assert podium("history", "titanic", 1)[0] == 1
    assert podium("restore", BACKUP)[0] == 0
    assert kept().read_bytes() == damage
    assert podium("history", "titanic", 1)[0] == 0


def test_restore_works_without_a_database(podium: CommandLine, backed_up: None) -> None:
    DATABASE.unlink()
    assert podium("restore", BACKUP) == (0, "backup.db is now the database podium.db.\n", "")
    assert boards(DATABASE) == 1


def test_restore_works_on_a_file_system_without_links(
    podium: CommandLine, backed_up: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert podium("restore", BACKUP)[0] == 0
    assert (boards(DATABASE), boards(kept())) == (1, 2)


def test_restore_never_overwrites_a_kept_database(
    podium: CommandLine, backed_up: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(["copy", "copy", "1", "2"])
    monkeypatch.setattr("secrets.token_hex", lambda _size: next(numbers))
    monkeypatch.setattr(
        "storage.restore.build_timed_path",
        lambda path, word: path.with_stem(f"{path.stem}-{word}-now"),
    )
    assert podium("restore", BACKUP)[0] == 0
    assert podium("restore", BACKUP)[0] == 0
    assert {path.name for path in Path().glob("podium-until-*")} == {
        "podium-until-now.db",
        "podium-until-now-1.db",
    }


def test_waiting_announcements_of_a_backup_are_searched_before_they_are_sent(
    podium: CommandLine, backed_up: None
) -> None:
    with changed(BACKUP) as backup:
        backup.execute(UPSERT_SETTINGS, astuple(GuildSettings(1)))
        backup.executemany(
            "INSERT INTO outbox (guild_id, channel_id, nonce, message, created_at, attempted_at,"
            " after_id, delivered_at, message_id) VALUES (1, 2, ?, '{}', 100, ?, ?, ?, ?)",
            [
                ("waits", None, None, None, None),
                ("tried", 105, 8, None, None),
                ("sent", 110, 6, 111, 9),
            ],
        )
    assert podium("restore", BACKUP)[0] == 0
    with closing(sqlite3.connect(DATABASE)) as connection:
        rows = connection.execute(
            "SELECT nonce, attempted_at, after_id FROM outbox ORDER BY id"
        ).fetchall()
    assert rows == [("waits", 100, 9), ("tried", 105, 8), ("sent", 110, 6)]


def test_commands_are_sent_to_discord_again_after_a_restore(
    podium: CommandLine, backed_up: None
) -> None:
    """Discord may have got those of a newer version since the backup."""
    with changed(BACKUP) as backup:
        backup.executemany(
            "INSERT INTO key_values (key, value) VALUES (?, 'x')",
            [("commands 1 global",), ("commands 1 2",), ("other",)],
        )
    assert podium("restore", BACKUP)[0] == 0
    with changed(DATABASE) as database:
        keys = {key for (key,) in database.execute("SELECT key FROM key_values")}
    assert "other" in keys
    assert not any(key.startswith("commands ") for key in keys)


def test_numbers_of_messages_and_notes_since_the_backup_are_not_used_again(
    podium: CommandLine, backed_up: None
) -> None:
    with changed(BACKUP) as backup:
        backup.execute(UPSERT_SETTINGS, astuple(GuildSettings(1)))
    assert podium("restore", BACKUP)[0] == 0
    with changed(DATABASE) as database:
        database.execute(
            "INSERT INTO direct_messages (guild_id, user_id, message, created_at)"
            " VALUES (1, 2, '{}', 3)"
        )
        database.execute(
            "INSERT INTO outbox (guild_id, channel_id, nonce, message, created_at)"
            " VALUES (1, 2, 'n', '{}', 100)"
        )
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("INSERT INTO teammate_notes VALUES (NULL, 1, 2, 3, 4, '', 'open', 5)")
        database.execute("INSERT INTO teammate_searches VALUES (NULL, 1, 2, 3, '', '', '', 1, 5)")
        numbers = [
            database.execute(f"SELECT max(id) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("direct_messages", "outbox", "teammate_notes", "teammate_searches")
        ]
    assert numbers == [100_001, 101_001, 100_001, 100_001]


def damaged_inside() -> None:
    """Overwrite a page of a table: such a backup opens, but is not whole."""
    with changed(BACKUP) as backup:
        select = "SELECT rootpage FROM sqlite_schema WHERE name = 'teams'"
        ((page,),) = backup.execute(select).fetchall()
    data = bytearray(BACKUP.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xaa" * 4096
    BACKUP.write_bytes(data)


def newer() -> None:
    with changed(BACKUP) as backup:
        backup.execute("INSERT INTO migrations VALUES (999, '0999_later', 0, '')")


def of_another_schema() -> None:
    with changed(BACKUP) as backup:
        backup.execute("UPDATE migrations SET checksum = 'another'")


def another_programs() -> None:
    BACKUP.unlink()
    with changed(BACKUP) as backup:
        backup.execute("CREATE TABLE urls (url TEXT)")


def without_tables() -> None:
    BACKUP.unlink()
    with changed(BACKUP) as backup:
        backup.execute("PRAGMA user_version = 7")


def a_folder() -> None:
    BACKUP.unlink()
    BACKUP.mkdir()


def the_database_itself() -> None:
    BACKUP.unlink()
    BACKUP.hardlink_to(DATABASE)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged_inside, "backup.db is damaged"),
        (newer, "was written by a newer Podium (its migration 0999_later is not known"),
        (of_another_schema, "backup.db was made by an earlier version of Podium"),
        (another_programs, "backup.db is the database of another program"),
        (without_tables, "backup.db is an empty database"),
        (lambda: BACKUP.write_bytes(b""), "backup.db is empty"),
        (lambda: BACKUP.write_text("letter " * 900), "backup.db cannot be read: file is not a"),
        (BACKUP.unlink, "backup.db: No such file"),
        (a_folder, "backup.db is a folder"),
        (the_database_itself, "backup.db is the database itself"),
    ],
)
def test_invalid_backup_is_refused_and_nothing_changes(
    podium: CommandLine, backed_up: None, spoil: Callable[[], object], told: str
) -> None:
    spoil()
    before = DATABASE.read_bytes()
    names = sorted(path.name for path in Path().iterdir())
    code, out, err = podium("restore", BACKUP)
    assert (code, out) == (1, "")
    assert err.startswith("Nothing was restored. ")
    assert told in err
    assert DATABASE.read_bytes() == before
    assert sorted({*names, "podium.db.lock"}) == sorted(path.name for path in Path().iterdir())


def test_restore_is_refused_while_the_bot_runs(podium: CommandLine, backed_up: None) -> None:
    with lock_database(DATABASE):
        code, _, err = podium("restore", BACKUP)
    assert code == 1
    assert "podium.db is in use by another Podium (process " in err
    assert boards(DATABASE) == 2


def test_restore_is_refused_while_another_program_reads(
    podium: CommandLine, backed_up: None
) -> None:
    with closing(sqlite3.connect(DATABASE)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        assert other.execute("SELECT count(*) FROM key_values").fetchone() == (0,)
        code, _, err = podium("restore", BACKUP)
    assert code == 1
    assert err == (
        f"Nothing was restored. {DATABASE.resolve()} is in use by another program;"
        " stop that first.\n"
    )
    assert boards(DATABASE) == 2


@pytest.mark.skipif(
    sys.platform == "win32", reason="locks a range of bytes as SQLite does on POSIX"
)
def test_restore_is_refused_while_another_program_recovers_the_database(
    podium: CommandLine, backed_up: None
) -> None:
    with closing(sqlite3.connect(DATABASE)) as killed:
        killed.execute("PRAGMA journal_mode = WAL")
        killed.execute("INSERT INTO key_values VALUES ('late', 'in the log')")
        killed.commit()
        left = {end: Path(f"podium.db{end}").read_bytes() for end in ("", "-wal")}
    for end, data in left.items():
        Path(f"podium.db{end}").write_bytes(data)
    Path("podium.db-shm").write_bytes(bytes(32 << 10))
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", RECOVERING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        code, _, err = podium("restore", BACKUP)
        other.communicate()
    assert code == 1
    assert "podium.db is in use by another program; stop that first." in err
    assert boards(DATABASE) == 2
