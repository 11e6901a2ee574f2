"""The ranks of a server's members on all boards that it follows."""

from __future__ import annotations

from leaderboards.seasons.member_rank import MemberRank
from storage.database import Database


class MemberRanks:
    """Reads the ranks of members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, guild_id: int) -> list[MemberRank]:
        """Return the ranks of members with counted links on the boards that a server follows.

        Those of archived competitions are final: on the private board, if there is one. A member
        can be in several teams of a board.
        """
        # CROSS JOIN keeps SQLite from going through all rows of a board first.
        rows = await self._database.query(
            "SELECT l.user_id, c.id, b.id, r.team_id, r.rank, b.team_count, c.category,"
            " c.archived_at IS NOT NULL, c.awards_points FROM counted_links l"
            " JOIN follows f ON f.guild_id = l.guild_id"
            " JOIN competitions c ON c.id = f.competition_id"
            " JOIN boards b ON b.id = (SELECT id FROM boards WHERE competition_id = c.id"
            "  AND (kind = 'public' OR c.archived_at IS NOT NULL)"
            "  ORDER BY kind = 'private' DESC LIMIT 1)"
            " CROSS JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
            " CROSS JOIN ranks r ON r.board_id = b.id AND r.team_id = m.team_id"
            " WHERE l.guild_id = ?",
            (guild_id,),
        )
        return [MemberRank(*row) for row in rows]
