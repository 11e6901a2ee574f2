"""A server's settings, read and written in the caller's transaction."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from typing import Any, get_type_hints

import aiosqlite

from records.guilds import GuildSettings, SettingValue

_COLUMNS = [field.name for field in fields(GuildSettings)]
_BOOLEAN = [kind is bool for kind in get_type_hints(GuildSettings).values()]
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM guilds WHERE guild_id = ?"  # noqa: S608 - own names
_INSERT = (
    f"INSERT INTO guilds ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT (guild_id) DO"
)
UPSERT_SETTINGS = f"{_INSERT} UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS
)
"""Writes `astuple(GuildSettings(...))`."""


async def ensure_guild(connection: aiosqlite.Connection, guild_id: int) -> bool:
    """Insert a server's row with the default settings; return False if it has one.

    The defaults are those of `GuildSettings`: every column is written.
    """
    cursor = await connection.execute(f"{_INSERT} NOTHING", astuple(GuildSettings(guild_id)))
    return cursor.rowcount > 0


async def load_settings(connection: aiosqlite.Connection, guild_id: int) -> GuildSettings:
    """Return a server's settings; the defaults before the first change."""
    for row in await connection.execute_fetchall(_SELECT, (guild_id,)):
        values: list[Any] = [
            bool(value) if boolean else value for value, boolean in zip(row, _BOOLEAN, strict=True)
        ]
        return GuildSettings(*values)
    return GuildSettings(guild_id)


async def update_settings(
    connection: aiosqlite.Connection, guild_id: int, **changes: SettingValue
) -> GuildSettings:
    """Change some settings and return them all."""
    values: dict[str, Any] = {**changes}
    settings = replace(await load_settings(connection, guild_id), **values)
    await connection.execute(UPSERT_SETTINGS, astuple(settings))
    return settings
