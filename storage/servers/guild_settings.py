"""What a server has set, read and written within the transaction of who asks."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, replace
from typing import Any, TypedDict, Unpack, get_type_hints

import aiosqlite


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a server has set; names and defaults are those of the table's columns."""

    guild_id: int
    announce: bool = True
    channel_id: int | None = None
    """Where to announce unless a competition says otherwise."""
    smallest_rise: int = 0
    smallest_fall: int = 50
    mention: bool = False
    """Whether members who asked for it are pinged."""
    time_zone: str = "UTC"
    """Its name in the tz database; the hours and days below are in it."""
    quiet_from: int | None = None
    """The hour from which nothing is announced; None when there are no quiet hours."""
    quiet_to: int | None = None
    """The hour from which it is announced again, summed up."""
    digest_hour: int = 9
    daily_digest: bool = False
    weekly_digest_day: int | None = None
    """0 is Monday; None for no weekly digest."""
    remind_week: bool = True
    """Whether a deadline is told seven days ahead."""
    remind_day: bool = True
    remind_hour: bool = True
    require_verified: bool = False
    """Whether only proven links count."""


class Changed(TypedDict, total=False):
    """The settings of a server that are to be changed."""

    announce: bool
    channel_id: int | None
    smallest_rise: int
    smallest_fall: int
    mention: bool
    time_zone: str
    quiet_from: int | None
    quiet_to: int | None
    digest_hour: int
    daily_digest: bool
    weekly_digest_day: int | None
    remind_week: bool
    remind_day: bool
    remind_hour: bool
    require_verified: bool


_COLUMNS = [field.name for field in fields(GuildSettings)]
_BOOLEAN = [kind is bool for kind in get_type_hints(GuildSettings).values()]
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM guilds WHERE guild_id = ?"  # noqa: S608 - own names
_UPSERT = (
    f"INSERT INTO guilds ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT (guild_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
)


async def make_known(connection: aiosqlite.Connection, guild_id: int) -> bool:
    """Give a server the row that all that is kept of it refers to; False when it has one."""
    cursor = await connection.execute(
        "INSERT INTO guilds (guild_id) VALUES (?) ON CONFLICT DO NOTHING", (guild_id,)
    )
    return cursor.rowcount > 0


async def read_settings(connection: aiosqlite.Connection, guild_id: int) -> GuildSettings:
    """Give a server's settings, the defaults before the first change."""
    for row in await connection.execute_fetchall(_SELECT, (guild_id,)):
        values: list[Any] = [
            bool(value) if boolean else value for value, boolean in zip(row, _BOOLEAN, strict=True)
        ]
        return GuildSettings(*values)
    return GuildSettings(guild_id)


async def change_settings(
    connection: aiosqlite.Connection, guild_id: int, **changed: Unpack[Changed]
) -> GuildSettings:
    """Change some settings and give them all."""
    settings = replace(await read_settings(connection, guild_id), **changed)
    await connection.execute(_UPSERT, astuple(settings))
    return settings
