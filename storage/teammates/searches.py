"""Members who look for team mates in a competition.

A search is open while teams can merge, the member has a link that counts, the linked Kaggle user is
on the public board, that team has room, and no manager has excluded the member. One that is not
open any more is neither shown nor answered; it is deleted after the next round of syncs or change
of links, and the member is told why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiosqlite

from records.teammates import (
    MemberSearch,
    OpenSearch,
    SearchEnd,
    TeammateProfile,
    TeammateSearch,
    TeammateSearchEnded,
)
from storage.database import Database
from storage.errors import SearchRefused
from storage.key_values import load_restored_at
from storage.news.direct_messages import add_direct_message
from storage.timestamps import from_seconds, to_seconds

_SILENT_AFTER_RESTORE = timedelta(hours=1)

_SEARCH = (
    "s.id, s.guild_id, s.user_id, s.competition_id, s.sentence, s.languages, s.time_zone,"
    " s.takes_notes, s.created_at"
)
_OWN_COLUMNS = 13
"""Columns of `_STATES` before those of the link and the team."""
_DEADLINE_OF_SERVER = (
    "(SELECT at FROM deadlines d WHERE d.guild_id = s.guild_id"
    " AND d.competition_id = s.competition_id AND d.kind = '{}')"
)
# min() takes the other columns of the row from the best team of a user who is in several.
_STATES = (
    f"SELECT {_SEARCH},"  # noqa: S608 - own names
    f" coalesce(c.merger_deadline, {_DEADLINE_OF_SERVER.format('merger')}, c.deadline,"
    f"  {_DEADLINE_OF_SERVER.format('final')}), c.ended_at IS NOT NULL, c.team_size,"
    "  EXISTS (SELECT 1 FROM teammate_exclusions e"
    "   WHERE e.guild_id = s.guild_id AND e.user_id = s.user_id),"
    " l.user_name, l.verification IS NOT NULL, m.team_id, min(r.rank),"
    " length(t.members) - length(replace(t.members, ',', '')) + 1"
    " FROM teammate_searches s JOIN competitions c ON c.id = s.competition_id"
    " JOIN guilds g ON g.guild_id = s.guild_id"
    # As in the view `counted_links`, which SQLite would read in full here.
    " LEFT JOIN links l ON l.guild_id = s.guild_id AND l.user_id = s.user_id"
    "  AND (l.verification IS NOT NULL OR NOT g.require_verified)"
    " LEFT JOIN boards b ON b.competition_id = s.competition_id AND b.kind = 'public'"
    " LEFT JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
    " LEFT JOIN ranks r ON r.board_id = b.id AND r.team_id = m.team_id"
    " LEFT JOIN teams t ON t.board_id = b.id AND t.team_id = m.team_id"
)


@dataclass(frozen=True, slots=True)
class _State:
    """A search and what decides whether it is open."""

    search: TeammateSearch
    mergers_until: datetime | None
    competition_ended: bool
    max_team_size: int | None
    excluded: bool
    user_name: str | None
    verified: bool
    team_id: int | None
    rank: int | None
    team_size: int | None

    def find_end_reason(self, now: datetime) -> SearchEnd | None:
        """Return why the search is over; None if it is open."""
        if self.excluded:
            return SearchEnd.EXCLUDED
        if self.competition_ended or (self.mergers_until is not None and self.mergers_until <= now):
            return SearchEnd.MERGERS_CLOSED
        if self.rank is None:
            return SearchEnd.NOT_ON_BOARD
        if self.max_team_size is not None and (self.team_size or 0) >= self.max_team_size:
            return SearchEnd.TEAM_FULL
        return None

    def to_open(self, now: datetime) -> OpenSearch | None:
        """Return the search with its team; None if it is over."""
        if self.find_end_reason(now) is not None:
            return None
        if self.user_name is None or self.team_id is None or self.rank is None:
            return None
        return OpenSearch(
            search=self.search,
            user_name=self.user_name,
            verified=self.verified,
            team_id=self.team_id,
            rank=self.rank,
            team_size=self.team_size or 1,
            max_team_size=self.max_team_size,
        )


class TeammateSearches:
    """Reads and writes searches for team mates."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self,
        guild_id: int,
        user_id: int,
        competition_id: int,
        profile: TeammateProfile,
        now: datetime,
    ) -> None:
        """Store that a member looks for team mates, or what they tell from now on.

        Raises `SearchRefused` if such a search would not be open, as without a link.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "INSERT INTO teammate_searches (guild_id, user_id, competition_id, sentence,"
                " languages, time_zone, created_at)"
                " SELECT l.guild_id, l.user_id, f.competition_id, ?4, ?5, ?6, ?7"
                " FROM links l JOIN follows f USING (guild_id)"
                " WHERE l.guild_id = ?1 AND l.user_id = ?2 AND f.competition_id = ?3"
                " ON CONFLICT (guild_id, competition_id, user_id) DO UPDATE SET"
                " sentence = excluded.sentence, languages = excluded.languages,"
                " time_zone = excluded.time_zone",
                (
                    guild_id,
                    user_id,
                    competition_id,
                    profile.sentence,
                    profile.languages,
                    profile.time_zone,
                    to_seconds(now),
                ),
            )
            state = await _find_state(connection, guild_id, user_id, competition_id)
            reason = SearchEnd.NOT_ON_BOARD if state is None else state.find_end_reason(now)
            if reason is not None:
                raise SearchRefused(reason)

    async def find(
        self, guild_id: int, user_id: int, competition_id: int, now: datetime
    ) -> OpenSearch | None:
        """Return a member's open search in a competition; None if there is none."""
        async with self._database.read() as connection:
            return await find_open(connection, guild_id, user_id, competition_id, now)

    async def load_open(
        self, guild_id: int, competition_id: int, now: datetime
    ) -> list[OpenSearch]:
        """Return the open searches of a server in a competition, the newest first."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                f"{_STATES} WHERE s.guild_id = ? AND s.competition_id = ?"
                " GROUP BY s.id ORDER BY s.id DESC",
                (guild_id, competition_id),
            )
        opened = (_state_from_row(row).to_open(now) for row in rows)
        return [one for one in opened if one is not None]

    async def load_linked_ranks(self, guild_id: int, competition_id: int) -> list[int]:
        """Return the ranks of all teams of a public board with a member whose link counts."""
        rows = await self._database.query(
            "SELECT DISTINCT r.rank FROM counted_links l"
            " JOIN boards b ON b.competition_id = ? AND b.kind = 'public'"
            " CROSS JOIN members m ON m.board_id = b.id AND m.user_name = l.user_name"
            " CROSS JOIN ranks r ON r.board_id = b.id AND r.team_id = m.team_id"
            " WHERE l.guild_id = ?",
            (competition_id, guild_id),
        )
        return [rank for (rank,) in rows]

    async def set_takes_notes(
        self, guild_id: int, user_id: int, competition_id: int, takes_notes: bool
    ) -> bool:
        """Store whether others see a search and can send it notes.

        Return False if there is none.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE teammate_searches SET takes_notes = ?"
                " WHERE guild_id = ? AND user_id = ? AND competition_id = ?",
                (takes_notes, guild_id, user_id, competition_id),
            )
        return cursor.rowcount > 0

    async def end(self, guild_id: int, user_id: int, competition_id: int) -> bool:
        """Delete a member's search; return False if there is none."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM teammate_searches"
                " WHERE guild_id = ? AND user_id = ? AND competition_id = ?",
                (guild_id, user_id, competition_id),
            )
        return cursor.rowcount > 0

    async def end_closed(self, now: datetime) -> int:
        """Delete the searches that are not open any more, and tell their members why.

        Right after a restore nobody is told: they may have been told before it. Return how many
        there were.
        """
        async with self._database.read() as connection:
            if not await _load_closed(connection, now):
                return 0
        async with self._database.write() as connection:
            closed = await _load_closed(connection, now)
            restored_at = await load_restored_at(connection)
            is_told = restored_at is None or now - restored_at >= _SILENT_AFTER_RESTORE
            for search, reason in closed:
                await connection.execute("DELETE FROM teammate_searches WHERE id = ?", (search.id,))
                if not is_told:
                    continue
                slug, name = await find_names(connection, search.guild_id, search.competition_id)
                ended = TeammateSearchEnded(slug, name, reason)
                await add_direct_message(connection, search.guild_id, search.user_id, ended, now)
        return len(closed)

    async def load_searching_members(self) -> dict[int, set[int]]:
        """Return the members who search, by server; not of servers that the bot has left."""
        rows = await self._database.query(
            "SELECT DISTINCT s.guild_id, s.user_id FROM teammate_searches s"
            " JOIN guilds g USING (guild_id) WHERE g.left_at IS NULL"
        )
        members: defaultdict[int, set[int]] = defaultdict(set)
        for guild_id, user_id in rows:
            members[guild_id].add(user_id)
        return dict(members)

    async def end_searches_of_absent(self, guild_id: int, user_ids: Collection[int]) -> None:
        """Delete the searches of users who are not members of a server any more."""
        async with self._database.write() as connection:
            await connection.executemany(
                "DELETE FROM teammate_searches WHERE guild_id = ? AND user_id = ?",
                [(guild_id, user_id) for user_id in user_ids],
            )


async def find_open(
    connection: aiosqlite.Connection,
    guild_id: int,
    user_id: int,
    competition_id: int,
    now: datetime,
) -> OpenSearch | None:
    """Return a member's open search, within the caller's transaction."""
    state = await _find_state(connection, guild_id, user_id, competition_id)
    return None if state is None else state.to_open(now)


async def find_open_by_id(
    connection: aiosqlite.Connection, guild_id: int, search_id: int, now: datetime
) -> OpenSearch | None:
    """Return an open search of a server by its id, within the caller's transaction."""
    for row in await connection.execute_fetchall(
        f"{_STATES} WHERE s.guild_id = ? AND s.id = ? GROUP BY s.id", (guild_id, search_id)
    ):
        return _state_from_row(row).to_open(now)
    return None


async def find_names(
    connection: aiosqlite.Connection, guild_id: int, competition_id: int
) -> tuple[str, str | None]:
    """Return a competition's slug and what it is called in a server, if it has a name."""
    ((slug, name),) = await connection.execute_fetchall(
        "SELECT c.slug, coalesce(f.name, c.title) FROM competitions c"
        " LEFT JOIN follows f ON f.competition_id = c.id AND f.guild_id = ? WHERE c.id = ?",
        (guild_id, competition_id),
    )
    return slug, name


async def load_member_searches(
    connection: aiosqlite.Connection, user_id: int
) -> list[MemberSearch]:
    """Return a member's searches in all servers, within the caller's transaction."""
    rows = await connection.execute_fetchall(
        f"SELECT c.slug, {_SEARCH} FROM links l"  # noqa: S608 - own names
        " JOIN teammate_searches s ON s.guild_id = l.guild_id AND s.user_id = l.user_id"
        " JOIN competitions c ON c.id = s.competition_id WHERE l.user_id = ? ORDER BY s.id",
        (user_id,),
    )
    return [MemberSearch(slug, _search_from_row(row)) for slug, *row in rows]


async def _load_closed(
    connection: aiosqlite.Connection, now: datetime
) -> list[tuple[TeammateSearch, SearchEnd]]:
    rows = await connection.execute_fetchall(f"{_STATES} WHERE g.left_at IS NULL GROUP BY s.id")
    states = [_state_from_row(row) for row in rows]
    ends = [(state.search, state.find_end_reason(now)) for state in states]
    return [(search, reason) for search, reason in ends if reason is not None]


async def _find_state(
    connection: aiosqlite.Connection, guild_id: int, user_id: int, competition_id: int
) -> _State | None:
    for row in await connection.execute_fetchall(
        f"{_STATES} WHERE s.guild_id = ? AND s.competition_id = ? AND s.user_id = ? GROUP BY s.id",
        (guild_id, competition_id, user_id),
    ):
        return _state_from_row(row)
    return None


def _state_from_row(row: Sequence[Any]) -> _State:
    *search, mergers_until, competition_ended, max_team_size, excluded = row[:_OWN_COLUMNS]
    user_name, verified, team_id, rank, team_size = row[_OWN_COLUMNS:]
    return _State(
        search=_search_from_row(search),
        mergers_until=from_seconds(mergers_until),
        competition_ended=bool(competition_ended),
        max_team_size=max_team_size,
        excluded=bool(excluded),
        user_name=user_name,
        verified=bool(verified),
        team_id=team_id,
        rank=rank,
        team_size=team_size,
    )


def _search_from_row(row: Sequence[Any]) -> TeammateSearch:
    id_, guild_id, user_id, competition_id, sentence, languages, time_zone, takes_notes, at = row
    return TeammateSearch(
        id=id_,
        guild_id=guild_id,
        user_id=user_id,
        competition_id=competition_id,
        profile=TeammateProfile(sentence, languages, time_zone),
        takes_notes=bool(takes_notes),
        created_at=from_seconds(at),
    )
