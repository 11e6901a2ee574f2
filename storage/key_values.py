"""Single values by key, such as the fingerprint of the registered commands."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import aiosqlite

from storage.database import Database
from storage.timestamps import from_seconds

COMMANDS_PREFIX: Final = "commands "
"""Begins the key under which the fingerprint of the commands that Discord was sent is stored. The
ids of the application and of the server (or `global`) follow."""

HEALTH: Final = "health"
"""The key of the bot's last `HealthReport`, as JSON."""

LAST_HEALTH_CHECK: Final = "last health check"
"""The key of when the bot last looked whether it works, in ISO format."""

RECENT_STARTS: Final = "recent starts"
"""The key of the times of the starts of the last day, as JSON."""

RESTORED_AT: Final = "restored_at"
"""The key of when the database was restored from a backup, in Unix seconds."""


class KeyValues:
    """Reads and writes values by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Return the value of a key; None without one."""
        async with self._database.read() as connection:
            for (value,) in await connection.execute_fetchall(
                "SELECT value FROM key_values WHERE key = ?", (key,)
            ):
                return str(value)
        return None

    async def set(self, key: str, value: str) -> None:
        """Store the value of a key, replacing the former one."""
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO key_values (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )


async def load_restored_at(connection: aiosqlite.Connection) -> datetime | None:
    """Return when the database was restored from a backup; None if it never was."""
    for (value,) in await connection.execute_fetchall(
        "SELECT value FROM key_values WHERE key = ?", (RESTORED_AT,)
    ):
        return from_seconds(int(value))
    return None
