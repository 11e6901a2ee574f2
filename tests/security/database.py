"""The contents of every table of a database."""

from storage.storage import Storage


async def cells(storage: Storage) -> dict[str, list[str]]:
    """Return each table's rows as text."""
    async with storage.database.read() as connection:
        tables = await connection.execute_fetchall(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        )
        return {
            table: [
                repr(tuple(row))
                for row in await connection.execute_fetchall(f"SELECT * FROM {table}")  # noqa: S608
            ]
            for (table,) in tables
        }
