"""Queries on the current boards, for commands and screens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
import numpy as np

from leaderboards.board import COLUMNS, BoardKind, Entry, Integers, ScoreOrder
from leaderboards.comparison.rescoring import ScoreDrift
from leaderboards.forecast.placement import RankedScores
from records.competitions import BoardInfo, FormerMember, NamedTeam
from storage.boards.board_rows import read_numbers, select_columns
from storage.boards.team_search import SELECT_NAMES, SearchWords, find_on_board
from storage.database import Database
from storage.timestamps import from_seconds

LAST_CHARACTER = "\U0010ffff"

_TEAM = f"SELECT {select_columns(COLUMNS, 'r')}"
_BENCHMARK = f"SELECT 0, {select_columns(name for name in COLUMNS if name != 'rank')}"
_WIDTH = len(COLUMNS)
_INFO = (
    "b.id, b.competition_id, b.kind, b.score_order, b.ranks_derived, b.taken_at, b.stored_at,"
    " b.team_count, b.rescored_at, b.score_drift"
)
_BOARDS = f"SELECT {_INFO} FROM boards b"  # noqa: S608 - own names
_PRIVATE_ELSE_PUBLIC = (
    "(b.kind = 'private' OR NOT EXISTS (SELECT 1 FROM boards p"
    " WHERE p.competition_id = b.competition_id AND p.kind = 'private'))"
)


class Boards:
    """Reads the current boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_info(
        self, competition_id: int, kind: BoardKind = BoardKind.PUBLIC
    ) -> BoardInfo | None:
        """Return the facts about a competition's board; None before the first sync."""
        rows = await self._database.query(
            _BOARDS + " WHERE b.competition_id = ? AND b.kind = ?", (competition_id, kind)
        )
        return _info_from_row(rows[0]) if rows else None

    async def find_private_or_public(self, competition_id: int) -> BoardInfo | None:
        """Return the facts about the private board if there is one, else about the public one."""
        rows = await self._database.query(
            _BOARDS + " WHERE b.competition_id = ? AND " + _PRIVATE_ELSE_PUBLIC, (competition_id,)
        )
        return _info_from_row(rows[0]) if rows else None

    async def load_page(self, board_id: int, first_rank: int, last_rank: int) -> list[Entry]:
        """Return the teams of a range of ranks, each benchmark before the team below it.

        Benchmarks below the last team are on the last team's page.
        """
        async with self._database.read() as connection:
            ranks, team_ids = await _read_order(connection, board_id)
            start, end = np.searchsorted(ranks, [first_rank, last_rank + 1]).tolist()
            shown = team_ids[start:end].tolist()
            teams = await _load_teams(connection, board_id, shown)
            rows = await connection.execute_fetchall(
                f"{_BENCHMARK}, teams_above FROM benchmarks"
                " WHERE board_id = ? AND teams_above >= ? AND (teams_above < ? OR ?)"
                " ORDER BY position",
                (board_id, start, end, end == len(ranks)),
            )
        # By the number of teams above: where ranks are missing, the rank does not tell it.
        lines = [(row[_WIDTH], 0, _entry_from_row(row[:_WIDTH])) for row in rows]
        lines += [(above, 1, teams[team_id]) for above, team_id in enumerate(shown, start)]
        return [line for *_, line in sorted(lines, key=lambda line: line[:2])]

    async def find_last_rank(self, board_id: int) -> int:
        """Return the rank of the last team; 0 without teams."""
        async with self._database.read() as connection:
            ranks = await read_numbers(connection, board_id, "rank")
        return int(ranks[-1]) if len(ranks) else 0

    async def find_team(self, board_id: int, team_id: int) -> Entry | None:
        """Return one team; None if it is not on the board."""
        rows = await self._database.query(
            _TEAM + " FROM board_rows r WHERE r.board_id = ? AND r.team_id = ?",
            (board_id, team_id),
        )
        return _entry_from_row(rows[0]) if rows else None

    async def find_teams_by_rank(self, board_id: int, ranks: Iterable[int]) -> dict[int, Entry]:
        """Return the teams at some ranks, by rank; nothing for a rank that nobody has."""
        teams = await self.find_teams_at_or_above(board_id, ranks)
        return {rank: team for rank, team in teams.items() if team.rank == rank}

    async def find_teams_at_or_above(self, board_id: int, ranks: Iterable[int]) -> dict[int, Entry]:
        """Return the team at each rank; if nobody has it, the team at the nearest better one."""
        wanted = list(ranks)
        async with self._database.read() as connection:
            board_ranks, team_ids = await _read_order(connection, board_id)
            at = np.searchsorted(board_ranks, wanted, side="right").tolist()
            found = {
                rank: int(team_ids[end - 1]) for rank, end in zip(wanted, at, strict=True) if end
            }
            teams = await _load_teams(connection, board_id, found.values())
        return {rank: teams[team_id] for rank, team_id in found.items()}

    async def find_neighbours(self, board_id: int, rank: int) -> tuple[Entry | None, Entry | None]:
        """Return the teams next above and below a rank, also where ranks are missing."""
        async with self._database.read() as connection:
            board_ranks, team_ids = await _read_order(connection, board_id)
            start, end = np.searchsorted(board_ranks, [rank, rank + 1]).tolist()
            above, below = team_ids[:start][-1:].tolist(), team_ids[end:][:1].tolist()
            teams = await _load_teams(connection, board_id, above + below)
        return teams[above[0]] if above else None, teams[below[0]] if below else None

    async def find_ranks(self, board_id: int, team_ids: Iterable[int]) -> dict[int, int]:
        """Return the ranks of those of some teams that are on the board, by team id."""
        rows = await self._database.query(
            "SELECT team_id, rank FROM ranks WHERE board_id = ?"
            " AND team_id IN (SELECT value FROM json_each(?))",
            (board_id, json.dumps(list(team_ids))),
        )
        return {row[0]: row[1] for row in rows}

    async def load_scores(self, board_id: int) -> list[float]:
        """Return the scores of all teams in the order of their ranks."""
        async with self._database.read() as connection:
            scores: list[float] = (await read_numbers(connection, board_id, "score")).tolist()
        return scores

    async def load_ranked_scores(self, board_id: int) -> RankedScores:
        """Return the ranks and scores of all teams."""
        async with self._database.read() as connection:
            ranks = await read_numbers(connection, board_id, "rank")
            return RankedScores(ranks, await read_numbers(connection, board_id, "score"))

    async def find_teams_by_user_names(
        self, board_id: int, user_names: Iterable[str]
    ) -> dict[str, Entry]:
        """Return the team of each of some users, the best if several, by casefolded user name."""
        rows = await self._database.query(
            _TEAM + ", m.user_name FROM members m"  # noqa: S608 - own names
            " JOIN board_rows r USING (board_id, team_id) WHERE m.board_id = ?"
            " AND m.user_name IN (SELECT value FROM json_each(?)) ORDER BY r.rank DESC",
            (board_id, json.dumps(list(user_names))),
        )
        return {row[_WIDTH].casefold(): _entry_from_row(row[:_WIDTH]) for row in rows}

    async def find_boards_by_user_name(
        self, user_name: str, competition_ids: Sequence[int]
    ) -> list[tuple[BoardInfo, Entry]]:
        """Return a user's board and team, the best if several, in each of some competitions.

        For each competition that is the private board if there is one, else the public one.
        """
        rows = await self._database.query(
            _TEAM + ", " + _INFO + " FROM json_each(?) c JOIN boards b"
            " ON b.competition_id = c.value AND "
            + _PRIVATE_ELSE_PUBLIC
            + " JOIN members m ON m.board_id = b.id AND m.user_name = ?"
            " CROSS JOIN board_rows r ON r.board_id = b.id AND r.team_id = m.team_id"
            " ORDER BY c.key, r.rank DESC",
            (json.dumps(list(competition_ids)), user_name),
        )
        found = [(_info_from_row(row[_WIDTH:]), _entry_from_row(row[:_WIDTH])) for row in rows]
        return list({info.board_id: (info, team) for info, team in found}.values())

    async def find_former_member(
        self,
        user_names: Iterable[str],
        competition_ids: Sequence[int],
        kind: BoardKind | None = None,
    ) -> FormerMember | None:
        """Return the user of these who left a board most recently, with the rank held then.

        None if each is on its board, or never was. Without a kind, the board of a competition is
        the private one if there is one, else the public one.
        """
        board = _PRIVATE_ELSE_PUBLIC if kind is None else f"b.kind = '{kind}'"
        rows = await self._database.query(
            "SELECT c.slug, f.board_id, f.user_name, f.team_id, f.rank, f.seen_at"  # noqa: S608
            f" FROM json_each(?) i JOIN boards b ON b.competition_id = i.value AND {board}"
            " JOIN competitions c ON c.id = b.competition_id"
            " JOIN former_members f ON f.board_id = b.id"
            "  AND f.user_name IN (SELECT value FROM json_each(?))"
            " ORDER BY f.seen_at DESC LIMIT 1",
            (json.dumps(list(competition_ids)), json.dumps(list(user_names))),
        )
        for slug, board_id, user_name, team_id, rank, seen_at in rows:
            team = await self.find_team(board_id, team_id)
            return FormerMember(slug, user_name, rank, from_seconds(seen_at), team)
        return None

    async def find_user_names(
        self, prefix: str, competition_ids: Sequence[int], limit: int
    ) -> list[str]:
        """Return user names with a prefix on the public boards of some competitions, sorted."""
        names: dict[str, str] = {}
        async with self._database.read() as connection:
            for competition_id in competition_ids:
                # One query per board, so that each reads at most `limit` rows of its index.
                for (name,) in await connection.execute_fetchall(
                    "SELECT m.user_name FROM boards b JOIN members m ON m.board_id = b.id"
                    " WHERE b.competition_id = ? AND b.kind = 'public'"
                    " AND m.user_name >= ? AND m.user_name < ? ORDER BY m.user_name LIMIT ?",
                    (competition_id, prefix, prefix + LAST_CHARACTER, limit),
                ):
                    names.setdefault(name.casefold(), name)
        return [names[folded] for folded in sorted(names)[:limit]]

    async def find_teams_by_name(
        self, text: str, competition_ids: Sequence[int], limit: int
    ) -> tuple[list[NamedTeam], int]:
        """Return the teams whose name contains each word of a text, and how many there are.

        Teams of exactly that name come first, then those of better rank; at most `limit` are
        returned. In each competition the private board is searched if there is one, else the
        public one.
        """
        wanted, total = SearchWords.parse(text), 0
        found: list[NamedTeam] = []
        if not wanted.words:
            return [], 0
        for competition_id in competition_ids:
            info = await self.find_private_or_public(competition_id)
            board_id = info.board_id if info else None
            for columns in await self._database.query(SELECT_NAMES, (board_id,)):
                # Board by board: the names of all together could take much memory.
                teams, count = await asyncio.to_thread(
                    find_on_board, competition_id, tuple(columns), wanted, limit
                )
                found += teams
                total += count
        found.sort(key=lambda team: (not wanted.is_whole(team.team_name), team.rank))
        return found[:limit], total


async def _read_order(connection: aiosqlite.Connection, board_id: int) -> tuple[Integers, Integers]:
    """Return the ranks of a board, ascending, and the team at each."""
    ranks = await read_numbers(connection, board_id, "rank")
    return ranks, await read_numbers(connection, board_id, "team_id")


async def _load_teams(
    connection: aiosqlite.Connection, board_id: int, team_ids: Iterable[int]
) -> dict[int, Entry]:
    rows = await connection.execute_fetchall(
        f"{_TEAM} FROM board_rows r WHERE r.board_id = ?"  # noqa: S608 - own names
        " AND r.team_id IN (SELECT value FROM json_each(?))",
        (board_id, json.dumps(list(team_ids))),
    )
    return {team.team_id: team for team in map(_entry_from_row, rows)}


def _info_from_row(row: Sequence[Any]) -> BoardInfo:
    board_id, competition_id, kind, order, ranks_derived, taken_at, stored_at, *rest = row
    count, rescored, drift = rest
    return BoardInfo(
        board_id=board_id,
        competition_id=competition_id,
        kind=BoardKind(kind),
        order=ScoreOrder(order) if order else None,
        ranks_derived=bool(ranks_derived),
        taken_at=from_seconds(taken_at),
        stored_at=from_seconds(stored_at),
        team_count=count,
        rescored_at=from_seconds(rescored),
        scores_move=None if drift is None else ScoreDrift(drift).moves_by_itself,
    )


def _entry_from_row(row: Sequence[Any]) -> Entry:
    values: dict[str, Any] = {
        name: column.to_entry(value)
        for (name, column), value in zip(COLUMNS.items(), row, strict=True)
    }
    return Entry(**values)
