"""The current boards and their history, read a few rows at a time for those who look at them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.board import Entry, Kind, Order, split_members
from storage.database import Database
from storage.times import from_seconds

LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class BoardInfo:
    """What is known of a board as a whole."""

    board_id: int
    competition_id: int
    kind: Kind
    order: Order | None
    ranks_derived: bool
    taken_at: datetime
    """Kaggle's own time of the file."""
    stored_at: datetime
    """When the sync that brought it ended; later ones found the same."""
    team_count: int


class Boards:
    """Reads boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def info(self, competition_id: int, kind: Kind = Kind.PUBLIC) -> BoardInfo | None:
        """Tell about a competition's board; None before the first sync."""
        async with self._database.read() as connection:
            return await _info(connection, competition_id, kind)

    async def that_counts(self, competition_id: int) -> BoardInfo | None:
        """Tell about the private board where there is one, else about the public one."""
        async with self._database.read() as connection:
            return await _that_counts(connection, competition_id)

    async def page(self, board_id: int, first_rank: int, last_rank: int) -> list[Entry]:
        """Give the teams of these ranks in order, each benchmark before the team below it.

        Benchmarks below the last team come with the page that the last team is on.
        """
        async with self._database.read() as connection:
            team_ids = [
                team_id
                for (team_id,) in await connection.execute_fetchall(
                    "SELECT team_id FROM places WHERE board_id = ? AND rank BETWEEN ? AND ?"
                    " ORDER BY rank",
                    (board_id, first_rank, last_rank),
                )
            ]
            teams = await _entries(connection, board_id, team_ids)
            benchmarks = await connection.execute_fetchall(
                "SELECT teams_above, members, 0, team_id, team_name, score, score_text,"
                " submissions, last_submission_at FROM benchmarks WHERE board_id = ?"
                " AND teams_above >= ? AND (teams_above < ?"
                "  OR ? >= (SELECT team_count FROM boards WHERE id = board_id)) ORDER BY position",
                (board_id, first_rank - 1, last_rank, last_rank),
            )
        placed = [(above, 0, _entry(row, members)) for above, members, *row in benchmarks]
        placed += [(team.rank - 1, 1, team) for team in teams.values()]
        return [entry for _, _, entry in sorted(placed, key=lambda place: place[:2])]

    async def team(self, board_id: int, team_id: int) -> Entry | None:
        """Give one team."""
        async with self._database.read() as connection:
            return (await _entries(connection, board_id, [team_id])).get(team_id)

    async def at_ranks(self, board_id: int, ranks: Iterable[int]) -> dict[int, Entry]:
        """Give the teams at these ranks, by rank."""
        async with self._database.read() as connection:
            team_ids = [
                team_id
                for (team_id,) in await connection.execute_fetchall(
                    "SELECT team_id FROM places WHERE board_id = ?"
                    " AND rank IN (SELECT value FROM json_each(?))",
                    (board_id, json.dumps(list(ranks))),
                )
            ]
            teams = await _entries(connection, board_id, team_ids)
        return {team.rank: team for team in teams.values()}

    async def scores(self, board_id: int) -> list[float]:
        """Give the scores of all teams, in the order of their ranks."""
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT score FROM standings WHERE board_id = ? ORDER BY rank", (board_id,)
            )
        return [score for (score,) in rows]

    async def of_users(self, board_id: int, user_names: Iterable[str]) -> dict[str, Entry]:
        """Give the teams of these users, by user name in casefolded form."""
        async with self._database.read() as connection:
            team_of = await _teams_of_users(connection, board_id, user_names)
            teams = await _entries(connection, board_id, set(team_of.values()))
        return {user_name: teams[team_id] for user_name, team_id in team_of.items()}

    async def boards_of_user(
        self, user_name: str, competition_ids: Sequence[int]
    ) -> list[tuple[BoardInfo, Entry]]:
        """Give the boards of these competitions that a user is on, with their team.

        Of each competition the one that counts: the private board where there is one.
        """
        found: list[tuple[BoardInfo, Entry]] = []
        async with self._database.read() as connection:
            for competition_id in competition_ids:
                info = await _that_counts(connection, competition_id)
                if info is None:
                    continue
                team_of = await _teams_of_users(connection, info.board_id, [user_name])
                teams = await _entries(connection, info.board_id, team_of.values())
                found += [(info, team) for team in teams.values()]
        return found

    async def user_names_like(
        self, prefix: str, competition_ids: Sequence[int], limit: int
    ) -> list[str]:
        """Give user names on the public boards of these competitions that begin so, sorted."""
        names: dict[str, str] = {}
        async with self._database.read() as connection:
            for competition_id in competition_ids:
                # A board at a time, so that each reads no more than `limit` rows of its index.
                for (name,) in await connection.execute_fetchall(
                    "SELECT m.user_name FROM boards b JOIN members m ON m.board_id = b.id"
                    " WHERE b.competition_id = ? AND b.kind = 'public'"
                    " AND m.user_name >= ? AND m.user_name < ? ORDER BY m.user_name LIMIT ?",
                    (competition_id, prefix, prefix + LAST_CHARACTER, limit),
                ):
                    names.setdefault(name.casefold(), name)
        return [names[folded] for folded in sorted(names)[:limit]]


async def _that_counts(connection: aiosqlite.Connection, competition_id: int) -> BoardInfo | None:
    private = await _info(connection, competition_id, Kind.PRIVATE)
    return private or await _info(connection, competition_id, Kind.PUBLIC)


async def _info(
    connection: aiosqlite.Connection, competition_id: int, kind: Kind
) -> BoardInfo | None:
    for (
        board_id,
        score_order,
        ranks_derived,
        taken_at,
        stored_at,
        team_count,
    ) in await connection.execute_fetchall(
        "SELECT id, score_order, ranks_derived, taken_at, stored_at, team_count FROM boards"
        " WHERE competition_id = ? AND kind = ?",
        (competition_id, kind),
    ):
        return BoardInfo(
            board_id=board_id,
            competition_id=competition_id,
            kind=kind,
            order=Order(score_order) if score_order else None,
            ranks_derived=bool(ranks_derived),
            taken_at=from_seconds(taken_at),
            stored_at=from_seconds(stored_at),
            team_count=team_count,
        )
    return None


async def _teams_of_users(
    connection: aiosqlite.Connection, board_id: int, user_names: Iterable[str]
) -> dict[str, int]:
    return {
        user_name.casefold(): team_id
        for user_name, team_id in await connection.execute_fetchall(
            "SELECT user_name, team_id FROM members WHERE board_id = ?"
            " AND user_name IN (SELECT value FROM json_each(?))",
            (board_id, json.dumps(list(user_names))),
        )
    }


async def _entries(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, Entry]:
    """Read teams whole, by team id."""
    rows = await connection.execute_fetchall(
        "SELECT members, rank, team_id, team_name, score, score_text, submissions,"
        " last_submission_at FROM standings WHERE board_id = ?"
        " AND team_id IN (SELECT value FROM json_each(?))",
        (board_id, json.dumps(list(team_ids))),
    )
    teams = [_entry(row, members) for members, *row in rows]
    return {team.team_id: team for team in teams}


def _entry(row: Sequence[Any], members: str) -> Entry:
    rank, team_id, team_name, score, score_text, submissions, last_submission_at = row
    return Entry(
        rank=rank,
        team_id=team_id,
        team_name=team_name,
        score=score,
        score_text=score_text,
        submissions=submissions,
        last_submission_at=from_seconds(last_submission_at),
        members=split_members(members),
    )
