"""Roles that a server gives for ranks, and their grants to members."""

from __future__ import annotations

import aiosqlite

from leaderboards.members.role_criteria import RoleCriterion
from records.members import GrantState, RoleGrant
from storage.database import Database
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds


class Roles:
    """Reads and writes roles for ranks, and their grants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_roles(self, guild_id: int) -> dict[RoleCriterion, int]:
        """Return the role id of each criterion for which a server gives a role."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT criterion, role_id FROM criterion_roles WHERE guild_id = ?", (guild_id,)
            )
        roles = {RoleCriterion(criterion): int(role_id) for criterion, role_id in rows}
        return {criterion: roles[criterion] for criterion in RoleCriterion if criterion in roles}

    async def set_role(self, guild_id: int, criterion: RoleCriterion, role_id: int) -> None:
        """Set the role that a server gives for a criterion."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await connection.execute(
                "INSERT OR REPLACE INTO criterion_roles (guild_id, criterion, role_id) VALUES"
                " (?, ?, ?)",
                (guild_id, criterion, role_id),
            )

    async def replace_role(
        self, guild_id: int, criterion: RoleCriterion, old_id: int, new_id: int | None
    ) -> bool:
        """Replace the role of a criterion, by None to delete it.

        Return False if the criterion has another role by now.
        """
        async with self._database.write() as connection:
            if new_id is None:
                cursor = await connection.execute(
                    "DELETE FROM criterion_roles WHERE guild_id = ? AND criterion = ?"
                    " AND role_id = ?",
                    (guild_id, criterion, old_id),
                )
            else:
                cursor = await connection.execute(
                    "UPDATE criterion_roles SET role_id = ? WHERE guild_id = ? AND criterion = ?"
                    " AND role_id = ?",
                    (new_id, guild_id, criterion, old_id),
                )
        return cursor.rowcount > 0

    async def delete_role(self, guild_id: int, role_id: int) -> None:
        """Delete a role, which was deleted in Discord, and its grants."""
        async with self._database.write() as connection:
            for table in ("criterion_roles", "role_grants"):
                await connection.execute(
                    f"DELETE FROM {table} WHERE guild_id = ? AND role_id = ?",  # noqa: S608
                    (guild_id, role_id),
                )

    async def load_guild_ids(self) -> list[int]:
        """Return the servers with roles or grants that the bot has not left."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT guild_id FROM guilds WHERE left_at IS NULL AND ("
                " EXISTS (SELECT 1 FROM criterion_roles r WHERE r.guild_id = guilds.guild_id)"
                " OR EXISTS (SELECT 1 FROM role_grants g WHERE g.guild_id = guilds.guild_id))"
                " ORDER BY guild_id"
            )
        return [guild_id for (guild_id,) in rows]

    async def load_grants(self, guild_id: int) -> list[RoleGrant]:
        """Return the role grants of a server."""
        async with self._database.read() as connection:
            return await _select_grants(connection, "guild_id = ?", guild_id)

    async def load_grants_of_member(self, guild_id: int, user_id: int) -> list[RoleGrant]:
        """Return the role grants of a member of a server."""
        async with self._database.read() as connection:
            return await _select_grants(
                connection, "guild_id = ? AND user_id = ?", guild_id, user_id
            )

    async def store_grant(self, grant: RoleGrant) -> None:
        """Insert or replace a role grant."""
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT OR REPLACE INTO role_grants"
                " (guild_id, user_id, role_id, state, confirmed_at) VALUES (?, ?, ?, ?, ?)",
                (
                    grant.guild_id,
                    grant.user_id,
                    grant.role_id,
                    grant.state,
                    to_seconds(grant.confirmed_at),
                ),
            )

    async def delete_grant(self, grant: RoleGrant) -> None:
        """Delete a role grant."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM role_grants WHERE guild_id = ? AND user_id = ? AND role_id = ?",
                (grant.guild_id, grant.user_id, grant.role_id),
            )


async def load_member_grants(connection: aiosqlite.Connection, user_id: int) -> list[RoleGrant]:
    """Return a member's grants in all servers, within the caller's transaction."""
    return await _select_grants(connection, "user_id = ?", user_id)


async def _select_grants(
    connection: aiosqlite.Connection, where: str, *parameters: object
) -> list[RoleGrant]:
    rows = await connection.execute_fetchall(
        f"SELECT guild_id, user_id, role_id, state, confirmed_at FROM role_grants WHERE {where}"  # noqa: S608
        " ORDER BY confirmed_at, user_id, role_id",
        parameters,
    )
    return [
        RoleGrant(guild_id, user_id, role_id, GrantState(state), from_seconds(confirmed_at))
        for guild_id, user_id, role_id, state, confirmed_at in rows
    ]
