"""Facts about this database and the Discord application that it serves."""

from __future__ import annotations

from storage.database import Database


class KeyValues:
    """A few values by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Give what is kept under a key."""
        async with self._database.read() as connection:
            for (value,) in await connection.execute_fetchall(
                "SELECT value FROM key_values WHERE key = ?", (key,)
            ):
                return str(value)
        return None

    async def set(self, key: str, value: str) -> None:
        """Keep a value under a key in place of the former one."""
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO key_values (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )
