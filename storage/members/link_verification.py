"""The codes by which members prove who they are on Kaggle, and what a proof changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import aiosqlite

from leaderboards.verification_codes import LIFETIME, VerificationMethod, contains_code, new_code
from records.members import LinkEvent, VerificationCode
from storage.database import Database
from storage.members.links import delete_stale_announced_ranks
from storage.news.direct_messages import add_note
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_LOOK_AGAIN = timedelta(minutes=5)
"""Notebooks are not looked through more often than this for one code, ..."""
_PART_OF_AGE = 6
"""... and less often the longer it waits: about thirty times in a code's whole life."""


class VerificationOutcome(StrEnum):
    """What a proof came to."""

    VERIFIED = "proven"
    TOO_LATE = "too late"
    """The code was used, replaced or expired meanwhile."""
    TAKEN = "taken"
    """Another member has proven that the name is theirs, no less well."""


class LinkVerifications:
    """Issues codes and takes proofs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue_code(
        self, guild_id: int, user_id: int, user_name: str, now: datetime
    ) -> VerificationCode:
        """Give a member a code for a name: the one that they have, as long as it is good."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            known = await _code(connection, guild_id, user_id, now)
            if known is not None and known.user_name.casefold() == user_name.casefold():
                return known
            (row,) = await connection.execute_fetchall(
                "INSERT OR REPLACE INTO verification_codes"
                " (guild_id, user_id, user_name, code, issued_at, notebooks_checked_at)"
                " VALUES (?, ?, ?, ?, ?, ?)"
                " RETURNING guild_id, user_id, user_name, code, issued_at",
                (guild_id, user_id, user_name, new_code(), to_seconds(now), to_seconds(now)),
            )
        return _read(row)

    async def find_code(
        self, guild_id: int, user_id: int, now: datetime
    ) -> VerificationCode | None:
        """Give the code that a member has, None when it has expired."""
        async with self._database.read() as connection:
            return await _code(connection, guild_id, user_id, now)

    async def load_due_codes(self, now: datetime, limit: int) -> list[VerificationCode]:
        """Give the codes whose owners' notebooks are next to be looked through; drop expired ones.

        Only of servers in which the bot still is.
        """
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM verification_codes WHERE issued_at <= ?", (to_seconds(now - LIFETIME),)
            )
            rows = await connection.execute_fetchall(
                "SELECT guild_id, user_id, user_name, code, issued_at FROM verification_codes"
                " JOIN guilds USING (guild_id) WHERE left_at IS NULL"
                " AND ?1 - notebooks_checked_at >= max(?2, (?1 - issued_at) / ?3)"
                " ORDER BY notebooks_checked_at LIMIT ?4",
                (to_seconds(now), int(_LOOK_AGAIN.total_seconds()), _PART_OF_AGE, limit),
            )
        return [_read(row) for row in rows]

    async def record_check(self, code: VerificationCode, now: datetime) -> None:
        """Keep that a code was looked for in its owner's notebooks."""
        async with self._database.write() as connection:
            await connection.execute(
                "UPDATE verification_codes SET notebooks_checked_at = ? WHERE guild_id = ? AND"
                " user_id = ?",
                (to_seconds(now), code.guild_id, code.user_id),
            )

    async def verify_by_team(
        self, code: VerificationCode, now: datetime, *, note: bool
    ) -> VerificationOutcome | None:
        """Take the proof that a team's name gives on any board followed; None when there is none.

        `note` says whether the member is still to be told of it.
        """
        async with self._database.write() as connection:
            if not await _is_in_a_team_name(connection, code):
                return None
            return await _prove(connection, code, VerificationMethod.TEAM, now, note=note)

    async def verify_by_notebook(
        self, code: VerificationCode, now: datetime, *, note: bool
    ) -> VerificationOutcome:
        """Take the proof that a notebook gives; `note` as above."""
        async with self._database.write() as connection:
            return await _prove(connection, code, VerificationMethod.NOTEBOOK, now, note=note)


async def verify_by_board(
    connection: aiosqlite.Connection, competition_id: int, now: datetime
) -> None:
    """Take the proofs that a board gives which was just stored, in its transaction."""
    rows = await connection.execute_fetchall(
        "SELECT c.guild_id, c.user_id, c.user_name, c.code, c.issued_at, s.team_name FROM"
        " verification_codes c"
        " JOIN active_follows f ON f.guild_id = c.guild_id AND f.competition_id = ?1"
        " JOIN boards b ON b.competition_id = ?1"
        " JOIN members m ON m.board_id = b.id AND m.user_name = c.user_name"
        " JOIN teams s ON s.board_id = b.id AND s.team_id = m.team_id"
        " ORDER BY c.issued_at, c.user_id",
        (competition_id,),
    )
    for *row, team_name in rows:
        code = _read(row)
        if contains_code(team_name, code.code):
            await _prove(connection, code, VerificationMethod.TEAM, now, note=True)


async def load_member_codes(
    connection: aiosqlite.Connection, user_id: int
) -> list[VerificationCode]:
    """Give a member's codes in all servers, within the transaction of who asks."""
    rows = await connection.execute_fetchall(
        "SELECT guild_id, user_id, user_name, code, issued_at FROM verification_codes WHERE"
        " user_id = ?"
        " ORDER BY guild_id",
        (user_id,),
    )
    return [_read(row) for row in rows]


async def _is_in_a_team_name(connection: aiosqlite.Connection, code: VerificationCode) -> bool:
    rows = await connection.execute_fetchall(
        "SELECT s.team_name FROM follows f JOIN boards b ON b.competition_id = f.competition_id"
        " JOIN members m ON m.board_id = b.id AND m.user_name = ?2"
        " JOIN teams s ON s.board_id = b.id AND s.team_id = m.team_id"
        " WHERE f.guild_id = ?1",
        (code.guild_id, code.user_name),
    )
    return any(contains_code(team_name, code.code) for (team_name,) in rows)


async def _prove(
    connection: aiosqlite.Connection,
    code: VerificationCode,
    verification: VerificationMethod,
    now: datetime,
    *,
    note: bool,
) -> VerificationOutcome:
    """Use a code up: its member has the name, whoever else had claimed it.

    A team's name can be changed by more than one of its members, a notebook's title by its author
    alone: a notebook outdoes another member's proof by team, and nothing outdoes a notebook.
    """
    guild_id, user_id, user_name = code.guild_id, code.user_id, code.user_name
    known = await _code(connection, guild_id, user_id, now)
    if known != code:
        return VerificationOutcome.TOO_LATE
    for owner, owners_proof in await connection.execute_fetchall(
        "SELECT user_id, verification FROM links WHERE guild_id = ? AND user_name = ? AND"
        " user_id <> ?",
        (guild_id, user_name, user_id),
    ):
        if owners_proof in {VerificationMethod.NOTEBOOK, verification}:
            return VerificationOutcome.TAKEN
        await connection.execute(
            "DELETE FROM links WHERE guild_id = ? AND user_id = ?", (guild_id, owner)
        )
        await add_note(connection, guild_id, owner, LinkEvent.DISPLACED, user_name, now)
    await connection.execute(
        "INSERT INTO links (guild_id, user_id, user_name, linked_by, linked_at, verification,"
        " verified_at)"
        " VALUES (?1, ?2, ?3, ?2, ?4, ?5, ?4) ON CONFLICT (guild_id, user_id) DO UPDATE SET"
        " user_name = excluded.user_name, verification = excluded.verification, verified_at ="
        " excluded.verified_at,"
        " linked_by = excluded.linked_by, linked_at = iif(user_name = excluded.user_name,"
        " linked_at, excluded.linked_at)",
        (guild_id, user_id, user_name, to_seconds(now), verification),
    )
    await connection.execute(
        "DELETE FROM verification_codes WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
    )
    await delete_stale_announced_ranks(connection, guild_id)
    if note:
        await add_note(connection, guild_id, user_id, LinkEvent.VERIFIED, user_name, now)
    return VerificationOutcome.VERIFIED


async def _code(
    connection: aiosqlite.Connection, guild_id: int, user_id: int, now: datetime
) -> VerificationCode | None:
    for row in await connection.execute_fetchall(
        "SELECT guild_id, user_id, user_name, code, issued_at FROM verification_codes"
        " WHERE guild_id = ? AND user_id = ? AND issued_at > ?",
        (guild_id, user_id, to_seconds(now - LIFETIME)),
    ):
        return _read(row)
    return None


def _read(row: Iterable[Any]) -> VerificationCode:
    guild_id, user_id, user_name, code, issued_at = row
    return VerificationCode(guild_id, user_id, user_name, code, from_seconds(issued_at))
