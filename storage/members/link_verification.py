"""Verification codes of members, and verification of links by them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import aiosqlite

from leaderboards.members.verification_codes import (
    LIFETIME,
    VerificationMethod,
    contains_code,
    generate_code,
)
from records.direct_messages import LinkDisplaced, LinkVerified
from records.members import VerificationCode
from storage.database import Database
from storage.key_values import load_restored_at
from storage.members.links import delete_stale_news_baselines
from storage.news.direct_messages import add_direct_message
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_MIN_CHECK_INTERVAL = timedelta(minutes=5)
_AGE_DIVISOR = 6
"""A code is checked again after a sixth of its age: about thirty times in its lifetime."""


_CODES = "SELECT guild_id, user_id, user_name, code, issued_at FROM verification_codes"


class VerificationOutcome(StrEnum):
    """The result of a verification."""

    VERIFIED = "verified"
    TOO_LATE = "too late"
    """The code was used, replaced or has expired in the meantime."""
    TAKEN = "taken"
    """Another member has verified the name by the same method, or by a notebook."""


class LinkVerifications:
    """Issues codes and verifies links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue_code(
        self, guild_id: int, user_id: int, user_name: str, now: datetime
    ) -> VerificationCode:
        """Return the member's code for a name; replace it if it is for another name or expired."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            current = await _find_code(connection, guild_id, user_id, now)
            if current is not None and current.user_name.casefold() == user_name.casefold():
                return current
            (row,) = await connection.execute_fetchall(
                "INSERT OR REPLACE INTO verification_codes"
                " (guild_id, user_id, user_name, code, issued_at, notebooks_checked_at)"
                " VALUES (?, ?, ?, ?, ?, ?)"
                " RETURNING guild_id, user_id, user_name, code, issued_at",
                (guild_id, user_id, user_name, generate_code(), to_seconds(now), to_seconds(now)),
            )
        return _code_from_row(row)

    async def find_code(
        self, guild_id: int, user_id: int, now: datetime
    ) -> VerificationCode | None:
        """Return a member's code; None if there is none or it has expired."""
        async with self._database.read() as connection:
            return await _find_code(connection, guild_id, user_id, now)

    async def load_due_codes(self, now: datetime, limit: int) -> list[VerificationCode]:
        """Return the codes that are next to be looked for in notebooks; delete expired ones.

        Codes of servers that the bot has left are not returned.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM verification_codes WHERE issued_at <= ?", (to_seconds(now - LIFETIME),)
            )
            rows = await connection.execute_fetchall(
                f"{_CODES} JOIN guilds USING (guild_id) WHERE left_at IS NULL"
                " AND ?1 - notebooks_checked_at >= max(?2, (?1 - issued_at) / ?3)"
                " ORDER BY notebooks_checked_at LIMIT ?4",
                (to_seconds(now), int(_MIN_CHECK_INTERVAL.total_seconds()), _AGE_DIVISOR, limit),
            )
        return [_code_from_row(row) for row in rows]

    async def record_check(self, code: VerificationCode, now: datetime) -> None:
        """Store when a code was last looked for in its owner's notebooks."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE verification_codes SET notebooks_checked_at = ?"
                " WHERE guild_id = ? AND user_id = ?",
                (to_seconds(now), code.guild_id, code.user_id),
            )

    async def verify_by_team(
        self, code: VerificationCode, now: datetime, *, notify: bool
    ) -> VerificationOutcome | None:
        """Verify a link if the code is in a team name on a followed board; return None if not.

        With `notify`, queue a direct message to the member.
        """
        async with self._database.write() as connection:
            if not await _is_in_team_name(connection, code):
                return None
            return await _verify(connection, code, VerificationMethod.TEAM, now, notify=notify)

    async def verify_by_notebook(
        self, code: VerificationCode, now: datetime, *, notify: bool
    ) -> VerificationOutcome:
        """Verify a link whose code was found in a notebook's title; `notify` as above."""
        async with self._database.write() as connection:
            return await _verify(connection, code, VerificationMethod.NOTEBOOK, now, notify=notify)


async def verify_by_teams_on_board(
    connection: aiosqlite.Connection, competition_id: int, now: datetime
) -> None:
    """Verify links by team names of a competition's stored boards, in its sync's transaction."""
    rows = await connection.execute_fetchall(
        # From the codes on, of which there are few: SQLite would begin with all members of the
        # board, for each server that follows it.
        "SELECT c.guild_id, c.user_id, c.user_name, c.code, c.issued_at, t.team_name FROM"
        " verification_codes c"
        " CROSS JOIN active_follows f ON f.guild_id = c.guild_id AND f.competition_id = ?1"
        " CROSS JOIN boards b ON b.competition_id = ?1"
        " CROSS JOIN members m ON m.board_id = b.id AND m.user_name = c.user_name"
        " JOIN teams t ON t.board_id = b.id AND t.team_id = m.team_id"
        " ORDER BY c.issued_at, c.user_id",
        (competition_id,),
    )
    for *row, team_name in rows:
        code = _code_from_row(row)
        if contains_code(team_name, code.code):
            await _verify(connection, code, VerificationMethod.TEAM, now, notify=True)


async def load_member_codes(
    connection: aiosqlite.Connection, user_id: int
) -> list[VerificationCode]:
    """Return a member's codes in all servers, within the caller's transaction."""
    rows = await connection.execute_fetchall(
        f"{_CODES} WHERE user_id = ? ORDER BY guild_id", (user_id,)
    )
    return [_code_from_row(row) for row in rows]


async def _is_in_team_name(connection: aiosqlite.Connection, code: VerificationCode) -> bool:
    rows = await connection.execute_fetchall(
        "SELECT t.team_name FROM follows f JOIN boards b ON b.competition_id = f.competition_id"
        " JOIN members m ON m.board_id = b.id AND m.user_name = ?2"
        " JOIN teams t ON t.board_id = b.id AND t.team_id = m.team_id"
        " WHERE f.guild_id = ?1",
        (code.guild_id, code.user_name),
    )
    return any(contains_code(team_name, code.code) for (team_name,) in rows)


async def _verify(
    connection: aiosqlite.Connection,
    code: VerificationCode,
    method: VerificationMethod,
    now: datetime,
    *,
    notify: bool,
) -> VerificationOutcome:
    """Verify a member's link, use up the code, and unlink any other member from the name.

    Any member of a team can change the team's name, but only the author can change a notebook's
    title. So a verification by notebook replaces another member's verification by team, and
    nothing replaces a verification by notebook. A code from before a restore may have been used
    before, and its owner told: no message is queued for it.
    """
    guild_id, user_id, user_name = code.guild_id, code.user_id, code.user_name
    current = await _find_code(connection, guild_id, user_id, now)
    if current != code:
        return VerificationOutcome.TOO_LATE
    restored_at = await load_restored_at(connection)
    is_to_be_told = restored_at is None or code.issued_at > restored_at
    for owner, owners_method in await connection.execute_fetchall(
        "SELECT user_id, verification FROM links"
        " WHERE guild_id = ? AND user_name = ? AND user_id <> ?",
        (guild_id, user_name, user_id),
    ):
        if owners_method in {VerificationMethod.NOTEBOOK, method}:
            return VerificationOutcome.TAKEN
        await connection.execute(
            "DELETE FROM links WHERE guild_id = ? AND user_id = ?", (guild_id, owner)
        )
        if is_to_be_told:
            await add_direct_message(connection, guild_id, owner, LinkDisplaced(user_name), now)
    await connection.execute(
        "INSERT INTO links (guild_id, user_id, user_name, linked_by, linked_at, verification,"
        " verified_at) VALUES (?1, ?2, ?3, ?2, ?4, ?5, ?4)"
        " ON CONFLICT (guild_id, user_id) DO UPDATE SET user_name = excluded.user_name,"
        " verification = excluded.verification, verified_at = excluded.verified_at,"
        " linked_by = excluded.linked_by,"
        " linked_at = iif(user_name = excluded.user_name, linked_at, excluded.linked_at)",
        (guild_id, user_id, user_name, to_seconds(now), method),
    )
    await connection.execute(
        "DELETE FROM verification_codes WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
    )
    await delete_stale_news_baselines(connection, guild_id)
    if notify and is_to_be_told:
        await add_direct_message(connection, guild_id, user_id, LinkVerified(user_name), now)
    return VerificationOutcome.VERIFIED


async def _find_code(
    connection: aiosqlite.Connection, guild_id: int, user_id: int, now: datetime
) -> VerificationCode | None:
    for row in await connection.execute_fetchall(
        f"{_CODES} WHERE guild_id = ? AND user_id = ? AND issued_at > ?",
        (guild_id, user_id, to_seconds(now - LIFETIME)),
    ):
        return _code_from_row(row)
    return None


def _code_from_row(row: Iterable[Any]) -> VerificationCode:
    guild_id, user_id, user_name, code, issued_at = row
    return VerificationCode(guild_id, user_id, user_name, code, from_seconds(issued_at))
