"""Which roles a server gives for what, and who was given which."""

from __future__ import annotations

import aiosqlite

from leaderboards.role_criteria import MemberRank, RoleCriterion
from records.members import GrantState, RoleGrant
from storage.database import Database
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds


class Roles:
    """Reads and writes what is given for what, and to whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_roles(self, guild_id: int) -> dict[RoleCriterion, int]:
        """Give the role of each reward that a server has set."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT criterion, role_id FROM criterion_roles WHERE guild_id = ?", (guild_id,)
            )
        roles = {RoleCriterion(reward): int(role_id) for reward, role_id in rows}
        return {reward: roles[reward] for reward in RoleCriterion if reward in roles}

    async def set_role(self, guild_id: int, reward: RoleCriterion, role_id: int) -> None:
        """Let a server give a role for something."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            await connection.execute(
                "INSERT OR REPLACE INTO criterion_roles (guild_id, criterion, role_id) VALUES"
                " (?, ?, ?)",
                (guild_id, reward, role_id),
            )

    async def remove_role(self, guild_id: int, reward: RoleCriterion) -> bool:
        """Give nothing any more for something; False when nothing was given."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM criterion_roles WHERE guild_id = ? AND criterion = ?",
                (guild_id, reward),
            )
        return cursor.rowcount > 0

    async def delete_role(self, guild_id: int, role_id: int) -> None:
        """Forget a role that was deleted."""
        async with self._database.write() as connection:
            for table in ("criterion_roles", "role_grants"):
                await connection.execute(
                    f"DELETE FROM {table} WHERE guild_id = ? AND role_id = ?",  # noqa: S608
                    (guild_id, role_id),
                )

    async def load_guild_ids(self) -> list[int]:
        """Give the servers that give roles, or have given some, and in which the bot still is."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT guild_id FROM guilds WHERE left_at IS NULL AND ("
                " EXISTS (SELECT 1 FROM criterion_roles r WHERE r.guild_id = guilds.guild_id)"
                " OR EXISTS (SELECT 1 FROM role_grants g WHERE g.guild_id = guilds.guild_id))"
                " ORDER BY guild_id"
            )
        return [guild_id for (guild_id,) in rows]

    async def load_member_ranks(self, guild_id: int) -> list[MemberRank]:
        """Give where the members of a server, whose links count, stand on what it follows.

        A competition that is over and in the archive is no longer among it.
        """
        async with self._database.read() as connection:
            # CROSS JOIN keeps SQLite from going through all rows of a board first.
            rows = await connection.execute_fetchall(
                "SELECT l.user_id, b.id, s.rank, b.team_count, c.category FROM counted_links l"
                " JOIN follows f ON f.guild_id = l.guild_id"
                " JOIN competitions c ON c.id = f.competition_id AND c.archived_at IS NULL"
                " JOIN boards b ON b.competition_id = c.id AND b.kind = 'public'"
                " CROSS JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
                " CROSS JOIN board_rows s ON s.board_id = b.id AND s.team_id = m.team_id"
                " WHERE l.guild_id = ?",
                (guild_id,),
            )
        return [MemberRank(*row) for row in rows]

    async def load_grants(self, guild_id: int) -> list[RoleGrant]:
        """Give who has which role, as far as the bot has to do with it."""
        async with self._database.read() as connection:
            return await _grants(connection, "guild_id = ?", guild_id)

    async def store_grant(self, grant: RoleGrant) -> None:
        """Keep how far a role has come to a member."""
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT OR REPLACE INTO role_grants (guild_id, user_id, role_id, state, since)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    grant.guild_id,
                    grant.user_id,
                    grant.role_id,
                    grant.state,
                    to_seconds(grant.since),
                ),
            )

    async def delete_grant(self, grant: RoleGrant) -> None:
        """Forget a role that was taken away."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM role_grants WHERE guild_id = ? AND user_id = ? AND role_id = ?",
                (grant.guild_id, grant.user_id, grant.role_id),
            )


async def load_member_grants(connection: aiosqlite.Connection, user_id: int) -> list[RoleGrant]:
    """Give what a member has in all servers, within the transaction of who asks."""
    return await _grants(connection, "user_id = ?", user_id)


async def _grants(
    connection: aiosqlite.Connection, where: str, *parameters: object
) -> list[RoleGrant]:
    rows = await connection.execute_fetchall(
        f"SELECT guild_id, user_id, role_id, state, since FROM role_grants WHERE {where}"  # noqa: S608
        " ORDER BY since, user_id, role_id",
        parameters,
    )
    return [
        RoleGrant(guild_id, user_id, role_id, GrantState(state), from_seconds(since))
        for guild_id, user_id, role_id, state, since in rows
    ]
