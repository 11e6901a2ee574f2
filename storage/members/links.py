"""Links of members to Kaggle user names, separate for each server.

A link counts in a server if it is verified or the server does not require verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.members.verification_codes import VerificationMethod
from records.members import StoredLink
from storage.database import Database
from storage.errors import NameTaken
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_COLUMNS = "guild_id, user_id, user_name, mention, linked_by, linked_at, verification, verified_at"
_UNLINK = f"DELETE FROM links WHERE guild_id = ? AND user_id = ? RETURNING {_COLUMNS}"  # noqa: S608
_LINKS = f"SELECT {_COLUMNS} FROM links"  # noqa: S608 - own names
_COUNTED = f"SELECT {_COLUMNS} FROM counted_links"  # noqa: S608 - own names


async def delete_stale_news_baselines(connection: aiosqlite.Connection, guild_id: int) -> None:
    """Delete a server's news baselines of teams without a member with a counted link.

    A member who links again later starts from the team's rank at that time.
    """
    await connection.execute(
        "DELETE FROM news_baselines WHERE guild_id = ? AND NOT EXISTS (SELECT 1 FROM boards b"
        " JOIN counted_links l ON l.guild_id = news_baselines.guild_id"
        " JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
        "  AND m.team_id = news_baselines.team_id"
        " WHERE b.competition_id = news_baselines.competition_id)",
        (guild_id,),
    )


class Links:
    """Reads and writes links of members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(
        self, guild_id: int, user_id: int, user_name: str, linked_by: int, now: datetime
    ) -> None:
        """Link a member to a Kaggle user name; replace their former link.

        A verification of the same name is kept. Raise `NameTaken` if another member is linked to
        the name.
        """
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await _store_link(connection, guild_id, user_id, user_name, linked_by, now)
            await delete_stale_news_baselines(connection, guild_id)

    async def link_several(
        self, guild_id: int, user_names: Mapping[int, str], linked_by: int, now: datetime
    ) -> set[int]:
        """Link members to Kaggle user names, by user id, all in one transaction.

        Return who was not linked: another member is linked to the name, or they have verified
        another one.
        """
        refused: set[int] = set()
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            for user_id, user_name in user_names.items():
                verified = await connection.execute_fetchall(
                    "SELECT 1 FROM links WHERE guild_id = ? AND user_id = ? AND user_name <> ?"
                    " AND verification IS NOT NULL",
                    (guild_id, user_id, user_name),
                )
                if verified:
                    refused.add(user_id)
                    continue
                try:
                    await _store_link(connection, guild_id, user_id, user_name, linked_by, now)
                except NameTaken:
                    refused.add(user_id)
            await delete_stale_news_baselines(connection, guild_id)
        return refused

    async def unlink(self, guild_id: int, user_id: int) -> StoredLink | None:
        """Delete a member's link and verification code; return the link."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM verification_codes WHERE guild_id = ? AND user_id = ?",
                (guild_id, user_id),
            )
            for row in await connection.execute_fetchall(
                _UNLINK,
                (guild_id, user_id),
            ):
                await delete_stale_news_baselines(connection, guild_id)
                return _link_from_row(row)
        return None

    async def find_counted_link(self, guild_id: int, user_id: int) -> StoredLink | None:
        """Return a member's link if it counts in the server."""
        found = await self._select(
            _COUNTED + " WHERE guild_id = ? AND user_id = ?", guild_id, user_id
        )
        return found[0] if found else None

    async def load_counted_links_by_user(self, user_id: int) -> list[StoredLink]:
        """Return a Discord user's links in all servers in which they count."""
        return await self._select(_COUNTED + " WHERE user_id = ? ORDER BY guild_id", user_id)

    async def load_counted_links(self, guild_id: int) -> list[StoredLink]:
        """Return the links that count in a server, by user name."""
        return await self._select(_COUNTED + " WHERE guild_id = ? ORDER BY user_name", guild_id)

    async def load_unverified_links(self, guild_id: int) -> list[StoredLink]:
        """Return the links that do not count, in a server that counts only verified ones."""
        counted = {link.user_id for link in await self.load_counted_links(guild_id)}
        return [link for link in await self.load_links(guild_id) if link.user_id not in counted]

    async def load_links(self, guild_id: int) -> list[StoredLink]:
        """Return all links of a server by user name, whether or not they count."""
        return await self._select(_LINKS + " WHERE guild_id = ? ORDER BY user_name", guild_id)

    async def find_link(self, guild_id: int, user_id: int) -> StoredLink | None:
        """Return a member's link, whether or not it counts."""
        found = await self._select(
            _LINKS + " WHERE guild_id = ? AND user_id = ?", guild_id, user_id
        )
        return found[0] if found else None

    async def find_link_by_user_name(self, guild_id: int, user_name: str) -> StoredLink | None:
        """Return the link to a Kaggle user name, ignoring case, whether or not it counts."""
        found = await self._select(
            _LINKS + " WHERE guild_id = ? AND user_name = ?", guild_id, user_name
        )
        return found[0] if found else None

    async def set_wants_ping(self, guild_id: int, user_id: int, wants_ping: bool) -> bool:
        """Store whether a member wants to be pinged; return False if they are not linked."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE links SET mention = ? WHERE guild_id = ? AND user_id = ?",
                (wants_ping, guild_id, user_id),
            )
        return cursor.rowcount > 0

    async def _select(self, sql: str, *parameters: object) -> list[StoredLink]:
        return [_link_from_row(row) for row in await self._database.query(sql, parameters)]


async def _store_link(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    guild_id: int,
    user_id: int,
    user_name: str,
    linked_by: int,
    now: datetime,
) -> None:
    """Write a link as `Links.link` does; raise `NameTaken` before anything is changed."""
    for owner, verification in await connection.execute_fetchall(
        "SELECT user_id, verification FROM links"
        " WHERE guild_id = ? AND user_name = ? AND user_id <> ?",
        (guild_id, user_name, user_id),
    ):
        raise NameTaken(owner, VerificationMethod(verification) if verification else None)
    await connection.execute(
        "INSERT INTO links (guild_id, user_id, user_name, linked_by, linked_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (guild_id, user_id) DO UPDATE SET"
        " verification = iif(user_name = excluded.user_name, verification, NULL),"
        " verified_at = iif(user_name = excluded.user_name, verified_at, NULL),"
        " user_name = excluded.user_name, linked_by = excluded.linked_by,"
        " linked_at = excluded.linked_at",
        (guild_id, user_id, user_name, linked_by, to_seconds(now)),
    )


async def load_member_links(connection: aiosqlite.Connection, user_id: int) -> list[StoredLink]:
    """Return a member's links in all servers, within the caller's transaction."""
    rows = await connection.execute_fetchall(
        _LINKS + " WHERE user_id = ? ORDER BY guild_id",
        (user_id,),
    )
    return [_link_from_row(row) for row in rows]


def _link_from_row(row: Iterable[Any]) -> StoredLink:
    guild_id, user_id, user_name, wants_ping, linked_by, linked_at, verification, verified_at = row
    return StoredLink(
        guild_id=guild_id,
        user_id=user_id,
        user_name=user_name,
        wants_ping=bool(wants_ping),
        linked_by=linked_by,
        linked_at=from_seconds(linked_at),
        verification=VerificationMethod(verification) if verification else None,
        verified_at=from_seconds(verified_at),
    )
