"""Seasons of servers, and the ranks of members in them."""

from __future__ import annotations

from datetime import datetime

import aiosqlite

from leaderboards.board import split_members
from leaderboards.seasons.standings import Rule, SeasonPlace
from records.competitions import Competition
from records.guilds import Season
from storage.boards.competitions import competition_from_row
from storage.database import Database
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import to_seconds


class Seasons:
    """Reads and writes seasons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, guild_id: int, name: str, rule: Rule, now: datetime) -> bool:
        """Create a season; return False if the server has one of this name, ignoring case."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            cursor = await connection.execute(
                "INSERT INTO seasons (guild_id, name, rule, created_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (guild_id, name, rule, to_seconds(now)),
            )
        return cursor.rowcount > 0

    async def delete(self, season_id: int) -> None:
        """Delete a season; its competitions are still followed."""
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM seasons WHERE id = ?", (season_id,))

    async def add_competition(self, season_id: int, competition_id: int) -> bool:
        """Add a competition to a season; return False if it is in it already."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "INSERT INTO season_competitions (season_id, competition_id) VALUES (?, ?)"
                " ON CONFLICT DO NOTHING",
                (season_id, competition_id),
            )
        return cursor.rowcount > 0

    async def remove_competition(self, season_id: int, competition_id: int) -> None:
        """Remove a competition from a season."""
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM season_competitions WHERE season_id = ? AND competition_id = ?",
                (season_id, competition_id),
            )

    async def load_seasons(self, guild_id: int) -> list[Season]:
        """Return a server's seasons, the newest first."""
        async with self._database.read() as connection:
            return [
                Season(id_, name, Rule(rule), await _load_competitions(connection, guild_id, id_))
                for id_, name, rule in await connection.execute_fetchall(
                    "SELECT id, name, rule FROM seasons WHERE guild_id = ? ORDER BY id DESC",
                    (guild_id,),
                )
            ]

    async def load_places(self, guild_id: int, season: Season) -> list[SeasonPlace]:
        """Return the ranks of members with counted links in the competitions of a season.

        They are those of the private board if there is one, else of the public one.
        """
        places: list[SeasonPlace] = []
        async with self._database.read() as connection:
            for competition in season.competitions:
                places += await _load_places(connection, guild_id, competition)
        return places


async def _load_competitions(
    connection: aiosqlite.Connection, guild_id: int, season_id: int
) -> tuple[Competition, ...]:
    rows = await connection.execute_fetchall(
        "SELECT f.name, c.* FROM season_competitions s"
        " JOIN competitions c ON c.id = s.competition_id"
        " LEFT JOIN follows f ON f.guild_id = ? AND f.competition_id = c.id"
        " WHERE s.season_id = ? ORDER BY c.deadline IS NULL, c.deadline, c.slug",
        (guild_id, season_id),
    )
    return tuple(competition_from_row(row, own_name) for own_name, *row in rows)


async def _load_places(
    connection: aiosqlite.Connection, guild_id: int, competition: Competition
) -> list[SeasonPlace]:
    # CROSS JOIN keeps SQLite from going through all rows of a board first.
    rows = await connection.execute_fetchall(
        "SELECT l.user_id, m.user_name, r.rank, b.team_count, r.members"
        " FROM boards b JOIN counted_links l ON l.guild_id = ?2"
        " CROSS JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
        " CROSS JOIN board_rows r ON r.board_id = b.id AND r.team_id = m.team_id"
        " WHERE b.id = (SELECT id FROM boards WHERE competition_id = ?1"
        "  ORDER BY kind = 'private' DESC LIMIT 1)",
        (competition.id, guild_id),
    )
    final = competition.archived_at is not None
    return [
        SeasonPlace(
            user_id,
            user_name,
            competition.slug,
            rank,
            team_count,
            len(split_members(members)),
            final,
        )
        for user_id, user_name, rank, team_count, members in rows
    ]
